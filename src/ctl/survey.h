/*
 * survey - all processes asked for their status at once
 */

#ifndef CTL_SURVEY_H
#define CTL_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/loop.h"

struct survey_answer {
    char *name;                         /* of the process asked */
    bool has_answered;                  /* false: the rest is empty */
    char *state;                        /* "ready", "not-ready"... */
    char *reason;
    char *last_error;
    int64_t uptime_ms;
    int64_t queries;                    /* since it started */
};

typedef struct survey survey_t;

/* Called once, when all have answered or their time is over.  The survey ends
   after the call. */
typedef void survey_done(void *owner, const survey_t *survey);

survey_t *
    survey_new(void *context, core_loop_t *loop, survey_done *done,
               void *owner);

/* Asks the process of that name in that run directory. */
void
    survey_ask(survey_t *self, const char *run_directory, const char *name);

/* All have been asked: from here on done may be called, also at once. */
void
    survey_close(survey_t *self);

/* The answer of that process; NULL when it was not asked. */
const struct survey_answer *
    survey_find(const survey_t *self, const char *name);

#endif
