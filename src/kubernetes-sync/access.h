/*
 * access - where the API server is, and what it is shown
 *
 * From the settings, from a kubeconfig, or from what every pod of a cluster
 * finds in its environment and in the folder of its service account.
 */

#ifndef KUBERNETES_SYNC_ACCESS_H
#define KUBERNETES_SYNC_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "coredns/fault.h"

/* What is a file, or the content of one. */
struct access_item {
    char *path;                         /* or NULL */
    char *octets;                       /* or NULL */
    size_t size;
};

struct access {
    char *url;                          /* without a final slash */
    struct access_item authority;       /* certificates that are trusted */
    struct access_item certificate;     /* of ours */
    struct access_item key;
    char *token;                        /* or NULL */
    char *token_path;                   /* read again when it changes */
    char *server_name;                  /* the name in its certificate */
    char *proxy;
    bool is_unchecked;                  /* any certificate will do */
};

struct access_settings {
    const char *endpoint;               /* or NULL */
    const char *authority, *certificate, *key;  /* paths, or NULL */
    const char *token;                  /* path, or NULL */
    const char *kubeconfig;             /* path, or NULL */
    const char *context;                /* of the kubeconfig; NULL: its own */
    const char *account;                /* folder of the service account */
};

/*
 * Finds out: a kubeconfig says everything but what the settings say too;
 * without an endpoint in either it is that of the environment.  Returns NULL
 * and a fault when that cannot be.
 */
struct access *
    access_new(const struct access_settings *settings,
               struct core_fault *fault);
void
    access_destroy(struct access **self_p);

/* True when every pod's environment is here: there is a server in it. */
bool
    access_is_inside(void);

/* Reads a kubeconfig into an access that is empty.  The octets may be
   anything; path is its name.  -1 and a fault when it is of no use. */
int
    access_read_kubeconfig(struct access *self, const char *octets,
                           size_t size, const char *path, const char *context,
                           struct core_fault *fault);

#endif
