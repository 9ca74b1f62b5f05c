/*
 * object - one object of the API, as far as it matters
 *
 * Whatever the JSON holds, what comes out is sound: a field that is missing or
 * of the wrong kind counts as empty, and what is wrong with it is told.
 */

#ifndef KUBERNETES_SYNC_OBJECT_H
#define KUBERNETES_SYNC_OBJECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "kubernetes-sync/address.h"
#include "kubernetes-sync/spec.h"

#define OBJECT_WRONG_SIZE 200           /* of a text, with its NUL */

enum object_kind {
    OBJECT_NAMESPACE, OBJECT_SERVICE, OBJECT_SLICE, OBJECT_IMPORT, OBJECT_POD,
    OBJECT_KINDS,
};

/* What is read of endpoints. */
struct object_style {
    bool pod_names;                     /* endpoints have those of their pods */
    bool zones;                         /* the zones of endpoints matter */
};

struct object {
    enum object_kind kind;
    const char *space;                  /* namespace; "" of a namespace */
    const char *name;
    uint64_t version;                   /* resourceVersion; 0: none */
    struct spec spec;                   /* service, import, slice; used again */
    bool is_absent;                     /* there, but as if it were not: a pod
                                           that has ended */

    /* of a slice */
    const char *service;                /* "" : it belongs to none */
    const char *cluster;                /* of an import: where it comes from */
    bool is_import;                     /* it belongs to a ServiceImport */
    unsigned ready;                     /* endpoints */
    int64_t trigger_us;                 /* when its cause was, since 1970; 0:
                                           not told */

    struct address address;             /* of a pod */

    char wrong[OBJECT_WRONG_SIZE];      /* the first thing of it that makes no
                                           sense; empty: all does */
};

/* Reads the object; texts are lent from the JSON.  False when it has no name,
   or one that no name of DNS can have: that is what is wrong then. */
bool
    object_read(struct object *self, enum object_kind kind,
                const struct object_style *style, const json_t *json);

/* Ends what an object holds itself. */
void
    object_clear(struct object *self);

#endif
