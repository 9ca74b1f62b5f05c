/*
 * stage - one process of the pipe, and the one life all of them lead
 *
 * The way of a query:
 *
 *   A frontend receives it, gives it an id and keeps it until it is answered.
 *   It travels in batches, down from stage to stage, each of which looks at it
 *   in handle_query() and says what becomes of it:
 *
 *     CORE_ANSWERED  a reply was composed: it goes back the way it came,
 *                    through handle_reply() of each stage it passed
 *     CORE_PASSED    it goes on to the next stage, unchanged; without a next
 *                    stage it is answered REFUSED
 *     CORE_HELD      the stage has taken a core_held_t and will answer or pass
 *                    it on later; when it dies the frontend sends it again
 *     CORE_DROPPED   nobody answers; counted; the frontend tries again or, at
 *                    the deadline, says SERVFAIL
 *
 *   A query that cannot be handed on comes back marked CORE_RECORD_RETURNED,
 *   and so does every query that reaches a stage before it has been ready for
 *   the first time: it would answer from what it does not have yet.
 *
 * A stage is a descriptor (struct core_stage) and its main() is one line:
 *     return core_stage_main(&cache_stage, argc, argv);
 * The order of life - options, configuration, privileges, sockets, open,
 * watch, ready, loop, drain, close - is written once, in stage.c.
 */

#ifndef COREDNS_STAGE_H
#define COREDNS_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/control.h"
#include "coredns/fault.h"
#include "coredns/loop.h"
#include "coredns/message.h"
#include "coredns/pipe.h"
#include "coredns/setting.h"
#include "coredns/telemetry.h"
#include "coredns/writer.h"

enum core_verdict {
    CORE_ANSWERED, CORE_PASSED, CORE_HELD, CORE_DROPPED
};

/* The setting of every stage that says how long its end may take: key,
   default, and the largest value.  The supervisor kills what takes longer. */
#define CORE_DRAIN_LIMIT "drain_limit"
#define CORE_DRAIN_LIMIT_MS 8000
#define CORE_DRAIN_LIMIT_MOST_MS 600000

/* Exit codes; coredns(7) says what the supervisor does with them. */
enum core_exit {
    CORE_EXIT_DONE = 0, CORE_EXIT_FAILED = 1, CORE_EXIT_NOT_RUNNING = 3,
    CORE_EXIT_NOT_WELL = 4, CORE_EXIT_USAGE = 64, CORE_EXIT_AGAIN = 75,
    CORE_EXIT_CONFIG = 78,
};

/* What changed of the data behind a stage. */
enum core_changed {
    CORE_CHANGED_NAME,                  /* the records at a name */
    CORE_CHANGED_ALL,                   /* any, also of names that were
                                           nobody's there */
    CORE_CHANGED_LOST,                  /* any of those that are local, perhaps:
                                           whoever would tell was away */
    CORE_CHANGED_AWAY,                  /* none; but whoever would tell is away,
                                           so what is local is good for its TTL
                                           from now on, and then unknown */
};

typedef struct core_life core_life_t;       /* of this process */
typedef struct core_query core_query_t;     /* one query or reply in hand */
typedef struct core_held core_held_t;       /* one that was kept */

struct core_stage {
    const char *name;                       /* "cache", as its folder */
    const char *summary;                    /* one line for --help */
    const struct core_setting *settings;    /* NULL: none of its own */
    const char *words;                      /* setting, a list of texts, that
                                               the words behind "--" fill; NULL:
                                               there may be none */
    size_t settings_size;

    /* Settings to state, or NULL and a fault.  No sockets, no side effects:
       it is also called for --check, and before a reload.  settings stay
       valid as long as the state. */
    void *(*open)(const void *settings, struct core_fault *fault);

    /* Adds every fault a table of settings cannot express (keys that exclude
       each other, a file that cannot be read).  A fault that begins with
       "stage.key: " need not have a path: it gets that of the setting, and the
       name of its group in place of the stage's.  May be NULL. */
    void (*check)(const void *settings, core_faults_t *faults);

    /* Only when --check is given twice: adds every fault of the data that the
       settings name (zone files...).  At a start or a reload such a fault
       stops nobody.  May be NULL. */
    void (*inspect)(const void *settings, core_faults_t *faults);

