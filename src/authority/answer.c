/*
 * answer - the reply to one question, from the zones
 *
 * One step for each name of the chain; a step asks the layers in turn until a
 * zone has something to say, which ends the chain or gives it a next name.
 */

#include "authority/answer.h"

#include <string.h>

#include "authority/echo.h"
#include "authority/ending.h"
#include "authority/followed.h"
#include "authority/hosts.h"
#include "coredns/rrtype.h"

enum step {
    STEP_END,           /* the chain ends here; answer->ending says how */
    STEP_NEXT,          /* it has a next name */
    STEP_ELSEWHERE,     /* the zone leaves this name to others */
};

static enum step
end(struct answer *self, enum answer_ending ending)
{
    self->ending = ending;
    return STEP_END;
}

/* An alias was written: goes on to its target, or ends what does not end. */
static enum step
go_on(struct answer *self, const uint8_t *target)
{
    if (chain_add(&self->chain, target))
        return STEP_NEXT;
    return end(self, self->style->loop == ANSWER_LOOP_FAILS
               ? ENDING_LOOP : ENDING_POSITIVE);
}

/* ANY: all RRsets, or the first that is no part of DNSSEC (RFC 8482 4.1). */
static void
write_any(struct answer *self, const struct node *node, const uint8_t *name)
{
    bool one = self->style->any == ANSWER_ANY_ONE && self->is_datagram;
    struct rrset rrset;
    struct rrset chosen = { .count = 0 };

    for (size_t offset = 0; node_next(node, &offset, &rrset);) {
        bool is_plain = rrset.type != CORE_RRSIG && rrset.type != CORE_NSEC;

        if (!one && (rrset.type != CORE_RRSIG || !self->reply.dnssec_ok))
            reply_rrset(&self->reply, CORE_ANSWER, node, name, &rrset);
        else if (one && (chosen.count == 0
                         || (is_plain && chosen.type == CORE_NSEC)))
            chosen = rrset;
        if (one && is_plain)
            break;
    }
    if (one && chosen.count > 0)
        reply_rrset(&self->reply, CORE_ANSWER, node, name, &chosen);
}

static bool
write_signatures(struct answer *self, const struct node *node,
                 const uint8_t *name)
{
    struct rrset rrset;
    bool found = false;

    for (size_t offset = 0; node_next(node, &offset, &rrset);)
        if (rrset.type == CORE_RRSIG) {
            reply_rrset(&self->reply, CORE_ANSWER, node, name, &rrset);
            found = true;
        }
    return found;
}

/* Types that may stand beside a CNAME, and ask for it and not its target
   (RFC 4034 section 3 and 4, RFC 1034 section 3.6.2). */
static bool
stops_at_alias(uint16_t qtype)
{
    return qtype == CORE_CNAME || qtype == CORE_RRSIG || qtype == CORE_NSEC
        || qtype == CORE_ANY;
}

/* The name has records, its own or a wildcard's. */
static enum step
answer_node(struct answer *self, const struct link *link)
{
    const struct node *node = link->found.node;
    uint16_t qtype = self->query->qtype;
    struct rrset rrset;

    if (qtype == CORE_ANY && node->rrsets > 0) {
        write_any(self, node, link->name);
        return end(self, ENDING_POSITIVE);
    }
    if (qtype == CORE_RRSIG && write_signatures(self, node, link->name))
        return end(self, ENDING_POSITIVE);
    if (node_find(node, qtype, &rrset)) {
        reply_rrset(&self->reply, CORE_ANSWER, node, link->name, &rrset);
        reply_note_targets(&self->reply, link->zone, link->name, &rrset);
        return end(self, ENDING_POSITIVE);
    }
    if ((node->flags & NODE_CNAME) == 0 || stops_at_alias(qtype))
        return end(self, ENDING_NO_TYPE);
    node_find(node, CORE_CNAME, &rrset);
    reply_rrset(&self->reply, CORE_ANSWER, node, link->name, &rrset);
    return go_on(self, rrset_first(&rrset));
}

/* RFC 6672 section 3.2: the DNAME, and a CNAME of the same TTL made of it. */
static enum step
answer_dname(struct answer *self, const struct link *link)
{
    const struct node *node = link->found.node;
    struct link *next = chain_last(&self->chain) + 1;
    uint8_t spare[CORE_NAME_SIZE];
    bool is_full = self->chain.count == CHAIN_LINKS;
    uint8_t *made = is_full ? spare : next->made;
    struct rrset rrset;

    node_find(node, CORE_DNAME, &rrset);
    reply_rrset(&self->reply, CORE_ANSWER, node, node->name, &rrset);
    if (!chain_substitute(&self->chain, node->name, rrset_first(&rrset),
                          made))
        return end(self, ENDING_TOO_LONG);
    reply_record(&self->reply, CORE_ANSWER, link->name, CORE_CNAME, rrset.ttl,
                 made, core_name_size(made));
    /* Who asks for the CNAME has it (RFC 6672 section 3.1). */
    if (self->query->qtype == CORE_CNAME)
        return end(self, ENDING_POSITIVE);
    return go_on(self, made);
}

