/*
 * reflector_parts - what the files of a reflector share
 */

#ifndef KUBERNETES_SYNC_REFLECTOR_PARTS_H
#define KUBERNETES_SYNC_REFLECTOR_PARTS_H

#include "kubernetes-sync/reflector.h"
#include "kubernetes-sync/splitter.h"

#define REFLECTOR_VERSION_SIZE 64       /* of a resourceVersion */
#define REFLECTOR_REASON_SIZE 200

/* A list that is being read, page by page. */
struct reading {
    reflector_t *reflector;
    enum reflector_origin origin;
    request_t *request;                 /* NULL: none under way */
    splitter_t *splitter;
    char *next;                         /* token of the next page; or NULL */
    char version[REFLECTOR_VERSION_SIZE];
    bool is_begun;
    bool is_paged;
    unsigned failures;                  /* in a row */
};

struct reflector {
    enum object_kind kind;
    struct reflector_settings settings;
    core_loop_t *loop;
    client_t *client;
    struct reflector_hooks hooks;
    void *owner;
    struct reading list, compare;
    request_t *watch;
    splitter_t *events;
    const char *broken;                 /* what the watch was told; or NULL */
    bool is_gone;                       /* the version is too old to watch */
    bool was_heard;                     /* anything, in this watch */
    char version[REFLECTOR_VERSION_SIZE];
    int64_t watch_start_ms;
    unsigned failures;                  /* of watches, in a row */
    core_timer_t *retry;
    core_timer_t *compare_timer;
    core_timer_t *compare_retry;
    bool was_listed;
    bool is_up_to_date;
    bool is_lacking;                    /* the API does not know the kind */
    char reason[REFLECTOR_REASON_SIZE];
    struct reflector_counters counters;
    uint64_t state;                     /* of random numbers */
};

/* ---- reflector.c --------------------------------------------------------- */

/* How long to wait after so many failures in a row: growing, never twice the
   same, and not less than the server asks for. */
int64_t
    reflector_delay(reflector_t *self, unsigned failures, int64_t least_ms);

/* It is not up to date, for a reason; or it is (NULL). */
void
    reflector_say(reflector_t *self, const char *what,
                  const struct request_end *end);
void
    reflector_be_up_to_date(reflector_t *self);

/* The watch begins, where the list ended. */
void
    reflector_begin_watch(reflector_t *self);

/* Calls run later, instead of what else was to be done. */
void
    reflector_later(reflector_t *self, int64_t delay_ms,
                    core_loop_run_callback *run);

/* ---- reflector_list.c ---------------------------------------------------- */

/* Reads a list from its beginning. */
void
    reading_begin(struct reading *self, reflector_t *reflector,
                  enum reflector_origin origin);
void
    reading_end(struct reading *self);

/* What has become of a request, as one line. */
void
    reflector_describe(char text[REFLECTOR_REASON_SIZE], const char *what,
                       const struct request_end *end);

#endif
