/*
 * resend - when each query in flight is looked at again
 *
 * A timer for every slot, for the two things that can come due: sending the
 * query once more, and giving up.  Setting, moving and taking away one costs
 * the same however many there are, and allocates nothing.
 */

#ifndef FRONTEND_RESEND_H
#define FRONTEND_RESEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESEND_NONE UINT32_MAX

typedef struct resend resend_t;

/* Makes timers for the slots 0 to count - 1, none of them set. */
resend_t *
    resend_new(uint32_t count, int64_t now_ms);

void
    resend_destroy(resend_t **self_p);

/* Sets the timer of a slot, or moves it. */
void
    resend_set(resend_t *self, uint32_t slot, int64_t due_ms);

/* Takes the timer away; does nothing when it is not set. */
void
    resend_clear(resend_t *self, uint32_t slot);

/*
 * A slot whose time has come, or RESEND_NONE; its timer is taken away.  It may
 * come a few milliseconds late, never early.
 */
uint32_t
    resend_next(resend_t *self, int64_t now_ms);

/* True when no timer is set. */
bool
    resend_is_empty(const resend_t *self);

#endif
