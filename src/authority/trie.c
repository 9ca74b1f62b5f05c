/*
 * trie - things by domain name, in canonical order
 *
 * A twig is sixteen octets: a word and a pointer.  For a leaf the word is 0
 * and the pointer is the thing.  For a branch the word has the bit map of the
 * positions that exist, the offset in the key where they stand, and a mark;
 * the pointer leads to the twigs, one for each bit, packed in order.
 *
 * All names below a branch agree in front of its offset, but the walk down
 * does not look at what it skips: a name is only known to exist when it is
 * compared with that of the leaf.  Where it parts from the leaf it parts from
 * all others, too, or earlier.
 */

#include "authority/trie.h"

#include <assert.h>
#include <string.h>

#define BRANCH UINT64_C(1)              /* the mark; bit of position 0 */
#define BITS ((UINT64_C(1) << KEY_POSITIONS) - 2)
#define OFFSET_SHIFT KEY_POSITIONS

struct twig {
    uint64_t word;
    union {
        struct twig *twigs;
        void *thing;
    };
};

struct trie {
    struct twig root;                   /* meaningful when count is not 0 */
    size_t count;
    slab_t *slab;
    size_t name_offset;
};

static inline bool
is_branch(const struct twig *twig)
{
    return (twig->word & BRANCH) != 0;
}

static inline unsigned
offset_of(const struct twig *twig)
{
    return (unsigned) (twig->word >> OFFSET_SHIFT);
}

static inline uint64_t
bit_of(unsigned position)
{
    return UINT64_C(1) << position;
}

/* Without an instruction for it, which not all processors have, the compiler
   calls a function. */
static inline unsigned
count_bits(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333))
        + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned) (word * UINT64_C(0x0101010101010101) >> 56);
}

static inline unsigned
count_twigs(const struct twig *branch)
{
    return count_bits(branch->word & BITS);
}

/* The place of a position among the twigs, whether it is there or not. */
static inline unsigned
place_of(const struct twig *branch, unsigned position)
{
    return count_bits(branch->word & BITS & (bit_of(position) - 1));
}

static inline bool
has_twig(const struct twig *branch, unsigned position)
{
    return (branch->word & bit_of(position)) != 0;
}

static inline const uint8_t *
name_of(const trie_t *self, const void *thing)
{
    return (const uint8_t *) thing + self->name_offset;
}

static void *
lowest(const struct twig *twig)
{
    while (is_branch(twig))
        twig = twig->twigs;
    return twig->thing;
}

static void *
highest(const struct twig *twig)
{
    while (is_branch(twig))
        twig = &twig->twigs[count_twigs(twig) - 1];
    return twig->thing;
}

trie_t *
trie_new(slab_t *slab, size_t name_offset)
{
    trie_t *self = slab_take(slab, sizeof *self);

    memset(self, 0, sizeof *self);
    self->slab = slab;
    self->name_offset = name_offset;
    return self;
}

/* Gives back the twigs of a branch and all below; at most KEY_SIZE deep. */
static void
give_twigs(trie_t *self, struct twig *twig)
{
    if (!is_branch(twig))
        return;

    unsigned count = count_twigs(twig);

    for (unsigned i = 0; i < count; i++)
        give_twigs(self, &twig->twigs[i]);
    slab_give(self->slab, twig->twigs, count * sizeof *twig);
}

void
trie_destroy(trie_t **self_p)
{
    trie_t *self = *self_p;

    if (self == NULL)
        return;
    if (self->count > 0)
        give_twigs(self, &self->root);
    slab_give(self->slab, self, sizeof *self);
    *self_p = NULL;
}

size_t
trie_count(const trie_t *self)
{
    return self->count;
}

/* A leaf that agrees with the key as far as any does.  The trie has names. */
static const struct twig *
nearest(const trie_t *self, const struct key *key)
{
    const struct twig *twig = &self->root;

    while (is_branch(twig)) {
        unsigned position = key_at(key, offset_of(twig));
        unsigned place = has_twig(twig, position) ? place_of(twig, position)
            : 0;                        /* then any will do */

        twig = &twig->twigs[place];
    }
    return twig;
}

struct trie_spot
trie_look(const trie_t *self, const struct key *key)
{
    struct trie_spot spot = { .near = NULL };
    void *thing;

    if (self->count == 0)
        return spot;
    spot.near = nearest(self, key);
    thing = spot.near->thing;
    if (core_name_equal(name_of(self, thing), key->name))
        spot.match = thing;
    return spot;
}

