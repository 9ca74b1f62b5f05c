/* listener - addresses as the configuration says them */

#include "frontend/listener.h"

#include <arpa/inet.h>
#include <string.h>

#include "core_test.h"

static const struct {
    const char *url;
    const char *address;                /* NULL: refused */
    int port;
    bool wildcard, dual;
} rows[] = {
    { "dns://192.0.2.1",         "192.0.2.1",    53,   false, false },
    { "dns://192.0.2.1:5300",    "192.0.2.1",    5300, false, false },
    { "dns://[2001:db8::1]",     "2001:db8::1",  53,   false, false },
    { "dns://[2001:db8::1]:54",  "2001:db8::1",  54,   false, false },
    { "dns://0.0.0.0:53",        "0.0.0.0",      53,   true,  false },
    { "dns://[::]",              "::",           53,   true,  false },
    { "dns://:53",               "::",           53,   true,  true  },
    { "dns://*:53",              "::",           53,   true,  true  },
    { "dns://localhost",         NULL, 0, false, false },  /* no look-ups */
    { "dns://192.0.2.1:",        NULL, 0, false, false },
    { "dns://192.0.2.1:0",       NULL, 0, false, false },
    { "dns://192.0.2.1:65536",   NULL, 0, false, false },
    { "dns://192.0.2.1:5x",      NULL, 0, false, false },
    { "dns://[2001:db8::1",      NULL, 0, false, false },
    { "dns://[2001:db8::1]x",    NULL, 0, false, false },
    { "udp://192.0.2.1",         NULL, 0, false, false },
    { "192.0.2.1:53",            NULL, 0, false, false },
};

START_TEST(reads_an_address)
{
    struct listener self;
    struct core_fault fault;
    char text[INET6_ADDRSTRLEN];
    int rc = listener_read(&self, rows[_i].url, &fault);

    ck_assert_msg((rc == 0) == (rows[_i].address != NULL), "%s: %d",
                  rows[_i].url, rc);
    if (rc == -1) {
        ck_assert_ptr_nonnull(strstr(fault.text, rows[_i].url));
        return;
    }
    if (self.address.any.sa_family == AF_INET)
        inet_ntop(AF_INET, &self.address.v4.sin_addr, text, sizeof text);
    else
        inet_ntop(AF_INET6, &self.address.v6.sin6_addr, text, sizeof text);
    ck_assert_str_eq(text, rows[_i].address);
    ck_assert_int_eq(ntohs(self.address.v4.sin_port), rows[_i].port);
    ck_assert_int_eq(self.is_wildcard, rows[_i].wildcard);
    ck_assert_int_eq(self.is_dual, rows[_i].dual);
}
END_TEST

START_TEST(says_what_it_could_not_bind)
{
    struct listener self, second;
    struct core_fault fault;
    socklen_t size = sizeof second.address;

    ck_assert_int_eq(listener_read(&self, "dns://127.0.0.1:1", &fault), 0);
    self.address.v4.sin_port = 0;       /* any that is free */
    ck_assert_int_eq(listener_open(&self, &fault), 0);
    second = self;
    ck_assert_int_eq(getsockname(self.udp, &second.address.any, &size), 0);
    ck_assert_int_eq(listener_open(&second, &fault), -1);
    ck_assert_ptr_nonnull(strstr(fault.text, "cannot bind 127.0.0.1:"));
    ck_assert_ptr_nonnull(strstr(fault.text, "/udp: "));
    listener_close(&self);
    ck_assert_int_eq(self.udp, -1);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("listener");

    tcase_add_loop_test(cases, reads_an_address, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, says_what_it_could_not_bind);
    return core_test_run(cases);
}
