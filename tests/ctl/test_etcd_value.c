/* etcd_value - fields as JSON has them, and records of a zone as services */

#include "ctl/etcd_value.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static const struct {
    const char *field;
    const char *text;
    const char *value;                  /* NULL: it is none */
} rows[] = {
    { "host", "192.0.2.1", "{\"host\":\"192.0.2.1\"}" },
    { "host", "8", "{\"host\":\"8\"}" },
    { "text", "a \"b\" \\", "{\"text\":\"a \\\"b\\\" \\\\\"}" },
    { "text", "\xff", NULL },           /* no UTF-8 */
    { "port", "80", "{\"port\":80}" },
    { "port", "-1", "{\"port\":-1}" },
    { "port", "", NULL },
    { "port", "80x", NULL },
    { "port", "99999999999999999999", NULL },
    { "targetstrip", "2", "{\"targetstrip\":2}" },
};

START_TEST(fields_are_texts_or_numbers)
{
    json_t *value = json_object();
    bool is_good = etcd_value_add(value, rows[_i].field, rows[_i].text);
    char *text = etcd_value_end(&value);

    ck_assert_int_eq(is_good, rows[_i].value != NULL);
    ck_assert_str_eq(text, rows[_i].value != NULL ? rows[_i].value : "{}");
    free(text);
}
END_TEST

struct taken {
    char text[4096];
    size_t limit;
};

static enum etcd_value_outcome
take(void *owner, const char *name, const char *value, char **why_p)
{
    struct taken *taken = owner;

    if (strchr(name, '*') != NULL) {
        *why_p = strdup("not that one");
        return ETCD_VALUE_REFUSED;
    }
    if (taken->limit-- == 0)
        return ETCD_VALUE_ENDS;
    strcat(taken->text, name);
    strcat(taken->text, " ");
    strcat(taken->text, value);
    strcat(taken->text, "\n");
    return ETCD_VALUE_PUT;
}

static const char zone[] =
    "$ORIGIN ex.\n$TTL 60\n"
    "@ SOA ns h 1 2 3 4 5\n"
    "@ NS ns\n"
    "@ AAAA 2001:db8::1\n"
    "@ MX 5 mail\n"
    "a A 192.0.2.1\n"
    "a A 192.0.2.2\n"
    "c CNAME a\n"
    "s SRV 1 2 3 a\n"
    "t TXT \"x y\" \"z\"\n"
    "*.w A 192.0.2.3\n"
    "h HINFO a b\n";

/* Imports the zone into text; returns the notices, which are yours. */
static char *
import(const char *path, struct taken *taken, struct etcd_value_counts *counts)
{
    char *notices = NULL;
    size_t size;
    FILE *file = open_memstream(&notices, &size);
    struct core_fault fault;

    ck_assert_int_eq(etcd_value_import(path, take, taken, counts, file,
                                       &fault), 0);
    fclose(file);
    return notices;
}

START_TEST(records_become_services)
{
    struct taken taken = { .limit = 100 };
    struct etcd_value_counts counts;
    char *notices = import(core_test_file(zone), &taken, &counts);

    ck_assert_str_eq(
        taken.text,
        "x1.apex.dns.ex. {\"ttl\":60,\"host\":\"2001:db8::1\"}\n"
        "x2.ex. {\"ttl\":60,\"priority\":5,\"host\":\"mail.ex.\","
        "\"mail\":true}\n"
        "x1.a.ex. {\"ttl\":60,\"host\":\"192.0.2.1\"}\n"
        "x2.a.ex. {\"ttl\":60,\"host\":\"192.0.2.2\"}\n"
        "c.ex. {\"ttl\":60,\"host\":\"a.ex.\"}\n"
        "x1.s.ex. {\"ttl\":60,\"priority\":1,\"weight\":2,\"port\":3,"
        "\"host\":\"a.ex.\"}\n"
        "x1.t.ex. {\"ttl\":60,\"text\":\"x yz\"}\n");
    ck_assert_str_eq(
        notices,
        "left out: ex. NS: services make no records of this type\n"
        "left out: *.w.ex. A: not that one\n"
        "left out: h.ex. HINFO: services make no records of this type\n");
    ck_assert_uint_eq(counts.put, 7);
    ck_assert_uint_eq(counts.left_out, 3);
    free(notices);
}
END_TEST

