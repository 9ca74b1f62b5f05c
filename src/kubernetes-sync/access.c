/*
 * access - where the API server is, and what it is shown
 */

#include "kubernetes-sync/access.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "lib/server_url.h"

#define KUBECONFIG_SIZE (4 * 1024 * 1024)

static void
clear_item(struct access_item *item)
{
    free(item->path);
    free(item->octets);
}

void
access_destroy(struct access **self_p)
{
    struct access *self = *self_p;

    if (self == NULL)
        return;
    free(self->url);
    clear_item(&self->authority);
    clear_item(&self->certificate);
    clear_item(&self->key);
    if (self->token != NULL)
        explicit_bzero(self->token, strlen(self->token));
    free(self->token);
    free(self->token_path);
    free(self->server_name);
    free(self->proxy);
    free(self);
    *self_p = NULL;
}

/* The octets of a file; yours, with a NUL behind them. */
static char *
read_file(const char *path, size_t *size, struct core_fault *fault)
{
    FILE *file = fopen(path, "re");
    char *octets;

    if (file == NULL) {
        core_fault_set(fault, path, 0, "cannot read: %s", strerror(errno));
        return NULL;
    }
    octets = core_reallocate(NULL, KUBECONFIG_SIZE + 1);
    *size = fread(octets, 1, KUBECONFIG_SIZE + 1, file);
    fclose(file);
    if (*size > KUBECONFIG_SIZE) {
        core_fault_set(fault, path, 0, "larger than the limit of 4 MiB");
        free(octets);
        return NULL;
    }
    octets = core_reallocate(octets, *size + 1);
    octets[*size] = '\0';
    return octets;
}

static int
read_kubeconfig(struct access *self, const struct access_settings *settings,
                struct core_fault *fault)
{
    size_t size;
    char *octets = read_file(settings->kubeconfig, &size, fault);
    int rc;

    if (octets == NULL)
        return -1;
    rc = access_read_kubeconfig(self, octets, size, settings->kubeconfig,
                                settings->context, fault);
    explicit_bzero(octets, size);
    free(octets);
    return rc;
}

/* ---- inside a cluster ---------------------------------------------------- */

/* A file of the service account; NULL when there is none. */
static char *
account_file(const char *folder, const char *name)
{
    char *path;

    if (folder == NULL || asprintf(&path, "%s/%s", folder, name) == -1)
        return NULL;
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static bool
is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && *value != '\0';
}

bool
access_is_inside(void)
{
    return is_set("KUBERNETES_SERVICE_HOST")
        && is_set("KUBERNETES_SERVICE_PORT");
}

static int
read_environment(struct access *self, const struct access_settings *settings,
                 struct core_fault *fault)
{
    const char *host = getenv("KUBERNETES_SERVICE_HOST");
    const char *port = getenv("KUBERNETES_SERVICE_PORT");
    bool is_six = host != NULL && strchr(host, ':') != NULL;

    if (!access_is_inside()) {
        core_fault_set(fault, NULL, 0, "neither endpoint nor kubeconfig, and "
                       "no KUBERNETES_SERVICE_HOST and "
                       "KUBERNETES_SERVICE_PORT in the environment");
        return -1;
    }
    if (asprintf(&self->url, "https://%s%s%s:%s", is_six ? "[" : "", host,
                 is_six ? "]" : "", port) == -1)
        abort();
    self->token_path = account_file(settings->account, "token");
    if (self->authority.path == NULL)
        self->authority.path = account_file(settings->account, "ca.crt");
    return 0;
}

/* ---- all of it ----------------------------------------------------------- */

static void
take_path(struct access_item *item, const char *path)
{
    if (path == NULL)
        return;
    clear_item(item);
    *item = (struct access_item) { .path = core_copy_text(path) };
}

static void
take_text(char **to, const char *text)
{
    if (text == NULL)
        return;
    free(*to);
    *to = core_copy_text(text);
}

static int
check_url(struct access *self, const char *path, struct core_fault *fault)
{
    size_t size = strlen(self->url);
    const char *wrong = server_url_flaw(self->url, SERVER_URL_WITH_PATH);

    if (wrong != NULL) {
        core_fault_set(fault, path, 0, "%s: %s", self->url, wrong);
        return -1;
    }
    while (size > 0 && self->url[size - 1] == '/')
        self->url[--size] = '\0';
    return 0;
}

static int
find_all(struct access *self, const struct access_settings *settings,
         struct core_fault *fault)
{
    if (settings->kubeconfig != NULL
        && read_kubeconfig(self, settings, fault) == -1)
        return -1;
    take_text(&self->url, settings->endpoint);
    if (self->url == NULL && read_environment(self, settings, fault) == -1)
        return -1;
    take_path(&self->authority, settings->authority);
    take_path(&self->certificate, settings->certificate);
    take_path(&self->key, settings->key);
    take_text(&self->token_path, settings->token);
    if ((self->certificate.path == NULL && self->certificate.octets == NULL)
        != (self->key.path == NULL && self->key.octets == NULL)) {
        core_fault_set(fault, settings->kubeconfig, 0, "a certificate and its "
                       "key belong together");
        return -1;
    }
    return check_url(self, settings->endpoint == NULL ? settings->kubeconfig
                     : NULL, fault);
}

struct access *
access_new(const struct access_settings *settings, struct core_fault *fault)
{
    struct access *self = core_allocate(sizeof *self);

    if (find_all(self, settings, fault) == -1)
        access_destroy(&self);
    return self;
}
