/*
 * member - one process of the toolkit: what is known of it
 *
 * Three things are heard of a process: its reply to the control verb `status`,
 * its counters, and from the kernel whether it still exists.  A process that
 * is not heard of for MEMBER_SILENT_MS is not ready, whatever it said before.
 *
 * All texts here are printable: other octets have become '?'.
 */

#ifndef HEALTH_MEMBER_H
#define HEALTH_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "health/usage.h"

#define MEMBER_NAME_SIZE 64
#define MEMBER_TEXT_SIZE 256
#define MEMBER_COUNTERS_SIZE (2 * 1024 * 1024)  /* octets, at most */
#define MEMBER_SILENT_MS 3000

enum member_state {
    MEMBER_UNKNOWN,                     /* it has not said yet */
    MEMBER_STARTING, MEMBER_READY, MEMBER_NOT_READY, MEMBER_DRAINING,
    MEMBER_ENDED,                       /* there is no such process any more */
};

struct member {
    char name[MEMBER_NAME_SIZE];        /* "authority.1" */
    char stage[MEMBER_NAME_SIZE];       /* "authority" */
    enum member_state state;            /* as it was last heard of */
    char reason[MEMBER_TEXT_SIZE];      /* why it is not ready; or "" */
    char last_error[MEMBER_TEXT_SIZE];
    pid_t pid;                          /* 0: not known */
    uint64_t uptime_ms;
    uint64_t queries;
    uint64_t restarts;                  /* other processes took its place */
    struct usage usage;
    int64_t heard_ms;                   /* or when we began to listen */
    bool was_heard;
    bool was_ready;                     /* at any time */

    char *counters;                     /* its text; NULL: none */
    size_t counters_size;
    size_t counters_room;
};

/* Takes the reply to `status`; lines that are not known are passed over. */
void
    member_take_status(struct member *self, const char *text, int64_t now_ms);

/*
 * Takes a copy of the counters, which end at the first NUL.  Returns false
 * when they are above the limit: then there are none.
 */
bool
    member_take_counters(struct member *self, const char *text, size_t size,
                         int64_t now_ms);

/* Its process has ended: what it said of itself does not hold any more. */
void
    member_end(struct member *self);

bool
    member_is_silent(const struct member *self, int64_t now_ms);

/* Says whether it is ready, and if not, why, in one line. */
bool
    member_is_ready(const struct member *self, int64_t now_ms,
                    char why[MEMBER_TEXT_SIZE]);

/* One word for its state; silence counts. */
const char *
    member_state_word(const struct member *self, int64_t now_ms);

/* Writes what we know of it in the exposition format. */
void
    member_write(const struct member *self, int64_t now_ms, FILE *file);

/* Frees what it holds, not self. */
void
    member_clear(struct member *self);

#endif
