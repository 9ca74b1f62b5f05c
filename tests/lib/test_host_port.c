/* host_port - addresses with and without a port */

#include "lib/host_port.h"

#include "core_test.h"

static const struct {
    const char *text;
    int fallback;
    const char *shown;                  /* NULL: it is none, for that reason: */
    const char *why;
} rows[] = {
    { "192.0.2.1", 53, "192.0.2.1:53", NULL },
    { "192.0.2.1:5353", 53, "192.0.2.1:5353", NULL },
    { "2001:db8::1", 53, "[2001:db8::1]:53", NULL },
    { "[2001:DB8::1]", 53, "[2001:db8::1]:53", NULL },
    { "[2001:db8::1]:65535", 53, "[2001:db8::1]:65535", NULL },
    { "192.0.2.1:1", 0, "192.0.2.1:1", NULL },
    { "192.0.2.1", 0, NULL, "needs a port from 1 to 65535" },
    { "192.0.2.1:0", 53, NULL, "needs a port from 1 to 65535" },
    { "192.0.2.1:", 53, NULL, "needs a port from 1 to 65535" },
    { "192.0.2.1:65536", 53, NULL, "needs a port from 1 to 65535" },
    { "ns.example.org", 53, NULL, "not an address" },
    { "[2001:db8::1", 53, NULL, "not an address" },
    { "[2001:db8::1]53", 53, NULL, "not an address" },
    { "", 53, NULL, "not an address" },
    { "[]", 53, NULL, "not an address" },
};

START_TEST(reads_what_it_should)
{
    struct sockaddr_storage address;
    socklen_t size;
    char why[HOST_PORT_WHY_SIZE] = "";
    char text[HOST_PORT_TEXT_SIZE];
    int got = host_port_from_text(rows[_i].text, rows[_i].fallback, &address,
                                  &size, why);

    if (rows[_i].shown == NULL) {
        ck_assert_int_eq(got, -1);
        ck_assert_str_eq(why, rows[_i].why);
        return;
    }
    ck_assert_int_eq(got, 0);
    ck_assert_str_eq(host_port_to_text(text, &address, size), rows[_i].shown);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("host_port");

    tcase_add_loop_test(cases, reads_what_it_should, 0, CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