    /* What becomes of a query.  NULL: the stage has no pipe (a head, a
       feed, an observer). */
    enum core_verdict (*handle_query)(void *state, core_query_t *query);

    /* What becomes of a reply on its way back: CORE_PASSED (as it is),
       CORE_ANSWERED (another one was composed) or CORE_DROPPED.  NULL: all
       pass without being looked at. */
    enum core_verdict (*handle_reply)(void *state, core_query_t *reply);

    /* The data behind the stage are others: what it keeps of replies is
       outdated accordingly.  name (any case) is that of CORE_CHANGED_NAME.
       May be NULL. */
    void (*handle_change)(void *state, enum core_changed what,
                          const uint8_t *name);

    /* A reply that would be the answer from now on to a question whose data
       have changed: told by the next stage behind the change, so that nobody
       need ask.  May be NULL. */
    void (*handle_answer)(void *state, const core_query_t *reply);

    /* Registers sockets and timers of its own.  Readiness: a stage with watch
       says core_life_ready() itself; one without is ready after open. */
    int (*watch)(void *state, core_life_t *life, struct core_fault *fault);

    /* Takes new settings in place.  NULL: a second state is opened and takes
       the place of the first (then watch must be NULL too). */
    int (*reload)(void *state, const void *settings, struct core_fault *fault);

    /* Called again and again while the process is told to end; true when
       nothing is held any more.  NULL: nothing ever is. */
    bool (*drain)(void *state);

    void (*close)(void **state_p);

    const struct core_verb *verbs;          /* ended by a NULL name; or NULL */
};

/* The main() of every stage. */
int
    core_stage_main(const struct core_stage *stage, int argc, char **argv);

/* ---- what a query is asked in handle_query() and handle_reply() ---------- */

/* Its message: header, question and EDNS are known to be well formed. */
const struct core_message *
    core_query_message(const core_query_t *query);

/* Its record: client, transport, flags, trail, time. */
const struct core_record *
    core_query_record(const core_query_t *query);

/*
 * The reply, to be composed in place; started by core_writer_reply() with the
 * query's id and question.  Complete it with core_writer_end(), then return
 * CORE_ANSWERED.  Room is for the largest DNS message: size and EDNS of the
 * client are the frontend's business, and no stage writes an OPT of its own.
 */
struct core_writer *
    core_query_reply(core_query_t *query);

/* A reply that exists as octets already; its id is set to the query's. */
void
    core_query_reply_copy(core_query_t *query, const uint8_t *message,
                          size_t message_size);

/* A reply without records. */
void
    core_query_reply_rcode(core_query_t *query, unsigned rcode);

/*
 * Changes the query before it is passed on: room for another message of that
 * size (at most CORE_MESSAGE_SIZE), to be written whole before anything else
 * is asked of the query, and passed by CORE_PASSED or held as it is then.
 * core_query_message() is still the query as it came.  What must be known on
 * the way back goes into the message itself or is worked out again.
 */
uint8_t *
    core_query_change(core_query_t *query, size_t size);

/* Adds an item to the trail of the reply that is being composed. */
void
    core_query_trail(core_query_t *query, enum core_trail_kind kind,
                     const void *value, size_t value_size);

/* Says that the reply is from local data, whichever they are. */
void
    core_query_local(core_query_t *query);

/*
 * A reply in parts, each a message of its own, as large zones need
 * (coredns-pipe(7), "Parts").  core_query_part() says which part is asked for:
 * its bookmark is what core_query_more() was given with the part before, and
 * empty for the first.  It may be asked for twice, and must then be the same.
 * core_query_more() says that the reply being composed is not the last part; a
 * bookmark has 1 to CORE_BOOKMARK_SIZE octets.
 */
void
    core_query_part(const core_query_t *query, struct core_part *part);
void
    core_query_more(core_query_t *query, const void *bookmark, size_t size);

/* Adds an Extended DNS Error (RFC 8914); text may be NULL. */
void
    core_query_ede(core_query_t *query, enum core_ede code, const char *text);

/*
 * Says why the verdict is what it will be, for those who trace the query: the
 * rule, the zone, the upstream.  Costs nothing for all other queries.
 */
