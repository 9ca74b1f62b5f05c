/*
 * comparison - a list that is held against what a watch has told
 *
 * What differs was lost somewhere, unless the watch has told of it meanwhile:
 * so what it says is gone while the list is read is remembered, a bounded
 * number of objects.
 */

#ifndef KUBERNETES_SYNC_COMPARISON_H
#define KUBERNETES_SYNC_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kubernetes-sync/object.h"

struct comparison {
    enum object_kind kind;
    bool is_running;
    bool is_void;                       /* too much went: it says nothing */
    void *deleted;                      /* tree of "space/name" that went
                                           since */
    size_t deleted_count;
    uint64_t repaired;
};

/* Begins one, in the place of one that may be running. */
void
    comparison_begin(struct comparison *self, enum object_kind kind);

/* Ends it, at its end or before; returns how many objects were repaired. */
uint64_t
    comparison_end(struct comparison *self);

/* The watch says that the object is gone. */
void
    comparison_note_gone(struct comparison *self, const struct object *object);
bool
    comparison_is_gone(const struct comparison *self,
                       const struct object *object);

/* Counts an object that is repaired, and tells of the first ones in the
   log. */
void
    comparison_repair(struct comparison *self, const char *space,
                      const char *name);

#endif
