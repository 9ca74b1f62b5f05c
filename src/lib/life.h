/*
 * life - what the parts of a stage's life share; private to the library
 *
 *   stage.c         the order of life, main()
 *   stage_option.c  the command line
 *   stage_words.c   settings from the command line
 *   stage_common.c  settings that every stage has, reload
 *   query.c         a batch comes in: each query gets its verdict
 *   held.c          queries that were kept
 *   hop.c           the stops of a traced query
 *   lookup.c        questions of our own
 *   changes.c       data that are others, told to those in front
 *   stage_wires.c   where queries go, and leading them elsewhere
 *   stage_verbs.c   control verbs that every stage has
 */

#ifndef LIB_LIFE_H
#define LIB_LIFE_H

#include "coredns/handover.h"
#include "coredns/log.h"
#include "coredns/stage.h"
#include "lib/pace.h"

#define LIFE_NAME_SIZE 64
#define LIFE_HOST_SIZE 33               /* NAME, or NAME@MACHINE */
#define LIFE_HELD 8192                  /* queries kept, at most */

struct stage_wire {
    const char *kind;                   /* "next", "source", "pipe"... */
    char name[LIFE_NAME_SIZE];          /* of the other stage, or "" */
    const char *endpoint;
    char *led_to;                       /* the endpoint, once it is another than
                                           that of the command line; or NULL */
    core_outlet_t *outlet;              /* NULL: none is open */
};

struct stage_options {
    const char *config_path;            /* NULL: settings are in the words */
    const char **sets;                  /* "KEY=VALUE" of --set */
    size_t set_count, set_capacity;
    char *const *words;                 /* behind "--", ended by NULL */
    const char *name;
    const char *host;                   /* or NAME@MACHINE, where many have the
                                           name; NULL: there is but one */
    const char *control;
    const char *telemetry;
    int ready_descriptor;               /* -1: nobody waits */
    int verbose;
    int checks;                         /* -n: 1 settings, 2 data as well;
                                           0: not only to check */
    struct stage_wire *wires;
    size_t wire_count, wire_capacity;
};

/* What a query gets that goes on where there is no next stage. */
enum life_otherwise { LIFE_REFUSED, LIFE_SERVFAIL };

/* Settings that every stage has, and those of the `log` groups. */
struct log_settings {
    int level;
    int format;
    int target;
    const char *path;
    int64_t size;
};

struct common_settings {
    const char *program;
    int64_t instances;
    const char *next;
    int otherwise;                      /* enum life_otherwise */
    struct core_list sources;
    const char *lookup;
    const char *user;
    bool reads_any_file;
    int64_t drain_limit_ms;
    struct core_list host;              /* names; the supervisor's business */
    int64_t port;                       /* likewise */
    int restart;
    struct core_list log;               /* of struct log_settings */
};

/* A configuration, what was read from it, and the state made of that. */
struct stage_version {
    core_config_t *config;
    void *settings;                     /* the stage's own */
    struct common_settings common;
    struct log_settings log;
    void *state;
};

struct zap;                             /* of zap.h */
struct lookups;                         /* of lookup.c */
struct changes;                         /* of changes.c */

struct core_query {
    core_life_t *life;
    struct core_record record;
    struct core_message message;
    core_batch_t *batch;                /* takes the reply */
    struct core_writer writer;          /* the reply; bytes NULL: none yet */
    size_t trail_size;                  /* of life->trail, the reply's */
    bool has_more;                      /* the reply: it is not the last */
    core_held_t *held;                  /* the one it is part of, or NULL */
    int64_t came_us;                    /* when a traced one came, since 1970 */
    const struct core_envelope *envelope;
};

struct core_life {
    const struct core_stage *stage;
    struct stage_options options;
    struct stage_version version;
    struct core_handover handover;
    char identity[LIFE_NAME_SIZE + LIFE_HOST_SIZE];
    char host[LIFE_HOST_SIZE];          /* without the machine; "": there is
                                           but one */
    int64_t born_ms;

    core_loop_t *loop;
    core_pace_t *pace;
    void *context;
    core_control_t *control;
    core_telemetry_t *telemetry;
    struct zap *zap;                    /* NULL: no other host connects */
    core_inlet_t *inlet;                /* NULL: no --pipe */
    core_outlet_t *next;                /* NULL: the last of the chain */

    core_batch_t *replies;              /* to the batch in hand */
    core_batch_t *passed[CORE_OUTLET_INSTANCES];    /* NULL: none yet */
    uint8_t trail[CORE_TRAIL_SIZE];     /* of the reply being composed */
    uint8_t scoped[CORE_TRAIL_SIZE];    /* of a reply that must not be kept */
    char reason_of_hop[200];            /* of the traced query in hand */
    uint8_t *changed;                   /* of the query being passed; NULL: no
                                           query was ever changed */

