/* network - what is one, and what lies in it */

#include <arpa/inet.h>

#include "core_test.h"
#include "coredns/setting.h"

static const struct {
    const char *text;
    int bits;                           /* -1: it is none */
} rows[] = {
    { "10.0.0.0/8",     104 },
    { "10.1.2.3",       128 },
    { "0.0.0.0/0",      96 },
    { "::/0",           0 },
    { "::1",            128 },
    { "2001:db8::/32",  32 },
    { "::ffff:10.0.0.1", 128 },
    { "10.0.0.0/33",    -1 },
    { "10.0.0.0/-1",    -1 },
    { "10.0.0.0/",      -1 },
    { "10.0.0.0/ 8",    -1 },
    { "10.0.0.0/8x",    -1 },
    { "10.0.0.0/0000008", -1 },
    { "10.0.0/8",       -1 },
    { "::1/129",        -1 },
    { "example.org",    -1 },
    { "",               -1 },
    { "/8",             -1 },
    { "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111", -1 },
};

START_TEST(reads_networks)
{
    struct core_network network = { .bits = 7 };
    int rc = core_network_from_text(rows[_i].text, &network);

    ck_assert_int_eq(rc, rows[_i].bits == -1 ? -1 : 0);
    ck_assert_int_eq(network.bits, rc == 0 ? rows[_i].bits : 7);
}
END_TEST

static const struct {
    const char *network;
    const char *address;
    bool contains;
} member_rows[] = {
    { "10.0.0.0/8",     "::ffff:10.255.0.1", true },
    { "10.1.2.3/8",     "::ffff:10.255.0.1", true },    /* host bits */
    { "10.0.0.0/8",     "::ffff:11.0.0.1",   false },
    { "10.0.0.0/9",     "::ffff:10.128.0.1", false },
    { "10.0.0.0/9",     "::ffff:10.127.0.1", true },
    { "0.0.0.0/0",      "::ffff:1.2.3.4",    true },
    { "0.0.0.0/0",      "2001:db8::1",       false },
    { "::/0",           "2001:db8::1",       true },
    { "::1",            "::1",               true },
    { "::1",            "::2",               false },
    { "2001:db8::/33",  "2001:db8:7fff::1",  true },
    { "2001:db8::/33",  "2001:db8:8000::1",  false },
};

START_TEST(knows_its_members)
{
    struct core_network network;
    uint8_t address[16];

    ck_assert_int_eq(core_network_from_text(member_rows[_i].network, &network),
                     0);
    ck_assert_int_eq(inet_pton(AF_INET6, member_rows[_i].address, address), 1);
    ck_assert(core_network_contains(&network, address)
              == member_rows[_i].contains);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("network");

    tcase_add_loop_test(cases, reads_networks, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, knows_its_members, 0,
                        CORE_TEST_ROWS(member_rows));
    return core_test_run(cases);
}
