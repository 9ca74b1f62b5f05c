/* settings - what is right, and each line that says what is not */

#include "forward/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/rrtype.h"
#include "core_test.h"
#include "forward/plan.h"

/* Reads and checks the routes; all faults as text, one a line. */
static char *
read_routes(const char *routes, core_config_t **config,
            struct settings *settings)
{
    core_faults_t *faults = core_faults_new();
    char *text = NULL, *file = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (asprintf(&file, "stages: { forward: { routes = ( %s ); }; };\n",
                 routes) == -1)
        abort();
    *config = core_config_load(core_test_file(file), faults);
    if (*config != NULL
        && core_settings_read(*config, core_config_stage(*config, "forward"),
                              "forward", settings_table, NULL, settings,
                              faults) == 0)
        settings_check(settings, faults);
    for (size_t i = 0; i < core_faults_count(faults); i++)
        fprintf(out, "%s\n", core_faults_at(faults, i)->text);
    fclose(out);
    free(file);
    core_faults_destroy(&faults);
    return text;
}

static const struct {
    const char *routes;
    const char *faults;
} rows[] = {
    { "{ to = [ \"192.0.2.1\" ]; }", "" },
    { "{ to = \"192.0.2.1\"; policy = \"round_robin\"; max_concurrent = 1000;"
      " next_on = [ \"NXDOMAIN\", \"SERVFAIL\" ]; tls = { servername = \"a\";"
      " }; health_check = { interval = \"10ms\"; domain = \"example.org\"; };"
      " source_address = \"::ffff:192.0.2.1\"; }", "" },
    { "{ zone = \"a.\"; to = \"::1\"; }, { zone = \"b.\"; to = \"::1\"; }",
      "" },
    { "", "forward.routes: there is none, nor a source of them\n" },
    { "{ zone = \"a.\"; to = \"::1\"; }, { zone = \"A\"; to = \"::2\"; }",
      "forward.routes[1].zone: there is a route for a. already\n" },
    { "{ zone = \".\"; }",
      "forward.routes[0].to: is missing: upstreams: addresses with or "
      "without port, dns://ADDRESS, tls://ADDRESS%NAME, https://NAME/PATH, "
      "host names, or a file such as /etc/resolv.conf\n" },
    { "{ to = [ ]; }",
      "forward.routes[0].to: is empty: upstreams: addresses with or without "
      "port, dns://ADDRESS, tls://ADDRESS%NAME, https://NAME/PATH, host "
      "names, or a file such as /etc/resolv.conf\n" },
    { "{ to = [ \"quic://192.0.2.1\", \"192.0.2.300\" ]; }",
      "forward.routes[0].to: quic://192.0.2.1: quic:// is not supported, "
      "only dns://, tls:// and https://\n"
      "forward.routes[0].to: not an address, name or file: 192.0.2.300\n" },
    { "{ to = [ \"::1\", \"::2\", \"::3\", \"::4\", \"::5\", \"::6\", \"::7\","
      " \"::8\", \"::9\", \"::a\", \"::b\", \"::c\", \"::d\", \"::e\", \"::f\","
      " \"::10\" ]; }", "forward.routes[0].to: more than 15 upstreams\n" },
    { "{ to = \"tls://::1%a\"; tls = { servername = \"b\"; }; }",
      "forward.routes[0].to: tls://::1%a: tls.servername names the server "
      "too\n" },
    { "{ to = \"tls://::1%a\"; tls = { certificate = \"b\"; }; }",
      "forward.routes[0].tls: certificate and key go together\n" },
    { "{ to = \"::1\"; max_age = \"5s\"; }",
      "forward.routes[0].max_age: shorter than expire\n" },
    { "{ to = \"::1\"; force_tcp = true; prefer_udp = true; }",
      "forward.routes[0].prefer_udp: not together with force_tcp\n" },
    { "{ to = \"::1\"; source_address = \"10.0.0.0/8\"; }",
      "forward.routes[0].source_address: expected an address, not a "
      "network\n" },
    { "{ to = \"::1\"; resolver = [ \"10.0.0.1\", \"dns.example\" ]; }",
      "forward.routes[0].resolver: not an address: dns.example\n" },
    { "{ to = \"::1\"; max_concurrent = -4; }",
      "forward.routes[0].max_concurrent: -4 is below the limit 0\n" },
    { "{ to = \"::1\"; max_connect_attempts = \"many\"; }",
      "forward.routes[0].max_connect_attempts: expected a whole number\n" },
    { "{ to = \"::1\"; next_on = [ \"NXDOMAIM\" ]; }", NULL },
    { "{ to = \"::1\"; polici = \"random\"; }",
      "forward.routes[0].polici: unknown key, did you mean policy\n" },
};

START_TEST(says_all_that_is_wrong)
{
    core_config_t *config;
    struct settings settings;
    char *faults = read_routes(rows[_i].routes, &config, &settings);

    if (rows[_i].faults == NULL)
        ck_assert_str_ne(faults, "");
    else
        ck_assert_str_eq(faults, rows[_i].faults);
    free(faults);
    core_config_destroy(&config);
}
END_TEST

/* ---- the plan made of settings ------------------------------------------- */

