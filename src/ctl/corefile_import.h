/*
 * corefile_import - a Corefile as a configuration of ours
 *
 * Addresses that serve the same blocks become one frontend; the directives of
 * a block become a chain of stages: cache, authority with its file-sync,
 * forward.  Stages that would be the same are one.  Blocks that serve zone
 * files for just their own zones share one authority, so that thousands of them
 * are not thousands of processes.
 */

#ifndef CTL_COREFILE_IMPORT_H
#define CTL_COREFILE_IMPORT_H

#include <stdio.h>

#include "coredns/fault.h"
#include "coredns/setting.h"

enum corefile_import_use {
    COREFILE_READ_ONCE,                 /* it takes the Corefile's place */
    COREFILE_FOLLOWED,                  /* it names the files it came from */
};

/*
 * Writes the configuration to output.  Returns -1 when anything is wrong or
 * not supported, all of which is then in faults.  notices (may be NULL) gets
 * what is accepted but is not done the same way.
 */
int
    corefile_import(const char *path, enum corefile_import_use use,
                    FILE *output, core_faults_t *faults,
                    core_faults_t *notices);

/* Loads a file of either language as core_config_load() does ours. */
core_config_t *
    corefile_load_config(const char *path, core_faults_t *faults);

struct request;

/* The verb import. */
int
    corefile_import_run(const struct request *request);

#endif
