/*
 * queries - what becomes of a query
 */

#ifndef AUTHORITY_QUERIES_H
#define AUTHORITY_QUERIES_H

#include "coredns/stage.h"

/* handle_query() of the stage. */
enum core_verdict
    queries_handle(void *state, core_query_t *query);

#endif