static const char routes[] =
    "{ to = \"192.0.2.1\"; except = [ \"no.example\" ]; },"
    "{ zone = \"example\"; to = [ \"192.0.2.2\", \"tls://192.0.2.3\" ];"
    "  except = [ \"not.example.\" ]; },"
    "{ zone = [ \"sub.example\", \"other\" ]; to = \"192.0.2.4\"; }";

static const struct {
    const char *name;
    uint16_t type;
    const char *zone;                   /* the route's first, or NULL: none */
} names[] = {
    { ".", CORE_A, "." },
    { "www.org", CORE_A, "." },
    { "anexample", CORE_A, "." },       /* half a label is no label */
    { "EXAMPLE", CORE_A, "example." },
    { "www.example", CORE_A, "example." },
    { "sub.example", CORE_A, "sub.example." },
    { "a.b.sub.example", CORE_A, "sub.example." },
    { "x.other", CORE_A, "sub.example." },      /* its second zone */
    { "sub.example", CORE_DS, "example." },     /* the parent's to answer */
    { "a.sub.example", CORE_DS, "sub.example." },
    { ".", CORE_DS, "." },
    { "no.example", CORE_A, "example." }, /* excepted by another route only */
    { "not.example", CORE_A, NULL },
    { "a.not.example", CORE_A, NULL },
};

START_TEST(finds_the_longest_zone)
{
    core_config_t *config;
    struct settings settings;
    struct core_fault fault;
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];
    char *faults = read_routes(routes, &config, &settings);
    plan_t *plan = plan_new(&settings, NULL, &fault);

    ck_assert_str_eq(faults, "");
    ck_assert_ptr_nonnull(plan);
    core_config_destroy(&config);       /* nothing of it is lent */
    core_name_from_text(name, names[_i].name, NULL);

    const struct route *route = plan_find(plan, name, names[_i].type);

    if (names[_i].zone == NULL)
        ck_assert_ptr_null(route);
    else
        ck_assert_str_eq(core_name_to_text(text,
                                           route->zones.items[0]),
                         names[_i].zone);
    plan_destroy(&plan);
    free(faults);
}
END_TEST

START_TEST(a_plan_knows_what_another_has_learnt)
{
    core_config_t *config;
    struct settings settings;
    struct core_fault fault;
    char *faults = read_routes(routes, &config, &settings);
    plan_t *old = plan_new(&settings, NULL, &fault);
    plan_t *plan = plan_new(&settings, NULL, &fault);

    upstream_replied(&plan_at(old, 1)->servers[1].health, 5000, 1);
    plan_inherit(plan, old);
    ck_assert_int_eq(plan_at(plan, 1)->servers[1].health.srtt_us, 5000);
    ck_assert_int_eq(plan_at(plan, 1)->servers[0].health.srtt_us, 0);
    plan_destroy(&old);
    plan_destroy(&plan);
    core_config_destroy(&config);
    free(faults);
}
END_TEST

START_TEST(notices_a_file_that_changes)
{
    core_config_t *config;
    struct settings settings;
    struct core_fault fault;
    char text[512];
    const char *path = core_test_file("nameserver 192.0.2.1\n"
                                      "nameserver 192.0.2.2\n");

    snprintf(text, sizeof text, "{ to = \"%s\"; }", path);

    char *faults = read_routes(text, &config, &settings);
    plan_t *plan = plan_new(&settings, NULL, &fault);

    ck_assert_uint_eq(plan_at(plan, 0)->server_count, 2);
    ck_assert(!plan_is_outdated(plan));

    FILE *file = fopen(path, "w");

    fputs("nameserver 192.0.2.3\n", file);
    fclose(file);
    ck_assert(plan_is_outdated(plan));
    plan_destroy(&plan);
    core_config_destroy(&config);
    free(faults);
}
END_TEST

/* Files that the settings name but that are not what they should be. */
static const struct {
    const char *routes;
    const char *fault;
} files[] = {
    { "{ to = \"/nowhere/resolv.conf\"; }",
      "/nowhere/resolv.conf: cannot read: No such file or directory" },
    { "{ to = \"tls://::1\"; tls = { ca = \"/nowhere/ca.pem\"; }; }",
      "/nowhere/ca.pem: cannot be used for TLS: No such " },
};

START_TEST(says_which_file_is_wrong)
{
    core_config_t *config;
    struct settings settings;
    struct core_fault fault;
    char line[CORE_FAULT_LINE_SIZE];
    char *faults = read_routes(files[_i].routes, &config, &settings);

    ck_assert_ptr_null(plan_new(&settings, NULL, &fault));
    core_fault_format(&fault, line);
    ck_assert_msg(strncmp(line, files[_i].fault, strlen(files[_i].fault))
                  == 0, "%s", line);
    core_config_destroy(&config);
    free(faults);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("settings");

    tcase_add_loop_test(cases, says_all_that_is_wrong, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, finds_the_longest_zone, 0,
                        CORE_TEST_ROWS(names));
    tcase_add_test(cases, a_plan_knows_what_another_has_learnt);
    tcase_add_test(cases, notices_a_file_that_changes);
    tcase_add_loop_test(cases, says_which_file_is_wrong, 0,
                        CORE_TEST_ROWS(files));
    return core_test_run(cases);
}
