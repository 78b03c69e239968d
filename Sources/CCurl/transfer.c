// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// Kept between requests; what a large answer needed beyond it is given back.
#define KEPT_BODY_CAPACITY (64 * 1024)

static bool reserve(void **memory, size_t *capacity, size_t needed) {
    if (needed <= *capacity) return true;
    size_t grown = *capacity ? *capacity : 1024;
    while (grown < needed) grown *= 2;
    void *moved = realloc(*memory, grown);
    if (!moved) return false;
    *memory = moved;
    *capacity = grown;
    return true;
}

static size_t stop(ccurl_transfer *transfer, ccurl_reason reason) {
    transfer->reason = reason;
    return 0;  // fewer bytes than given: libcurl ends the transfer with CURLE_WRITE_ERROR
}

// https://curl.se/libcurl/c/CURLOPT_HEADERFUNCTION.html: one line a call, 1xx blocks and trailers included.
static size_t receive_header(char *line, size_t size, size_t count, void *context) {
    ccurl_transfer *transfer = context;
    size *= count;
    bool expects_status = transfer->status == 0 || (transfer->head_complete && transfer->status < 200);
    if (expects_status && size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        transfer->head_size = 0;
        transfer->field_count = 0;
        transfer->head_complete = false;
        long status = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        transfer->status = (int)status;
        // "100 Continue" says nothing about what became of the request.
        transfer->answer_started = status >= 200;
        return size;
    }
    if (transfer->head_complete) return size;  // a trailer
    if (size <= 2 && (line[0] == '\r' || line[0] == '\n')) {
        transfer->head_complete = true;
        return size;
    }
    if (transfer->head_size + size > transfer->loop->maximum_head
        || ++transfer->field_count > CCURL_MAXIMUM_HEADER_FIELDS)
        return stop(transfer, CCURL_REASON_HEAD_TOO_LARGE);
    if (!reserve((void **)&transfer->head, &transfer->head_capacity, transfer->head_size + size))
        return stop(transfer, CCURL_REASON_MEMORY);
    memcpy(transfer->head + transfer->head_size, line, size);
    transfer->head_size += size;
    return size;
}

// https://curl.se/libcurl/c/CURLOPT_WRITEFUNCTION.html. Counts itself: this libcurl checks CURLOPT_MAXFILESIZE against
// Content-Length only.
static size_t receive_body(char *bytes, size_t size, size_t count, void *context) {
    ccurl_transfer *transfer = context;
    ccurl_loop *loop = transfer->loop;
    size *= count;
    if (transfer->body_size + size > loop->maximum_body) return stop(transfer, CCURL_REASON_BODY_TOO_LARGE);
    if (loop->buffered + size > loop->maximum_buffered) return stop(transfer, CCURL_REASON_MEMORY);
    if (!reserve((void **)&transfer->body, &transfer->body_capacity, transfer->body_size + size))
        return stop(transfer, CCURL_REASON_MEMORY);
    memcpy(transfer->body + transfer->body_size, bytes, size);
    transfer->body_size += size;
    loop->buffered += size;
    return size;
}

// https://curl.se/libcurl/c/CURLOPT_PREREQFUNCTION.html: the send gate. Runs after a connection was made or chosen and
// before the first byte of the request, on every attempt of libcurl's own too.
int ccurl_before_request(void *context, char *remote, char *local, int remote_port, int local_port) {
    ccurl_transfer *transfer = context;
    ccurl_loop *loop = transfer->loop;
    (void)remote;
    (void)local;
    (void)remote_port;
    transfer->attempts++;
    uint64_t durable = atomic_load_explicit(&loop->durable_sequence, memory_order_acquire);
    if (transfer->required_sequence > durable) {
        transfer->reason = CCURL_REASON_NOT_DURABLE;
        return CURL_PREREQFUNC_ABORT;
    }
    if (transfer->attempts > 1) {
        long sent = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent);
        if (sent > 0) {
            // The first copy may have been acted upon, and this one would repeat its nonce.
            transfer->reason = CCURL_REASON_RESEND_REFUSED;
            return CURL_PREREQFUNC_ABORT;
        }
    }
    ccurl_connection *connection = ccurl_connection_with_local_port(loop, local_port);
    // Session tickets may lie unread on a new TLS connection; only a used one must be silent.
    if (!connection || (connection->used && !ccurl_is_clean(connection))) {
        transfer->reason = CCURL_REASON_STALE;
        return CURL_PREREQFUNC_ABORT;
    }
    connection->used = true;
    transfer->connection_serial = connection->serial;
    return CURL_PREREQFUNC_OK;
}

// One option; remembers the first that libcurl refuses.
#define SET(option, value) \
    if (code == CURLE_OK) code = curl_easy_setopt(easy, option, value)

