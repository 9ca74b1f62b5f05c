/*
 * skydns_store - what SkyDNS's etcd holds for SkyDNS itself
 */

#ifndef CTL_SKYDNS_STORE_H
#define CTL_SKYDNS_STORE_H

#include <stdio.h>

#include "coredns/fault.h"

#include "ctl/skydns_options.h"

/* Writes where etcd is as settings of coredns-etcd-sync, a line each, behind so
   many blanks. */
void
    skydns_store_write(const skydns_options_t *options, int indent,
                       FILE *file);

/*
 * Reads the value of PREFIX/config; *value_p is yours, NULL when there is no
 * such key.  Returns CORE_EXIT_DONE; CORE_EXIT_AGAIN and a fault when etcd
 * could not be asked; CORE_EXIT_CONFIG when an option for it is wrong, which
 * was told with its name.
 */
int
    skydns_store_read(const skydns_options_t *options, char **value_p,
                      struct core_fault *fault);

#endif
