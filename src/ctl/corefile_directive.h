/*
 * corefile_directive - what the lines of a server block ask for
 *
 * A directive is an entry in a table and a function that notes in the block's
 * chain what it says; how chains become stages is not known to it.  Options in
 * the braces of a directive have tables of the same kind.
 */

#ifndef CTL_COREFILE_DIRECTIVE_H
#define CTL_COREFILE_DIRECTIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"

#include "ctl/corefile.h"
#include "ctl/corefile_zone.h"
#include "ctl/draft.h"

/* An address of the stage health, by its kind. */
enum corefile_page { PAGE_LISTEN, PAGE_READY, PAGE_METRICS, PAGES };

/* What blocks say that is not about their own queries alone. */
struct corefile_common {
    struct corefile_zones addresses[PAGES];
    const struct corefile_line *lines[PAGES];   /* the first of each */
    const struct corefile_line *lameduck;
    bool is_monitored;                  /* readiness, without end */
    const struct corefile_line *reload;         /* the last one */
    const struct corefile_line *debug;
};

/* Settings of the frontend; of each the line that says it, or NULL. */
enum corefile_setting {
    SETTING_MULTISOCKET, SETTING_IDLE, SETTING_QUERY_LIMIT, SETTINGS
};

/* A line `forward`. */
struct corefile_forward {
    const struct corefile_line *line;
    const char *zone;
    struct draft options;
    bool is_left;                       /* queries of its zone may go on */
};

struct corefile_group;                  /* of corefile_group.h */

/* What a block asks for. */
struct corefile_chain {
    const struct corefile_block *block;
    core_faults_t *faults;
    core_faults_t *notices;
    struct core_arena *memory;
    struct corefile_common *common;
    struct corefile_zones zones;        /* of the keys */
    const char *root;                   /* folder of relative files, or NULL */
    struct corefile_zones addresses;    /* of bind; none: all there are */
    const struct corefile_line *bind;
    const struct corefile_line *settings[SETTINGS];
    bool has_other_classes;             /* than IN are let in */
    bool has_handler;                   /* anything that handles queries */
    struct draft route;                 /* settings of the frontend's route */
    struct draft query_log;             /* groups of it */
    struct draft failure_groups;
    bool has_metrics;
    struct draft cache;
    bool has_cache;
    bool has_whoami;
    struct draft effects;               /* of the stage chaos */
    struct draft rules;                 /* of the stage template */
    bool rules_look_up;                 /* the targets of aliases */
    struct corefile_forward *forwards;
    size_t forward_count, forward_capacity;
    struct draft sources[3];            /* hosts, zones, directories */
    size_t source_counts[3];            /* groups in each */
    struct draft cluster;               /* of the stage kubernetes-sync */
    struct draft external;              /* groups of it */
    bool has_cluster;
    struct corefile_zones cluster_zones;
    const struct corefile_line *autopath;       /* or NULL */
    struct draft members;               /* of a group that is being read */
    struct draft etcd;                  /* of the stage etcd-sync */
    const struct corefile_line *etcd_line;      /* NULL: there is none */
    struct draft transfers;             /* groups of the authority's */
    struct corefile_zones transferred;  /* the zones of these */
    struct corefile_zones origins;      /* of the files */
    struct draft *draft;                /* what options are written to */
    char *place;                        /* the addresses it serves, as text */
    char front[32];                     /* the frontend in front of it */
    bool has_neighbours;                /* other blocks are behind that too */
    struct corefile_group *group;       /* chains that share its next stage */
    const char *head;                   /* its first stage so far, lent, or
                                           NULL */
};

enum { SOURCE_HOSTS, SOURCE_ZONES, SOURCE_DIRECTORIES };

#define COREFILE_MANY SIZE_MAX

enum corefile_trait {
    COREFILE_PLAIN = 0,
    COREFILE_BODY = 1,                  /* may have options in { } */
    COREFILE_REPEATED = 2,              /* may stand there again */
    COREFILE_CONFIGURES = 4,            /* CoreDNS does not ask it about
                                           queries */
};

struct corefile_directive {
    const char *name;
    void (*read)(struct corefile_chain *chain,
                 const struct corefile_line *line);
    size_t minimum, maximum;            /* arguments */
    enum corefile_trait traits;
};

