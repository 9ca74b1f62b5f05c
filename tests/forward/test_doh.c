/* doh - queries and replies through a real HTTP/2 server, without sockets */

#include "forward/doh.h"

#include <stdio.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

#include "coredns/message.h"
#include "core_test.h"

static const uint8_t query[] =
    "\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\0\0\1\0\1" "\xfa\xfb\xfc";
#define QUERY_SIZE (sizeof query - 1)

/* What the server sends as a response. */
struct response {
    const char *status;
    const char *type;
    const char *body;
    size_t size;
};

static doh_t *doh;
static nghttp2_session *server;
static const struct response *response;
static char head[512];                  /* of the last request */
static uint8_t body[512];
static size_t body_size, sent;
static bool is_last;                    /* then it says farewell */

/* ---- the server ---------------------------------------------------------- */

static int
on_header(nghttp2_session *session, const nghttp2_frame *frame,
          const uint8_t *name, size_t name_size, const uint8_t *value,
          size_t value_size, uint8_t flags, void *owner)
{
    size_t used = strlen(head);

    (void) session, (void) frame, (void) flags, (void) owner;
    snprintf(head + used, sizeof head - used, "%.*s %.*s|", (int) name_size,
             name, (int) value_size, value);
    return 0;
}

static int
on_data(nghttp2_session *session, uint8_t flags, int32_t stream,
        const uint8_t *bytes, size_t size, void *owner)
{
    (void) session, (void) flags, (void) stream, (void) owner;
    memcpy(body + body_size, bytes, size);
    body_size += size;
    return 0;
}

static ssize_t
give_body(nghttp2_session *session, int32_t stream, uint8_t *bytes,
          size_t room, uint32_t *flags, nghttp2_data_source *source,
          void *owner)
{
    size_t size = response->size - sent < room ? response->size - sent : room;

    (void) session, (void) stream, (void) source, (void) owner;
    memset(bytes, 'x', size);
    if (sent < strlen(response->body))
        memcpy(bytes, response->body, strlen(response->body));
    sent += size;
    if (sent == response->size)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t) size;
}

static int
on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *owner)
{
    nghttp2_data_provider provider = { { .ptr = NULL }, give_body };
    char status[8], type[64];

    (void) owner;
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0
        || frame->hd.stream_id == 0)
        return 0;
    snprintf(status, sizeof status, "%s", response->status);
    snprintf(type, sizeof type, "%s", response->type);

    nghttp2_nv headers[] = {
        { (uint8_t *) ":status", (uint8_t *) status, 7, strlen(status), 0 },
        { (uint8_t *) "content-type", (uint8_t *) type, 12, strlen(type), 0 },
    };

    sent = 0;
    nghttp2_submit_response(session, frame->hd.stream_id, headers, 2,
                            &provider);
    if (is_last)
        nghttp2_submit_goaway(session, 0, frame->hd.stream_id, 0, NULL, 0);
    return 0;
}

/* ---- both ---------------------------------------------------------------- */

static void
setup_with(const char *upstream, bool by_get)
{
    static const nghttp2_settings_entry many = {
        NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100,
    };
    static struct target target;
    nghttp2_session_callbacks *callbacks;
    struct core_fault fault;

    ck_assert_int_eq(target_from_text(&target, upstream, &fault), 0);
    doh = doh_new(&target, by_get);
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks,
                                                              on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_server_new(&server, callbacks, NULL);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(server, 0, &many, 1);
    head[0] = '\0';
    body_size = 0;
    is_last = false;
}

static void
teardown(void)
{
    doh_destroy(&doh);
    nghttp2_session_del(server);
}

/* What each has to say goes to the other, an octet at a time. */
static void
talk(void)
{
    const uint8_t *bytes;
    size_t size;
    ssize_t got;

    do {
        size = doh_pull(doh, &bytes);
        ck_assert_int_eq(nghttp2_session_mem_recv(server, bytes, size),
                         (ssize_t) size);
        got = nghttp2_session_mem_send(server, &bytes);
        for (ssize_t i = 0; i < got; i++)
            ck_assert(doh_take(doh, bytes + i, 1));
    } while (size > 0 || got > 0);
}

/* ---- requests ------------------------------------------------------------ */

static const struct response good = {
    "200", "application/dns-message", "", 40,
};

static const struct {
    const char *upstream;
    bool by_get;
    const char *head;
} requests[] = {
    { "https://192.0.2.1", false,
      ":method POST|:scheme https|:authority 192.0.2.1|:path /dns-query|"
      "accept application/dns-message|content-type application/dns-message|"
      "content-length 32|" },
    { "https://[2001:db8::1]:8443/", false,
      ":method POST|:scheme https|:authority [2001:db8::1]:8443|:path /|"
      "accept application/dns-message|content-type application/dns-message|"
      "content-length 32|" },
    { "https://192.0.2.1%dns.test", true,
      ":method GET|:scheme https|:authority dns.test|:path /dns-query?dns="
      "AAABAAABAAAAAAAAA3d3dwdleGFtcGxlAAABAAH6-_w|"
      "accept application/dns-message|" },
    { "https://192.0.2.1%dns.test:8443/q?a=b", true,
      ":method GET|:scheme https|:authority dns.test:8443|:path /q?a=b&dns="
      "AAABAAABAAAAAAAAA3d3dwdleGFtcGxlAAABAAH6-_w|"
      "accept application/dns-message|" },
};

