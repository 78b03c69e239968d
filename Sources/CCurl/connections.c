// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

#define HALF_OPEN_TIMEOUT_MS 15000

ccurl_connection *ccurl_connection_with_fd(ccurl_loop *loop, int fd) {
    for (size_t i = 0; i < loop->connection_count; i++)
        if (loop->connections[i].fd == fd) return &loop->connections[i];
    return NULL;
}

static int local_port_of(int fd) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return -1;
    if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&address)->sin_port);
    if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return -1;
}

// libcurl tells the prereq callback addresses, not the socket. The upstream is one host and port, so the local port
// names the connection, except for two addresses of one host that happen to share it: then none is returned, and the
// caller treats the connection as unknown.
ccurl_connection *ccurl_connection_with_local_port(ccurl_loop *loop, int port) {
    ccurl_connection *found = NULL;
    for (size_t i = 0; i < loop->connection_count; i++) {
        ccurl_connection *connection = &loop->connections[i];
        if (connection->local_port == 0) {
            // Not bound before connect() has begun; ask again then.
            int known = local_port_of(connection->fd);
            if (known > 0) connection->local_port = known;
        }
        if (connection->local_port != port) continue;
        if (found) return NULL;
        found = connection;
    }
    return found;
}

// Loopback, link-local, private and unspecified ranges: a public name must not lead there.
static bool is_private_v4(const void *bytes) {
    uint32_t ip;
    memcpy(&ip, bytes, sizeof ip);
    ip = ntohl(ip);
    return ip >> 24 == 0 || ip >> 24 == 10 || ip >> 24 == 127 || ip >> 16 == 0xA9FE || ip >> 20 == 0xAC1
        || ip >> 16 == 0xC0A8 || ip >> 22 == 0x191 || ip >> 17 == 0xC612 >> 1 || ip >> 8 == 0xC00000 || ip >> 28 >= 0xE;
}

static bool is_private(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) return is_private_v4(&((const struct sockaddr_in *)address)->sin_addr);
    if (address->sa_family == AF_INET6) {
        static const uint8_t translated[12] = {0x00, 0x64, 0xFF, 0x9B};  // RFC 6052
        const struct in6_addr *ip = &((const struct sockaddr_in6 *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(ip) || IN6_IS_ADDR_V4COMPAT(ip) || memcmp(ip, translated, sizeof translated) == 0)
            return is_private_v4(&ip->s6_addr[12]);
        return IN6_IS_ADDR_LOOPBACK(ip) || IN6_IS_ADDR_UNSPECIFIED(ip) || IN6_IS_ADDR_LINKLOCAL(ip)
            || IN6_IS_ADDR_SITELOCAL(ip) || (ip->s6_addr[0] & 0xFE) == 0xFC || ip->s6_addr[0] == 0xFF;
    }
    return true;
}

curl_socket_t ccurl_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    ccurl_transfer *transfer = context;
    ccurl_loop *loop = transfer->loop;
    (void)purpose;
    transfer->address_refused = !loop->allows_private_addresses && is_private(&address->addr);
    if (transfer->address_refused) return CURL_SOCKET_BAD;
    if (loop->connection_count == loop->connection_capacity) {
        size_t capacity = loop->connection_capacity ? loop->connection_capacity * 2 : 128;
        ccurl_connection *grown = realloc(loop->connections, capacity * sizeof *grown);
        if (!grown) return CURL_SOCKET_BAD;
        loop->connections = grown;
        loop->connection_capacity = capacity;
    }
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    // A peer that vanished without a word is noticed in seconds, not after the kernel's fifteen minutes.
    unsigned timeout = HALF_OPEN_TIMEOUT_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    if (++loop->newest_serial == 0) loop->newest_serial = 1;  // 0 is for sockets that are not in the table
    loop->connections[loop->connection_count++] = (ccurl_connection){.fd = fd, .serial = loop->newest_serial};
    return fd;
}

int ccurl_close_socket(void *context, curl_socket_t fd) {
    ccurl_loop *loop = context;
    ccurl_connection *connection = ccurl_connection_with_fd(loop, fd);
    if (connection) *connection = loop->connections[--loop->connection_count];
    return close(fd);
}

static bool watch(ccurl_loop *loop, int operation, int fd, uint32_t serial, uint32_t events) {
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)serial << 32 | (uint32_t)fd};
    return epoll_ctl(loop->epoll_fd, operation, fd, &event) == 0;
}

// https://curl.se/libcurl/c/CURLMOPT_SOCKETFUNCTION.html. libcurl adds and removes a socket around every request. Ours
// stay in the epoll set instead, which saves two system calls a request and lets us see what happens on idle ones.
int ccurl_watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *unused) {
    ccurl_loop *loop = context;
    (void)easy;
    (void)unused;
    uint32_t events = 0;
    if (what != CURL_POLL_REMOVE) {
        events = EPOLLRDHUP;
        if (what & CURL_POLL_IN) events |= EPOLLIN;
        if (what & CURL_POLL_OUT) events |= EPOLLOUT;
    }
    ccurl_connection *connection = ccurl_connection_with_fd(loop, fd);
    if (!connection) {
        // Not a connection of ours (the resolver's pair): follow libcurl to the letter.
        if (what == CURL_POLL_REMOVE)
            watch(loop, EPOLL_CTL_DEL, fd, 0, 0);
        else if (!watch(loop, EPOLL_CTL_MOD, fd, 0, events))
            watch(loop, EPOLL_CTL_ADD, fd, 0, events);
        return 0;
    }
    connection->active = what != CURL_POLL_REMOVE;
    uint32_t wanted = connection->active ? events | EPOLLIN : EPOLLIN | EPOLLRDHUP;
    if (!connection->registered) {
        if (!connection->active) return 0;
        connection->registered = watch(loop, EPOLL_CTL_ADD, fd, connection->serial, wanted);
    } else if (connection->epoll_events != wanted) {
        watch(loop, EPOLL_CTL_MOD, fd, connection->serial, wanted);
    }
    connection->epoll_events = wanted;
    return 0;
}

// An idle connection that receives anything, be it a stray answer or a farewell, must never carry a request again: the
// next answer read from it would belong to somebody else. After the shutdown libcurl's own check finds it dead.
void ccurl_condemn(ccurl_loop *loop, ccurl_connection *connection) {
    char scratch[4096];
    for (int reads = 0; reads < 64 && recv(connection->fd, scratch, sizeof scratch, MSG_DONTWAIT) > 0;) reads++;
    shutdown(connection->fd, SHUT_RDWR);
    if (connection->registered) watch(loop, EPOLL_CTL_DEL, connection->fd, 0, 0);
    connection->registered = false;
    connection->used = true;
}

// The same for the connection of an answer that may have been written before its request was read.
void ccurl_retire(ccurl_loop *loop, uint32_t serial) {
    for (size_t i = 0; i < loop->connection_count; i++)
        if (loop->connections[i].serial == serial) ccurl_condemn(loop, &loop->connections[i]);
}

// Nothing to read and not closed. Only this makes a pooled connection fit for the next request.
bool ccurl_is_clean(const ccurl_connection *connection) {
    char byte;
    ssize_t count = recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}
