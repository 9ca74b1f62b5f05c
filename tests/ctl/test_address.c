/* address - what a stage can be told to listen on, and what it cannot */

#include "ctl/address.h"

#include <netinet/in.h>
#include <stddef.h>

#include "core_test.h"

static const struct {
    const char *text;
    const char *shown;
    bool udp;
    bool tcp;
} good_rows[] = {
    { "dns://192.0.2.1:5300", "192.0.2.1:5300", true, true },
    { "dns://192.0.2.1", "192.0.2.1:53", true, true },
    { "dns://[2001:db8::1]:53", "[2001:db8::1]:53", true, true },
    { "dns://[2001:DB8:0::1]", "[2001:db8::1]:53", true, true },
    { "dns://0.0.0.0:53", "0.0.0.0:53", true, true },
    { "dns://*", "*:53", true, true },
    { "dns://:5300", "*:5300", true, true },
    { "tls://127.0.0.1", "127.0.0.1:853", false, true },
    { "https://127.0.0.1/dns-query", "127.0.0.1:443", false, true },
    { "https://[::1]:8443/", "[::1]:8443", false, true },
    { "quic://127.0.0.1", "127.0.0.1:853", true, false },
    { "127.0.0.1:8080", "127.0.0.1:8080", false, true },
    { "[::]:8080", "[::]:8080", false, true },
};

START_TEST(reads_an_address)
{
    struct address address;
    char why[ADDRESS_WHY_SIZE] = "";

    ck_assert_msg(address_parse(&address, good_rows[_i].text, why) == 0,
                  "%s: %s", good_rows[_i].text, why);
    ck_assert_str_eq(address.text, good_rows[_i].shown);
    ck_assert_int_eq(address.udp, good_rows[_i].udp);
    ck_assert_int_eq(address.tcp, good_rows[_i].tcp);
}
END_TEST

static const struct {
    const char *text;
    const char *why;
} bad_rows[] = {
    { "", "needs a port from 1 to 65535" },
    { "127.0.0.1", "needs a port from 1 to 65535" },    /* no scheme */
    { "dns://127.0.0.1:0", "needs a port from 1 to 65535" },
    { "dns://127.0.0.1:65536", "needs a port from 1 to 65535" },
    { "dns://127.0.0.1:99999999999999999999",
      "needs a port from 1 to 65535" },
    { "dns://127.0.0.1:53x", "needs a port from 1 to 65535" },
    { "dns://localhost:53", "not an address" },         /* no look-ups */
    { "dns://300.0.0.1:53", "not an address" },
    { "dns://::1:53", "needs a port from 1 to 65535" }, /* needs [] */
    { "dns://[::1:53", "not an address" },
    { "dns://[::1]53", "not an address" },
    { "dnx://127.0.0.1:53",
      "unknown scheme: dns, tls, https and quic are known" },
    { "dns//127.0.0.1:53", "not an address" },
};

START_TEST(says_why_it_is_none)
{
    struct address address;
    char why[ADDRESS_WHY_SIZE] = "";

    ck_assert_int_eq(address_parse(&address, bad_rows[_i].text, why), -1);
    ck_assert_str_eq(why, bad_rows[_i].why);
}
END_TEST

static const struct {
    const char *one;
    const char *other;
    bool collides;
} pairs[] = {
    { "dns://127.0.0.1:53", "dns://127.0.0.1:53", true },
    { "dns://127.0.0.1:53", "127.0.0.1:53", true },     /* both want tcp */
    { "quic://127.0.0.1:853", "tls://127.0.0.1:853", false },
    { "dns://127.0.0.1:53", "dns://127.0.0.2:53", false },
    { "dns://[::1]:53", "dns://[0:0::1]:53", true },
    { "dns://0.0.0.0:53", "dns://127.0.0.1:53", true },
    { "dns://0.0.0.0:53", "dns://127.0.0.1:54", false },
    { "dns://0.0.0.0:53", "dns://[::1]:53", false },
    { "dns://[::]:53", "dns://0.0.0.0:53", false },
    { "dns://:53", "dns://127.0.0.1:53", true },
    { "dns://[::1]:53", "dns://*:53", true },
};

START_TEST(two_of_the_same_collide)
{
    struct address one, other;
    char why[ADDRESS_WHY_SIZE];

    ck_assert_int_eq(address_parse(&one, pairs[_i].one, why), 0);
    ck_assert_int_eq(address_parse(&other, pairs[_i].other, why), 0);
    ck_assert_int_eq(address_collides(&one, &other), pairs[_i].collides);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("address");

    tcase_add_loop_test(cases, reads_an_address, 0,
                        CORE_TEST_ROWS(good_rows));
    tcase_add_loop_test(cases, says_why_it_is_none, 0,
                        CORE_TEST_ROWS(bad_rows));
    tcase_add_loop_test(cases, two_of_the_same_collide, 0,
                        CORE_TEST_ROWS(pairs));
    return core_test_run(cases);
}