// What never changes during the life of a handle. The request options are in `ccurl_transfer_begin`.
static CURLcode configure(ccurl_transfer *transfer) {
    CURL *easy = transfer->easy;
    ccurl_loop *loop = transfer->loop;
    CURLcode code = CURLE_OK;
    SET(CURLOPT_URL, loop->url);
    SET(CURLOPT_PROTOCOLS_STR, loop->protocol);
    SET(CURLOPT_REDIR_PROTOCOLS_STR, loop->protocol);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, loop->connect_timeout_ms);
    SET(CURLOPT_BUFFERSIZE, 16384L);
    SET(CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_TCP_KEEPIDLE, 30L);
    SET(CURLOPT_TCP_KEEPINTVL, 10L);
    SET(CURLOPT_MAXAGE_CONN, 20L);
    SET(CURLOPT_MAXLIFETIME_CONN, 300L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)(CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_DEFAULT));
    // A CA directory would switch libcurl's cache of the parsed CA store off.
    SET(CURLOPT_CAPATH, NULL);
    if (loop->ca_file) SET(CURLOPT_CAINFO, loop->ca_file);
    if (loop->user_agent) SET(CURLOPT_USERAGENT, loop->user_agent);
    SET(CURLOPT_SHARE, loop->share);
    SET(CURLOPT_OPENSOCKETFUNCTION, ccurl_open_socket);
    SET(CURLOPT_OPENSOCKETDATA, transfer);
    SET(CURLOPT_CLOSESOCKETFUNCTION, ccurl_close_socket);
    SET(CURLOPT_CLOSESOCKETDATA, loop);
    SET(CURLOPT_PREREQFUNCTION, ccurl_before_request);
    SET(CURLOPT_PREREQDATA, transfer);
    SET(CURLOPT_HEADERFUNCTION, receive_header);
    SET(CURLOPT_HEADERDATA, transfer);
    SET(CURLOPT_WRITEFUNCTION, receive_body);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)loop->maximum_body);
    SET(CURLOPT_ERRORBUFFER, transfer->message);
    SET(CURLOPT_PRIVATE, transfer);
    return code;
}

ccurl_transfer *ccurl_transfer_create(ccurl_loop *loop, uint32_t index) {
    ccurl_transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer) return NULL;
    transfer->loop = loop;
    transfer->index = index;
    transfer->easy = curl_easy_init();
    if (!transfer->easy || configure(transfer) != CURLE_OK) {
        ccurl_transfer_destroy(transfer);
        return NULL;
    }
    return transfer;
}

void ccurl_transfer_destroy(ccurl_transfer *transfer) {
    ccurl_transfer_cancel(transfer);
    if (transfer->easy) curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->resolve);
    if (transfer->request) explicit_bzero(transfer->request, transfer->request_capacity);
    if (transfer->request_body) explicit_bzero(transfer->request_body, transfer->request_body_capacity);
    free(transfer->request);
    free(transfer->request_body);
    free(transfer->head);
    free(transfer->body);
    free(transfer);
}

uint32_t ccurl_transfer_index(const ccurl_transfer *transfer) { return transfer->index; }

bool ccurl_transfer_resolve(ccurl_transfer *transfer, const char *entry) {
    struct curl_slist *list = curl_slist_append(NULL, entry);
    if (!list) return false;
    curl_slist_free_all(transfer->resolve);
    transfer->resolve = list;
    return curl_easy_setopt(transfer->easy, CURLOPT_RESOLVE, list) == CURLE_OK;
}

// Copies method, target and header lines behind one another and links the lines into libcurl's list. The two at its end
// hold no value, so nothing of them is sent, and libcurl adds neither field by itself.
static const char *copy_head(ccurl_transfer *transfer, const ccurl_request *request) {
    size_t method = strlen(request->method) + 1, target = strlen(request->target) + 1;
    size_t total = method + target + request->header_lines_size;
    if (request->header_count > CCURL_MAXIMUM_HEADERS) return NULL;
    if (!reserve((void **)&transfer->request, &transfer->request_capacity, total)) return NULL;
    char *at = transfer->request;
    memcpy(at, request->method, method);
    memcpy(at + method, request->target, target);
    at += method + target;
    if (request->header_count) memcpy(at, request->header_lines, request->header_lines_size);
    for (size_t i = 0; i < request->header_count; i++) {
        transfer->headers[i].data = at;
        transfer->headers[i].next = &transfer->headers[i + 1];
        at += strlen(at) + 1;
    }
    struct curl_slist *own = &transfer->headers[request->header_count];
    own[0] = (struct curl_slist){.data = "Expect:", .next = &own[1]};
    own[1] = (struct curl_slist){.data = "Content-Type:", .next = NULL};
    return transfer->request + method;
}

