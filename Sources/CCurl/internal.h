// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#ifndef CCURL_INTERNAL_H
#define CCURL_INTERNAL_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdatomic.h>

#include "ccurl.h"

#define CCURL_MAXIMUM_HEADER_FIELDS 128

// One socket that libcurl opened for a connection.
typedef struct {
    int fd;
    uint32_t serial;      // tells it from an earlier one with the same fd
    int local_port;       // 0: not yet known
    uint32_t epoll_events;
    bool registered;      // in the epoll set
    bool active;          // libcurl waits for events on it; else it idles in the pool
    bool used;            // a request was sent on it before
} ccurl_connection;

struct ccurl_loop {
    CURLM *multi;
    CURLSH *share;
    int epoll_fd;
    int event_fd;
    int64_t timer_deadline_ms;   // monotonic; -1: none
    ccurl_connection *connections;
    size_t connection_count;
    size_t connection_capacity;
    uint32_t newest_serial;
    uint64_t idle_trips;
    _Atomic uint64_t durable_sequence;
    size_t buffered;             // bytes of answers held by transfers
    size_t maximum_buffered;
    size_t maximum_head;
    size_t maximum_body;
    long connect_timeout_ms;
    char *url;
    char *protocol;
    char *ca_file;
    char *user_agent;
    bool allows_private_addresses;
};

struct ccurl_transfer {
    CURL *easy;
    ccurl_loop *loop;
    uint32_t index;
    bool running;

    char *request;               // method, target and header lines, copied
    size_t request_capacity;
    uint8_t *request_body;
    size_t request_body_capacity;
    struct curl_slist headers[CCURL_MAXIMUM_HEADERS + 2];  // and two that stop libcurl's own
    struct curl_slist *resolve;
    uint64_t required_sequence;
    uint32_t connection_serial;  // of the connection the request was written to; 0: none

    ccurl_reason reason;
    int attempts;
    bool answer_started;
    bool address_refused;        // the newest address libcurl wanted to connect to
    bool head_complete;
    int status;
    int field_count;
    char *head;
    size_t head_size;
    size_t head_capacity;
    uint8_t *body;
    size_t body_size;
    size_t body_capacity;
    char message[CURL_ERROR_SIZE];
};

// connections.c: the sockets of a loop and the events on them.
ccurl_connection *ccurl_connection_with_fd(ccurl_loop *loop, int fd);
ccurl_connection *ccurl_connection_with_local_port(ccurl_loop *loop, int port);
curl_socket_t ccurl_open_socket(void *transfer, curlsocktype purpose, struct curl_sockaddr *address);
int ccurl_close_socket(void *loop, curl_socket_t fd);
int ccurl_watch_socket(CURL *easy, curl_socket_t fd, int what, void *loop, void *unused);
void ccurl_retire(ccurl_loop *loop, uint32_t serial);
void ccurl_condemn(ccurl_loop *loop, ccurl_connection *connection);
bool ccurl_is_clean(const ccurl_connection *connection);

// transfer.c
int ccurl_before_request(void *transfer, char *remote, char *local, int remote_port, int local_port);

#endif
