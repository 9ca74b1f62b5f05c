/*
 * labels - questions in which a label stands for any other
 *
 * The names below the part without such labels are walked in order, but what
 * cannot fit is stepped over: at a label that is given, that one child is
 * looked for, and where it was, or is not, the walk goes on behind all that the
 * open label above it has.  So its length is that of what open labels stand
 * for, not that of the zone; and it has a limit.
 *
 * Many records need a table that tells equal ones: such questions are rare, so
 * it is made for each.
 */

#include "authority/labels.h"

#include <string.h>

#include "authority/duplicates.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"

#define PRIORITIES 64                   /* whose weights are made anew */
#define START 2                         /* of the records: offset 0 means none
                                           to duplicates */
#define SRV_WEIGHT 2                    /* where it is in the rdata */

static bool
is_open(const uint8_t *label)
{
    static const uint8_t star[] = "\1*", any[] = "\3any";

    return core_name_label_equal(label, star)
        || core_name_label_equal(label, any);
}

/* How many labels of the name stand in front of the part that has no open
   ones; 0: there are none. */
static unsigned
count_open(const struct zone *zone, const uint8_t *name)
{
    unsigned inside = core_name_labels(name) - zone->labels;
    unsigned last = 0;

    for (unsigned i = 0; i < inside; i++, name += *name + 1)
        if (is_open(name))
            last = i + 1;
    return last;
}

bool
labels_are_open(const struct zone *zone, const uint8_t *name)
{
    return count_open(zone, name) > 0;
}

static void
add_records(struct labels *self, struct duplicates *seen,
            const struct rrset *rrset)
{
    size_t size;
    const uint8_t *rdata;

    for (size_t offset = 0;
         (rdata = rrset_next(rrset, &offset, &size)) != NULL;) {
        size_t end = START + self->rrset.size;

        if (self->steps++ == LABELS_STEPS
            || sizeof self->bytes - end < size + 2) {
            self->exceeded = true;
            return;
        }
        memcpy(self->bytes + end, rdata - 2, size + 2);
        if (duplicates_note(seen, end))
            continue;
        self->rrset.size += (uint32_t) (size + 2);
        self->rrset.count++;
    }
    if (rrset->ttl < self->rrset.ttl)
        self->rrset.ttl = rrset->ttl;
}

static void
take(struct labels *self, struct duplicates *seen, const struct node *node,
     uint16_t type)
{
    struct rrset rrset;

    if (self->alias == NULL && (node->flags & NODE_CNAME) != 0)
        self->alias = node;
    if (!node_find(node, type, &rrset))
        return;
    if (self->node == NULL)
        self->node = node;
    add_records(self, seen, &rrset);
}

/* ---- weights ------------------------------------------------------------- */

struct sum {
    uint16_t priority;
    uint32_t weight;
};

static struct sum *
find_sum(struct sum sums[PRIORITIES], unsigned *count, uint16_t priority)
{
    for (unsigned i = 0; i < *count; i++)
        if (sums[i].priority == priority)
            return &sums[i];
    if (*count == PRIORITIES)
        return NULL;
    sums[*count] = (struct sum) { .priority = priority };
    return &sums[(*count)++];
}

static void
share_weights(struct labels *self)
{
    struct sum sums[PRIORITIES];
    unsigned count = 0;
    uint8_t *records = self->bytes + START;
    size_t step;

    for (size_t at = 0; at < self->rrset.size; at += step) {
        const uint8_t *rdata = records + at + 2;
        struct sum *sum = find_sum(sums, &count, core_read16(rdata));

        step = 2 + (size_t) core_read16(records + at);
        if (sum != NULL)
            sum->weight += core_read16(rdata + SRV_WEIGHT);
    }
    for (size_t at = 0; at < self->rrset.size; at += step) {
        uint8_t *rdata = records + at + 2;
        const struct sum *sum = find_sum(sums, &count, core_read16(rdata));
        uint32_t weight = core_read16(rdata + SRV_WEIGHT);

        step = 2 + (size_t) core_read16(records + at);
        if (sum == NULL || sum->weight == 0)
            continue;
        weight = 100 * weight / sum->weight;
        core_write16(rdata + SRV_WEIGHT,
                     (uint16_t) (weight == 0 ? 1 : weight));
    }
}

