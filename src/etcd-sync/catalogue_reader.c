/*
 * catalogue_reader - a zone, name after name
 *
 * The catalogue may change between two pieces, so a reader remembers a path
 * and not a node.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "etcd-sync/catalogue_parts.h"

struct catalogue_reader {
    catalogue_t *catalogue;
    const struct zone *zone;            /* NULL: it has no names */
    uint8_t *servers;                   /* of a stub; or NULL */
    records_t *records;
    size_t index;                       /* of the next RRset */
    struct core_change rest;            /* of the one being written */
    bool has_rest;
    bool has_begun;
    size_t path_size;                   /* of the name read last */
    char path[TREE_PATH_SIZE];
};

/* They may be others by the time they are read. */
static void
read_servers(catalogue_reader_t *self, const struct stub *stub)
{
    size_t name_size = core_name_size(stub->zone);

    self->servers = core_allocate(name_size + stub->size);
    memcpy(self->servers, stub->zone, name_size);
    memcpy(self->servers + name_size, stub->rdatas, stub->size);
    self->rest = (struct core_change) {
        .kind = CORE_CHANGE_PUT, .owner = self->servers, .type = CORE_TXT,
        .count = stub->count, .rdatas = self->servers + name_size,
        .rdatas_size = stub->size,
    };
    self->has_rest = true;
}

catalogue_reader_t *
catalogue_read(catalogue_t *self, const struct core_zone_id *zone)
{
    catalogue_reader_t *reader;

    if (!catalogue_has_zone(self, zone))
        return NULL;
    reader = core_allocate(sizeof *reader);
    reader->catalogue = self;
    reader->records = records_new(self->tree, self->zones, &self->style);
    if (zone->layer == CORE_FEED_UPSTREAMS)
        read_servers(reader, stubs_find(self->stubs, zone->name));
    else
        reader->zone = zones_find(self->zones, zone);
    return reader;
}

void
catalogue_reader_destroy(catalogue_reader_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    records_destroy(&(*self_p)->records);
    free((*self_p)->servers);
    free(*self_p);
    *self_p = NULL;
}

/* Goes to the next name of the zone and makes its records. */
static bool
read_name(catalogue_reader_t *self)
{
    const struct tree_node *top = self->zone->apex;
    struct tree_node *node = self->has_begun
        ? tree_behind(top, self->path, self->path_size) : self->zone->apex;

    self->has_begun = true;
    while (node != NULL
           && ((node->flags & TREE_NAMELESS) != 0
               || zones_of(self->catalogue->zones, node) != self->zone))
        node = tree_next(top, node);
    if (node == NULL)
        return false;
    self->path_size = tree_path(top, node, self->path);
    records_make(self->records, node,
                 zones_serial(self->catalogue->zones, self->zone)->value);
    catalogue_note_left_out(self->catalogue, node,
                            records_left_out(self->records));
    self->index = 0;
    return true;
}

/* The next RRset, of this name or one behind it. */
static bool
read_change(catalogue_reader_t *self)
{
    if (self->zone == NULL)
        return false;
    if (self->has_begun
        && records_next(self->records, &self->index, &self->rest))
        return true;
    while (read_name(self))
        if (records_next(self->records, &self->index, &self->rest))
            return true;
    return false;
}

size_t
catalogue_reader_write(catalogue_reader_t *self, uint8_t *bytes, size_t limit)
{
    size_t size = 0;
    struct core_change part;

    for (;;) {
        size_t written;

        if (!self->has_rest && !read_change(self))
            return size;
        self->has_rest = true;
        /* Without records there is nothing to cut. */
        part = self->rest;
        if (part.count > 0
            && !core_change_cut(&self->rest, &part, limit - size))
            return size;
        written = core_change_write(bytes + size, limit - size, &part);
        if (written == 0)
            return size;
        size += written;
        self->has_rest = part.count > 0 && self->rest.count > 0;
    }
}
