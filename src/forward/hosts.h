/*
 * hosts - addresses of upstreams that are given by name
 *
 * A name is resolved once, when it is first needed, and the answer is kept:
 * the configuration says which server is meant, the DNS only where it was.
 */

#ifndef FORWARD_HOSTS_H
#define FORWARD_HOSTS_H

#include <stddef.h>

#include "coredns/fault.h"
#include "forward/generator.h"
#include "forward/target.h"

#define HOSTS_ADDRESSES 8               /* of one name; more are left out */

typedef struct hosts hosts_t;

/* The generator is lent. */
hosts_t *
    hosts_new(generator_t *generator);

void
    hosts_destroy(hosts_t **self_p);

/*
 * Writes the addresses of target (a TARGET_HOST) to found, each with its port,
 * transport and server name, and returns how many.  Asks the resolvers when the
 * name is not known yet, and waits for them for a few seconds at most.  Returns
 * 0 and a fault when none has an address.
 */
size_t
    hosts_resolve(hosts_t *self, const struct target *target,
                  const struct target *resolvers, size_t resolver_count,
                  struct target found[HOSTS_ADDRESSES],
                  struct core_fault *fault);

#endif
