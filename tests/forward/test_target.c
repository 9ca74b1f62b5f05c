/* target - each form of an upstream, and what is none */

#include "forward/target.h"

#include <netinet/in.h>

#include "core_test.h"

static const struct {
    const char *text;
    enum target_kind kind;
    const char *shown;
    const char *servername;
} rows[] = {
    { "10.0.0.1", TARGET_ADDRESS, "10.0.0.1:53", "" },
    { "10.0.0.1:5353", TARGET_ADDRESS, "10.0.0.1:5353", "" },
    { "dns://10.0.0.1", TARGET_ADDRESS, "10.0.0.1:53", "" },
    { "::1", TARGET_ADDRESS, "[::1]:53", "" },
    { "[::1]", TARGET_ADDRESS, "[::1]:53", "" },
    { "[2001:db8::1]:5353", TARGET_ADDRESS, "[2001:db8::1]:5353", "" },
    { "::ffff:192.0.2.1", TARGET_ADDRESS, "192.0.2.1:53", "" },
    { "tls://10.0.0.1", TARGET_ADDRESS, "tls://10.0.0.1:853", "" },
    { "https://10.0.0.1", TARGET_ADDRESS, "https://10.0.0.1:443/dns-query",
      "" },
    { "https://10.0.0.1%dns.test:8443/q?a=b", TARGET_ADDRESS,
      "https://10.0.0.1:8443/q?a=b", "dns.test" },
    { "https://[::1]/", TARGET_ADDRESS, "https://[::1]:443/", "" },
    { "https://dns.example.net/a/b", TARGET_HOST,
      "https://dns.example.net:443/a/b", "" },
    { "tls://10.0.0.1:8853", TARGET_ADDRESS, "tls://10.0.0.1:8853", "" },
    { "tls://10.0.0.1%example.com", TARGET_ADDRESS, "tls://10.0.0.1:853",
      "example.com" },
    { "tls://10.0.0.1%example.com:8853", TARGET_ADDRESS,
      "tls://10.0.0.1:8853", "example.com" },
    { "tls://[::1%example.com]:853", TARGET_ADDRESS, "tls://[::1]:853",
      "example.com" },
    { "tls://::1%example.com", TARGET_ADDRESS, "tls://[::1]:853",
      "example.com" },
    { "[fe80::1%lo]:53", TARGET_ADDRESS, "[fe80::1]:53", "" },
    { "dns.example.com", TARGET_HOST, "dns.example.com:53", "" },
    { "dns.example.com:5353", TARGET_HOST, "dns.example.com:5353", "" },
    { "tls://dns.example.com", TARGET_HOST, "tls://dns.example.com:853", "" },
    { "tls://dns.example.com%name.example.com", TARGET_HOST,
      "tls://dns.example.com:853", "name.example.com" },
    { "/etc/resolv.conf", TARGET_FILE, "/etc/resolv.conf", "" },
};

START_TEST(reads_each_form)
{
    struct core_fault fault;
    struct target target;
    char text[TARGET_TEXT_SIZE];

    ck_assert_msg(target_from_text(&target, rows[_i].text, &fault) == 0,
                  "%s: %s", rows[_i].text, fault.text);
    ck_assert_int_eq(target.kind, rows[_i].kind);
    ck_assert_str_eq(target_to_text(&target, text), rows[_i].shown);
    ck_assert_str_eq(target.servername, rows[_i].servername);
}
END_TEST

static const struct {
    const char *text;
    const char *fault;
} wrong[] = {
    { "", "not an address, name or file: " },
    { "grpc://example.com", "grpc://example.com: grpc:// is not supported, "
      "only dns://, tls:// and https://" },
    { "https://10.0.0.1/a b", "not the path of a resource: /a b" },
    { "tls://10.0.0.1/a", "not an address, name or file: tls://10.0.0.1/a" },
    { "https://", "not an address, name or file: https://" },
    { "10.0.0.1:", "not an address, name or file: 10.0.0.1:" },
    { "10.0.0.1:0", "not a port: 0" },
    { "10.0.0.1:65536", "not a port: 65536" },
    { "10.0.0.1:5x", "not a port: 5x" },
    { "10.0.0.300", "not an address, name or file: 10.0.0.300" },
    { "[::1", "not an address, name or file: [::1" },
    { "[::1]53", "not an address, name or file: [::1]53" },
    { "10.0.0.1%name", "%name: only tls:// and https:// have a server name" },
    { "fe80::1%nothing", "no such interface: nothing" },
    { "two words", "not an address, name or file: two words" },
    { "a..b", "not an address, name or file: a..b" },
};

START_TEST(says_what_is_wrong)
{
    struct core_fault fault;
    struct target target;

    ck_assert_int_eq(target_from_text(&target, wrong[_i].text, &fault), -1);
    ck_assert_str_eq(fault.text, wrong[_i].fault);
}
END_TEST

START_TEST(becomes_an_address_of_the_system)
{
    struct core_fault fault;
    struct target target;
    struct sockaddr_storage address;
    struct sockaddr_in v4;

    target_from_text(&target, "192.0.2.1:5353", &fault);
    ck_assert_uint_eq(target_socket_address(&target, &address), sizeof v4);
    v4 = *(struct sockaddr_in *) &address;
    ck_assert_int_eq(v4.sin_family, AF_INET);
    ck_assert_uint_eq(v4.sin_port, htons(5353));
    ck_assert_uint_eq(v4.sin_addr.s_addr, htonl(0xc0000201));
    target_from_text(&target, "2001:db8::1", &fault);
    ck_assert_uint_eq(target_socket_address(&target, &address),
                      sizeof (struct sockaddr_in6));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("target");

    tcase_add_loop_test(cases, reads_each_form, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, says_what_is_wrong, 0, CORE_TEST_ROWS(wrong));
    tcase_add_test(cases, becomes_an_address_of_the_system);
    return core_test_run(cases);
}
