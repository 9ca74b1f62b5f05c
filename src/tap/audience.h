/*
 * audience - those who read what is printed
 *
 * Either one file, or standard output, or viewers who connect to a socket and
 * leave as they like.  All read the same format.
 */

#ifndef TAP_AUDIENCE_H
#define TAP_AUDIENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/loop.h"
#include "tap/format.h"
#include "tap/gather.h"

#define AUDIENCE_MOST 64                /* viewers, at the very most */

struct audience_plan {
    const char *file;                   /* its path; "-" at the end: standard
                                           output; NULL: viewers, if they
                                           have a socket */
    const char *socket;                 /* its path, or NULL */
    const struct format *format;
    size_t viewers;                     /* at most */
    size_t backlog;                     /* octets for each */
};

struct audience_counters {
    uint64_t lost;                      /* items, for all readers */
    uint64_t refused;                   /* viewers, because of too many */
};

typedef struct audience audience_t;

/* Opens what the plan says; NULL and a fault when that cannot be.  counters
   stay with the caller. */
audience_t *
    audience_new(core_loop_t *loop, const struct audience_plan *plan,
                 struct audience_counters *counters,
                 struct core_fault *fault);
void
    audience_destroy(audience_t **self_p);

/* How many read; 0: nothing needs to be printed.  self may be NULL. */
size_t
    audience_count(const audience_t *self);

/* Gives everybody the items of a round, and forgets who is gone. */
void
    audience_take(audience_t *self, const struct gather *gather);

#endif
