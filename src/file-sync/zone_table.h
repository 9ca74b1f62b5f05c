/*
 * zone_table - finds what belongs to a zone id
 */

#ifndef FILE_SYNC_ZONE_TABLE_H
#define FILE_SYNC_ZONE_TABLE_H

#include "coredns/feed.h"

typedef struct zone_table zone_table_t;

zone_table_t *
    zone_table_new(void);
void
    zone_table_destroy(zone_table_t **self_p);

/* The item of the id, or NULL. */
void *
    zone_table_find(const zone_table_t *self, const struct core_zone_id *id);

/* The item is lent; there must be none of that id. */
void
    zone_table_add(zone_table_t *self, const struct core_zone_id *id,
                   void *item);
void
    zone_table_remove(zone_table_t *self, const struct core_zone_id *id);

#endif
