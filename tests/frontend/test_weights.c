/* weights - what is right in a file of weights, and what is not */

#include "frontend/weights.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "core_test.h"
#include "coredns/name.h"

static unsigned
weight_of(const weights_t *self, const char *name, const char *address)
{
    uint8_t wire[CORE_NAME_SIZE], bytes[16];
    bool is_ipv6 = strchr(address, ':') != NULL;

    ck_assert_int_gt(core_name_from_text(wire, name, NULL), 0);
    ck_assert_int_eq(inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address, bytes),
                     1);
    return weights_find(self, wire, bytes, is_ipv6 ? 16 : 4);
}

static const char file[] =
    "# ours\n"
    "W1.example.org\n"
    "192.168.1.15   10\n"
    "2001:db8::1 20 # the other family\n"
    "\n"
    "w2.example.org.\n"
    " # nothing yet\n"
    " w3.example.org\n 192.168.2.16 255\n";

static const struct {
    const char *name, *address;
    unsigned weight;
} rows[] = {
    { "w1.example.org.", "192.168.1.15", 10 },
    { "W1.EXAMPLE.org.", "2001:db8::1",  20 },
    { "w1.example.org.", "192.168.1.16",  1 },
    { "w2.example.org.", "192.168.1.15",  1 },
    { "w3.example.org.", "192.168.2.16", 255 },
    { "w4.example.org.", "192.168.2.16",  1 },
};

START_TEST(knows_the_weight_of_an_address)
{
    struct core_fault fault;
    weights_t *weights = weights_load(core_test_file(file), &fault);

    ck_assert_ptr_nonnull(weights);
    ck_assert_uint_eq(weight_of(weights, rows[_i].name, rows[_i].address),
                      rows[_i].weight);
    weights_destroy(&weights);
    ck_assert_ptr_null(weights);
}
END_TEST

static const struct {
    const char *file;
    int line;
    const char *text;
} wrong[] = {
    { "w1\n192.0.2.1\n", 2,
      "expected a domain name, or an address and its weight" },
    { "two..dots\n", 1,
      "expected a domain name, or an address and its weight" },
    { "# none\n192.0.2.1 10\n", 2, "there is no domain name above" },
    { "w1\n192.0.2.300 10\n", 2, "not an address" },
    { "w1\n192.0.2.1 300\n", 2, "not a weight from 1 to 255" },
    { "w1\n192.0.2.1 0\n", 2, "not a weight from 1 to 255" },
    { "w1\n192.0.2.1 -1\n", 2, "not a weight from 1 to 255" },
    { "w1\n192.0.2.1 1 2\n", 2, "more than an address and its weight" },
};

START_TEST(names_the_line_that_is_wrong)
{
    struct core_fault fault;
    const char *path = core_test_file(wrong[_i].file);

    ck_assert_ptr_null(weights_load(path, &fault));
    ck_assert_str_eq(fault.path, path);
    ck_assert_int_eq(fault.line, wrong[_i].line);
    ck_assert_str_eq(fault.text, wrong[_i].text);
}
END_TEST

static void
write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");

    fputs(text, out);
    fclose(out);
}

START_TEST(takes_a_change_but_no_wrong_one)
{
    struct core_fault fault;
    const char *path = core_test_file("w1\n192.0.2.1 5\n");
    weights_t *weights = weights_new(path);

    ck_assert_uint_eq(weight_of(weights, "w1.", "192.0.2.1"), 1);
    ck_assert_int_eq(weights_refresh(weights, &fault), 0);
    ck_assert_uint_eq(weight_of(weights, "w1.", "192.0.2.1"), 5);
    write_file(path, "w1\n192.0.2.1 17\n");
    ck_assert_int_eq(weights_refresh(weights, &fault), 0);
    ck_assert_uint_eq(weight_of(weights, "w1.", "192.0.2.1"), 17);
    write_file(path, "w1\n192.0.2.1 many\n");
    ck_assert_int_eq(weights_refresh(weights, &fault), -1);
    ck_assert_int_eq(weights_refresh(weights, &fault), 0);     /* told once */
    ck_assert_uint_eq(weight_of(weights, "w1.", "192.0.2.1"), 17);
    remove(path);
    ck_assert_int_eq(weights_refresh(weights, &fault), -1);
    ck_assert_uint_eq(weight_of(weights, "w1.", "192.0.2.1"), 17);
    weights_destroy(&weights);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("weights");

    tcase_add_loop_test(cases, knows_the_weight_of_an_address, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, names_the_line_that_is_wrong, 0,
                        CORE_TEST_ROWS(wrong));
    tcase_add_test(cases, takes_a_change_but_no_wrong_one);
    return core_test_run(cases);
}
