/*
 * waiting - what is kept until its time or its turn comes
 *
 * An item waits until a time, or until so many queries have been counted if
 * that is earlier.  Those whose time comes together leave in the order they
 * came.
 */

#ifndef CHAOS_WAITING_H
#define CHAOS_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAITING_NO_TURN UINT64_MAX

struct waiting_item {
    void *held;                         /* lent */
    uint64_t fingerprint;               /* of the query; 0: a copy */
    uint64_t effects;                   /* what will befall it then */
    bool is_reply;
    int64_t due_ms;
    uint64_t turn;                      /* or WAITING_NO_TURN */
};

typedef struct waiting waiting_t;

waiting_t *
    waiting_new(size_t capacity);

/* Nobody may wait any more. */
void
    waiting_destroy(waiting_t **self_p);

size_t
    waiting_count(const waiting_t *self);

bool
    waiting_is_full(const waiting_t *self);

/* There must be room. */
void
    waiting_add(waiting_t *self, const struct waiting_item *item);

/* When the next one is due, or INT64_MAX. */
int64_t
    waiting_due(const waiting_t *self);

/*
 * Calls release for all whose time or turn has come; they wait no more.
 * release must not add any.
 */
void
    waiting_release(waiting_t *self, int64_t now_ms, uint64_t turn,
                    void (*release)(void *owner,
                                    const struct waiting_item *item),
                    void *owner);

#endif
