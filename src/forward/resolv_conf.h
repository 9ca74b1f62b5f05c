/*
 * resolv_conf - the name servers of a file such as /etc/resolv.conf
 */

#ifndef FORWARD_RESOLV_CONF_H
#define FORWARD_RESOLV_CONF_H

#include <stddef.h>

#include "coredns/fault.h"
#include "forward/target.h"

#define RESOLV_CONF_SERVERS 15          /* of one file; more are left out */

struct resolv_conf {
    size_t count;
    struct target servers[RESOLV_CONF_SERVERS];
};

/*
 * Reads the lines "nameserver ADDRESS" and skips all others, as resolvers do.
 * Returns -1 and a fault when the file cannot be read, names no server, or a
 * nameserver line holds no address.
 */
int
    resolv_conf_read(struct resolv_conf *self, const char *path,
                     struct core_fault *fault);

#endif
