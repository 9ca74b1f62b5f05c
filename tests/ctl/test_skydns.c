/* skydns - what SkyDNS's options become, and which of them cannot be carried
   over */

#include "ctl/skydns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define WORDS 8
#define KEY "/skydns/config"

/* Wanted are parts of the configuration; or the first fault. */
static const struct {
    const char *words[WORDS];
    const char *variable, *value;       /* of the environment; or NULL */
    const char *object;                 /* in etcd; or NULL */
    const char *wanted[4];
    const char *fault;                  /* NULL: there is none */
} rows[] = {
    { { NULL }, NULL, NULL, NULL,
      { "listen = [ \"dns://127.0.0.1:53\" ];", "order = \"random\";",
        "zones = [ \"skydns.local.\", \"in-addr.arpa.\", \"ip6.arpa.\" ];",
        "ttl = 3600;\n        min_ttl = 60;\n        priority = 10;" },
      NULL },
    { { NULL }, NULL, NULL, NULL,
      { "to = [ \"/etc/resolv.conf\" ];", "policy = \"round_robin\";",
        "hostmaster = \"hostmaster.skydns.local.\";",
        "match = \"^([.]|([^.]+[.]){1,1})$\"; rcode = \"SERVFAIL\";" }, NULL },

    /* The command line before the environment before etcd. */
    { { "-domain", "a.test" }, "SKYDNS_DOMAIN", "b.test",
      "{\"domain\":\"c.test.\"}", { "zones = [ \"a.test.\"" }, NULL },
    { { NULL }, "SKYDNS_DOMAIN", "B.test", "{\"domain\":\"c.test.\"}",
      { "zones = [ \"b.test.\"" }, NULL },
    { { NULL }, NULL, NULL, "{\"domain\":\"c.test.\"}",
      { "zones = [ \"c.test.\"" }, NULL },
    { { "--ndots=1" }, "SKYDNS_NDOTS", "x", NULL,
      { "match = \"^[.]$\"" }, NULL },  /* what does not count is not read */

    { { "-machines", "http://a:1,http://b:2", "-username", "u", "-password",
        "p\"w" }, NULL, NULL, NULL,
      { "endpoints = [ \"http://a:1\", \"http://b:2\" ];",
        "username = \"u\";", "password = \"p\\\"w\";" }, NULL },
    { { "-ca-cert=/ca", "-tls-key=/k", "-tls-pem=/p", "-path-prefix", "x/y" },
      NULL, NULL, NULL,
      { "ca = \"/ca\";", "key = \"/k\";", "certificate = \"/p\";",
        "path = \"x/y\";" }, NULL },
    { { "-nameservers", "192.0.2.1:53,192.0.2.2", "-ns-rotate=false",
        "-rtimeout", "1500ms" }, NULL, NULL, NULL,
      { "to = [ \"192.0.2.1:53\", \"192.0.2.2\" ];",
        "policy = \"sequential\";", "read_timeout = \"1s500ms\";" }, NULL },
    { { "-no-rec" }, NULL, NULL, NULL,
      { "otherwise = \"servfail\";\n    };\n    etcd-sync" }, NULL },
    { { "-no-rec", "-stubzones" }, NULL, NULL, NULL,
      { "forward: {\n        otherwise = \"servfail\";",
        "sources = [ \"etcd-sync\" ];\n    };\n};",
        "next = \"forward\";" }, NULL },
    { { "-local", "H1.skydns.local", "-hostmaster", "me@a.test" }, NULL, NULL,
      NULL, { "local = \"h1.skydns.local.\";",
              "hostmaster = \"me.a.test.\";" }, NULL },
    { { "-rcache", "4000", "-rcache-ttl", "9", "-verbose" }, NULL, NULL, NULL,
      { "next = \"cache\"", "capacity = \"4 MiB\";", "success_ttl = 9;",
        "log: { level = \"debug\"; };" }, NULL },
    { { NULL }, "PROMETHEUS_PORT", "9100", NULL,
      { "metrics = [ \"0.0.0.0:9100\" ];" }, NULL },
    { { NULL }, NULL, NULL,
      "{\"Dns_Addr\":\"[::1]:53\",\"nameservers\":[\"192.0.2.1\"],"
      "\"no_rec\":false,\"read_timeout\":3000000000,\"ttl\":5,\"min_ttl\":0,"
      "\"local\":\"\",\"priority\":7}",
      { "dns://[::1]:53", "to = [ \"192.0.2.1\" ];",
        "read_timeout = \"3s\";",
        "ttl = 5;\n        min_ttl = 60;\n        priority = 7;" }, NULL },

    { { "-dnssec", "K" }, NULL, NULL, NULL, { NULL },
      "-dnssec: replies cannot be signed: leave it away to have them "
      "without" },
    { { NULL }, NULL, NULL, "{\"dnssec\":\"K\"}", { NULL },
      "dnssec in " KEY ": replies cannot be signed: leave it away to have "
      "them without" },
    { { "-domian", "x" }, NULL, NULL, NULL, { NULL },
      "-domian: SkyDNS has no such option; did you mean -domain" },
    { { "domain" }, NULL, NULL, NULL, { NULL },
      "domain: SkyDNS has no such option; did you mean -domain" },
    { { "-domain" }, NULL, NULL, NULL, { NULL }, "-domain: it needs a value" },
    { { "-domain", "a..b" }, NULL, NULL, NULL, { NULL },
      "-domain: not a name: a..b" },
    { { "-no-rec=maybe" }, NULL, NULL, NULL, { NULL },
      "-no-rec: not true or false: maybe" },
    { { "-rtimeout", "soon" }, NULL, NULL, NULL, { NULL },
      "-rtimeout: not a time such as 2s: soon" },
    { { "-rtimeout", "1m" }, NULL, NULL, NULL, { NULL },
      "-rtimeout: 60000 ms is not between 10 ms and 8000 ms" },
    { { NULL }, "SKYDNS_NDOTS", "-1", NULL, { NULL },
      "SKYDNS_NDOTS: not a number from 0 to 2147483647: -1" },
    { { NULL }, NULL, NULL, "{\"ttl\":\"x\"}", { NULL },
      KEY ": ttl: not a number" },
    { { "-addr", ":5353" }, NULL, NULL, NULL,
      { "listen = [ \"dns://:5353\" ];" }, NULL },
    { { "-addr", "foo" }, NULL, NULL, NULL, { NULL },
      "-addr: not an address: foo" },
    { { "-addr", "1.2.3.4:99999" }, NULL, NULL, NULL, { NULL },
      "-addr: needs a port from 1 to 65535: 1.2.3.4:99999" },
    { { NULL }, NULL, NULL, "{\"dns_addr\":\"x\"}", { NULL },
      "dns_addr in " KEY ": not an address: x" },
    { { "-nameservers", "192.0.2.1,1.1.1.1:99999" }, NULL, NULL, NULL,
      { NULL }, "-nameservers: needs a port from 1 to 65535: 1.1.1.1:99999" },
    { { NULL }, "PROMETHEUS_PORT", "65536", NULL, { NULL },
      "PROMETHEUS_PORT: 65536 is not between 1 and 65535" },
    { { NULL }, NULL, NULL, "{\"nameservers\":[1]}", { NULL },
      KEY ": nameservers: not a list of texts" },
    { { NULL }, NULL, NULL, "{\"ttl\":", { NULL },
      KEY ": not a JSON object: unexpected token near end of file" },
    { { NULL }, NULL, NULL, "[]", { NULL },
      KEY ": not a JSON object: something else" },
};

