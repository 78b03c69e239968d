// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

// The C border to libcurl. Swift cannot call functions with `...`, and libcurl calls back on every header line and
// every piece of a body; both stay in C. Callbacks write into a transfer's own memory, decide nothing but what must be
// decided before a byte is sent (see `ccurl_reason`), and everything else is policy and lives in Swift.
//
// Threads: a loop and its transfers belong to one thread. Only `ccurl_loop_wake` and `ccurl_loop_set_durable` may be
// called from others.

#ifndef CCURL_H
#define CCURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Lines of one request.
#define CCURL_MAXIMUM_HEADERS 48

typedef struct ccurl_loop ccurl_loop;
typedef struct ccurl_transfer ccurl_transfer;

// Why a callback ended a transfer, or `CCURL_REASON_NONE` when libcurl ended it by itself.
typedef enum {
    CCURL_REASON_NONE = 0,
    CCURL_REASON_STALE,            // the pooled connection had unread bytes or was closed; nothing was sent on it
    CCURL_REASON_NOT_DURABLE,      // the intent record is not durable; nothing was sent
    CCURL_REASON_RESEND_REFUSED,   // libcurl wanted to send the request again by itself
    CCURL_REASON_BODY_TOO_LARGE,
    CCURL_REASON_HEAD_TOO_LARGE,
    CCURL_REASON_MEMORY,           // the loop's bound on buffered answers, or malloc
    CCURL_REASON_ADDRESS_REFUSED,  // the upstream's name points into a private network
} ccurl_reason;

// Settings of a loop, constant for its life. Strings are copied.
typedef struct {
    const char *url;              // scheme://host:port/ of the one upstream
    const char *protocol;         // "https" or "http"
    const char *ca_file;          // NULL: the system's bundle
    const char *user_agent;
    long connect_timeout_ms;
    long maximum_connections;
    size_t maximum_head;          // bytes of an answer's header block
    size_t maximum_body;          // bytes of one answer's body
    size_t maximum_buffered;      // bytes of all bodies held by the loop
    bool allows_private_addresses;
} ccurl_settings;

// One request. Everything is copied into the transfer, so nothing must outlive the call.
typedef struct {
    const char *method;           // NUL-terminated, upper case
    const char *target;           // NUL-terminated; goes into the request line exactly as it is
    const char *header_lines;     // `header_count` NUL-terminated lines, one behind the other
    size_t header_lines_size;
    size_t header_count;
    const uint8_t *body;          // NULL: no body
    size_t body_size;
    long timeout_ms;              // connect and answer together
    uint64_t required_sequence;   // what must be durable before the first byte; 0: nothing
    bool fresh_connection;        // do not take one from the pool
} ccurl_request;

// What became of a transfer. Pointers are valid until the transfer begins again.
typedef struct {
    int code;                     // CURLcode
    ccurl_reason reason;
    int status;                   // of the final answer, 0 when there was none
    int attempts;                 // how often libcurl was about to write the request
    bool was_sent;                // at least one byte of the request reached the TLS or TCP layer
    bool answer_started;          // the status line of the final answer arrived
    bool reused_connection;
    int64_t connected_us;         // until the connection was ready, 0 when it never was
    int64_t first_byte_us;
    int64_t total_us;
    const char *head;             // the final header block, lines as received without the status line
    size_t head_size;
    const uint8_t *body;
    size_t body_size;
    const char *message;          // libcurl's own words, never holding a header
} ccurl_result;

// https://curl.se/libcurl/c/curl_global_init.html; once. False: this libcurl cannot serve (no TLS, or no thread-safe
// name resolving). Takes SSLKEYLOGFILE out of the environment, so the first call belongs before threads that read it.
bool ccurl_global_init(void);
const char *ccurl_version(void);

ccurl_loop *ccurl_loop_create(const ccurl_settings *settings);

// Closes the pool, after all transfers were destroyed. Waking stays allowed until `ccurl_loop_destroy`.
void ccurl_loop_close(ccurl_loop *loop);
void ccurl_loop_destroy(ccurl_loop *loop);

// Wakes the thread waiting in `ccurl_loop_wait`. Any thread; one small system call.
void ccurl_loop_wake(ccurl_loop *loop);

// Publishes up to which sequence number the journal is durable; a smaller one than before changes nothing. Any thread.
void ccurl_loop_set_durable(ccurl_loop *loop, uint64_t sequence);

// Begins what was just added and ends what is late. Transfers may be finished after it without any event: look for them
// before waiting.
void ccurl_loop_advance(ccurl_loop *loop);

// Waits for events, at most `timeout_ms` (-1: until woken) or until `ccurl_loop_advance` is due, and lets libcurl work
// on them.
void ccurl_loop_wait(ccurl_loop *loop, int timeout_ms);

// The next finished transfer, already out of libcurl's hands; NULL when there is none.
ccurl_transfer *ccurl_loop_next_finished(ccurl_loop *loop, ccurl_result *result);

// Readable when `ccurl_loop_wait` would find events; for tests.
int ccurl_loop_descriptor(const ccurl_loop *loop);

// How often an idle pooled connection received bytes or was closed by the upstream.
uint64_t ccurl_loop_idle_trips(const ccurl_loop *loop);
int ccurl_loop_open_connections(const ccurl_loop *loop);

ccurl_transfer *ccurl_transfer_create(ccurl_loop *loop, uint32_t index);
void ccurl_transfer_destroy(ccurl_transfer *transfer);
uint32_t ccurl_transfer_index(const ccurl_transfer *transfer);

// Hands the request to libcurl. False: out of memory.
bool ccurl_transfer_begin(ccurl_transfer *transfer, const ccurl_request *request);

// The same request once more on another connection; only for one of which nothing was sent.
bool ccurl_transfer_again(ccurl_transfer *transfer, bool fresh_connection, long timeout_ms);

// Gives the answer's memory back once it was copied; the result's pointers end here.
void ccurl_transfer_forget(ccurl_transfer *transfer);

// Takes a running transfer back. Its connection is closed when it was in use.
void ccurl_transfer_cancel(ccurl_transfer *transfer);

// Addresses for the upstream's name, as "host:port:address,address"; used by all transfers of the loop from the next
// `begin` of this one on (CURLOPT_RESOLVE).
bool ccurl_transfer_resolve(ccurl_transfer *transfer, const char *entry);

#endif
