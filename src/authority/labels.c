/*
 * labels - questions in which a label stands for any other
 *
 * The names below the part without such labels are walked in order, a bounded
 * number of them.  Many records need a table that tells equal ones: such
 * questions are rare, so it is made for each.
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

/* Says whether a name of as many labels fits. */
static bool
fits(const uint8_t *name, const uint8_t *pattern, unsigned labels)
{
    for (unsigned i = 0; i < labels; i++) {
        if (!is_open(pattern) && !core_name_label_equal(name, pattern))
            return false;
        name += *name + 1;
        pattern += *pattern + 1;
    }
    return true;
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

        if (sizeof self->bytes - end < size + 2)
            return;
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

void
labels_gather(struct labels *self, const struct zone *zone,
              const uint8_t *name, uint16_t type)
{
    const uint8_t *base = core_name_skip(name, count_open(zone, name));
    unsigned labels = core_name_labels(name);
    unsigned open = labels - core_name_labels(base);
    struct duplicates seen = { .table = NULL };
    struct trie_path path;
    struct key key;
    const struct node *node;

    self->node = self->alias = NULL;
    self->rrset = (struct rrset) {
        .type = type, .ttl = INT32_MAX, .rdatas = self->bytes + START,
    };
    duplicates_start(&seen, type, self->bytes, START);
    key_make(&key, base);
    trie_search(zone->names, &key, &path);
    self->exists = path.shared == key.labels || key.labels == zone->labels;
    for (unsigned i = 0; i < LABELS_NAMES; i++) {
        node = trie_after(zone->names, &key);
        if (node == NULL || !core_name_is_below(node->name, base))
            break;
        if (core_name_labels(node->name) == labels
            && fits(node->name, name, open))
            take(self, &seen, node, type);
        key_make(&key, node->name);
    }
    duplicates_end(&seen);
    if (type == CORE_SRV)
        share_weights(self);
}
