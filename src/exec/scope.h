/*
 * scope - which queries are handed to the script at all
 */

#ifndef EXEC_SCOPE_H
#define EXEC_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/message.h"
#include "coredns/setting.h"

typedef struct scope scope_t;

/*
 * zones: of names, lent as long as the scope lives.  types: of texts, "ANY"
 * for all.  Each text that is no type is a fault "types[i]: ...", and NULL is
 * returned.
 */
scope_t *
    scope_new(const struct core_list *zones, const struct core_list *types,
              core_faults_t *faults);
void
    scope_destroy(scope_t **self_p);

/* Plain queries only, never a zone transfer. */
bool
    scope_covers(const scope_t *self, const struct core_message *query);

#endif
