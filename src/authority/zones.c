/*
 * zones - all zones of an authority, in the layers in which they are tried
 *
 * The layers are an array in their order: few, and read for every query.  A
 * layer that has lost its last zone goes.
 */

#include "authority/zones.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct layer {
    unsigned source;
    uint16_t number;
    slab_t *slab;                       /* of the trie */
    trie_t *zones;
};

struct zones {
    struct layer *layers;
    size_t count;
    size_t capacity;
    size_t zone_count;
};

zones_t *
zones_new(void)
{
    return core_allocate(sizeof (zones_t));
}

static bool
end_zone(void *owner, void *thing)
{
    struct zone *zone = thing;

    (void) owner;
    zone_destroy(&zone);
    return true;
}

void
zones_destroy(zones_t **self_p)
{
    zones_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        trie_walk(self->layers[i].zones, end_zone, NULL);
        slab_destroy(&self->layers[i].slab);
    }
    free(self->layers);
    free(self);
    *self_p = NULL;
}

/* The place of a layer in the array: where it is, or where it would be. */
static size_t
place_of(const zones_t *self, unsigned source, uint16_t number)
{
    size_t place = 0;

    while (place < self->count
           && (self->layers[place].source < source
               || (self->layers[place].source == source
                   && self->layers[place].number < number)))
        place++;
    return place;
}

/* The layer, or NULL. */
static struct layer *
find_layer(const zones_t *self, unsigned source, uint16_t number)
{
    size_t place = place_of(self, source, number);

    if (place == self->count || self->layers[place].source != source
        || self->layers[place].number != number)
        return NULL;
    return &self->layers[place];
}

static struct layer *
add_layer(zones_t *self, unsigned source, uint16_t number)
{
    size_t place = place_of(self, source, number);
    struct layer layer = { .source = source, .number = number };

    layer.slab = slab_new();
    layer.zones = trie_new(layer.slab, offsetof(struct zone, id.name));
    self->layers = core_grow(self->layers, self->count, &self->capacity,
                             sizeof *self->layers);
    memmove(&self->layers[place + 1], &self->layers[place],
            (self->count - place) * sizeof layer);
    self->layers[place] = layer;
    self->count++;
    return &self->layers[place];
}

static void
remove_layer(zones_t *self, struct layer *layer)
{
    size_t place = (size_t) (layer - self->layers);

    slab_destroy(&layer->slab);
    self->count--;
    memmove(layer, layer + 1, (self->count - place) * sizeof *layer);
}

void
zones_put(zones_t *self, struct zone **zone_p)
{
    struct zone *zone = *zone_p;
    struct layer *layer = find_layer(self, zone->source, zone->id.layer);
    struct key key;

    *zone_p = NULL;
    if (layer == NULL)
        layer = add_layer(self, zone->source, zone->id.layer);
    key_make(&key, zone->id.name);

    struct zone *old = trie_put(layer->zones, &key, zone);

    if (old == NULL)
        self->zone_count++;
    zone_destroy(&old);
}

void
zones_remove(zones_t *self, unsigned source, const struct core_zone_id *id)
{
    struct layer *layer = find_layer(self, source, id->layer);
    struct key key;

    if (layer == NULL)
        return;
    key_make(&key, id->name);

    struct zone *zone = trie_remove(layer->zones, &key);

    if (zone != NULL)
        self->zone_count--;
    zone_destroy(&zone);
    if (trie_count(layer->zones) == 0)
        remove_layer(self, layer);
}

struct zone *
zones_find(const zones_t *self, unsigned source,
           const struct core_zone_id *id)
{
    struct layer *layer = find_layer(self, source, id->layer);
    struct key key;

    if (layer == NULL)
        return NULL;
    key_make(&key, id->name);
    return trie_find(layer->zones, &key);
}

size_t
zones_count(const zones_t *self)
{
    return self->zone_count;
}

size_t
zones_layers(const zones_t *self)
{
    return self->count;
}

struct zone *
zones_match(const zones_t *self, size_t layer, const struct key *key)
{
    struct trie_path path;

    assert(layer < self->count);
    trie_search(self->layers[layer].zones, key, &path);
    if (path.match != NULL)
        return path.match;
    return path.count > 0 ? path.above[path.count - 1] : NULL;
}

struct zone *
zones_match_above(const zones_t *self, size_t layer, const struct key *key)
{
    struct trie_path path;

    assert(layer < self->count);
    trie_search(self->layers[layer].zones, key, &path);
    return path.count > 0 ? path.above[path.count - 1] : NULL;
}

struct walk {
    void (*visit)(void *owner, const struct zone *zone);
    void *owner;
};

static bool
visit_zone(void *owner, void *thing)
{
    struct walk *walk = owner;

    walk->visit(walk->owner, thing);
    return true;
}

void
zones_walk(const zones_t *self,
           void (*visit)(void *owner, const struct zone *zone), void *owner)
{
    struct walk walk = { .visit = visit, .owner = owner };

    for (size_t i = 0; i < self->count; i++)
        trie_walk(self->layers[i].zones, visit_zone, &walk);
}
