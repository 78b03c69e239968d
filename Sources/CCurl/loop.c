// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define EVENTS_PER_WAIT 128

bool ccurl_global_init(void) {
    // libcurl would write every session's keys to the file named there.
    unsetenv("SSLKEYLOGFILE");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return false;
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    return (info->features & CURL_VERSION_SSL) && (info->features & CURL_VERSION_ASYNCHDNS)
        && info->version_num >= 0x075000;  // CURLOPT_PREREQFUNCTION came with 7.80.0
}

const char *ccurl_version(void) { return curl_version(); }

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// https://curl.se/libcurl/c/CURLMOPT_TIMERFUNCTION.html. Called on every added transfer, so it only remembers.
static int set_timer(CURLM *multi, long timeout_ms, void *context) {
    ccurl_loop *loop = context;
    (void)multi;
    loop->timer_deadline_ms = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
    return 0;
}

static bool configure(ccurl_loop *loop, long maximum_connections) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint32_t)loop->event_fd};
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->event_fd, &event) != 0) return false;
    // The session cache only: each loop is one thread, so the share needs no lock functions.
    if (curl_share_setopt(loop->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK) return false;
    CURLMcode codes[] = {
        curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, ccurl_watch_socket),
        curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop),
        curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, set_timer),
        curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop),
        curl_multi_setopt(loop->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING),
        // The default follows the number of transfers, so a quiet minute would close the pool.
        curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, maximum_connections + 16),
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] != CURLM_OK) return false;
    return true;
}

static char *copy(const char *text) { return text ? strdup(text) : NULL; }

ccurl_loop *ccurl_loop_create(const ccurl_settings *settings) {
    ccurl_loop *loop = calloc(1, sizeof *loop);
    if (!loop) return NULL;
    loop->timer_deadline_ms = -1;
    loop->maximum_buffered = settings->maximum_buffered;
    loop->maximum_head = settings->maximum_head;
    loop->maximum_body = settings->maximum_body;
    loop->connect_timeout_ms = settings->connect_timeout_ms;
    loop->allows_private_addresses = settings->allows_private_addresses;
    loop->url = copy(settings->url);
    loop->protocol = copy(settings->protocol);
    loop->ca_file = copy(settings->ca_file);
    loop->user_agent = copy(settings->user_agent);
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->multi = curl_multi_init();
    loop->share = curl_share_init();
    if (!loop->url || !loop->protocol || loop->epoll_fd < 0 || loop->event_fd < 0 || !loop->multi || !loop->share
        || !configure(loop, settings->maximum_connections)) {
        ccurl_loop_destroy(loop);
        return NULL;
    }
    return loop;
}

void ccurl_loop_close(ccurl_loop *loop) {
    if (loop->multi) curl_multi_cleanup(loop->multi);
    if (loop->share) curl_share_cleanup(loop->share);
    loop->multi = NULL;
    loop->share = NULL;
}

void ccurl_loop_destroy(ccurl_loop *loop) {
    ccurl_loop_close(loop);
    if (loop->epoll_fd >= 0) close(loop->epoll_fd);
    if (loop->event_fd >= 0) close(loop->event_fd);
    free(loop->connections);
    free(loop->url);
    free(loop->protocol);
    free(loop->ca_file);
    free(loop->user_agent);
    free(loop);
}

void ccurl_loop_wake(ccurl_loop *loop) {
    // Fails only when the counter is full, and then the loop is awake anyway.
    (void)eventfd_write(loop->event_fd, 1);
}

void ccurl_loop_set_durable(ccurl_loop *loop, uint64_t sequence) {
    uint64_t known = atomic_load_explicit(&loop->durable_sequence, memory_order_relaxed);
    while (known < sequence && !atomic_compare_exchange_weak_explicit(
               &loop->durable_sequence, &known, sequence, memory_order_release, memory_order_relaxed)) {
    }
}

int ccurl_loop_descriptor(const ccurl_loop *loop) { return loop->epoll_fd; }
uint64_t ccurl_loop_idle_trips(const ccurl_loop *loop) { return loop->idle_trips; }
int ccurl_loop_open_connections(const ccurl_loop *loop) { return (int)loop->connection_count; }

static void handle(ccurl_loop *loop, const struct epoll_event *event) {
    int fd = (int)(uint32_t)event->data.u64;
    uint32_t serial = (uint32_t)(event->data.u64 >> 32);
    if (fd == loop->event_fd) {
        eventfd_t ignored;
        (void)eventfd_read(loop->event_fd, &ignored);
        return;
    }
    ccurl_connection *connection = ccurl_connection_with_fd(loop, fd);
    // An earlier event of this batch closed the socket, and its number is in use again.
    if (serial != (connection ? connection->serial : 0)) return;
    if (connection && !connection->active) {
        // The answer that this event announced may have been read since.
        if (ccurl_is_clean(connection)) return;
        ccurl_condemn(loop, connection);
        loop->idle_trips++;
        return;
    }
    int bits = 0, running = 0;
    if (event->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) bits |= CURL_CSELECT_IN;
    if (event->events & EPOLLOUT) bits |= CURL_CSELECT_OUT;
    if (event->events & EPOLLERR) bits |= CURL_CSELECT_ERR;
    curl_multi_socket_action(loop->multi, fd, bits, &running);
}

void ccurl_loop_advance(ccurl_loop *loop) {
    if (loop->timer_deadline_ms < 0 || now_ms() < loop->timer_deadline_ms) return;
    int running = 0;
    loop->timer_deadline_ms = -1;
    curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

void ccurl_loop_wait(ccurl_loop *loop, int timeout_ms) {
    if (loop->timer_deadline_ms >= 0) {
        int64_t until_timer = loop->timer_deadline_ms - now_ms();
        if (until_timer < 0) until_timer = 0;
        if (timeout_ms < 0 || until_timer < timeout_ms) timeout_ms = (int)until_timer;
    }
    struct epoll_event events[EVENTS_PER_WAIT];
    int count = epoll_wait(loop->epoll_fd, events, EVENTS_PER_WAIT, timeout_ms);
    for (int i = 0; i < count; i++) handle(loop, &events[i]);
}
