/* settings - what the table cannot express is told with its key */

#include "etcd-sync/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "core_test.h"

static const struct {
    const char *members;
    const char *text;                   /* NULL: nothing is wrong */
} rows[] = {
    { "zones = \"a.\";", NULL },
    { "zones = \"a.\"; endpoints = \"https://h\";", NULL },
    { "zones = \"a.\"; endpoints = \"http://[::1]:2379/\";", NULL },
    { "zones = \"a.\"; endpoints = [ \"http://h:1\", \"ftp://h\" ];",
      "etcd-sync.endpoints[1]: neither http://... nor https://...: ftp://h" },
    { "zones = \"a.\"; endpoints = \"http://h:0\";",
      "etcd-sync.endpoints[0]: the port is not between 1 and 65535: "
      "http://h:0" },
    { "zones = \"a.\"; endpoints = \"http://h:99999\";",
      "etcd-sync.endpoints[0]: the port is not between 1 and 65535: "
      "http://h:99999" },
    { "zones = \"a.\"; endpoints = \"http://h:abc\";",
      "etcd-sync.endpoints[0]: the port is not between 1 and 65535: "
      "http://h:abc" },
    { "zones = \"a.\"; endpoints = \"http://h:-1\";",
      "etcd-sync.endpoints[0]: the port is not between 1 and 65535: "
      "http://h:-1" },
    { "zones = \"a.\"; endpoints = \"http://h:1,http://i:1\";",
      "etcd-sync.endpoints[0]: the port is not between 1 and 65535: "
      "http://h:1,http://i:1" },
    { "zones = \"a.\"; endpoints = \"http://h:1/v3\";",
      "etcd-sync.endpoints[0]: there is something behind host and port: "
      "http://h:1/v3" },
    { "zones = \"a.\"; endpoints = \"http://h:1?q\";",
      "etcd-sync.endpoints[0]: there is something behind host and port: "
      "http://h:1?q" },
    { "zones = \"a.\"; endpoints = \"http://u:p@h:1\";",
      "etcd-sync.endpoints[0]: a user is not said here: "
      "http://u:p@h:1" },
    { "zones = \"a.\"; min_lease_ttl = \"2h\"; max_lease_ttl = \"1h\";",
      "etcd-sync.min_lease_ttl: 2h is above max_lease_ttl, 1h" },
    { "zones = \"a.\"; min_lease_ttl = \"1h\"; max_lease_ttl = \"1h\";", NULL },
    /* no sum of weeks, days, hours, minutes and seconds */
    { "zones = \"a.\"; ttl = \"4000w\";",
      "etcd-sync.ttl: 4000w is above the limit 2147483647s" },
    { "zones = \"a.\"; hostmaster = \"me@b.c\";",
      "etcd-sync.hostmaster: a name has a dot where the mail address has its "
      "@ (RFC 1035 section 8)" },
    { "zones = \"a.\"; local = \"Local.DNS.a\";",
      "etcd-sync.local: local.dns of the zone a. would be an alias of itself" },
    { "zones = \"a.\"; local = \"x.local.dns.a\";", NULL },
    { "zones = [ \"a.\", \"b.\", \"A\" ];",
      "etcd-sync.zones[2]: a. is there twice" },
};

/* The faults of these members, each on a line. */
static char *
check(const char *members)
{
    core_faults_t *faults = core_faults_new();
    struct etcd_sync_settings settings;
    char text[4096];
    core_config_t *config;
    char *lines = NULL;
    size_t size;
    FILE *file = open_memstream(&lines, &size);

    snprintf(text, sizeof text, "stages: { etcd-sync: { %s }; };", members);
    config = core_config_load(core_test_file(text), faults);
    ck_assert_ptr_nonnull(config);
    if (core_settings_read(config, core_config_stage(config, "etcd-sync"),
                           "etcd-sync", etcd_sync_setting_table, NULL,
                           &settings, faults) == 0)
        etcd_sync_settings_check(&settings, faults);
    for (size_t i = 0; i < core_faults_count(faults); i++)
        fprintf(file, "%s%s", i == 0 ? "" : "\n",
                core_faults_at(faults, i)->text);
    fclose(file);
    core_faults_destroy(&faults);
    core_config_destroy(&config);
    return lines;
}

START_TEST(what_is_wrong_is_told)
{
    char *lines = check(rows[_i].members);

    ck_assert_str_eq(lines, rows[_i].text == NULL ? "" : rows[_i].text);
    free(lines);
}
END_TEST

static const char *const broken_urls[] = {
    "http://[::1", "http://a b:1", "http://", "http://:80",
};

START_TEST(what_is_no_url_is_told)
{
    char members[256];
    char *lines;

    snprintf(members, sizeof members, "zones = \"a.\"; endpoints = \"%s\";",
             broken_urls[_i]);
    lines = check(members);
    ck_assert_ptr_eq(strstr(lines, "etcd-sync.endpoints[0]: "), lines);
    ck_assert_ptr_null(strchr(lines, '\n'));
    free(lines);
}
END_TEST

/* ---- files --------------------------------------------------------------- */

/* A file with a key. */
static const char *
key_file(EVP_PKEY *key)
{
    const char *path = core_test_file("");
    FILE *file = fopen(path, "w");

    ck_assert_int_eq(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL,
                                          NULL), 1);
    fclose(file);
    return path;
}

/* A file with a certificate that the key has signed for itself. */
static const char *
certificate_file(EVP_PKEY *key)
{
    const char *path = core_test_file("");
    FILE *file = fopen(path, "w");
    X509 *certificate = X509_new();

    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 60);
    X509_set_pubkey(certificate, key);
    ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
    ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
    fclose(file);
    X509_free(certificate);
    return path;
}

static EVP_PKEY *
make_key(void)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");

    ck_assert_ptr_nonnull(key);
    return key;
}

/* What is said of such files. */
static char *
check_files(const char *ca, const char *certificate, const char *key)
{
    char members[2048];

    snprintf(members, sizeof members, "zones = \"a.\"; ca = \"%s\"; "
             "certificate = \"%s\"; key = \"%s\";", ca, certificate, key);
    return check(members);
}

static void
expect(const char *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
expect(const char *lines, const char *format, ...)
{
    char wanted[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(wanted, sizeof wanted, format, arguments);
    va_end(arguments);
    ck_assert_str_eq(lines, wanted);
}

START_TEST(files_are_read)
{
    EVP_PKEY *key = make_key(), *other = make_key();
    const char *certificate = certificate_file(key);
    const char *good = key_file(key), *wrong = key_file(other);
    const char *text = core_test_file("no PEM\n");
    char *lines = check_files(certificate, certificate, good);

    expect(lines, "%s", "");
    free(lines);
    lines = check_files(text, good, certificate);
    expect(lines, "etcd-sync.ca: no certificate in PEM in %s\n"
           "etcd-sync.certificate: no certificate in PEM in %s\n"
           "etcd-sync.key: no private key in PEM, or one with a pass phrase, "
           "in %s", text, good, certificate);
    free(lines);
    lines = check_files(certificate, certificate, wrong);
    expect(lines, "etcd-sync.key: %s is not the key of the certificate in %s",
           wrong, certificate);
    free(lines);
    lines = check_files("/no/such", certificate, good);
    expect(lines, "etcd-sync.ca: cannot read /no/such: No such file or "
           "directory");
    free(lines);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("settings");

    tcase_add_loop_test(cases, what_is_wrong_is_told, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, what_is_no_url_is_told, 0,
                        CORE_TEST_ROWS(broken_urls));
    tcase_add_test(cases, files_are_read);
    return core_test_run(cases);
}
