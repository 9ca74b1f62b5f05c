/*
 * arguments - what a process is called and what its command line says
 */

#ifndef CTL_ARGUMENTS_H
#define CTL_ARGUMENTS_H

#include <stdbool.h>

#include "ctl/plan.h"

/* The option whose value says where queries go. */
#define ARGUMENT_NEXT "--next"

/* "cache", or "cache.1" when the stage has several instances; yours. */
char *
    arguments_name(const struct plan_stage *stage, unsigned instance);

/*
 * The program's arguments, its own name first, ended by NULL.  All but --ready
 * and its descriptor, which is known only when the process is started.  The
 * words of a program that was put there by hand come first, but those from a
 * "--" on come last.
 */
char **
    arguments_new(const struct plan *plan, const struct plan_stage *stage,
                  unsigned instance, bool verbose);

void
    arguments_destroy(char ***self_p);

bool
    arguments_are_equal(char *const *one, char *const *other);

/* True when they differ at most in where the wires lead that queries take. */
bool
    arguments_start_equal(char *const *one, char *const *other);

#endif
