/*
 * record_list - records set aside, to be compared
 */

#ifndef FILE_SYNC_RECORD_LIST_H
#define FILE_SYNC_RECORD_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "file-sync/zonefile.h"

typedef struct record_list record_list_t;

record_list_t *
    record_list_new(void);
void
    record_list_destroy(record_list_t **self_p);

/* Copies the record into the list. */
void
    record_list_add(record_list_t *self, const struct zone_record *record);

size_t
    record_list_count(const record_list_t *self);

/* The record at that index; its path is NULL; lent from the list. */
void
    record_list_at(const record_list_t *self, size_t index,
                   struct zone_record *record);

/* Sorts by owner, type, rdata and TTL. */
void
    record_list_sort(record_list_t *self);

/* Negative, 0 or positive as sorting has them; without regard to the TTL. */
int
    zone_record_compare(const struct zone_record *left,
                        const struct zone_record *right);

/* Leaves one copy of each in a sorted list: the one with the least TTL. */
void
    record_list_unique(record_list_t *self);

/* Takes out of both sorted lists what is in both, TTL included, copy by
   copy. */
void
    record_list_cancel(record_list_t *left, record_list_t *right);

/* Where a record that compares equal is in a sorted list; its count of
   copies (0: none) is returned. */
size_t
    record_list_find(const record_list_t *self,
                     const struct zone_record *record, size_t *index);

#endif