/* An apex with nothing but what makes a zone. */
static bool
is_bare_apex(const struct zone *zone, const struct node *node)
{
    struct rrset rrset;

    if (node != zone->apex)
        return false;
    for (size_t offset = 0; node_next(node, &offset, &rrset);)
        if (rrset.type != CORE_SOA && rrset.type != CORE_NS)
            return false;
    return true;
}

/* Says whether the zone lets go of a name that has no records of its own. */
static bool
leaves_name(const struct zone *zone, const struct link *link)
{
    const struct found *found = &link->found;

    if ((zone->flags & CORE_ZONE_FALLTHROUGH) == 0)
        return false;
    if (found->kind == FIND_NODE ? !is_bare_apex(zone, found->node)
        : found->kind != FIND_NOTHING
          && (found->kind != FIND_EMPTY || found->node != NULL)
          && found->kind != FIND_WILDCARD_EMPTY)
        return false;
    return zone_falls_through(zone, link->name);
}

static enum step
answer_hosts(struct answer *self, const struct zone *zone)
{
    chain_last(&self->chain)->found.kind = FIND_NODE;
    switch (hosts_answer(self, zone)) {
    case HOSTS_ANSWERED:
        return end(self, ENDING_POSITIVE);
    case HOSTS_UNKNOWN:
        return end(self, ENDING_FAILED);
    default:
        return STEP_ELSEWHERE;
    }
}

static enum step
no_name(struct answer *self, struct link *link)
{
    link->found.kind = FIND_NOTHING;
    link->found.node = NULL;
    return end(self, ENDING_NO_NAME);
}

/* A wildcard that may be one for addresses that labels spell. */
static enum step
answer_wildcard(struct answer *self, struct link *link)
{
    switch (echo_answer(self, link)) {
    case ECHO_ANSWERED:
        return end(self, ENDING_POSITIVE);
    case ECHO_NO_TYPE:
        return end(self, ENDING_NO_TYPE);
    case ECHO_NO_NAME:
        return no_name(self, link);
    default:
        return answer_node(self, link);
    }
}

static enum step
answer_found(struct answer *self, struct link *link)
{
    switch (link->found.kind) {
    case FIND_NODE:
        if (!echo_is_mark(link))
            return answer_node(self, link);
        link->found.shared--;
        return no_name(self, link);
    case FIND_WILDCARD:
        return answer_wildcard(self, link);
    case FIND_DNAME:
        return answer_dname(self, link);
    case FIND_CUT:
        return end(self, ENDING_CUT);
    case FIND_EMPTY:
    case FIND_WILDCARD_EMPTY:
        return end(self, ENDING_NO_TYPE);
    default:
        return end(self, ENDING_NO_NAME);
    }
}

/* A name with labels that stand for any: what all names that fit have. */
static enum step
answer_labels(struct answer *self, struct link *link)
{
    struct labels *labels = &self->labels;
    struct rrset alias;

    labels_gather(labels, link->zone, link->name, self->query->qtype);
    link->found = (struct found) {
        .kind = labels->exists ? FIND_EMPTY : FIND_NOTHING,
        .shared = link->zone->labels,
    };
    if (labels->exceeded) {
        self->ede = CORE_EDE_OTHER;
        self->ede_text = "too much fits the name";
        return end(self, ENDING_TOO_MANY);
    }
    if (labels->node == NULL && labels->alias == NULL)
        return answer_found(self, link);
    link->found.kind = FIND_WILDCARD;
    if (labels->node != NULL) {
        link->found.node = labels->node;
        reply_rrset(&self->reply, CORE_ANSWER, labels->node, link->name,
                    &labels->rrset);
        reply_note_targets(&self->reply, link->zone, link->name,
                           &labels->rrset);
        return end(self, ENDING_POSITIVE);
    }
    link->found.node = labels->alias;
    if (stops_at_alias(self->query->qtype))
        return end(self, ENDING_NO_TYPE);
    node_find(labels->alias, CORE_CNAME, &alias);
    reply_rrset(&self->reply, CORE_ANSWER, labels->alias, link->name, &alias);
    return go_on(self, rrset_first(&alias));
}

/* What one zone has to say of the last name of the chain. */
static enum step
answer_zone(struct answer *self, const struct zone *zone,
            const struct key *key)
{
    struct link *link = chain_last(&self->chain);
    bool from_above = self->query->qtype == CORE_DS;

    link->zone = zone;
    if ((zone->flags & CORE_ZONE_FAILED) != 0) {
        self->ede = CORE_EDE_NOT_READY;
        self->ede_text = "no data for this zone";
        return end(self, ENDING_FAILED);
    }
    if ((zone->flags & CORE_ZONE_HOSTS) != 0)
        return answer_hosts(self, zone);

    enum step step;

    if ((zone->flags & CORE_ZONE_LABELS) != 0
        && labels_are_open(zone, link->name)) {
        step = answer_labels(self, link);
    } else {
        find_name(zone, key, from_above ? FIND_PARENT_SIDE : FIND_CHILD_SIDE,
                  &link->found);
        step = answer_found(self, link);
    }

    if (step != STEP_END)
        return step;
    if (self->ending != ENDING_NO_TYPE && self->ending != ENDING_NO_NAME)
        return STEP_END;
    if (leaves_name(zone, link)
        || ((zone->flags & CORE_ZONE_FALL_UNSUPPORTED) != 0
            && zone_falls_through(zone, link->name)))
        return STEP_ELSEWHERE;
    return STEP_END;
}

