/*
 * search - the names that a resolver's search path makes of one
 *
 * A client that looks for "www.example.org" asks for
 * "www.example.org.prod.svc.cluster.local" first, when that is the first domain
 * of its search path; what it would ask for next is known from there.
 */

#ifndef AUTOPATH_SEARCH_H
#define AUTOPATH_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/name.h"

#define SEARCH_DOMAINS 16               /* more are left out */

struct search_domains {
    unsigned count;
    uint8_t items[SEARCH_DOMAINS][CORE_NAME_SIZE];
};

/* The walk of one name; domains[0] is the one that it ends with. */
struct search {
    struct search_domains domains;
    unsigned base;                      /* labels in front of that */
    uint8_t name[CORE_NAME_SIZE];       /* as it was asked for */
};

/*
 * Reads the domains of a file such as /etc/resolv.conf: the last line "search"
 * or "domain" counts.  -1 and a fault when the file cannot be read or a domain
 * is no name.
 */
int
    search_read(struct search_domains *self, const char *path,
                struct core_fault *fault);

/* Begins with a name; false when it does not end with the first domain, with
   something in front of it.  The bare name is tried behind all domains. */
bool
    search_begin(struct search *self, const uint8_t *name,
                 const struct search_domains *domains);

/*
 * The same for a pod of a cluster: the name ends with SPACE.svc.ZONE, which is
 * the first domain of pods in that namespace, followed by svc.ZONE, ZONE and
 * the domains of the host.
 */
bool
    search_begin_in_cluster(struct search *self, const uint8_t *name,
                            const uint8_t *zone,
                            const struct search_domains *host);

/* The name of the pod with that address (IPv4 as ::ffff:a.b.c.d) in the
   namespace of the search. */
bool
    search_pod(const struct search *self, const uint8_t *zone,
               const uint8_t client[16], uint8_t name[CORE_NAME_SIZE],
               bool *is_four);

/* The name of that step, from 0 on; false when there is none: steps are more
   by one than domains.  One that would be too long is the root. */
bool
    search_step(const struct search *self, unsigned step,
                uint8_t name[CORE_NAME_SIZE]);

#endif
