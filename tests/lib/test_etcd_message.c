/* etcd_message - requests as etcd takes them, and what is read of replies */

#include "lib/etcd_message.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define OCTETS(literal) { literal, sizeof literal - 1 }

static void
check_text(char *text, const char *expected)
{
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(requests_are_json_with_base64)
{
    struct core_etcd_range range = {
        .key = OCTETS("/skydns/"), .end = OCTETS("/skydns0"), .limit = 5,
        .revision = 12345678901, .without_values = true,
    };

    check_text(core_etcd_write_range(&range),
               "{\"key\":\"L3NreWRucy8=\",\"range_end\":\"L3NreWRuczA=\","
               "\"limit\":\"5\",\"revision\":\"12345678901\","
               "\"keys_only\":true}");
    check_text(core_etcd_write_watch(&range),
               "{\"create_request\":{\"key\":\"L3NreWRucy8=\","
               "\"range_end\":\"L3NreWRuczA=\","
               "\"start_revision\":\"12345678901\","
               "\"progress_notify\":true}}");
    range = (struct core_etcd_range) { .key = OCTETS("a"),
                                       .count_only = true };
    check_text(core_etcd_write_range(&range),
               "{\"key\":\"YQ==\",\"count_only\":true}");
    range = (struct core_etcd_range) { .key = OCTETS("a\0") };
    check_text(core_etcd_write_range(&range), "{\"key\":\"YQA=\"}");
    check_text(core_etcd_write_put(range.key, range.key, -7),
               "{\"key\":\"YQA=\",\"value\":\"YQA=\",\"lease\":\"-7\"}");
    check_text(core_etcd_write_put(range.key, (struct core_etcd_octets) {
                   "", 0 }, 0), "{\"key\":\"YQA=\",\"value\":\"\"}");
    check_text(core_etcd_write_delete(range.key), "{\"key\":\"YQA=\"}");
    check_text(core_etcd_write_authenticate("u", "p\"w"),
               "{\"name\":\"u\",\"password\":\"p\\\"w\"}");
    check_text(core_etcd_write_lease_grant(60), "{\"TTL\":\"60\"}");
    check_text(core_etcd_write_lease_time(7587848388),
               "{\"ID\":\"7587848388\"}");
}
END_TEST

static const struct {
    struct core_etcd_octets prefix;
    struct core_etcd_octets end;
} ends[] = {
    { OCTETS("/skydns/"), OCTETS("/skydns0") },
    { OCTETS("a"), OCTETS("b") },
    { OCTETS("a\xff"), OCTETS("b") },
    { OCTETS("\xff\xff"), OCTETS("\0") },
    { OCTETS(""), OCTETS("\0") },
};

START_TEST(a_prefix_has_an_end)
{
    size_t size;
    char *end = core_etcd_prefix_end(ends[_i].prefix, &size);

    ck_assert_uint_eq(size, ends[_i].end.size);
    ck_assert_mem_eq(end, ends[_i].end.bytes, size);
    free(end);
}
END_TEST

static core_etcd_reply_t *
read_text(const char *text)
{
    struct core_fault fault;
    core_etcd_reply_t *reply = core_etcd_reply_read(text, strlen(text),
                                                    &fault);

    ck_assert_msg(reply != NULL, "%s", fault.text);
    return reply;
}

START_TEST(a_page_has_keys)
{
    core_etcd_reply_t *reply = read_text(
        "{\"header\":{\"cluster_id\":\"14841639068965178418\","
        "\"revision\":\"42\",\"raft_term\":\"18446744073709551615\"},"
        "\"kvs\":[{\"key\":\"YQ==\",\"create_revision\":\"5\","
        "\"version\":\"3\",\"mod_revision\":\"7\",\"value\":\"e30=\","
        "\"lease\":\"99\"},"
        "{\"key\":\"YWI=\",\"value\":\"YWJj\"}],\"more\":true,"
        "\"count\":\"9\"}");
    const struct core_etcd_head *head = core_etcd_reply_head(reply);
    struct core_etcd_key key;

    ck_assert_int_eq(head->code, CORE_ETCD_OK);
    ck_assert_int_eq(head->revision, 42);
    ck_assert_uint_eq(head->cluster_id, UINT64_C(14841639068965178418));
    ck_assert_uint_eq(head->raft_term, UINT64_MAX);
    ck_assert_int_eq(head->count, 9);
    ck_assert(head->has_more);
    ck_assert_uint_eq(core_etcd_reply_count(reply), 2);
    ck_assert(core_etcd_reply_key(reply, 0, &key));
    ck_assert_uint_eq(key.key.size, 1);
    ck_assert_mem_eq(key.key.bytes, "a", 1);
    ck_assert_uint_eq(key.value.size, 2);
    ck_assert_mem_eq(key.value.bytes, "{}", 2);
    ck_assert_int_eq(key.lease, 99);
    ck_assert_int_eq(key.revision, 7);
    ck_assert_int_eq(key.created_revision, 5);
    ck_assert_int_eq(key.version, 3);
    ck_assert(!key.is_deleted);
    ck_assert(core_etcd_reply_key(reply, 1, &key));
    ck_assert_mem_eq(key.key.bytes, "ab", 2);
    ck_assert_mem_eq(key.value.bytes, "abc", 3);
    ck_assert(!core_etcd_reply_key(reply, 2, &key));
    core_etcd_reply_destroy(&reply);
}
END_TEST

START_TEST(a_watch_has_events)
{
    core_etcd_reply_t *reply = read_text(
        "{\"result\":{\"header\":{\"revision\":\"9\"},\"events\":["
        "{\"kv\":{\"key\":\"YQ==\",\"value\":\"e30=\","
        "\"mod_revision\":\"8\"}},"
        "{\"type\":\"DELETE\",\"kv\":{\"key\":\"YQ==\","
        "\"mod_revision\":\"9\"}}]}}");
    struct core_etcd_key key;

    ck_assert_int_eq(core_etcd_reply_head(reply)->revision, 9);
    ck_assert_uint_eq(core_etcd_reply_count(reply), 2);
    ck_assert(core_etcd_reply_key(reply, 0, &key));
    ck_assert(!key.is_deleted);
    ck_assert(core_etcd_reply_key(reply, 1, &key));
    ck_assert(key.is_deleted);
    ck_assert_uint_eq(key.value.size, 0);
    ck_assert_int_eq(key.revision, 9);
    core_etcd_reply_destroy(&reply);
}
END_TEST

START_TEST(a_watch_is_created_and_canceled)
{
    core_etcd_reply_t *reply = read_text(
        "{\"result\":{\"header\":{\"revision\":\"9\"},\"created\":true}}");

    ck_assert(core_etcd_reply_head(reply)->is_created);
    ck_assert(!core_etcd_reply_head(reply)->is_canceled);
    core_etcd_reply_destroy(&reply);
    reply = read_text(
        "{\"result\":{\"header\":{\"revision\":\"9\"},\"canceled\":true,"
        "\"compact_revision\":\"5\",\"cancel_reason\":\"too old\"}}");
    ck_assert(core_etcd_reply_head(reply)->is_canceled);
    ck_assert_int_eq(core_etcd_reply_head(reply)->compact_revision, 5);
    ck_assert_str_eq(core_etcd_reply_head(reply)->error, "too old");
    core_etcd_reply_destroy(&reply);
}
END_TEST

static const struct {
    const char *text;
    int code;
    const char *error;
} errors[] = {
    { "{\"error\":\"etcdserver: invalid auth token\",\"message\":\"m\","
      "\"code\":16}", CORE_ETCD_UNAUTHENTICATED,
      "etcdserver: invalid auth token" },
    { "{\"error\":{\"grpc_code\":11,\"http_code\":400,\"message\":"
      "\"compacted\"}}", CORE_ETCD_OUT_OF_RANGE, "compacted" },
    { "{\"error\":\"odd\",\"code\":99}", CORE_ETCD_INVALID, "odd" },
    { "{\"error\":7}", CORE_ETCD_INVALID, "an error without a word" },
    { "{}", CORE_ETCD_OK, NULL },
};

START_TEST(errors_have_several_forms)
{
    core_etcd_reply_t *reply = read_text(errors[_i].text);
    const struct core_etcd_head *head = core_etcd_reply_head(reply);

    ck_assert_int_eq((int) head->code, errors[_i].code);
    ck_assert_pstr_eq(head->error, errors[_i].error);
    core_etcd_reply_destroy(&reply);
}
END_TEST

START_TEST(leases_and_tokens_are_read)
{
    core_etcd_reply_t *reply = read_text(
        "{\"header\":{},\"ID\":\"7587848388\",\"TTL\":\"-1\","
        "\"grantedTTL\":\"60\",\"token\":\"abc.1\",\"deleted\":\"2\"}");
    const struct core_etcd_head *head = core_etcd_reply_head(reply);

    ck_assert_int_eq(head->lease, 7587848388);
    ck_assert_int_eq(head->lease_seconds, -1);
    ck_assert_int_eq(head->lease_granted, 60);
    ck_assert_str_eq(head->token, "abc.1");
    ck_assert_int_eq(head->deleted, 2);
    core_etcd_reply_destroy(&reply);
}
END_TEST

static const char *const not_keys[] = {
    "{\"kvs\":[{}]}", "{\"kvs\":[7]}", "{\"kvs\":{\"key\":\"YQ==\"}}",
    "{\"kvs\":[{\"key\":\"Y\"}]}", "{\"kvs\":[{\"key\":\"Y$==\"}]}",
    "{\"kvs\":[{\"key\":7}]}", "{\"kvs\":[{\"key\":\"YQ==\",\"value\":[]}]}",
    "{\"kvs\":[{\"key\":\"YQ==\",\"value\":\"abcde\"}]}",
    "{\"events\":[{\"kv\":[]}]}",
};

START_TEST(what_is_no_key_is_none)
{
    core_etcd_reply_t *reply = read_text(not_keys[_i]);
    struct core_etcd_key key;

    ck_assert(!core_etcd_reply_key(reply, 0, &key));
    core_etcd_reply_destroy(&reply);
}
END_TEST

static const char *const not_messages[] = { "", "[]", "{", "7", "{}{}" };

START_TEST(what_is_no_message_is_refused)
{
    struct core_fault fault;

    ck_assert_ptr_null(core_etcd_reply_read(not_messages[_i],
                                            strlen(not_messages[_i]),
                                            &fault));
    ck_assert(strncmp(fault.text, "no message of etcd: ", 20) == 0);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("etcd_message");

    tcase_add_test(cases, requests_are_json_with_base64);
    tcase_add_loop_test(cases, a_prefix_has_an_end, 0, CORE_TEST_ROWS(ends));
    tcase_add_test(cases, a_page_has_keys);
    tcase_add_test(cases, a_watch_has_events);
    tcase_add_test(cases, a_watch_is_created_and_canceled);
    tcase_add_loop_test(cases, errors_have_several_forms,
                        0, CORE_TEST_ROWS(errors));
    tcase_add_test(cases, leases_and_tokens_are_read);
    tcase_add_loop_test(cases, what_is_no_key_is_none,
                        0, CORE_TEST_ROWS(not_keys));
    tcase_add_loop_test(cases, what_is_no_message_is_refused,
                        0, CORE_TEST_ROWS(not_messages));
    return core_test_run(cases);
}
