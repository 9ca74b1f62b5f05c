/*
 * supervisor - the process that starts the stages and watches over them
 */

#ifndef CTL_SUPERVISOR_H
#define CTL_SUPERVISOR_H

#include <stdbool.h>

#include "coredns/setting.h"

#include "ctl/plan.h"

struct supervisor_options {
    const char *run_directory;
    const char *config_path;            /* absolute; read again by reload */
    bool has_own_directory;             /* run_directory was not given by -r */
    bool is_verbose;
    bool is_foreground;
    int report;                         /* pipe to the `start` that waits; -1:
                                           nobody does */
};

/*
 * Supervises until it is told to stop; returns the exit code.  config and plan
 * are checked, their copy is the file coredns.conf.new in the run directory,
 * and the caller holds the lock.  Both are taken.
 */
int
    supervisor_run(const struct supervisor_options *options,
                   core_config_t *config, struct plan *plan);

#endif
