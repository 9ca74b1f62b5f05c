/* resolv_conf - the servers of a file, and what is wrong with one */

#include "forward/resolv_conf.h"

#include <string.h>

#include "core_test.h"

static const struct {
    const char *file;
    const char *servers;                /* or NULL: a fault */
    int line;
    const char *fault;
} rows[] = {
    { "nameserver 192.0.2.1\n", "192.0.2.1:53 ", 0, NULL },
    { "# mine\nsearch example.org\noptions ndots:5\n"
      "nameserver\t192.0.2.1 \nnameserver 2001:db8::1 # second\n"
      "nameserver ::1;third", "192.0.2.1:53 [2001:db8::1]:53 [::1]:53 ",
      0, NULL },
    { "nameservers 192.0.2.1\nnameserver 192.0.2.2\r\n", "192.0.2.2:53 ",
      0, NULL },
    { "", NULL, 0, "names no server" },
    { "search example.org\n", NULL, 0, "names no server" },
    { "nameserver 192.0.2.1\nnameserver dns.example\n", NULL, 2,
      "not an address: dns.example" },
    { "nameserver \n", NULL, 1, "not an address: " },
};

START_TEST(reads_the_lines_that_name_servers)
{
    struct core_fault fault;
    struct resolv_conf self;
    char text[1024] = "", one[TARGET_TEXT_SIZE];
    const char *path = core_test_file(rows[_i].file);
    int rc = resolv_conf_read(&self, path, &fault);

    if (rows[_i].servers == NULL) {
        ck_assert_int_eq(rc, -1);
        ck_assert_str_eq(fault.path, path);
        ck_assert_int_eq(fault.line, rows[_i].line);
        ck_assert_str_eq(fault.text, rows[_i].fault);
        return;
    }
    ck_assert_int_eq(rc, 0);
    for (size_t i = 0; i < self.count; i++) {
        strcat(text, target_to_text(&self.servers[i], one));
        strcat(text, " ");
    }
    ck_assert_str_eq(text, rows[_i].servers);
}
END_TEST

START_TEST(names_the_file_that_is_not_there)
{
    struct core_fault fault;
    struct resolv_conf self;

    ck_assert_int_eq(resolv_conf_read(&self, "/nowhere/at/all", &fault), -1);
    ck_assert_str_eq(fault.path, "/nowhere/at/all");
    ck_assert_str_eq(fault.text, "cannot read: No such file or directory");
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("resolv_conf");

    tcase_add_loop_test(cases, reads_the_lines_that_name_servers, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, names_the_file_that_is_not_there);
    return core_test_run(cases);
}
