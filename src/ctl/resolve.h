/*
 * resolve - what a plan names, found on this host: programs and users
 */

#ifndef CTL_RESOLVE_H
#define CTL_RESOLVE_H

#include "ctl/plan.h"

/*
 * The folder of the program that runs, where those of the stages are too;
 * lent, for good.
 */
const char *
    resolve_program_folder(void);

/* The user that stages run as when nobody says so; NULL when we are not root
   and so cannot choose. */
const char *
    resolve_default_user(void);

/*
 * Fills in the paths of all programs.  What is missing on this host, a program
 * or a user, is added to faults.
 */
void
    resolve_plan(struct plan *plan, const core_config_t *config,
                 core_faults_t *faults);

#endif