void
    core_query_reason(core_query_t *query, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* True when the query is traced: it must leave everything as it was. */
bool
    core_query_is_traced(const core_query_t *query);

/*
 * Keeps a query for later (return CORE_HELD then).  Returns NULL when too many
 * are held already.  A held query ends by exactly one of the calls below.
 */
core_held_t *
    core_query_hold(core_query_t *query);

/* The held query as handle_query() saw it: compose its reply there. */
core_query_t *
    core_held_query(core_held_t *held);

/* Ends it with the verdict CORE_ANSWERED, CORE_PASSED or CORE_DROPPED. */
void
    core_held_end(core_held_t **held_p, enum core_verdict verdict);

/* ---- what a stage asks of its life, from watch() on ---------------------- */

core_loop_t *
    core_life_loop(core_life_t *life);

/* The process' ZeroMQ context. */
void *
    core_life_context(core_life_t *life);

core_telemetry_t *
    core_life_telemetry(core_life_t *life);

/* "host/stage.instance": its routing id. */
const char *
    core_life_identity(const core_life_t *life);

/* "authority" or "authority.2": the --name it was started with. */
const char *
    core_life_name(const core_life_t *life);

/* The name of this host, as --host said; NULL: there is but one. */
const char *
    core_life_host(const core_life_t *life);

/* The configuration file it was started with, as -c named it; NULL: its
   settings stood on the command line. */
const char *
    core_life_config_path(const core_life_t *life);

/* Where it takes orders itself, or NULL; the processes of a toolkit have their
   endpoints side by side. */
const char *
    core_life_control(const core_life_t *life);

/* What the supervisor is told and `corednsctl status` shows.  reason says why
   not (one line), or NULL.  The first `true` is the readiness line. */
void
    core_life_ready(core_life_t *life, bool ready, const char *reason);

/* How long the end that it has been told may still take; for drain(). */
int64_t
    core_life_drain_left_ms(const core_life_t *life);

/*
 * Endpoints of the wires it was given: kind "pipe", "feed", "snapshot",
 * "lookup" (name NULL), or "next" and "source" by the name of the other stage.
 * NULL when there is no such wire; lent.
 */
const char *
    core_life_wire(const core_life_t *life, const char *kind,
                   const char *name);

/*
 * A descriptor handed over by LISTEN_FDS under that name, or -1.  The
 * supervisor names those of the setting `listen` "listen0.udp", "listen0.tcp",
 * "listen1.udp"... in the order of the file, and "memory" the file for what
 * must outlive the process.
 */
int
    core_life_descriptor(const core_life_t *life, const char *name);

/* Connects to a next stage by its name, for a head that starts queries. */
core_outlet_t *
    core_life_outlet(core_life_t *life, const char *name,
                     core_pipe_batch *replies,
                     void (*returned)(void *owner, core_outlet_t *outlet,
                                      unsigned instance),
                     void *owner, struct core_fault *fault);
void
    core_life_outlet_destroy(core_life_t *life, core_outlet_t **outlet_p);

/*
 * Data that replies of ours are made from are others at that name, or (NULL)
 * may be everywhere.  Stages in front that keep replies are told, by the end
 * of the round; they keep those with an item CORE_TRAIL_SCOPE.
 *
 * type is that of the records, or CORE_ANY: several.  What is answered to the
 * question of name and type at the end of the round is told, too, when it
 * depends on that name alone: handle_query() is called for it, with a query of
 * depth 8, which is not to be held.
 */
void
    core_life_changed(core_life_t *life, const uint8_t *name, uint16_t type);

/* Tells at once, for a stage that has other things to do at the end of the
   round. */
void
    core_life_tell_changes(core_life_t *life);

/*
 * Asks a question of our own, through the wire `lookup` (the whole server, as
 * a client would) or, without one, down our next stage.  done is called once,
 * later; reply is NULL when none came in time or too many wait already, and is
 * lent for the call.  depth: core_lookup_depth() of the query it is for, so
 * that look-ups that lead to look-ups end.
 */
typedef void core_lookup_done(void *owner, const struct core_message *reply);

void
    core_life_lookup(core_life_t *life, const uint8_t *qname, uint16_t qtype,
                     bool dnssec_ok, unsigned depth, int64_t timeout_ms,
                     core_lookup_done *done, void *owner);

/* True when there is a wire that a look-up can take. */
bool
    core_life_can_lookup(const core_life_t *life);

/* How many look-ups led to this query; refuse to go deeper than 8. */
unsigned
    core_lookup_depth(const core_query_t *query);

#endif