void *
trie_find(const trie_t *self, const struct key *key)
{
    return trie_look(self, key).match;
}

/*
 * Follows the key as nearest() does and notes the leaves that may be names
 * above it: those that end where a label of the key begins.
 */
static void *
search(const trie_t *self, const struct key *key, struct trie_path *path,
       uint16_t offsets[CORE_NAME_LABELS + 1])
{
    const struct twig *twig = &self->root;

    path->count = 0;
    while (is_branch(twig)) {
        unsigned offset = offset_of(twig);
        unsigned position = key_at(key, offset);

        if (has_twig(twig, KEY_TERMINATOR) && position != KEY_TERMINATOR
            && (offset == 0
                || key->positions[offset - 1] == KEY_TERMINATOR)) {
            assert(!is_branch(twig->twigs));
            offsets[path->count] = (uint16_t) offset;
            path->above[path->count++] = twig->twigs->thing;
        }
        if (!has_twig(twig, position))
            return lowest(twig);
        twig = &twig->twigs[place_of(twig, position)];
    }
    return twig->thing;
}

void
trie_search(const trie_t *self, const struct key *key, struct trie_path *path)
{
    uint16_t offsets[CORE_NAME_LABELS + 1];

    path->match = NULL;
    path->shared = 0;
    path->count = 0;
    if (self->count == 0)
        return;

    void *thing = search(self, key, path, offsets);

    if (core_name_equal(name_of(self, thing), key->name)) {
        path->match = thing;
        path->shared = key->labels;
        return;
    }

    unsigned position;
    int parting = key_part(key, name_of(self, thing), &position);
    unsigned labels = core_name_labels(name_of(self, thing));

    assert(parting >= 0);
    path->shared = key_labels_before(key, (size_t) parting);
    while (path->count > 0 && offsets[path->count - 1] > parting)
        path->count--;
    /* The leaf itself may be a name above, with no branch to tell. */
    if (labels == path->shared && labels < key->labels
        && (path->count == 0 || path->above[path->count - 1] != thing))
        path->above[path->count++] = thing;
}

/*
 * The neighbour of a key: the greatest thing below it, or the smallest above.
 * Things equal to the key are skipped.
 */
enum side { BEFORE, AFTER };

/* The twig next to the place of a position on that side, or NULL. */
static const struct twig *
beside(const struct twig *branch, unsigned position, enum side side)
{
    unsigned place = place_of(branch, position);

    if (side == BEFORE)
        return place > 0 ? &branch->twigs[place - 1] : NULL;
    if (has_twig(branch, position))
        place++;
    return place < count_twigs(branch) ? &branch->twigs[place] : NULL;
}

static void *
neighbour(const trie_t *self, const struct key *key, enum side side)
{
    const struct twig *twig = &self->root;
    const struct twig *found = NULL;
    unsigned other;

    if (self->count == 0)
        return NULL;

    int parting = key_part(key, name_of(self, nearest(self, key)->thing),
                           &other);
    unsigned limit = parting >= 0 ? (unsigned) parting : KEY_SIZE;

    while (is_branch(twig) && offset_of(twig) <= limit) {
        unsigned position = key_at(key, offset_of(twig));
        const struct twig *next = beside(twig, position, side);

        if (next != NULL)
            found = next;
        if (!has_twig(twig, position)) {
            twig = NULL;                /* parts here; found is right */
            break;
        }
        twig = &twig->twigs[place_of(twig, position)];
    }
    /* Or all of what is left lies on one side of the key. */
    if (twig != NULL && parting >= 0) {
        bool greater = other > key_at(key, limit);

        if (greater == (side == AFTER))
            found = twig;
    }
    if (found == NULL)
        return NULL;
    return side == BEFORE ? highest(found) : lowest(found);
}

void *
trie_before(const trie_t *self, const struct key *key)
{
    return neighbour(self, key, BEFORE);
}

void *
trie_after(const trie_t *self, const struct key *key)
{
    return neighbour(self, key, AFTER);
}

void *
trie_last(const trie_t *self)
{
    return self->count == 0 ? NULL : highest(&self->root);
}

void *
trie_first(const trie_t *self)
{
    return self->count == 0 ? NULL : lowest(&self->root);
}

void *
trie_from(const trie_t *self, const struct key *key)
{
    void *match = trie_find(self, key);

    return match != NULL ? match : trie_after(self, key);
}

