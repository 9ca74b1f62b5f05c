/* search - which names a name leads to, for whom */

#include "autopath/search.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "core_test.h"

/* The host's domains in all rows of clusters. */
static const struct search_domains host = {
    .count = 1, .items = { "\4host\4test" },
};

static const struct {
    const char *name;
    const char *zone;                   /* NULL: the host's domains alone */
    const char *steps;                  /* NULL: it is no name of that kind */
} rows[] = {
    { "www.example.org.prod.svc.c.l.", "c.l.",
      "www.example.org.prod.svc.c.l. www.example.org.svc.c.l. "
      "www.example.org.c.l. www.example.org.host.test. www.example.org. " },
    { "w.prod.SVC.c.L.", "c.l.",
      "w.prod.SVC.c.L. w.SVC.c.L. w.c.L. w.host.test. w. " },
    { "a.b.svc.c.l.b.svc.c.l.", "c.l.",
      "a.b.svc.c.l.b.svc.c.l. a.b.svc.c.l.svc.c.l. a.b.svc.c.l.c.l. "
      "a.b.svc.c.l.host.test. a.b.svc.c.l. " },
    { "prod.svc.c.l.", "c.l.", NULL },          /* nothing in front of it */
    { "svc.c.l.", "c.l.", NULL },
    { "c.l.", "c.l.", NULL },
    { "w.prod.pod.c.l.", "c.l.", NULL },
    { "w.prod.svc.c.m.", "c.l.", NULL },
    { "w.prod.svc.", ".", "w.prod.svc. w.svc. w. w.host.test. w. " },
    { "www.example.org.host.test.", NULL,
      "www.example.org.host.test. www.example.org. " },
    { "host.test.", NULL, NULL },
    { "www.other.test.", NULL, NULL },
};

START_TEST(steps_are_those_of_the_path)
{
    uint8_t name[CORE_NAME_SIZE], zone[CORE_NAME_SIZE], one[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE], all[8 * CORE_NAME_TEXT_SIZE] = "";
    struct search search;
    bool has_path;

    core_name_from_text(name, rows[_i].name, NULL);
    if (rows[_i].zone != NULL) {
        core_name_from_text(zone, rows[_i].zone, NULL);
        has_path = search_begin_in_cluster(&search, name, zone, &host);
    } else {
        has_path = search_begin(&search, name, &host);
    }
    ck_assert_int_eq(has_path, rows[_i].steps != NULL);
    for (unsigned i = 0; has_path && search_step(&search, i, one); i++) {
        strcat(all, core_name_to_text(text, one));
        strcat(all, " ");
    }
    if (has_path)
        ck_assert_str_eq(all, rows[_i].steps);
}
END_TEST

START_TEST(a_pod_has_a_name_by_its_address)
{
    static const struct {
        const char *address;
        const char *name;
    } pods[] = {
        { "::ffff:10.1.2.3", "10-1-2-3.prod.pod.c.l." },
        { "2001:db8::1", "2001-db8--1.prod.pod.c.l." },
    };
    uint8_t client[16], name[CORE_NAME_SIZE], zone[] = "\1c\1l";
    char text[CORE_NAME_TEXT_SIZE];
    struct search search;
    bool is_four;

    core_name_from_text(name, "w.prod.svc.c.l.", NULL);
    ck_assert(search_begin_in_cluster(&search, name, zone, &host));
    for (int i = 0; i < 2; i++) {
        inet_pton(AF_INET6, pods[i].address, client);
        ck_assert(search_pod(&search, zone, client, name, &is_four));
        ck_assert_str_eq(core_name_to_text(text, name), pods[i].name);
        ck_assert_int_eq(is_four, i == 0);
    }
}
END_TEST

/* A step that would be too long for a name is the root, and left out. */
START_TEST(too_long_a_name_is_no_step)
{
    uint8_t name[CORE_NAME_SIZE];
    struct search_domains domains = { .count = 2, .items = { "\1a" } };
    struct search search;
    size_t size = 0;

    for (int i = 0; i < 120; i++) {
        name[size++] = 1;
        name[size++] = 'x';
    }
    memcpy(name + size, "\1a", 3);
    memcpy(domains.items[1], "\17long-long-label", 17);
    ck_assert(search_begin(&search, name, &domains));
    ck_assert(search_step(&search, 1, name));
    ck_assert_int_eq(name[0], 0);
    ck_assert(search_step(&search, 2, name));
    ck_assert_uint_eq(core_name_labels(name), 120);
    ck_assert(!search_step(&search, 3, name));
}
END_TEST

static const struct {
    const char *file;
    const char *domains;                /* or NULL: a fault */
    const char *fault;
} files[] = {
    { "nameserver 192.0.2.1\nsearch Example.org\texample.net\n",
      "example.org. example.net. ", NULL },
    { "search a\ndomain b\n# search c\n", "b. ", NULL },
    { "nameserver 192.0.2.1\n", "", NULL },
    { "\nsearch a..b\n", NULL, "not a domain name: a..b" },
};

START_TEST(domains_are_those_of_the_last_line)
{
    const char *path = core_test_file(files[_i].file);
    struct search_domains domains;
    struct core_fault fault;
    char text[CORE_NAME_TEXT_SIZE], all[4096] = "";
    int rc = search_read(&domains, path, &fault);

    ck_assert_int_eq(rc, files[_i].domains == NULL ? -1 : 0);
    if (rc == -1) {
        ck_assert_str_eq(fault.text, files[_i].fault);
        ck_assert_int_eq(fault.line, 2);
        return;
    }
    for (unsigned i = 0; i < domains.count; i++) {
        strcat(all, core_name_to_text(text, domains.items[i]));
        strcat(all, " ");
    }
    ck_assert_str_eq(all, files[_i].domains);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("search");

    tcase_add_loop_test(cases, steps_are_those_of_the_path, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, a_pod_has_a_name_by_its_address);
    tcase_add_test(cases, too_long_a_name_is_no_step);
    tcase_add_loop_test(cases, domains_are_those_of_the_last_line, 0,
                        CORE_TEST_ROWS(files));
    return core_test_run(cases);
}