    /* Replies to held queries, gathered until the round ends. */
    core_batch_t *late;
    struct core_envelope late_envelope;
    unsigned held_count;

    struct lookups *lookups;
    struct changes *changes;            /* NULL: no pipe */

    bool is_ready;
    bool is_draining;
    bool was_announced;                 /* the readiness line was written */
    char reason[256];
    core_timer_t *drain_timer;
    int64_t drain_end_ms;

    struct {
        uint64_t queries, answered, passed, held, dropped, malformed;
        uint64_t returned, overflow;
    } counters;
};

/* stage_option.c: an exit code when the program ends here, or -1. */
int
    stage_options_read(struct stage_options *self,
                       const struct core_stage *stage, int argc, char **argv);

/*
 * stage_words.c: a configuration that is the stage's group alone, of what --set
 * and the words behind "--" say.
 */
core_config_t *
    stage_words_load(const struct stage_options *options,
                     const struct core_stage *stage, core_faults_t *faults);

/* stage_wires.c */
int
    wires_run_next(void *owner, core_call_t *call);
void
    wires_free(core_life_t *life);

/* stage_common.c */
extern const struct core_setting stage_common_table[];

/* Reads the configuration and opens a state from it; all faults are added. */
int
    stage_version_load(struct stage_version *self,
                       const struct core_stage *stage,
                       const struct stage_options *options,
                       core_faults_t *faults);
void
    stage_version_unload(struct stage_version *self,
                         const struct core_stage *stage);

/* Adds what the stage has found wrong with its settings: with the name of its
   group, and the place of the setting that a fault begins with. */
void
    stage_version_tell(const struct stage_version *self,
                       const struct core_stage *stage, const char *name,
                       const core_faults_t *found, core_faults_t *faults);

/* Reads it again and changes over to it; the old one stays on a fault. */
int
    stage_version_reload(core_life_t *life, core_faults_t *faults);

/* Opens the log as the settings say; `verbose` raises the level. */
int
    stage_log_open(const core_life_t *life, struct core_fault *fault);

/* query.c: callbacks of the pipe, with the life as owner. */
void
    life_take_queries(void *owner, const struct core_envelope *envelope,
                      struct core_batch_reader *reader);
void
    life_take_replies(void *owner, const struct core_envelope *envelope,
                      struct core_batch_reader *reader);

/* Puts a query in hand; false when its message is none. */
bool
    query_start(core_query_t *self, core_life_t *life,
                const struct core_record *record, core_batch_t *batch,
                const struct core_envelope *envelope);

/* The hash that chooses who takes the query that is passed on. */
uint64_t
    query_hash(const core_query_t *self);

/* Composes the reply to a query that goes on where there is no next stage. */
void
    query_end(core_query_t *self);

/* Commits the reply that was composed to the batch it was composed in. */
void
    query_commit(core_query_t *self);

/* Sends a record down, or back to its asker when nobody takes it. */
void
    life_pass(core_life_t *life, const struct core_envelope *envelope,
              const struct core_record *record, uint64_t name_hash);

/* hop.c: adds a stop to a trail, or all stops of a record; the new size. */
size_t
    hop_add(core_life_t *life, const core_query_t *query, const char *verdict,
            uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size);

/* Makes a trail of the record's and the stop of its reply on the way back. */
size_t
    hop_back(const core_life_t *life, const struct core_record *record,
             uint8_t trail[CORE_TRAIL_SIZE]);
size_t
    hop_copy(const struct core_record *record,
             uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size);

/* held.c: sends what was gathered; a flusher. */
void
    life_flush_late(void *owner);

/* lookup.c */
int
    lookups_new(core_life_t *life, struct core_fault *fault);
void
    lookups_destroy(core_life_t *life);
void
    lookups_take_replies(core_life_t *life, struct core_batch_reader *reader);

/* An instance is back: what it may have taken with it is asked once more.  A
   callback of the outlet, with the life as owner. */
void
    lookups_return(void *owner, core_outlet_t *outlet, unsigned instance);

/* changes.c */
void
    changes_new(core_life_t *life);
void
    changes_destroy(core_life_t *life);

/* Sends what was gathered; a flusher. */
void
    changes_flush(void *owner);

/* Sends what was gathered at once: before a reply that was made of it. */
void
    changes_send(core_life_t *life);

/* Makes the batch say that everything has changed, or nothing yet. */
void
    changes_make_all(core_batch_t *batch);
void
    changes_make_none(core_batch_t *batch);

/* Callbacks of the outlet, with the life as owner. */
void
    changes_take(void *owner, const struct core_envelope *envelope,
                 struct core_batch_reader *reader);
void
    changes_away(void *owner);
void
    changes_lost(void *owner);

/* stage_verbs.c */
extern const struct core_verb stage_verb_table[];
void
    stage_counters_add(core_life_t *life);

#endif
