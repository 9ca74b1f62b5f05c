/*
 * etcd - the verb etcd: services put, read and removed by hand or by scripts
 *
 * The words go to the running coredns-etcd-sync, which knows where etcd is and
 * how to log in there.
 */

#ifndef CTL_ETCD_H
#define CTL_ETCD_H

#include "ctl/grammar.h"

int
    etcd_run(const struct request *request);

#endif
