/*
 * scope - which queries are handed to the script at all
 *
 * One bit for each type there can be, 8 KiB: a query that is not the script's
 * costs a look at its type and one comparison for each zone.
 */

#include "exec/scope.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"

struct scope {
    const struct core_list *zones;
    uint8_t types[(UINT16_MAX + 1) / CHAR_BIT];
};

static void
set_type(scope_t *self, unsigned type)
{
    self->types[type / CHAR_BIT] |= (uint8_t) (1u << type % CHAR_BIT);
}

static bool
has_type(const scope_t *self, unsigned type)
{
    return (self->types[type / CHAR_BIT] & 1u << type % CHAR_BIT) != 0;
}

scope_t *
scope_new(const struct core_list *zones, const struct core_list *types,
          core_faults_t *faults)
{
    const char *const *texts = types->items;
    scope_t *self = core_allocate(sizeof *self);
    bool is_right = true;

    self->zones = zones;
    for (size_t i = 0; i < types->count; i++) {
        int type = core_rrtype_from_text(texts[i]);

        if (type <= 0) {
            core_faults_add(faults, NULL, 0, "types[%zu]: not a record "
                            "type: %s", i, texts[i]);
            is_right = false;
        }
        else if (type == CORE_ANY)
            memset(self->types, 0xff, sizeof self->types);
        else
            set_type(self, (unsigned) type);
    }
    if (!is_right)
        scope_destroy(&self);
    return self;
}

void
scope_destroy(scope_t **self_p)
{
    assert(self_p);
    free(*self_p);
    *self_p = NULL;
}

bool
scope_covers(const scope_t *self, const struct core_message *query)
{
    const uint8_t *const *zones = self->zones->items;

    if (core_message_opcode(query) != CORE_OPCODE_QUERY
        || query->qtype == CORE_AXFR || query->qtype == CORE_IXFR
        || !has_type(self, query->qtype))
        return false;
    for (size_t i = 0; i < self->zones->count; i++)
        if (core_name_is_below(query->qname, zones[i]))
            return true;
    return false;
}
