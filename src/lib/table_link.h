/*
 * table_link - the answer table of the next stage, while there is one
 *
 * Nothing of it is needed: without a table, because the next stage has none,
 * is on another host, is gone or was exchanged for a program without one,
 * table_link_find() finds nothing.
 */

#ifndef LIB_TABLE_LINK_H
#define LIB_TABLE_LINK_H

#include <stdbool.h>

#include "coredns/loop.h"
#include "coredns/message.h"
#include "lib/table.h"

typedef struct table_link table_link_t;

/* endpoint is that of the next stage's pipe. */
table_link_t *
    table_link_new(core_loop_t *loop, const char *endpoint);

void
    table_link_destroy(table_link_t **self_p);

/* The next stage can be reached, anew: looks for its table. */
void
    table_link_open(table_link_t *self);

/* It cannot be reached any more. */
void
    table_link_close(table_link_t *self);

/* As table_find(), in all pieces; what is found is reported as used. */
bool
    table_link_find(table_link_t *self, const struct core_message *query,
                    struct table_answer *answer);

#endif