/*
 * The zone of a layer that speaks for the key.  DS stands at the parent's side
 * of a cut (RFC 4035 section 3.1.4.1): there the zone above is the one to ask,
 * if it is ours and has that cut.
 */
static const struct zone *
find_zone(const struct answer *self, size_t layer, const struct key *key)
{
    const struct zone *zone = zones_match(self->zones, layer, key);

    if (zone == NULL || self->query->qtype != CORE_DS
        || zone->labels != key->labels)
        return zone;
    for (size_t i = 0; i < zones_layers(self->zones); i++) {
        const struct zone *above = zones_match_above(self->zones, i, key);
        struct found found;

        if (above == NULL || above->cuts == 0)
            continue;
        find_name(above, key, FIND_PARENT_SIDE, &found);
        if (found.kind == FIND_CUT
            || (found.kind == FIND_NODE
                && (found.node->flags & NODE_NS) != 0))
            return above;
    }
    return zone;
}

/* Says whether a layer behind this one has the zone that a cut leads to. */
static bool
has_child(const struct answer *self, size_t layer, const struct key *key)
{
    const struct link *link = &self->chain.links[self->chain.count - 1];
    const struct node *cut = link->found.node;
    unsigned labels = core_name_labels(cut->name);

    while (++layer < zones_layers(self->zones)) {
        const struct zone *zone = zones_match(self->zones, layer, key);

        if (zone != NULL && zone->labels >= labels)
            return true;
    }
    return false;
}

static enum step
answer_name(struct answer *self)
{
    struct link *link = chain_last(&self->chain);
    const struct zone *left_zone = NULL;
    struct found left = { .kind = FIND_NOTHING };
    struct key key;

    key_make(&key, link->name);
    for (size_t i = 0; i < zones_layers(self->zones); i++) {
        const struct zone *zone = find_zone(self, i, &key);

        if (zone == NULL)
            continue;

        enum step step = answer_zone(self, zone, &key);

        /* Nobody is referred to what we have ourselves. */
        if (step == STEP_END && self->ending == ENDING_CUT
            && has_child(self, i, &key))
            continue;
        if (step != STEP_ELSEWHERE)
            return step;
        if (left_zone == NULL) {
            left_zone = zone;
            left = link->found;
        }
    }
    /* Whoever left the name first speaks if nobody else does. */
    link->zone = left_zone;
    link->found = left;
    return STEP_ELSEWHERE;
}

/* The chain has led to a name that no zone of ours answers for. */
static enum step
leave(struct answer *self)
{
    struct link *link = chain_last(&self->chain);

    if (self->looked_up != NULL
        && core_name_equal(self->looked_up, link->name)) {
        link->zone = NULL;
        return end(self, followed_append(self));
    }
    if (self->looked_up == NULL && self->can_look_up)
        return STEP_ELSEWHERE;
    if (link->zone == NULL || (link->zone->flags & CORE_ZONE_HOSTS) != 0)
        return end(self, ENDING_POSITIVE);
    return end(self, link->found.kind == FIND_NOTHING ? ENDING_NO_NAME
                                                      : ENDING_NO_TYPE);
}

static void
start(struct answer *self)
{
    self->rcode = CORE_NOERROR;
    self->flags = 0;
    self->ede = CORE_EDE_NONE;
    self->ede_text = NULL;
    self->zone = NULL;
    reply_start(&self->reply, self->writer, self->query->edns.dnssec_ok);
    chain_start(&self->chain, self->query->qname);
}

enum answer_verdict
answer_make(struct answer *self)
{
    enum step step;

    start(self);
    if (self->query->qclass != CORE_IN)
        return ANSWER_PASSED;
    do
        step = answer_name(self);
    while (step == STEP_NEXT);
    self->zone = self->chain.links[0].zone;
    if (step == STEP_ELSEWHERE && self->chain.count == 1)
        return ANSWER_PASSED;
    if (step == STEP_ELSEWHERE && leave(self) == STEP_ELSEWHERE) {
        const uint8_t *target = chain_last(&self->chain)->name;

        memcpy(self->target, target, core_name_size(target));
        return ANSWER_LOOK_UP;
    }
    if (self->ede == CORE_EDE_NONE && self->zone != NULL
        && (self->zone->flags & CORE_ZONE_STALE) != 0) {
        self->ede = CORE_EDE_STALE_ANSWER;
        self->ede_text = "the source of this zone is away";
    }
    ending_write(self);
    return ANSWER_DONE;
}
