/* access - where the API server is, and what it is shown */

#include "kubernetes-sync/access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"
#include "coredns/memory.h"
#include "lib/server_url.h"

#define CLUSTER(more) \
    "current-context: a\n" \
    "contexts: [{name: a, context: {cluster: b, user: c}}]\n" \
    "clusters: [{name: b, cluster: {server: 'https://h:1'" more "}}]\n"
#define USER(is) "users: [{name: c, user: {" is "}}]\n"

#define INLINE \
    CLUSTER(", certificate-authority-data: YWI=, tls-server-name: n") \
    USER("client-key-data: YQ==, client-certificate-data: YWJj")

static const struct {
    const char *text;
    const char *says;                   /* all there is; or NULL: a fault */
    const char *fault;
} rows[] = {
    { CLUSTER("") USER("token: t"), "https://h:1 token=t ", NULL },
    { CLUSTER(", certificate-authority: ca, insecure-skip-tls-verify: true")
      USER("tokenFile: /t"), "https://h:1 ca=dir/ca tokens=/t unchecked ",
      NULL },
    { INLINE,
      "https://h:1 ca:ab certificate:abc key:a name=n ", NULL },
    { CLUSTER(", proxy-url: 'http://p'"), "https://h:1 proxy=http://p ", NULL },
    { "{\"current-context\":\"a\",\"contexts\":[{\"name\":\"a\",\"context\":"
      "{\"cluster\":\"b\"}}],\"clusters\":[{\"name\":\"b\",\"cluster\":"
      "{\"server\":\"http://h\"}}]}", "http://h ", NULL },
    { CLUSTER(", certificate-authority-data: '!'"), NULL,
      "certificate-authority-data: not in base64" },
    { CLUSTER("") USER("exec: {command: x}"), NULL, "users: exec is not "
      "supported: use a token or a certificate" },
    { CLUSTER("") USER("username: x"), NULL, "users: username is not "
      "supported: use a token or a certificate" },
    { "", NULL, "there is no current-context" },
    { "current-context: a\n", NULL, "there is no context a with a cluster" },
    { "current-context: a\ncontexts: [{name: a, context: {cluster: b}}]\n",
      NULL, "the cluster of the context has no server" },
    { "-----BEGIN PRIVATE KEY-----\nYQ==\n", NULL,
      "no kubeconfig: it is not made of keys and values" },
    { "a: [\n", NULL, "not YAML: did not find expected node content" },
};

static void
say_item(FILE *file, const char *name, const struct access_item *item)
{
    if (item->path != NULL)
        fprintf(file, "%s=%s ", name, item->path);
    if (item->octets != NULL)
        fprintf(file, "%s:%.*s ", name, (int) item->size, item->octets);
}

static char *
text_of(const struct access *access)
{
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    fprintf(file, "%s ", access->url);
    say_item(file, "ca", &access->authority);
    say_item(file, "certificate", &access->certificate);
    say_item(file, "key", &access->key);
    if (access->token != NULL)
        fprintf(file, "token=%s ", access->token);
    if (access->token_path != NULL)
        fprintf(file, "tokens=%s ", access->token_path);
    if (access->server_name != NULL)
        fprintf(file, "name=%s ", access->server_name);
    if (access->proxy != NULL)
        fprintf(file, "proxy=%s ", access->proxy);
    fputs(access->is_unchecked ? "unchecked " : "", file);
    fclose(file);
    return text;
}

START_TEST(reads_a_kubeconfig)
{
    struct access *access = core_allocate(sizeof *access);
    struct core_fault fault;
    int rc = access_read_kubeconfig(access, rows[_i].text,
                                    strlen(rows[_i].text), "dir/file", NULL,
                                    &fault);

    if (rows[_i].says == NULL) {
        ck_assert_int_eq(rc, -1);
        ck_assert_str_eq(fault.path, "dir/file");
        ck_assert_str_eq(fault.text, rows[_i].fault);
    } else {
        char *text = text_of(access);

        ck_assert_int_eq(rc, 0);
        ck_assert_str_eq(text, rows[_i].says);
        free(text);
    }
    access_destroy(&access);
}
END_TEST

START_TEST(takes_another_context)
{
    static const char text[] =
        "current-context: a\ncontexts: [{name: a, context: {cluster: b}},"
        "{name: z, context: {cluster: y}}]\nclusters: [{name: y, cluster: "
        "{server: 'https://y'}}]\n";
    struct access *access = core_allocate(sizeof *access);
    struct core_fault fault;

    ck_assert_int_eq(access_read_kubeconfig(access, text, sizeof text - 1,
                                            "file", "z", &fault), 0);
    ck_assert_str_eq(access->url, "https://y");
    access_destroy(&access);
}
END_TEST

static const struct {
    const char *url;
    const char *fault;                  /* NULL: it is right */
} urls[] = {
    { "https://h", NULL },
    { "http://[fd00::1]:6443/", NULL },
    { "https://h.example:443/clusters/a", NULL },
    { "127.0.0.1:16443", "neither http://... nor https://..." },
    { "ftp://x", "neither http://... nor https://..." },
    { "", "neither http://... nor https://..." },
    { "https://127.0.0.1:99999", "the port is not between 1 and 65535" },
    { "https://127.0.0.1:x", "the port is not between 1 and 65535" },
    { "https://127.0.0.1:0", "the port is not between 1 and 65535" },
    { "https://", "No host part in the URL" },
    { "https://h/?a=b", "there is something behind the path" },
    { "https://user@h/", "a user is not said here" },
};

START_TEST(knows_the_address_of_a_server)
{
    ck_assert_pstr_eq(server_url_flaw(urls[_i].url, SERVER_URL_WITH_PATH),
                      urls[_i].fault);
}
END_TEST

/* Settings, the environment, what is missing. */
START_TEST(settings_come_before_the_environment)
{
    struct access_settings settings = {
        .endpoint = "https://h/", .account = core_test_folder(),
    };
    struct core_fault fault;
    struct access *access = access_new(&settings, &fault);

    ck_assert_ptr_nonnull(access);
    ck_assert_str_eq(access->url, "https://h");
    ck_assert_ptr_null(access->token_path);
    access_destroy(&access);

    settings.endpoint = NULL;
    unsetenv("KUBERNETES_SERVICE_HOST");
    ck_assert_ptr_null(access_new(&settings, &fault));
    ck_assert_str_eq(fault.text, "neither endpoint nor kubeconfig, and no "
                     "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT in "
                     "the environment");

    setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    access = access_new(&settings, &fault);
    ck_assert_str_eq(access->url, "https://[fd00::1]:443");
    access_destroy(&access);

    settings.endpoint = "h:6443";
    ck_assert_ptr_null(access_new(&settings, &fault));
    ck_assert_str_eq(fault.text,
                     "h:6443: neither http://... nor https://...");
    settings.endpoint = "https://h";
    settings.certificate = "c";
    ck_assert_ptr_null(access_new(&settings, &fault));
    ck_assert_str_eq(fault.text, "a certificate and its key belong together");
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("access");

    tcase_add_loop_test(cases, reads_a_kubeconfig, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, takes_another_context);
    tcase_add_loop_test(cases, knows_the_address_of_a_server, 0,
                        CORE_TEST_ROWS(urls));
    tcase_add_test(cases, settings_come_before_the_environment);
    return core_test_run(cases);
}
