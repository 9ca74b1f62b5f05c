/*
 * wheel - when each of many things is looked at again
 *
 * Entries are numbers from 0 on; each has one timer.  Setting, moving and
 * taking away a timer costs the same however many there are, and allocates
 * nothing.
 */

#ifndef LIB_WHEEL_H
#define LIB_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#define WHEEL_NONE UINT32_MAX

typedef struct wheel wheel_t;

/* Makes timers for the entries 0 to count - 1, none of them set. */
wheel_t *
    wheel_new(uint32_t count, int64_t now_ms);

void
    wheel_destroy(wheel_t **self_p);

/* Sets the timer of an entry, or moves it. */
void
    wheel_set(wheel_t *self, uint32_t entry, int64_t due_ms);

/* Takes the timer away; does nothing when it is not set. */
void
    wheel_clear(wheel_t *self, uint32_t entry);

/*
 * An entry whose time has come, or WHEEL_NONE; its timer is taken away.  It
 * may come a few milliseconds late, never early.
 */
uint32_t
    wheel_next(wheel_t *self, int64_t now_ms);

/* True when no timer is set. */
bool
    wheel_is_empty(const wheel_t *self);

#endif
