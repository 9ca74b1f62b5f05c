/*
 * made - replies that are made here, without asking a stage
 *
 * Names of this host, ANY, and what the server says of itself.
 */

#ifndef FRONTEND_MADE_H
#define FRONTEND_MADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/chaos.h"
#include "frontend/local.h"

#define MADE_REPLY_SIZE CHAOS_REPLY_SIZE        /* the largest of them */

struct made_policy {
    enum local_names local;
    bool minimal_any;                   /* RFC 8482 section 4.2 */
    struct chaos chaos;
};

/* Writes the reply and returns its size; 0 when it is a stage's to answer. */
size_t
    made_reply(const struct made_policy *policy,
               const struct core_message *query,
               uint8_t reply[MADE_REPLY_SIZE]);

#endif