/* ---- the walk ------------------------------------------------------------ */

struct walk {
    const trie_t *names;
    const uint8_t *pattern;             /* the name of the question */
    unsigned labels;                    /* of it */
    const uint8_t *base;                /* its part that has no open ones */
    unsigned base_labels;
};

/* The label of the pattern that makes a name of so many labels. */
static const uint8_t *
pattern_label(const struct walk *self, unsigned labels)
{
    return core_name_skip(self->pattern, self->labels - labels);
}

/* How many labels fit, from the root on, of a name that has no more than the
   pattern. */
static unsigned
count_fitting(const struct walk *self, const uint8_t *name, unsigned labels)
{
    const uint8_t *pattern = pattern_label(self, labels);
    unsigned fitting = labels;

    for (unsigned i = labels; i > self->base_labels; i--) {
        if (!is_open(pattern) && !core_name_label_equal(name, pattern))
            fitting = i - 1;
        name += *name + 1;
        pattern += *pattern + 1;
    }
    return fitting;
}

/* The first name behind all those at and below one that an open label has
   brought; the label next to the base is one. */
static const struct node *
step_over(const struct walk *self, const uint8_t *name, unsigned labels)
{
    struct key key;

    for (; !is_open(pattern_label(self, labels)); labels--)
        name += *name + 1;
    key_make_behind(&key, name);
    return trie_after(self->names, &key);
}

/* The next name in order that may fit; fits says whether this one did. */
static const struct node *
step(const struct walk *self, const struct node *node, bool *fits)
{
    unsigned all = core_name_labels(node->name);
    unsigned labels = all < self->labels ? all : self->labels;
    const uint8_t *name = core_name_skip(node->name, all - labels);
    unsigned fitting = count_fitting(self, name, labels);
    const uint8_t *wanted;
    uint8_t child[CORE_NAME_SIZE];
    struct key key;

    *fits = all == self->labels && fitting == all;
    name = core_name_skip(name, labels - fitting);
    if (fitting == self->labels)
        return step_over(self, name, fitting);
    wanted = pattern_label(self, fitting + 1);
    if (is_open(wanted)) {
        key_make(&key, name);
        return trie_after(self->names, &key);
    }
    if (core_name_join(child, wanted, 1, name) == -1
        || core_name_compare(child, node->name) < 0)
        return step_over(self, name, fitting);
    key_make(&key, child);
    return trie_from(self->names, &key);
}

static const struct node *
start(const struct walk *self)
{
    struct key key;

    key_make(&key, self->base);
    return trie_after(self->names, &key);
}

static void
gather(struct labels *self, const struct walk *walk, uint16_t type)
{
    const struct node *node = start(walk);
    struct duplicates seen = { .table = NULL };

    duplicates_start(&seen, type, self->bytes, START);
    while (node != NULL && core_name_is_below(node->name, walk->base)) {
        const struct node *here = node;
        bool fits;

        if (self->steps++ == LABELS_STEPS)
            self->exceeded = true;
        if (self->exceeded)
            break;
        node = step(walk, here, &fits);
        if (fits)
            take(self, &seen, here, type);
    }
    duplicates_end(&seen);
}

void
labels_gather(struct labels *self, const struct zone *zone,
              const uint8_t *name, uint16_t type)
{
    struct walk walk = {
        .names = zone->names, .pattern = name,
        .labels = core_name_labels(name),
        .base = core_name_skip(name, count_open(zone, name)),
    };
    struct trie_path path;
    struct key key;

    walk.base_labels = core_name_labels(walk.base);
    key_make(&key, walk.base);
    trie_search(zone->names, &key, &path);
    self->exists = path.shared == key.labels || key.labels == zone->labels;
    self->exceeded = false;
    self->steps = 0;
    self->node = self->alias = NULL;
    self->rrset = (struct rrset) {
        .type = type, .ttl = INT32_MAX, .rdatas = self->bytes + START,
    };
    gather(self, &walk, type);
    if (type == CORE_SRV && !self->exceeded)
        share_weights(self);
}
