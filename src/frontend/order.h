/*
 * order - in which order the addresses of a name come
 *
 * Clients take the first one, mostly; so the load is shared by putting another
 * one there each time.
 */

#ifndef FRONTEND_ORDER_H
#define FRONTEND_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"
#include "coredns/setting.h"
#include "frontend/weights.h"

enum order_kind {
    ORDER_AS_IS,
    ORDER_RANDOM,           /* addresses, and mail exchanges, shuffled */
    ORDER_WEIGHTED,         /* an address that is chosen by weight is first */
};

struct order_policy {
    enum order_kind kind;
    const weights_t *weights;           /* of ORDER_WEIGHTED; lent */
    struct core_list prefer;            /* of struct core_network: addresses
                                           in these come before all others */
};

/* Numbers that need not surprise anybody; any value but 0 starts it. */
struct order_random {
    uint64_t state;
};

/*
 * Writes the message to out, its records in the order of the policy, and
 * returns its size; 0 when it is not one whose order would be changed (a
 * failure, or nothing to change).  Nothing but the order of records within an
 * RRset is another.
 */
size_t
    order_arrange(const struct order_policy *policy,
                  struct order_random *random, const uint8_t *message,
                  size_t size, uint8_t out[CORE_MESSAGE_SIZE]);

#endif