START_TEST(asks_as_the_standard_says)
{
    struct doh_reply reply;

    setup_with(requests[_i].upstream, requests[_i].by_get);
    response = &good;
    doh_ask(doh, query, QUERY_SIZE);
    talk();
    ck_assert_str_eq(head, requests[_i].head);
    if (!requests[_i].by_get) {
        ck_assert_uint_eq(body_size, QUERY_SIZE);
        ck_assert_uint_eq(core_read16(body), 0);
        ck_assert_mem_eq(body + 2, query + 2, QUERY_SIZE - 2);
    }
    ck_assert(doh_next(doh, &reply));
    ck_assert_uint_eq(reply.id, 0x1234);
    ck_assert_uint_eq(reply.size, 40);
    ck_assert_uint_eq(core_read16(reply.bytes), 0x1234);
    ck_assert(!doh_next(doh, &reply));
    teardown();
}
END_TEST

/* ---- responses ----------------------------------------------------------- */

static const struct {
    struct response response;
    const char *why;                    /* "": it is a reply */
} responses[] = {
    { { "200", "application/dns-message", "", 12 }, "" },
    { { "200", "application/dns-message; charset=x", "", 12 }, "" },
    { { "200", "application/dns-message", "", 65535 }, "" },
    { { "200", "application/dns-message", "", 65536 },
      "more than 65535 octets" },
    { { "200", "application/dns-message", "", 11 },
      "11 octets are no DNS message" },
    { { "200", "application/dns-message", "", 0 },
      "0 octets are no DNS message" },
    { { "200", "application/dns-messages", "", 40 },
      "no DNS message in the response" },
    { { "200", "text/html", "<html>", 40 }, "no DNS message in the response" },
    { { "503", "application/dns-message", "", 40 }, "HTTP status 503" },
    { { "302", "text/html", "", 0 }, "HTTP status 302" },
};

START_TEST(takes_only_what_is_a_reply)
{
    struct doh_reply reply;

    setup_with("https://192.0.2.1", false);
    response = &responses[_i].response;
    doh_ask(doh, query, QUERY_SIZE);
    talk();
    ck_assert(doh_next(doh, &reply));
    ck_assert_str_eq(reply.why, responses[_i].why);
    ck_assert_int_eq(reply.bytes != NULL, reply.why[0] == '\0');
    ck_assert(!doh_is_closing(doh));

    /* Whatever it was, the next one is answered. */
    response = &good;
    doh_ask(doh, query, QUERY_SIZE);
    talk();
    ck_assert(doh_next(doh, &reply));
    ck_assert_str_eq(reply.why, "");
    teardown();
}
END_TEST

START_TEST(knows_the_end)
{
    struct doh_reply reply;

    setup_with("https://192.0.2.1", false);
    response = &good;
    is_last = true;
    doh_ask(doh, query, QUERY_SIZE);
    talk();
    ck_assert(doh_next(doh, &reply));
    ck_assert_str_eq(reply.why, "");
    ck_assert(doh_is_closing(doh));
    doh_ask(doh, query, QUERY_SIZE);
    talk();
    ck_assert(doh_next(doh, &reply));
    ck_assert_ptr_null(reply.bytes);
    ck_assert_str_ne(reply.why, "");
    ck_assert(!doh_next(doh, &reply));
    ck_assert(doh_is_over(doh));
    teardown();
}
END_TEST

START_TEST(knows_what_is_no_http)
{
    const uint8_t *sent_bytes;
    static const uint8_t bytes[] = "HTTP/1.1 400 Bad Request\r\n\r\n";

    setup_with("https://192.0.2.1", false);
    doh_ask(doh, query, QUERY_SIZE);
    while (doh_pull(doh, &sent_bytes) > 0) {
    }
    ck_assert(!doh_take(doh, bytes, sizeof bytes - 1)
              || doh_pull(doh, &sent_bytes) > 0);
    ck_assert(doh_is_over(doh));
    teardown();
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("doh");

    tcase_add_loop_test(cases, asks_as_the_standard_says, 0,
                        CORE_TEST_ROWS(requests));
    tcase_add_loop_test(cases, takes_only_what_is_a_reply, 0,
                        CORE_TEST_ROWS(responses));
    tcase_add_test(cases, knows_the_end);
    tcase_add_test(cases, knows_what_is_no_http);
    return core_test_run(cases);
}
