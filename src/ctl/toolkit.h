/*
 * toolkit - the one a verb is about: its configuration, plan and folder
 */

#ifndef CTL_TOOLKIT_H
#define CTL_TOOLKIT_H

#include <stdbool.h>

#include "coredns/setting.h"

#include "ctl/plan.h"

/* The file of patches.h in the run directory. */
#define TOOLKIT_PATCHES "patches.json"

/* The variable that says which of the hosts this is: --host sets it, so that
   whatever is started from here on knows too. */
#define TOOLKIT_HOST "COREDNS_HOST"

struct toolkit {
    char *config_path;                  /* absolute */
    char *run_directory;
    core_config_t *config;              /* NULL: not readable */
    struct plan *plan;                  /* NULL: no configuration */
    core_faults_t *faults;              /* all that was found wrong */
};

/*
 * Finds the run directory of the configuration, also when that is broken.
 * run_directory (-r) may be NULL.
 */
void
    toolkit_find(struct toolkit *self, const char *config_path,
                 const char *run_directory);

/*
 * False when there is neither a readable configuration nor a run directory, or
 * we may not enter that; then it has been said.
 */
bool
    toolkit_is_there(const struct toolkit *self);

/* As toolkit_find(), and makes the plan; what is wrong is in faults. */
void
    toolkit_plan(struct toolkit *self, const char *config_path,
                 const char *run_directory, bool is_verbose);

/* As it, with what was put on the wires by hand. */
void
    toolkit_plan_patched(struct toolkit *self, const char *config_path,
                         const char *run_directory);

void
    toolkit_end(struct toolkit *self);

/*
 * Loads a copy in the run directory and plans it with the patches (may be
 * NULL); -1 when it is not good.
 */
int
    toolkit_load_copy(const char *path, const char *run_directory,
                      bool is_verbose, const struct patches *patches,
                      core_config_t **config_p, struct plan **plan_p,
                      core_faults_t *faults);

#endif
