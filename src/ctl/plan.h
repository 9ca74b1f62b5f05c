/*
 * plan - the configuration read as a list of processes and the wires between
 *
 * A plan is made from the configuration alone: it opens nothing, starts
 * nothing and asks nobody.  resolve.h finds on this host what it names.
 */

#ifndef CTL_PLAN_H
#define CTL_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/setting.h"
#include "coredns/stage.h"

#include "ctl/address.h"
#include "ctl/patches.h"

#define PROGRAM_PREFIX "coredns-"
#define PLAN_INSTANCES 64               /* of a stage, at most */
#define PLAN_KILL_MARGIN_MS 2000        /* after its own limit */
#define PLAN_KILL_MS (CORE_DRAIN_LIMIT_MS + PLAN_KILL_MARGIN_MS)
#define PLAN_LISTEN 24                  /* addresses of a stage, at most */
#define PLAN_ENDPOINT_SIZE 256
#define PLAN_HOSTS 64                   /* of one configuration, at most */

enum wire_kind {
    WIRE_NEXT,                          /* queries go there */
    WIRE_SOURCE,                        /* records come from there */
    WIRE_LOOKUP,                        /* questions of its own go there */
};

struct plan_stage;

struct plan_wire {
    enum wire_kind kind;
    struct plan_stage *to;
    const char *name;                   /* of the stage that the configuration
                                           names: what is inserted in front of
                                           it is led to under its name */
};

struct plan_host {
    char *name;
    char *address;                      /* IPv4 or IPv6; NULL: it stands for
                                           any number of machines */
    unsigned port;                      /* of its supervisor, for the others */
};

struct plan_stage {
    char *name;                         /* "authority" */
    char *program;                      /* "coredns-authority", or a path */
    char *path;                         /* of the program; see resolve.h */
    char *user;                         /* NULL: the one we are */
    const char *group_of;               /* user whose group it has; the
                                           plan's, or NULL */
    bool reads_any_file;                /* though it is not root */
    unsigned instances;
    bool restarts;                      /* when it ends by itself */
    int64_t kill_ms;                    /* after which its end is forced */
    struct address *listen;
    size_t listen_count;
    struct plan_wire *wires;            /* each other stage once a kind */
    size_t wire_count;
    bool has_pipe;                      /* somebody's next or lookup */
    bool has_feed;                      /* somebody's source */
    uint64_t hosts;                     /* that run it: a bit each, in the order
                                           of the file */
    bool is_here;                       /* this host does */
    bool serves_others;                 /* hosts that do not run it */
    unsigned port;                      /* its first one for them; 0: none */
    char *settings;                     /* all it is told, in one text that
                                           differs when a setting does */
    char *replaced;                     /* the program whose place its own has
                                           taken by hand; or NULL */
    const char *before;                 /* the stage it is inserted in front of
                                           by hand; or NULL */
    const struct patch *patch;          /* what was done by hand; or NULL; lent
                                           by the plan */
    core_place_t *place;                /* its group in the file; the top of it
                                           for what is inserted */
    char mark;                          /* of the walk along the wires */
};

struct plan_process {
    char *name;                         /* "authority", "frontend.1" */
    const struct plan_stage *stage;
    unsigned instance;
    char **arguments;                   /* for exec; ended by NULL */
};

/* When files are looked at for changes. */
struct plan_reload {
    int64_t every;                      /* ms; 0: never */
    int64_t jitter;                     /* ms, at most `every`: the spread of
                                           intervals around it */
};

struct plan_options {
    const char *run_directory;
    const char *default_user;           /* NULL: users are not changed */
    const char *host;                   /* which one this is; NULL: the one
                                           whose address is our own */
    bool (*is_own_address)(const char *address);
    uint64_t machine;                   /* a number that no other has */
    const struct patches *patches;      /* NULL: none */
    bool verbose;
};

struct plan {
    struct patches patches;             /* those that found their stage */
    char *run_directory;
    char *state_directory;              /* NULL: not set */
    char *log_directory;                /* run_directory/log when not set */
    char *user;                         /* whose group owns the folders; NULL:
                                           users are not changed */
    struct plan_reload reload;
    struct plan_host *hosts;            /* in the order of the file */
    size_t host_count;                  /* 0: this one alone */
    const struct plan_host *here;       /* NULL: this one alone */
    uint64_t machine;                   /* which of those that are here */
    char *keys;                         /* folder of the hosts' keys */
    bool is_insecure;                   /* no keys between hosts */
    struct plan_stage *stages;          /* in the order of the file */
    size_t stage_count;
    struct plan_stage **order;          /* tail first, sources before all */
    size_t order_count;                 /* == stage_count without faults */
    struct plan_process *processes;     /* of this host; tail first */
    size_t process_count;
};

/*
 * Reads the configuration.  Every fault found is added to faults; the plan is
 * made of the rest.  It is to be used only when there was none.  config must
 * live as long.
 */
struct plan *
    plan_new(core_config_t *config, const struct plan_options *options,
             core_faults_t *faults);

void
    plan_destroy(struct plan **self_p);

/* The stage of that name, or NULL. */
struct plan_stage *
    plan_stage(const struct plan *self, const char *name);

/* The process of that name, or NULL. */
const struct plan_process *
    plan_process(const struct plan *self, const char *name);

/* True when queries begin there: none comes from another stage.  It has a pipe
   all the same, for those that are traced. */
bool
    plan_is_head(const struct plan_stage *self);

/* The longest time after which the end of a stage is forced. */
int64_t
    plan_kill_ms(const struct plan *self);

/* True when a wire of that kind leads from the stage to the other. */
bool
    plan_has_wire(const struct plan_stage *self, enum wire_kind kind,
                  const struct plan_stage *to);

/* True when a stage runs as another user than the rest. */
bool
    plan_has_several_users(const struct plan *self);

/* Writes "ipc://RUN/PROCESS.SUFFIX". */
void
    plan_endpoint(const char *run_directory, const char *process,
                  const char *suffix, char endpoint[PLAN_ENDPOINT_SIZE]);

/*
 * True when a process that runs as `before` must be started anew to become
 * `after`: another program, user, wire, address or count of instances.
 */
bool
    plan_needs_restart(const struct plan_process *before,
                       const struct plan_process *after);

/* True when one that need not be started anew must be led elsewhere: queries
   go to other instances, or through something that was put in between. */
bool
    plan_needs_lead(const struct plan_process *before,
                    const struct plan_process *after);

#endif
