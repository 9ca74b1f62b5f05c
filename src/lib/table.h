/*
 * table - a piece of a neighbour's answer table, to be looked at
 *
 * Looking never waits, never allocates and never asks anybody.  What comes of
 * it is a copy that was whole, of the very question, and still good; or
 * nothing, and then the query goes the usual way.
 */

#ifndef LIB_TABLE_H
#define LIB_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/message.h"

typedef struct table table_t;

/* An answer that was found. */
struct table_answer {
    uint8_t *message;                   /* lent until the next look; its id is
                                           0 and its question in small
                                           letters */
    size_t message_size;
    bool is_local;                      /* from data of this server, which
                                           will say when they change */
    bool is_positive;
    uint32_t tag;                       /* what to report it as */
    uint32_t position;
};

/*
 * Maps the memory that descriptor stands for, which remains the caller's.
 * Returns NULL and a fault when that is no table.
 */
table_t *
    table_new(int descriptor, struct core_fault *fault);

void
    table_destroy(table_t **self_p);

/* The same of memory that is there already, and is lent; it ends by
   table_release(). */
table_t *
    table_of_memory(const void *memory, size_t size,
                    struct core_fault *fault);
void
    table_release(table_t **self_p);

/* False once its owner has said that it is not kept up any more. */
bool
    table_is_open(const table_t *self);

/* Looks for a fresh answer to the query, which key_covers(). */
bool
    table_find(table_t *self, const struct core_message *query,
               int64_t now_ms, struct table_answer *answer);

#endif
