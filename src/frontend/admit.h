/*
 * admit - the one door that every query comes through
 *
 * All transports hand over raw octets and a peer, and none of them reads the
 * message itself: a rule that stands here holds for all of them.
 */

#ifndef FRONTEND_ADMIT_H
#define FRONTEND_ADMIT_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/message.h"
#include "coredns/setting.h"

enum admit_verdict {
    ADMIT_QUERY,            /* goes down its route */
    ADMIT_REPLY,            /* is answered at once with the rcode */
    ADMIT_UNKNOWN_KEY,      /* NOTAUTH and a TSIG record that says BADKEY */
    ADMIT_DROP,             /* nobody must ever answer this */
};

struct admit_policy {
    struct core_list clients;   /* struct core_network; empty: everybody */
};

struct admit_peer {
    uint8_t address[16];        /* IPv4 as ::ffff:a.b.c.d */
    uint16_t port;
};

/*
 * Reads a message of any content and says what becomes of it.  *message is
 * filled in as far as the octets are sound (see core_message_parse()); octets
 * behind its end are no part of it.  *rcode is set for ADMIT_REPLY alone and
 * may be CORE_BADVERS.
 */
enum admit_verdict
    admit(const struct admit_policy *policy, const uint8_t *bytes, size_t size,
          enum core_transport transport, const struct admit_peer *peer,
          struct core_message *message, unsigned *rcode);

#endif
