/*
 * chaos - what the server says of itself in class CH
 *
 * version.bind and version.server, id.server and hostname.bind (RFC 4892), as
 * TXT records.
 */

#ifndef FRONTEND_CHAOS_H
#define FRONTEND_CHAOS_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"

#define CHAOS_REPLY_SIZE 640            /* of the largest reply */

struct chaos {
    const char *version;                /* "" or NULL: not told */
    const char *identity;               /* likewise */
};

/*
 * Writes the reply to a question of class CH and returns its size.  What is
 * not known here is answered REFUSED.
 */
size_t
    chaos_reply(const struct chaos *self, const struct core_message *query,
                uint8_t reply[CHAOS_REPLY_SIZE]);

#endif