/* Gives the branch one twig more, at a position it has not. */
static void
add_twig(trie_t *self, struct twig *branch, unsigned position,
         struct twig added)
{
    unsigned count = count_twigs(branch);
    unsigned place = place_of(branch, position);
    struct twig *old = branch->twigs;
    struct twig *twigs = slab_take(self->slab, (count + 1) * sizeof *twigs);

    memcpy(twigs, old, place * sizeof *twigs);
    twigs[place] = added;
    memcpy(twigs + place + 1, old + place, (count - place) * sizeof *twigs);
    slab_give(self->slab, old, count * sizeof *twigs);
    branch->twigs = twigs;
    branch->word |= bit_of(position);
}

/* Makes the twig a branch of what it was and of what is added. */
static void
split_twig(trie_t *self, struct twig *twig, unsigned offset,
           unsigned old_position, unsigned position, struct twig added)
{
    struct twig *twigs = slab_take(self->slab, 2 * sizeof *twigs);

    twigs[old_position < position ? 0 : 1] = *twig;
    twigs[old_position < position ? 1 : 0] = added;
    twig->word = BRANCH | bit_of(old_position) | bit_of(position)
        | (uint64_t) offset << OFFSET_SHIFT;
    twig->twigs = twigs;
}

void
trie_put_at(trie_t *self, const struct key *key, const struct trie_spot *spot,
            void *thing)
{
    struct twig leaf = { .word = 0, .thing = thing };
    struct twig *twig = &self->root;
    unsigned position, other;

    if (spot->match != NULL) {
        /* The spot was found without a wish to change it. */
        ((struct twig *) (uintptr_t) spot->near)->thing = thing;
        return;
    }
    self->count++;
    if (self->count == 1) {
        self->root = leaf;
        return;
    }

    unsigned parting = (unsigned) key_part(key,
                                           name_of(self, spot->near->thing),
                                           &other);

    position = key_at(key, parting);
    while (is_branch(twig) && offset_of(twig) < parting)
        twig = &twig->twigs[place_of(twig, key_at(key, offset_of(twig)))];
    if (is_branch(twig) && offset_of(twig) == parting)
        add_twig(self, twig, position, leaf);
    else
        split_twig(self, twig, parting, other, position, leaf);
}

void *
trie_put(trie_t *self, const struct key *key, void *thing)
{
    struct trie_spot spot = trie_look(self, key);

    trie_put_at(self, key, &spot, thing);
    return spot.match;
}

/* Takes the twig of a position out of a branch, which may end with it. */
static void
drop_twig(trie_t *self, struct twig *branch, unsigned position)
{
    unsigned count = count_twigs(branch);
    unsigned place = place_of(branch, position);
    struct twig *old = branch->twigs;

    if (count == 2) {
        *branch = old[1 - place];
    } else {
        struct twig *twigs =
            slab_take(self->slab, (count - 1) * sizeof *twigs);

        memcpy(twigs, old, place * sizeof *twigs);
        memcpy(twigs + place, old + place + 1,
               (count - place - 1) * sizeof *twigs);
        branch->twigs = twigs;
        branch->word &= ~bit_of(position);
    }
    slab_give(self->slab, old, count * sizeof *old);
}

void *
trie_remove(trie_t *self, const struct key *key)
{
    void *thing = trie_find(self, key);
    struct twig *twig = &self->root;
    struct twig *branch = NULL;

    if (thing == NULL)
        return NULL;
    while (is_branch(twig)) {
        branch = twig;
        twig = &twig->twigs[place_of(twig, key_at(key, offset_of(twig)))];
    }
    if (branch != NULL)
        drop_twig(self, branch, key_at(key, offset_of(branch)));
    else
        memset(&self->root, 0, sizeof self->root);
    self->count--;
    return thing;
}

static bool
walk(const struct twig *twig, bool (*visit)(void *owner, void *thing),
     void *owner)
{
    if (!is_branch(twig))
        return visit(owner, twig->thing);

    unsigned count = count_twigs(twig);

    for (unsigned i = 0; i < count; i++)
        if (!walk(&twig->twigs[i], visit, owner))
            return false;
    return true;
}

void
trie_walk(const trie_t *self, bool (*visit)(void *owner, void *thing),
          void *owner)
{
    if (self->count > 0)
        walk(&self->root, visit, owner);
}
