/*
 * exchange - a query of a client and the reply to it, as a log tells of them
 */

#ifndef FRONTEND_EXCHANGE_H
#define FRONTEND_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/message.h"

struct exchange {
    const struct core_message *query;   /* with a question */
    const uint8_t *reply;
    size_t reply_size;
    unsigned rcode;                     /* of the reply, the whole */
    uint16_t ede;                       /* CORE_EDE_NONE: none */
    const uint8_t *ede_text;
    size_t ede_text_size;
    enum core_transport transport;
    uint16_t payload;                   /* what the client's OPT said, or 0 */
    const uint8_t *client;              /* IPv4 as ::ffff:a.b.c.d */
    uint16_t client_port;
    const uint8_t *server;              /* the same, or NULL: not known */
    int64_t took_us;
};

#endif
