/*
 * handed - the questions that a script has been given and not yet answered
 *
 * At most so many at a time, the width: it grows by one with each width of
 * answers that come in time, and is halved when they come too late, so that a
 * slow script is given no more than it can answer in time.
 *
 * A question whose time is over stays for a while without its owner, for
 * the script still works on it.
 */

#ifndef EXEC_HANDED_H
#define EXEC_HANDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct handed handed_t;

/*
 * most: the largest width.  patience_ms: after so long a question that is not
 * answered no longer counts.
 */
handed_t *
    handed_new(size_t most, int64_t patience_ms);
void
    handed_destroy(handed_t **self_p);

bool
    handed_has_room(const handed_t *self);

/* Gives a question, owned by owner until due_ms; returns its id.  There is
   room. */
uint64_t
    handed_give(handed_t *self, void *owner, int64_t due_ms, int64_t now_ms);

enum handed_found {
    HANDED_IN_TIME,                     /* its owner is in *owner_p */
    HANDED_LATE,                        /* nobody owns it any more */
    HANDED_GONE,                        /* it was answered, or given up */
    HANDED_UNKNOWN,                     /* it was never given */
};

/* The question of that id is answered. */
enum handed_found
    handed_take(handed_t *self, uint64_t id, int64_t now_ms, void **owner_p);

/* The owner of a question whose time is over, which it owns no longer; NULL:
   there is none.  Ask until then. */
void *
    handed_expire(handed_t *self, int64_t now_ms);

/* The owner of any question; NULL when none is left, and all are forgotten. */
void *
    handed_forget(handed_t *self);

/* Questions that count, and those of them with an owner. */
size_t
    handed_count(const handed_t *self);
size_t
    handed_owned(const handed_t *self);

/* How long the script has been silent although it was asked. */
int64_t
    handed_silence(const handed_t *self, int64_t now_ms);

#endif