static void
read_all(skydns_options_t *options, int row, core_faults_t *faults,
         core_faults_t *notices)
{
    char *words[WORDS];

    memcpy(words, rows[row].words, sizeof words);
    if (rows[row].variable != NULL)
        setenv(rows[row].variable, rows[row].value, 1);
    skydns_options_read_flags(options, words, faults);
    skydns_options_read_environment(options, faults);
    if (rows[row].object != NULL)
        skydns_options_read_object(options, rows[row].object, KEY, faults,
                                   notices);
    if (core_faults_count(faults) == 0)
        skydns_check(options, faults, notices);
}

START_TEST(options_become_settings)
{
    skydns_options_t *options = skydns_options_new();
    core_faults_t *faults = core_faults_new();
    core_faults_t *notices = core_faults_new();
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    read_all(options, _i, faults, notices);
    if (rows[_i].fault != NULL) {
        ck_assert_uint_gt(core_faults_count(faults), 0);
        ck_assert_str_eq(core_faults_at(faults, 0)->text, rows[_i].fault);
    } else {
        ck_assert_msg(core_faults_count(faults) == 0, "%s",
                      core_faults_count(faults) == 0 ? ""
                      : core_faults_at(faults, 0)->text);
        skydns_write(options, file);
    }
    fclose(file);
    for (int i = 0; i < 4 && rows[_i].wanted[i] != NULL; i++)
        ck_assert_msg(strstr(text, rows[_i].wanted[i]) != NULL, "no %s in\n%s",
                      rows[_i].wanted[i], text);
    free(text);
    core_faults_destroy(&faults);
    core_faults_destroy(&notices);
    skydns_options_destroy(&options);
}
END_TEST

static const struct {
    const char *word;
    const char *object;
    const char *notice;
} notes[] = {
    { "-systemd", NULL, "-systemd: no effect: corednsctl opens the sockets" },
    { "-scache=1", NULL,
      "-scache: no effect: there are no signatures to keep" },
    { NULL, "{\"x\":1}", KEY ": x is no option of SkyDNS: left out" },
    { NULL, NULL, "-etcd3 is not given: keys that are in etcd's v2 store have "
      "to be moved to its v3 store (etcdctl migrate)" },
};

START_TEST(what_has_no_effect_is_told)
{
    skydns_options_t *options = skydns_options_new();
    core_faults_t *faults = core_faults_new();
    core_faults_t *notices = core_faults_new();
    char *words[] = { (char *) (uintptr_t) notes[_i].word, NULL };
    bool is_told = false;

    skydns_options_read_flags(options, words, faults);
    if (notes[_i].object != NULL)
        skydns_options_read_object(options, notes[_i].object, KEY, faults,
                                   notices);
    skydns_check(options, faults, notices);
    ck_assert_uint_eq(core_faults_count(faults), 0);
    for (size_t i = 0; i < core_faults_count(notices); i++)
        is_told |= strcmp(core_faults_at(notices, i)->text,
                          notes[_i].notice) == 0;
    ck_assert(is_told);
    core_faults_destroy(&faults);
    core_faults_destroy(&notices);
    skydns_options_destroy(&options);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("skydns");

    tcase_add_loop_test(cases, options_become_settings, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, what_has_no_effect_is_told, 0,
                        CORE_TEST_ROWS(notes));
    return core_test_run(cases);
}