// A body always goes as POSTFIELDS with the method put over it. Never CURLOPT_UPLOAD: a handle that changes between the
// two has sent the wrong one before (CVE-2022-32221, CVE-2023-28322).
static CURLcode set_method(ccurl_transfer *transfer, const ccurl_request *request) {
    CURL *easy = transfer->easy;
    CURLcode code = CURLE_OK;
    bool is_head = strcmp(request->method, "HEAD") == 0;
    if (request->body) {
        if (!reserve((void **)&transfer->request_body, &transfer->request_body_capacity, request->body_size + 1))
            return CURLE_OUT_OF_MEMORY;
        if (request->body_size) memcpy(transfer->request_body, request->body, request->body_size);
        SET(CURLOPT_NOBODY, 0L);
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
        SET(CURLOPT_POSTFIELDS, (char *)transfer->request_body);
    } else {
        // In this order: POSTFIELDS, even NULL, makes the handle a POST, which then reads from standard input.
        SET(CURLOPT_POSTFIELDS, NULL);
        SET(CURLOPT_HTTPGET, 1L);
        if (is_head) SET(CURLOPT_NOBODY, 1L);
    }
    SET(CURLOPT_CUSTOMREQUEST, is_head ? NULL : transfer->request);
    return code;
}

void ccurl_transfer_forget(ccurl_transfer *transfer) {
    transfer->loop->buffered -= transfer->body_size;
    transfer->body_size = 0;
    transfer->head_size = 0;
    transfer->field_count = 0;
    transfer->status = 0;
    transfer->reason = CCURL_REASON_NONE;
    transfer->attempts = 0;
    transfer->connection_serial = 0;
    transfer->answer_started = false;
    transfer->address_refused = false;
    transfer->head_complete = false;
    transfer->message[0] = 0;
    if (transfer->body_capacity > KEPT_BODY_CAPACITY) {
        free(transfer->body);
        transfer->body = NULL;
        transfer->body_capacity = 0;
    }
}

bool ccurl_transfer_begin(ccurl_transfer *transfer, const ccurl_request *request) {
    CURL *easy = transfer->easy;
    const char *target = copy_head(transfer, request);
    if (!target) return false;
    CURLcode code = set_method(transfer, request);
    SET(CURLOPT_REQUEST_TARGET, target);
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    transfer->required_sequence = request->required_sequence;
    return code == CURLE_OK && ccurl_transfer_again(transfer, request->fresh_connection, request->timeout_ms);
}

bool ccurl_transfer_again(ccurl_transfer *transfer, bool fresh_connection, long timeout_ms) {
    CURL *easy = transfer->easy;
    CURLcode code = CURLE_OK;
    ccurl_transfer_forget(transfer);
    SET(CURLOPT_FRESH_CONNECT, fresh_connection ? 1L : 0L);
    SET(CURLOPT_TIMEOUT_MS, timeout_ms);
    if (code != CURLE_OK || curl_multi_add_handle(transfer->loop->multi, easy) != CURLM_OK) return false;
    transfer->running = true;
    return true;
}

void ccurl_transfer_cancel(ccurl_transfer *transfer) {
    if (!transfer->running) return;
    transfer->running = false;
    curl_multi_remove_handle(transfer->loop->multi, transfer->easy);
    ccurl_transfer_forget(transfer);
}

static void fill(const ccurl_transfer *transfer, CURLcode code, ccurl_result *result) {
    CURL *easy = transfer->easy;
    ccurl_reason reason = transfer->reason;
    // A connection that closes inside the header block counts as a complete answer for libcurl.
    if (code == CURLE_OK && !transfer->head_complete) code = CURLE_PARTIAL_FILE;
    // What it says of one header line that exceeds its own bound (100 KB).
    if (code == CURLE_OUT_OF_MEMORY && transfer->attempts > 0 && !transfer->head_complete)
        reason = CCURL_REASON_HEAD_TOO_LARGE;
    if (code == CURLE_COULDNT_CONNECT && transfer->address_refused) reason = CCURL_REASON_ADDRESS_REFUSED;
    long sent = 0, connects = 0;
    curl_off_t connected = 0, first_byte = 0, total = 0;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &total);
    *result = (ccurl_result){
        .code = (int)code,
        .reason = reason,
        .status = transfer->status,
        .attempts = transfer->attempts,
        .was_sent = sent > 0,
        .answer_started = transfer->answer_started,
        .reused_connection = connects == 0,
        .connected_us = connected,
        .first_byte_us = first_byte,
        .total_us = total,
        .head = transfer->head,
        .head_size = transfer->head_size,
        .body = transfer->body,
        .body_size = transfer->body_size,
        .message = transfer->message[0] ? transfer->message : curl_easy_strerror(code),
    };
}

// What servers and balancers send when they tire of a connection. If it crossed the request on its way, the request's
// real answer is still to come, and the next one on this connection would get it.
static bool may_be_unasked_for(int status) { return status == 400 || status == 408; }

ccurl_transfer *ccurl_loop_next_finished(ccurl_loop *loop, ccurl_result *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(loop->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        ccurl_transfer *transfer = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
        curl_multi_remove_handle(loop->multi, easy);
        transfer->running = false;
        if (may_be_unasked_for(transfer->status)) ccurl_retire(loop, transfer->connection_serial);
        fill(transfer, code, result);
        return transfer;
    }
    return NULL;
}
