/*
 * local - names that mean the asker's own host, and so are nobody else's
 *
 * "localhost." and all below it (RFC 6761 section 6.3), and the reverse zones
 * of networks that are never routed: 0, 127 and 255 (RFC 6303 section 4.1).
 * They are answered as zones of their own, so that such questions never leave
 * the server.
 */

#ifndef FRONTEND_LOCAL_H
#define FRONTEND_LOCAL_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"

#define LOCAL_REPLY_SIZE 400            /* of the largest reply */

enum local_names {
    LOCAL_OFF,
    LOCAL_ON,
    LOCAL_PREFIX,   /* and every "localhost.DOMAIN.", which hosts with a search
                       list ask for */
};

/* Writes the reply and returns its size; 0 when the name is no such name. */
size_t
    local_reply(enum local_names names, const struct core_message *query,
                uint8_t reply[LOCAL_REPLY_SIZE]);

#endif