/* Reads all lines of the chain's block. */
void
    corefile_chain_read(struct corefile_chain *self);

void
    corefile_chain_clear(struct corefile_chain *self);

/* ---- for those who read directives --------------------------------------- */

/* Reads the lines by the table, which a NULL name ends. */
void
    corefile_read_lines(struct corefile_chain *chain,
                        const struct corefile_line *lines, size_t count,
                        const struct corefile_directive *table,
                        const char *of);

/* Adds a fault "NAME: text" at that line. */
void
    corefile_fail(struct corefile_chain *chain,
                  const struct corefile_line *line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The argument as a number or a time, as our configuration writes it; a fault
   and NULL when it is none. */
const char *
    corefile_number(struct corefile_chain *chain,
                    const struct corefile_line *line, size_t index);
const char *
    corefile_time(struct corefile_chain *chain,
                  const struct corefile_line *line, size_t index);

/* The argument in milliseconds; a fault and -1 when it is no time. */
int64_t
    corefile_milliseconds(struct corefile_chain *chain,
                          const struct corefile_line *line, size_t index);

/* The arguments from index on as a list of zones; the block's when there are
   none and usual is true. */
struct corefile_zones
    corefile_arguments(struct corefile_chain *chain,
                       const struct corefile_line *line, size_t index,
                       bool usual);

/* The same, written as a list. */
const char *
    corefile_zone_list(struct corefile_chain *chain,
                       const struct corefile_line *line, size_t index,
                       const char *usual);

/* The argument as a path in quotes, below root. */
const char *
    corefile_path(struct corefile_chain *chain, const char *path);

/* Writes "key = text;" to the chain's draft, at the line, when text is one. */
void
    corefile_set(struct corefile_chain *chain,
                 const struct corefile_line *line, const char *key,
                 const char *text);

/* Appends a group of the chain's members, which are moved, to a list. */
void
    corefile_close_group(struct corefile_chain *chain,
                         const struct corefile_line *line,
                         struct draft *list);

void
    corefile_read_cache(struct corefile_chain *chain,
                        const struct corefile_line *line);
void
    corefile_read_forward(struct corefile_chain *chain,
                          const struct corefile_line *line);
void
    corefile_read_erratic(struct corefile_chain *chain,
                          const struct corefile_line *line);
void
    corefile_read_file(struct corefile_chain *chain,
                       const struct corefile_line *line);
void
    corefile_read_auto(struct corefile_chain *chain,
                       const struct corefile_line *line);
void
    corefile_read_hosts(struct corefile_chain *chain,
                        const struct corefile_line *line);
void
    corefile_read_kubernetes(struct corefile_chain *chain,
                             const struct corefile_line *line);
void
    corefile_read_external(struct corefile_chain *chain,
                           const struct corefile_line *line);

void
    corefile_read_autopath(struct corefile_chain *chain,
                           const struct corefile_line *line);

/* Writes what the block's autopath says to the members of its stage; false when
   it does nothing. */
bool
    corefile_end_autopath(struct corefile_chain *chain,
                          struct draft *members);

/* Moves all that a block says of a cluster to the members of its stage. */
void
    corefile_end_cluster(struct corefile_chain *chain, struct draft *members);

void
    corefile_read_transfer(struct corefile_chain *chain,
                           const struct corefile_line *line);
void
    corefile_read_etcd(struct corefile_chain *chain,
                       const struct corefile_line *line);
void
    corefile_read_bind(struct corefile_chain *chain,
                       const struct corefile_line *line);
void
    corefile_read_template(struct corefile_chain *chain,
                           const struct corefile_line *line);
void
    corefile_read_log(struct corefile_chain *chain,
                      const struct corefile_line *line);
void
    corefile_read_errors(struct corefile_chain *chain,
                         const struct corefile_line *line);
void
    corefile_read_health(struct corefile_chain *chain,
                         const struct corefile_line *line);
void
    corefile_read_ready(struct corefile_chain *chain,
                        const struct corefile_line *line);
void
    corefile_read_prometheus(struct corefile_chain *chain,
                             const struct corefile_line *line);

#endif
