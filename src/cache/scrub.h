/*
 * scrub - a reply made fit to be kept
 *
 * Only the answer to the question asked comes through.  In the answer section
 * that is the asked name and the names its aliases lead to; in the authority
 * section zones that hold one of those names.  Records of another class, OPT
 * and TSIG, and signatures nobody asked for are left out.  Records that stay
 * in the other sections are part of this answer and never of another one.
 *
 * A reply that contradicts itself or whose names cannot be read is not kept.
 */

#ifndef CACHE_SCRUB_H
#define CACHE_SCRUB_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/image.h"
#include "lib/key.h"

#define SCRUB_NO_SOA UINT32_MAX

typedef struct scrub scrub_t;

/* What became of a reply; lent from the scrub until its next use. */
struct scrubbed {
    struct image image;
    uint32_t ttl_lowest;                /* of all records; 0 without any */
    uint32_t ttl_highest;
    uint32_t soa_minimum;               /* RFC 2308 section 4; or NO_SOA */
    bool is_changed;                    /* records were left out */
};

scrub_t *
    scrub_new(void);

void
    scrub_destroy(scrub_t **self_p);

/*
 * Makes an image of a reply to the question of key.  False when the reply is
 * nothing to keep: another rcode than NOERROR, NXDOMAIN, SERVFAIL and NOTIMP,
 * cut off, signed, an empty answer without SOA (RFC 2308 section 5), or
 * broken.
 */
bool
    scrub_reply(scrub_t *self, const struct core_message *reply,
                const struct key *key, struct scrubbed *scrubbed);

/*
 * Makes an image of a reply as it is, whose TTLs stand still: nothing is left
 * out.  False for other rcodes than NOERROR and NXDOMAIN, and what was cut off
 * or signed.
 */
bool
    scrub_whole(scrub_t *self, const struct core_message *reply,
                const struct key *key, struct image *image);

#endif
