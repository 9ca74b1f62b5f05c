/*
 * curve - endpoints between hosts: tcp whose both ends must show their keys
 *
 * The keys stand in the endpoint, so that it says all there is to know wherever
 * it is given: to a stage, by hand, or in ps(1).
 */

#include "lib/curve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zmq.h>

#include "lib/certificate.h"
#include "lib/source_file.h"

#define PATH_SIZE 256
#define FILE_LIMIT 65536                /* octets of a certificate */
#define FORBIDDEN (S_IRWXO | S_IWGRP)   /* to others, for a secret */

/* Copies so many octets as a text; false when they are none or too many. */
static bool
take(char *text, size_t text_size, const char *from, size_t size)
{
    if (size == 0 || size >= text_size)
        return false;
    memcpy(text, from, size);
    text[size] = '\0';
    return true;
}

int
curve_parse(struct curve *self, const char *endpoint,
            struct core_fault *fault)
{
    bool is_ours = strncmp(endpoint, CURVE_SCHEME, strlen(CURVE_SCHEME)) == 0;
    const char *names = is_ours ? endpoint + strlen(CURVE_SCHEME) : "";
    const char *at = strchr(names, '@');
    const char *slash = at == NULL ? NULL : strchr(at, '/');
    char address[sizeof self->transport - sizeof "tcp://"];

    *self = (struct curve) { .us = "" };
    if (slash != NULL) {
        size_t size = (size_t)(at - names);
        size_t us = strcspn(names, ":@");

        if (take(self->us, sizeof self->us, names, us)
            && (us == size || take(self->them, sizeof self->them,
                                   names + us + 1, size - us - 1))
            && take(address, sizeof address, at + 1,
                    (size_t)(slash - at - 1))
            && take(self->folder, sizeof self->folder, slash,
                    strlen(slash))) {
            snprintf(self->transport, sizeof self->transport, "tcp://%s",
                     address);
            return 0;
        }
    }
    core_fault_set(fault, NULL, 0, "not an endpoint: %s (%sUS[:THEM]@"
                   "ADDRESS:PORT/FOLDER)", endpoint, CURVE_SCHEME);
    return -1;
}

/* ---- keys ---------------------------------------------------------------- */

struct pair {
    uint8_t public_key[CURVE_KEY_SIZE];
    uint8_t secret_key[CURVE_KEY_SIZE];
};

/* Takes the keys that a certificate has; false when one is no key. */
static bool
take_keys(struct pair *pair, const char *text, bool has_secret)
{
    return certificate_key(text, "public-key", pair->public_key)
        && (!has_secret
            || certificate_key(text, "secret-key", pair->secret_key));
}

/* Reads a certificate. */
static int
load(struct pair *pair, const char *path, bool has_secret,
     struct core_fault *fault)
{
    struct core_source_file file;
    const char *reason = core_source_file_read(&file, path);
    int rc = -1;

    if (reason != NULL)
        core_fault_set(fault, path, 0, "cannot read the key: %s", reason);
    else if (file.size > FILE_LIMIT
             || !take_keys(pair, file.text, has_secret))
        core_fault_set(fault, path, 0, "is no certificate");
    else
        rc = 0;
    if (file.text != NULL)
        explicit_bzero(file.text, file.size);
    free(file.text);
    return rc;
}

int
curve_public_key(const char *folder, const char *name,
                 uint8_t key[CURVE_KEY_SIZE], struct core_fault *fault)
{
    char path[PATH_SIZE];
    struct pair pair;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (load(&pair, path, false, fault) == -1)
        return -1;
    memcpy(key, pair.public_key, CURVE_KEY_SIZE);
    return 0;
}

/* Our own pair, which nobody else may read. */
static int
load_own(const struct curve *self, struct pair *pair,
         struct core_fault *fault)
{
    char path[PATH_SIZE];
    struct stat status;

    snprintf(path, sizeof path, "%s/%s" CURVE_SECRET_SUFFIX, self->folder,
             self->us);
    if (stat(path, &status) == 0 && (status.st_mode & FORBIDDEN) != 0) {
        core_fault_set(fault, path, 0, "others may read this key: chmod 600");
        return -1;
    }
    return load(pair, path, true, fault);
}

/* ---- sockets ------------------------------------------------------------- */

int
curve_serve(const struct curve *self, void *socket, struct core_fault *fault)
{
    struct pair own;
    int on = 1;

    if (load_own(self, &own, fault) == -1)
        return -1;
    zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, CURVE_DOMAIN,
                   strlen(CURVE_DOMAIN));
    zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &on, sizeof on);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, own.secret_key,
                   CURVE_KEY_SIZE);
    explicit_bzero(&own, sizeof own);
    return 0;
}

int
curve_ask(const struct curve *self, void *socket, struct core_fault *fault)
{
    uint8_t theirs[CURVE_KEY_SIZE];
    struct pair own;

    if (self->them[0] == '\0') {
        core_fault_set(fault, NULL, 0, "no host is named to connect to %s",
                       self->transport);
        return -1;
    }
    if (curve_public_key(self->folder, self->them, theirs, fault) == -1
        || load_own(self, &own, fault) == -1)
        return -1;
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, theirs, CURVE_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, own.public_key,
                   CURVE_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, own.secret_key,
                   CURVE_KEY_SIZE);
    explicit_bzero(&own, sizeof own);
    return 0;
}
