/* service - which values are good, and what is said of bad ones */

#include "etcd-sync/service.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static const struct {
    const char *value;
    const char *fault;                  /* a part of it; NULL: a good one */
} rows[] = {
    { "{}", NULL },
    { "{\"host\":\"192.0.2.1\"}", NULL },
    { "{\"host\":\"2001:db8::1\",\"port\":65535}", NULL },
    { "{\"HOST\":\"a.b\",\"Port\":-1}", NULL },     /* as Go reads names */
    { "{\"host\":\"\",\"text\":\"x\"}", NULL },
    { "{\"host\":null,\"port\":null}", NULL },
    { "{\"host\":\"a\",\"other\":{\"port\":99999}}", NULL },
    { " {\"ttl\":2147483647} \n", NULL },
    { "{\"host\":\"_srv._tcp.example.org.\"}", NULL },
    { "", "not JSON" },
    { "not json", "not JSON" },
    { "{\"host\": ", "not JSON" },
    { "[]", "not a JSON object" },
    { "\"x\"", "not a JSON object" },
    { "{\"port\":99999}", "port: 99999 is not between -1 and 65535" },
    { "{\"port\":-2}", "port: -2 is not between" },
    { "{\"port\":\"80\"}", "port: not a whole number" },
    { "{\"port\":80.5}", "port: not a whole number" },
    { "{\"port\":99999999999999999999}", "not JSON" },
    { "{\"priority\":65536}", "priority: 65536" },
    { "{\"weight\":-1}", "weight: -1" },
    { "{\"ttl\":2147483648}", "ttl: 2147483648" },
    { "{\"targetstrip\":128}", "targetstrip: 128" },
    { "{\"mail\":1}", "mail: neither true nor false" },
    { "{\"host\":1}", "host: not a text" },
    { "{\"host\":\"a..b\"}", "host: neither an address nor a name" },
    { "{\"host\":\"a b\"}", "host: neither" },
    { "{\"host\":\"192.0.2.256\"}", "host: neither" },
    { "{\"host\":\"1.2.3\"}", "host: neither" },
    { "{\"host\":\"fe80::1%eth0\"}", "host: neither" },
    { "{\"host\":\"@\"}", "host: neither" },
    { "{\"host\":\"a\\u0000b\"}", "host: neither" },
    { "{\"group\":7}", "group: not a text" },
    { "{\"host\":\"a\"} {}", "not JSON" },
};

START_TEST(good_values_are_told_from_bad_ones)
{
    struct core_fault fault = { .text = "" };
    struct service *service = service_read(rows[_i].value,
                                           strlen(rows[_i].value), &fault);

    if (rows[_i].fault == NULL)
        ck_assert_msg(service != NULL, "%s: %s", rows[_i].value, fault.text);
    else
        ck_assert_msg(service == NULL
                      && strstr(fault.text, rows[_i].fault) != NULL,
                      "%s: %s", rows[_i].value, fault.text);
    free(service);
}
END_TEST

static struct service *
read_value(const char *value)
{
    struct core_fault fault;
    struct service *service = service_read(value, strlen(value), &fault);

    ck_assert_ptr_nonnull(service);
    return service;
}

START_TEST(what_is_not_given_is_as_in_skydns)
{
    struct service *service = read_value("{}");

    ck_assert_int_eq(service->host_kind, SERVICE_NO_HOST);
    ck_assert_int_eq(service->port, 0);
    ck_assert_uint_eq(service->priority, 0);
    ck_assert_uint_eq(service->weight, 100);
    ck_assert_uint_eq(service->ttl_seconds, 0);
    ck_assert_uint_eq(service->targetstrip, 0);
    ck_assert(!service->mail);
    free(service);
}
END_TEST

START_TEST(all_fields_are_kept)
{
    struct service *service = read_value(
        "{\"host\":\"Web.Example.\",\"port\":8080,\"priority\":7,"
        "\"weight\":3,\"text\":\"a\\u0000b\",\"mail\":true,\"ttl\":9,"
        "\"targetstrip\":2,\"group\":\"blue\"}");

    ck_assert_int_eq(service->host_kind, SERVICE_NAME);
    ck_assert_uint_eq(service->host_size, 13);
    ck_assert_mem_eq(service_host(service), "\3Web\7Example", 13);
    ck_assert_int_eq(service->port, 8080);
    ck_assert_uint_eq(service->priority, 7);
    ck_assert_uint_eq(service->weight, 3);
    ck_assert_uint_eq(service->text_size, 3);
    ck_assert_mem_eq(service_text(service), "a\0b", 3);
    ck_assert(service->mail);
    ck_assert_uint_eq(service->ttl_seconds, 9);
    ck_assert_uint_eq(service->targetstrip, 2);
    ck_assert_uint_eq(service->group_size, 4);
    ck_assert_mem_eq(service_group(service), "blue", 4);
    free(service);
}
END_TEST

START_TEST(an_ipv4_address_in_ipv6_is_one_of_ipv4)
{
    struct service *service = read_value("{\"host\":\"::ffff:192.0.2.7\"}");

    ck_assert_int_eq(service->host_kind, SERVICE_IPV4);
    ck_assert_mem_eq(service_host(service), "\xc0\0\2\7", 4);
    free(service);
}
END_TEST

START_TEST(what_says_the_same_is_equal)
{
    struct service *one = read_value("{\"host\":\"a.b\",\"text\":\"t\"}");
    struct service *same = read_value("{\"text\":\"t\", \"host\":\"a.b.\"}");
    struct service *other = read_value("{\"host\":\"a.b\",\"text\":\"u\"}");

    ck_assert(service_equal(one, same));
    ck_assert(!service_equal(one, other));
    ck_assert(!service_equal(one, NULL));
    ck_assert(!service_equal(NULL, one));
    ck_assert(service_equal(NULL, NULL));
    free(one);
    free(same);
    free(other);
}
END_TEST

/* {"text":"xxx..."} of so many octets in all. */
static char *
long_value(size_t size)
{
    static const char start[] = "{\"text\":\"";
    char *value = malloc(size + 1);

    ck_assert_ptr_nonnull(value);
    memset(value, 'x', size);
    memcpy(value, start, sizeof start - 1);
    memcpy(value + size - 2, "\"}", 3);
    return value;
}

START_TEST(values_and_texts_have_an_end)
{
    struct core_fault fault;
    char *value = long_value(SERVICE_TEXT_SIZE + 11);
    struct service *service = service_read(value, strlen(value), &fault);

    ck_assert_ptr_nonnull(service);
    free(service);
    free(value);
    value = long_value(SERVICE_TEXT_SIZE + 12);
    ck_assert_ptr_null(service_read(value, strlen(value), &fault));
    ck_assert_str_eq(fault.text, "text: longer than 32768 octets");
    free(value);
    value = long_value(SERVICE_VALUE_SIZE + 1);
    ck_assert_ptr_null(service_read(value, strlen(value), &fault));
    ck_assert_str_eq(fault.text, "longer than 65536 octets");
    free(value);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("service");

    tcase_add_loop_test(cases, good_values_are_told_from_bad_ones,
                        0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, what_is_not_given_is_as_in_skydns);
    tcase_add_test(cases, all_fields_are_kept);
    tcase_add_test(cases, an_ipv4_address_in_ipv6_is_one_of_ipv4);
    tcase_add_test(cases, what_says_the_same_is_equal);
    tcase_add_test(cases, values_and_texts_have_an_end);
    return core_test_run(cases);
}
