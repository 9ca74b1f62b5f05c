/*
 * etcd - the verb etcd: services put, read and removed by hand or by scripts
 *
 * The words go to the running coredns-etcd-sync, which knows where etcd is and
 * how to log in there.
 */

#ifndef CTL_ETCD_H
#define CTL_ETCD_H

#include <stdbool.h>

#include "ctl/grammar.h"

/* Says whether the first word of the command line is this verb: it has options
   of its own, so it reads the line itself. */
bool
    etcd_is_meant(int argc, char **argv);

/* Carries it out; returns the exit code. */
int
    etcd_main(int argc, char **argv);

/* How to use it, for `help` and its table. */
int
    etcd_run(const struct request *request);

#endif
