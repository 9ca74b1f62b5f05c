/*
 * curve - endpoints between hosts: tcp whose both ends must show their keys
 *
 * The keys stand in the endpoint, so that it says all there is to know wherever
 * it is given: to a stage, by hand, or in ps(1).
 */

#include "lib/curve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <czmq.h>

#define SECRET_SUFFIX "_secret"
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
    const char *names = endpoint + strlen(CURVE_SCHEME);
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

static int
write_path(char path[256], const char *folder, const char *name,
           const char *suffix)
{
    return snprintf(path, 256, "%s/%s%s", folder, name, suffix);
}

/* Loads a certificate, not the secret one beside it; NULL and a fault. */
static zcert_t *
load(const char *path, struct core_fault *fault)
{
    struct stat status;
    zcert_t *certificate = NULL;

    if (stat(path, &status) == -1)
        core_fault_set(fault, path, 0, "cannot read the key: %s",
                       strerror(errno));
    else if ((certificate = zcert_load(path)) == NULL)
        core_fault_set(fault, path, 0, "is no certificate");
    return certificate;
}

int
curve_public_key(const char *folder, const char *name,
                 uint8_t key[CURVE_KEY_SIZE], struct core_fault *fault)
{
    char path[256];

    write_path(path, folder, name, "");

    zcert_t *certificate = load(path, fault);

    if (certificate == NULL)
        return -1;
    memcpy(key, zcert_public_key(certificate), CURVE_KEY_SIZE);
    zcert_destroy(&certificate);
    return 0;
}

/* Our own pair, which nobody else may read. */
static zcert_t *
load_own(const struct curve *self, struct core_fault *fault)
{
    char path[256];
    struct stat status;

    write_path(path, self->folder, self->us, SECRET_SUFFIX);
    if (stat(path, &status) == 0 && (status.st_mode & FORBIDDEN) != 0) {
        core_fault_set(fault, path, 0, "others may read this key: chmod 600");
        return NULL;
    }
    return load(path, fault);
}

/* ---- sockets ------------------------------------------------------------- */

/* IPv6 addresses stand in brackets. */
static void
allow_ipv6(const struct curve *self, void *socket)
{
    int on = strchr(self->transport, '[') != NULL;

    zmq_setsockopt(socket, ZMQ_IPV6, &on, sizeof on);
}

int
curve_serve(const struct curve *self, void *socket, struct core_fault *fault)
{
    zcert_t *own = load_own(self, fault);
    int on = 1;

    if (own == NULL)
        return -1;
    zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, CURVE_DOMAIN,
                   strlen(CURVE_DOMAIN));
    zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &on, sizeof on);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, zcert_secret_key(own),
                   CURVE_KEY_SIZE);
    allow_ipv6(self, socket);
    zcert_destroy(&own);
    return 0;
}

int
curve_ask(const struct curve *self, void *socket, struct core_fault *fault)
{
    uint8_t theirs[CURVE_KEY_SIZE];
    zcert_t *own;

    if (self->them[0] == '\0') {
        core_fault_set(fault, NULL, 0, "no host is named to connect to %s",
                       self->transport);
        return -1;
    }
    if (curve_public_key(self->folder, self->them, theirs, fault) == -1
        || (own = load_own(self, fault)) == NULL)
        return -1;
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, theirs, CURVE_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, zcert_public_key(own),
                   CURVE_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, zcert_secret_key(own),
                   CURVE_KEY_SIZE);
    allow_ipv6(self, socket);
    zcert_destroy(&own);
    return 0;
}
