/*
 * hosts - zones that are lines of addresses and names, no real zones
 */

#include "authority/hosts.h"

#include "coredns/rrtype.h"

/* Says whether a node has a part in the world of that question. */
static bool
is_known(const struct node *node, uint16_t qtype)
{
    struct rrset rrset;

    for (size_t offset = 0;
         node != NULL && node_next(node, &offset, &rrset);)
        if ((rrset.type == CORE_PTR) == (qtype == CORE_PTR))
            return true;
    return false;
}

/* The wildcard that stands for a name: "*" in place of its first label. */
static const struct node *
find_wildcard(const struct zone *zone, const uint8_t *name)
{
    uint8_t wildcard[CORE_NAME_SIZE];
    unsigned labels = core_name_labels(name);

    if (zone->wildcards == 0 || labels <= zone->labels
        || !find_wildcard_name(wildcard, name, labels - 1))
        return NULL;
    return zone_find(zone, wildcard);
}

enum hosts_result
hosts_answer(struct answer *answer, const struct zone *zone)
{
    const uint8_t *name = chain_last(&answer->chain)->name;
    uint16_t qtype = answer->query->qtype;
    const struct node *nodes[2] = {
        zone_find(zone, name), find_wildcard(zone, name),
    };
    bool falls = zone_falls_through(zone, name);

    for (int i = 0; i < 2; i++)
        if (nodes[i] != NULL
            && reply_type(&answer->reply, CORE_ANSWER, nodes[i], name, qtype))
            return HOSTS_ANSWERED;
    if (qtype == CORE_PTR)
        return HOSTS_ELSEWHERE;
    if (!is_known(nodes[0], qtype) && !is_known(nodes[1], qtype))
        return falls ? HOSTS_ELSEWHERE : HOSTS_UNKNOWN;
    if (falls && (zone->flags & CORE_ZONE_FALL_UNSUPPORTED) != 0
        && qtype != CORE_A && qtype != CORE_AAAA)
        return HOSTS_ELSEWHERE;
    return HOSTS_ANSWERED;
}
