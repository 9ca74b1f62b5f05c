/*
 * worker_parts - what the parts of a worker share
 *
 *   worker.c         questions, the script's life
 *   worker_write.c   what the script is given
 *   worker_listen.c  what the script says
 */

#ifndef EXEC_WORKER_PARTS_H
#define EXEC_WORKER_PARTS_H

#include "exec/child.h"
#include "exec/handed.h"
#include "exec/lines.h"
#include "exec/worker.h"

#define WORKER_NAME_SIZE 32

enum worker_state { WORKER_DOWN, WORKER_UP, WORKER_ENDING };

struct worker {
    const struct worker_home *home;
    char name[WORKER_NAME_SIZE];
    enum worker_state state;
    bool is_leaving;
    bool has_answered;                  /* since it was started */
    struct child child;                 /* pid 0: none */

    struct ask *queue, **queue_end;
    size_t queued;
    handed_t *handed;

    char *out;                          /* lines on their way */
    size_t out_used;
    bool is_write_watched;

    lines_t *output, *error;            /* NULL: no child */
    core_timer_t *pause;                /* the output is not watched; or NULL */
    int64_t read_us;                    /* when it was read last */
    size_t unasked;                     /* octets, in this span */
    int64_t unasked_ms;                 /* when the span began */
    size_t error_octets;                /* read in this beat */
    bool is_error_paused;
    int64_t error_ms;                   /* when the beat began */
    struct quota errors;                /* lines written down */

    int64_t began_ms, start_ms, delay_ms;
    int64_t deaf_ms;                    /* when its output was closed */
    int64_t eof_ms;                     /* when its input was */
    int64_t eof_due_ms, term_ms, kill_ms;
};

/* The script must end, for that reason. */
void
    worker_end(worker_t *self, const char *why);

/* Looks whether it has ended. */
void
    worker_look(worker_t *self);

/* ---- worker_write.c ------------------------------------------------------ */

/* Closes its input: that is its end of file. */
void
    worker_end_input(worker_t *self);

/* ---- worker_listen.c ----------------------------------------------------- */

/* Begins to read what the script says. */
void
    worker_listen(worker_t *self);

/* Closes its output: it is not listened to any more, but for its errors. */
void
    worker_deafen(worker_t *self);

/* Closes its standard error. */
void
    worker_end_errors(worker_t *self);

/* Reads what is left of one that has ended. */
void
    worker_listen_last(worker_t *self);

/* Goes on after a pause; tells what was left out. */
void
    worker_listen_again(worker_t *self, int64_t now_ms);

/* True when worker_listen_again() is needed. */
bool
    worker_is_deaf(const worker_t *self);

#endif
