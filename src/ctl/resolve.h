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

/*
 * The program that a word on the command line means, as a plan may name it: the
 * whole name of one in our folder, which may be said without its prefix; else
 * the absolute path of a file or of what PATH leads to.  Yours; NULL when there
 * is none.
 */
char *
    resolve_command(const char *word);

/* The user that stages run as when nobody says so; NULL when we are not root
   and so cannot choose. */
const char *
    resolve_default_user(void);

/* True when an interface of this machine has that address. */
bool
    resolve_own_address(const char *address);

/*
 * Fills in the paths of all programs.  What is missing on this host, a program
 * or a user, is added to faults.
 */
void
    resolve_plan(struct plan *plan, const core_config_t *config,
                 core_faults_t *faults);

#endif