static const struct {
    const char *records;
    const char *puts;
    const char *notices;
} other_rows[] = {
    { "m MX 0 a\n", "",
      "left out: m.ex. MX: a service cannot have the priority 0\n" },
    { "s SRV 0 1 2 a\n", "",
      "left out: s.ex. SRV: a service cannot have the priority 0\n" },
    { "s SRV 1 1 2 .\n", "",
      "left out: s.ex. SRV: the root is no host of a service\n" },
    { "c CNAME .\n", "",
      "left out: c.ex. CNAME: the root is no host of a service\n" },
    { "a 0 A 192.0.2.1\n", "",
      "left out: a.ex. A: a service cannot have the TTL 0\n" },
    { "t TXT \"\"\n", "",
      "left out: t.ex. TXT: its text is empty, no UTF-8, or longer than 32768 "
      "octets\n" },
    /* equal chances need no weights */
    { "s SRV 1 0 2 a\ns SRV 2 5 2 a\n",
      "x1.s.ex. {\"ttl\":60,\"priority\":1,\"port\":2,\"host\":\"a.ex.\"}\n"
      "x2.s.ex. {\"ttl\":60,\"priority\":2,\"weight\":5,\"port\":2,"
      "\"host\":\"a.ex.\"}\n", "" },
    { "s SRV 1 0 2 a\nS SRV 1 5 2 a\n",
      "x1.s.ex. {\"ttl\":60,\"priority\":1,\"weight\":5,\"port\":2,"
      "\"host\":\"a.ex.\"}\n",
      "left out: s.ex. SRV: a service cannot have the weight 0 beside "
      "others\n" },
    /* names are the same in any case */
    { "A A 192.0.2.1\na A 192.0.2.2\n",
      "x1.a.ex. {\"ttl\":60,\"host\":\"192.0.2.1\"}\n"
      "x2.a.ex. {\"ttl\":60,\"host\":\"192.0.2.2\"}\n", "" },
};

START_TEST(what_would_answer_otherwise_is_left_out)
{
    struct taken taken = { .limit = 100 };
    struct etcd_value_counts counts;
    char text[1024];
    char *notices;

    snprintf(text, sizeof text, "$ORIGIN ex.\n$TTL 60\n@ SOA ns h 1 2 3 4 5\n"
             "%s", other_rows[_i].records);
    notices = import(core_test_file(text), &taken, &counts);
    ck_assert_str_eq(taken.text, other_rows[_i].puts);
    ck_assert_str_eq(notices, other_rows[_i].notices);
    free(notices);
}
END_TEST

START_TEST(a_failure_ends_it)
{
    struct taken taken = { .limit = 2 };
    struct etcd_value_counts counts;
    char *notices = import(core_test_file(zone), &taken, &counts);

    ck_assert_uint_eq(counts.put, 2);
    free(notices);
}
END_TEST

START_TEST(what_is_no_zone_is_told)
{
    struct taken taken = { .limit = 2 };
    struct etcd_value_counts counts;
    struct core_fault fault;

    ck_assert_int_eq(etcd_value_import("/no/such/file", take, &taken, &counts,
                                       stderr, &fault), -1);
    ck_assert_str_eq(fault.text, "cannot read: No such file or directory");
    ck_assert_int_eq(etcd_value_import(core_test_folder(), take, &taken,
                                       &counts, stderr, &fault), -1);
    ck_assert_str_eq(fault.text, "cannot read: Is a directory");
    ck_assert_int_eq(etcd_value_import(core_test_file(""), take, &taken,
                                       &counts, stderr, &fault), 0);
    ck_assert_int_eq(etcd_value_import(core_test_file("$TTL 5\na A x\n"),
                                       take, &taken, &counts, stderr, &fault),
                     -1);
    ck_assert_int_eq(fault.line, 2);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("etcd_value");

    tcase_add_loop_test(cases, fields_are_texts_or_numbers,
                        0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, records_become_services);
    tcase_add_loop_test(cases, what_would_answer_otherwise_is_left_out,
                        0, CORE_TEST_ROWS(other_rows));
    tcase_add_test(cases, a_failure_ends_it);
    tcase_add_test(cases, what_is_no_zone_is_told);
    return core_test_run(cases);
}
