/*
 * control - questions to a process about itself, and orders
 *
 * A request is one ZeroMQ message [empty] [verb] [argument]..., the reply
 * [empty] [exit code as text] [text].  Each process binds a ROUTER for it.
 * Verbs are a table; a wrong one is answered with the right ones, and a request
 * above the limits with these.
 */

#ifndef COREDNS_CONTROL_H
#define COREDNS_CONTROL_H

#include <stdbool.h>
#include <stdio.h>

#include "coredns/fault.h"
#include "coredns/loop.h"

#define CORE_CONTROL_ARGUMENTS 64       /* words of a request, at most */
#define CORE_CONTROL_SIZE 131072        /* octets of a word, at most */

/* One request while it is carried out. */
typedef struct core_call core_call_t;

int
    core_call_count(const core_call_t *self);

/* The argument of that index behind the verb; lent; NULL when there is none. */
const char *
    core_call_argument(const core_call_t *self, int index);

/* Where the verb writes what it has to say. */
FILE *
    core_call_output(core_call_t *self);

/*
 * A verb returns the exit code of the reply, or CORE_CALL_LATER when it has
 * kept the call and will end it by core_call_end().
 */
#define CORE_CALL_LATER (-1)

struct core_verb {
    const char *name;
    int (*run)(void *owner, core_call_t *call);
    const char *says;
};

/* Sends the reply and ends the call; sets the pointer to NULL. */
void
    core_call_end(core_call_t **self_p, int exit_code);

typedef struct core_control core_control_t;

core_control_t *
    core_control_new(void *context, core_loop_t *loop, const char *endpoint,
                     struct core_fault *fault);
void
    core_control_destroy(core_control_t **self_p);

/* Adds verbs (a table ended by a NULL name; lent), carried out for owner. */
void
    core_control_verbs(core_control_t *self, const struct core_verb *verbs,
                       void *owner);

/*
 * Asks the process at endpoint and waits for its reply.  words is the verb and
 * its arguments, ended by NULL.  Returns the exit code; -1 and a fault when
 * nobody answered in time.  *text_p is yours.  Without a loop: for programs
 * that have nothing else to do.
 */
int
    core_control_ask(const char *endpoint, const char *const *words,
                     int64_t timeout_ms, char **text_p,
                     struct core_fault *fault);

/* The same, but no longer than nothing can be read from the descriptor: a pidfd
   of whoever is asked. */
int
    core_control_ask_while(int descriptor, const char *endpoint,
                           const char *const *words, int64_t timeout_ms,
                           char **text_p, struct core_fault *fault);

/*
 * The same without waiting: done is called once, with exit code -1 and an
 * error text when nobody answered in time.
 */
typedef void core_control_done(void *owner, int exit_code, const char *text);

void
    core_control_ask_later(void *context, core_loop_t *loop,
                           const char *endpoint, const char *const *words,
                           int64_t timeout_ms, core_control_done *done,
                           void *owner);

#endif
