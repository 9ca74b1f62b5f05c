/*
 * find - what a zone has to say of a name
 *
 * Cuts and DNAMEs hide all that is below them, whether it is in the zone or
 * not (RFC 6672 section 2.4), so the names above are looked at first, from the
 * apex down.  Both at one name: the cut counts, for a DNAME there is not the
 * parent's to say; at the apex NS is no cut.
 */

#include "authority/find.h"

#include <string.h>

/* The first name above that is a cut or has a DNAME. */
static bool
find_above(const struct zone *zone, const struct trie_path *path,
           struct found *found)
{
    if (zone->cuts == 0 && zone->dnames == 0)
        return false;
    for (unsigned i = 0; i < path->count; i++) {
        const struct node *node = path->above[i];

        if ((node->flags & NODE_NS) != 0 && node != zone->apex)
            found->kind = FIND_CUT;
        else if ((node->flags & NODE_DNAME) != 0)
            found->kind = FIND_DNAME;
        else
            continue;
        found->node = node;
        return true;
    }
    return false;
}

bool
find_wildcard_name(uint8_t wildcard[CORE_NAME_SIZE], const uint8_t *name,
                   unsigned labels)
{
    const uint8_t *encloser =
        core_name_skip(name, core_name_labels(name) - labels);
    size_t size = core_name_size(encloser);

    if (size + 2 > CORE_NAME_SIZE)
        return false;
    wildcard[0] = 1;
    wildcard[1] = '*';
    memcpy(wildcard + 2, encloser, size);
    return true;
}

/* The name does not exist: a wildcard may stand for it (RFC 4592 3.3.1), in
   some zones only for one label. */
static void
find_wildcard(const struct zone *zone, const struct key *key,
              struct found *found)
{
    uint8_t name[CORE_NAME_SIZE];
    struct key wildcard;
    struct trie_path path;

    found->kind = FIND_NOTHING;
    found->node = NULL;
    if (((zone->flags & CORE_ZONE_SINGLE) != 0
         && key->labels != found->shared + 1)
        || !find_wildcard_name(name, key->name, found->shared))
        return;
    key_make(&wildcard, name);
    trie_search(zone->names, &wildcard, &path);
    found->node = path.match;
    if (found->node != NULL && found->node->rrsets > 0) {
        found->kind = FIND_WILDCARD;
    } else if (path.shared == wildcard.labels) {
        found->kind = FIND_WILDCARD_EMPTY;
    }
}

void
find_name(const struct zone *zone, const struct key *key,
          enum find_side side, struct found *found)
{
    struct trie_path path;

    trie_search(zone->names, key, &path);
    found->shared = path.shared > zone->labels ? path.shared : zone->labels;
    found->node = path.match;
    if (find_above(zone, &path, found))
        return;
    if (found->node != NULL && found->node->rrsets == 0) {
        found->kind = FIND_EMPTY;
    } else if (found->node != NULL) {
        bool is_cut = (found->node->flags & NODE_NS) != 0
            && found->node != zone->apex;

        found->kind =
            is_cut && side == FIND_CHILD_SIDE ? FIND_CUT : FIND_NODE;
    } else if (found->shared == key->labels) {
        found->kind = FIND_EMPTY;
    } else {
        find_wildcard(zone, key, found);
    }
}
