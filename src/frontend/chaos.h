/*
 * chaos - what the server says of itself in class CH
 *
 * version.bind and version.server, id.server and hostname.bind (RFC 4892), and
 * authors.bind, as TXT records.
 */

#ifndef FRONTEND_CHAOS_H
#define FRONTEND_CHAOS_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"
#include "coredns/setting.h"

#define CHAOS_REPLY_SIZE 4096           /* of the largest reply; authors for
                                           whom there is no room are left out */

struct chaos {
    const char *version;                /* "" or NULL: not told */
    const char *identity;               /* likewise */
    struct core_list authors;           /* of const char *, a record each */
};

/*
 * Writes the reply to a question of class CH and returns its size; 0 when it
 * is about something that is not told.
 */
size_t
    chaos_reply(const struct chaos *self, const struct core_message *query,
                uint8_t reply[CHAOS_REPLY_SIZE]);

#endif
