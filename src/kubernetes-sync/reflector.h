/*
 * reflector - one kind of objects, as the API has them
 *
 * Lists them in pages, then watches what becomes of them; when the watch is
 * told that it is too old, or breaks in a way that may have lost something, it
 * lists again.  Now and then, beside the watch, it lists to compare: what
 * differs then has been lost somewhere.
 *
 * The owner hears of objects one at a time, and need not know from where.
 */

#ifndef KUBERNETES_SYNC_REFLECTOR_H
#define KUBERNETES_SYNC_REFLECTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "coredns/loop.h"
#include "kubernetes-sync/client.h"
#include "kubernetes-sync/object.h"

typedef struct reflector reflector_t;

enum reflector_origin {
    REFLECTOR_LIST,                     /* it is in the list */
    REFLECTOR_COMPARE,                  /* likewise, beside a watch */
    REFLECTOR_CHANGE,                   /* it came or changed */
    REFLECTOR_DELETION,                 /* it went */
};

struct reflector_hooks {
    /* A list begins; what it does not name until its end is gone. */
    void (*begin)(void *owner, enum object_kind kind,
                  enum reflector_origin origin);
    void (*object)(void *owner, enum object_kind kind,
                   enum reflector_origin origin, const json_t *json);
    void (*end)(void *owner, enum object_kind kind,
                enum reflector_origin origin);
    /* It has become, or ceased to be, up to date. */
    void (*changed)(void *owner);
};

struct reflector_settings {
    const char *path;                   /* "/api/v1/services"; lent */
    const char *selector;               /* of labels; NULL: all; lent */
    unsigned page;                      /* objects in a page; 0: no pages */
    int64_t silence_ms;                 /* of a watch that is broken */
    int64_t compare_ms;                 /* 0: never */
    bool may_lack;                      /* the API may not know the kind: then
                                           there are none */
};

struct reflector_counters {
    uint64_t lists;                     /* begun, to start a watch */
    uint64_t compares;                  /* that came to their end */
    uint64_t watches;                   /* begun */
    uint64_t events;
    uint64_t failures;                  /* of requests */
    int64_t heard_ms;                   /* an event, or a bookmark; 0: never */
    int64_t read_ms;                    /* a list, to its end; 0: never */
};

reflector_t *
    reflector_new(enum object_kind kind,
                  const struct reflector_settings *settings,
                  core_loop_t *loop, client_t *client,
                  const struct reflector_hooks *hooks, void *owner);
void
    reflector_destroy(reflector_t **self_p);

/* Begins. */
void
    reflector_start(reflector_t *self);

/* Lists anew, as soon as may be. */
void
    reflector_list_again(reflector_t *self);

/* True when a list has been read to its end, at any time. */
bool
    reflector_was_listed(const reflector_t *self);

/* Why it is not up to date, in one line; NULL when it is. */
const char *
    reflector_reason(const reflector_t *self);

/* The version up to which the watch has been heard. */
uint64_t
    reflector_version(const reflector_t *self);

const struct reflector_counters *
    reflector_counters(const reflector_t *self);

/* "services" */
const char *
    reflector_name(enum object_kind kind);

#endif
