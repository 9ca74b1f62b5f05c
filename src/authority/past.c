/*
 * past - a zone as it was at one moment, while it goes on changing
 */

#include "authority/past.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "authority/trie.h"
#include "authority/zone.h"
#include "coredns/memory.h"

struct past {
    struct zone *zone;
    past_t *next;                       /* of the same zone */
    uint16_t flags;
    struct past_place read;             /* all in front of it is over */
    bool is_lost;
    slab_t *slab;                       /* the copies, and their tries */
    trie_t *kept[PAST_END];             /* struct node; one without RRsets
                                           stands for a name that was not */
    struct node *apex;                  /* a copy */
};

static struct node *
copy_node(past_t *self, const struct node *node)
{
    struct node *copy = slab_take(self->slab, node->size);

    memcpy(copy, node, node->size);
    return copy;
}

static struct node *
make_absent(past_t *self, const uint8_t *name)
{
    size_t name_size = core_name_size(name);
    size_t size = offsetof(struct node, name) + name_size;
    struct node *node = slab_take(self->slab, size);

    *node = (struct node) {
        .size = (uint32_t) size, .name_size = (uint8_t) name_size
    };
    memcpy(node->name, name, name_size);
    return node;
}

past_t *
past_new(struct zone *zone, const struct past_place *place)
{
    past_t *self = core_allocate(sizeof *self);

    assert(zone->has_soa);
    self->zone = zone;
    self->flags = zone->flags;
    self->read = *place;
    self->slab = slab_new();
    for (enum past_trie i = 0; i < PAST_END; i++)
        self->kept[i] = trie_new(self->slab, offsetof(struct node, name));
    self->apex = copy_node(self, zone->apex);
    self->next = zone->pasts;
    zone->pasts = self;
    return self;
}

void
past_destroy(past_t **self_p)
{
    past_t *self = *self_p;

    if (self == NULL)
        return;

    past_t **link = &self->zone->pasts;

    while (*link != self)
        link = &(*link)->next;
    *link = self->next;
    if (self->zone->is_over)
        zone_destroy(&self->zone);
    slab_destroy(&self->slab);          /* with all that was kept */
    free(self);
    *self_p = NULL;
}

void
past_read(past_t *self, const struct past_place *place)
{
    self->read = *place;
}

static bool
was_read(const past_t *self, enum past_trie trie, const uint8_t *name)
{
    return trie < self->read.trie
        || (trie == self->read.trie
            && core_name_compare(name, self->read.name) < 0);
}

static void
keep(past_t *self, enum past_trie trie, const struct key *key,
     const struct node *old)
{
    if (self->is_lost || was_read(self, trie, key->name)
        || trie_find(self->kept[trie], key) != NULL)
        return;
    if (slab_octets(self->slab) > PAST_LIMIT) {
        self->is_lost = true;
        return;
    }
    trie_put(self->kept[trie], key, old != NULL ? copy_node(self, old)
             : make_absent(self, key->name));
}

void
past_keep(past_t *first, enum past_trie trie, const struct key *key,
          const struct node *old)
{
    for (past_t *past = first; past != NULL; past = past->next)
        keep(past, trie, key, old);
}

/* ---- reading ------------------------------------------------------------- */

enum from { FROM_THERE, BEHIND };

static const struct node *
first_of(const trie_t *trie, const struct key *key, enum from from)
{
    return from == FROM_THERE ? trie_from(trie, key) : trie_after(trie, key);
}

/* The first node from there on in one trie, as it was. */
static const struct node *
find(const past_t *self, const struct past_place *place, enum from from)
{
    const trie_t *now = place->trie == PAST_NAMES ? self->zone->names
        : self->zone->hashes;
    const uint8_t *name = place->name;
    const struct node *node;
    struct key key;

    do {
        key_make(&key, name);
        node = first_of(now, &key, from);

        const struct node *kept =
            first_of(self->kept[place->trie], &key, from);

        if (node == NULL
            || (kept != NULL
                && core_name_compare(kept->name, node->name) <= 0))
            node = kept;
        from = BEHIND;
        name = node == NULL ? NULL : node->name;
    } while (node != NULL && node->rrsets == 0);
    return node;
}

static const struct node *
move(const past_t *self, struct past_place *place, enum from from)
{
    const uint8_t *apex = self->zone->id.name;

    while (place->trie < PAST_END) {
        const struct node *node = find(self, place, from);

        if (node != NULL) {
            memcpy(place->name, node->name, node->name_size);
            return node;
        }
        place->trie++;
        memcpy(place->name, apex, core_name_size(apex));
        from = FROM_THERE;
    }
    return NULL;
}

const struct node *
past_at(const past_t *self, struct past_place *place)
{
    return move(self, place, FROM_THERE);
}

void
past_step(const past_t *self, struct past_place *place)
{
    (void) move(self, place, BEHIND);
}

const struct node *
past_apex(const past_t *self)
{
    return self->apex;
}

uint16_t
past_flags(const past_t *self)
{
    return self->flags;
}

bool
past_is_whole(const past_t *self)
{
    return !self->is_lost;
}
