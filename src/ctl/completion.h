/*
 * completion - what a shell may put in where the command line ends
 *
 * The scripts are made from the table of verbs, so they know all of them.
 */

#ifndef CTL_COMPLETION_H
#define CTL_COMPLETION_H

#include <stdio.h>

#include "ctl/grammar.h"

/* Writes the script for "bash" or "zsh"; false for another shell. */
bool
    completion_write(const struct verb *verbs, const char *shell,
                     FILE *file);

#endif
