/*
 * hosts - which stage runs on which host, and the endpoints between hosts
 *
 * One file is given to all hosts; each starts its own stages.  A wire stays on
 * the host where it can; else it leads to every host that runs the stage.
 */

#ifndef CTL_HOSTS_H
#define CTL_HOSTS_H

#include <stdio.h>

#include "ctl/plan.h"

#define HOSTS_KEYS "keys"               /* folder of keys */

/*
 * Reads the top-level settings hosts, keys and insecure, and finds out which
 * host this is.  All that is wrong is added to faults.
 */
void
    hosts_read(struct plan *plan, const core_config_t *config,
               const struct plan_options *options, core_faults_t *faults);

/* Reads where a stage runs. */
void
    hosts_read_stage(const struct plan *plan, const core_config_t *config,
                     struct plan_stage *stage, core_faults_t *faults);

/* Once all is wired: sees who is reached from elsewhere, and by which ports. */
void
    hosts_find(struct plan *plan, const core_config_t *config,
               core_faults_t *faults);

/* True when the host runs the stage. */
bool
    hosts_runs(const struct plan *plan, const struct plan_host *host,
               const struct plan_stage *stage);

/* How many ports the stage has for other hosts. */
unsigned
    hosts_ports(const struct plan_stage *stage);

/*
 * Writes the endpoints that a wire of a stage of this host leads to, comma
 * between them.
 */
void
    hosts_write_wire(const struct plan *plan, const struct plan_wire *wire,
                     FILE *file);

/* Writes what a process of this host binds: suffix is "pipe", "feed" or
   "snapshot". */
void
    hosts_write_own(const struct plan *plan, const struct plan_stage *stage,
                    unsigned instance, const char *suffix, FILE *file);

/* Where the supervisor of a host is asked from others; to connect from this
   one, with the keys in that folder. */
void
    hosts_control(const struct plan *plan, const struct plan_host *host,
                  const char *folder, char endpoint[PLAN_ENDPOINT_SIZE]);

/* The same, to bind. */
void
    hosts_own_control(const struct plan *plan,
                      char endpoint[PLAN_ENDPOINT_SIZE]);

#endif
