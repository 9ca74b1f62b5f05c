/*
 * queries - what becomes of a query
 *
 * An answer, or the next stage; or, when an alias leads out of all zones, it
 * is held until its target has been looked up, and answered a second time with
 * what came of that.
 */

#include "authority/queries.h"

#include <stdlib.h>
#include <string.h>

#include "authority/state.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"

#define LOOKUP_DEPTH 8                  /* coredns-pipe(7) */
#define SOURCE_VERSION_SIZE 8

/* A query that waits for the target of its alias. */
struct pursuit {
    struct authority *authority;
    core_held_t *held;
    uint8_t target[CORE_NAME_SIZE];
};

static void
start_answer(struct authority *self, core_query_t *query,
             struct answer *answer)
{
    answer->zones = self->zones;
    answer->style = &self->style;
    answer->query = core_query_message(query);
    answer->writer = core_query_reply(query);
    answer->is_datagram = core_query_record(query)->transport == CORE_UDP;
    answer->can_look_up = false;
    answer->looked_up = NULL;
    answer->followed = NULL;
}

/* All that was written stands at the question's name, or is what every reply
   of the zone says. */
static bool
is_of_name(const struct answer *answer)
{
    const struct link *link = &answer->chain.links[0];

    if (answer->ending != ENDING_POSITIVE || answer->chain.count != 1
        || link->found.kind != FIND_NODE || answer->reply.target_count > 0
        || answer->reply.written_count == 0
        || answer->reply.written_count == REPLY_WRITTEN)
        return false;
    for (unsigned i = 0; i < answer->reply.written_count; i++) {
        const struct node *node = answer->reply.written[i].node;

        if (core_name_equal(node->name, link->name))
            continue;

        /* The zone's servers; their signatures change more often. */
        if (node != answer->zone->apex || answer->reply.dnssec_ok)
            return false;
    }
    return true;
}

/* Says what the reply depends on, when nothing else than our data. */
static void
add_scope(core_query_t *query, const struct answer *answer)
{
    uint8_t scope = CORE_SCOPE_ZONES;

    if (answer->looked_up != NULL)
        return;
    if (is_of_name(answer))
        scope = CORE_SCOPE_NAME;
    core_query_trail(query, CORE_TRAIL_SCOPE, &scope, 1);
}

static void
tell_tracer(core_query_t *query, const struct answer *answer)
{
    static const char *const endings[] = {
        [ENDING_POSITIVE] = "answer", [ENDING_NO_TYPE] = "NODATA",
        [ENDING_NO_NAME] = "no such name", [ENDING_CUT] = "referral",
        [ENDING_LOOP] = "aliases without an end",
        [ENDING_TOO_LONG] = "DNAME makes no name",
        [ENDING_TOO_MANY] = "too much fits the name",
        [ENDING_FAILED] = "no data",
    };
    char name[CORE_NAME_TEXT_SIZE];

    if (answer->zone == NULL || !core_query_is_traced(query))
        return;
    core_query_reason(query, "zone %s: %s",
                      core_name_to_text(name, answer->zone->id.name),
                      endings[answer->ending]);
}

/* Says which stage and which version of which zone the reply is from. */
static enum core_verdict
finish(struct authority *self, core_query_t *query,
       const struct answer *answer)
{
    const struct zone *zone = answer->zone;
    uint8_t source[SOURCE_VERSION_SIZE + CORE_NAME_SIZE];
    const char *name = core_life_name(self->life);

    counters_count(&self->counters, answer);
    tell_tracer(query, answer);
    core_query_trail(query, CORE_TRAIL_ANSWERED_BY, name, strlen(name));
    if (zone != NULL) {
        size_t size = core_name_size(zone->id.name);

        for (unsigned i = 0; i < SOURCE_VERSION_SIZE; i++)
            source[i] = (uint8_t) (zone->version >> 8 * i);
        memcpy(source + SOURCE_VERSION_SIZE, zone->id.name, size);
        core_query_trail(query, CORE_TRAIL_SOURCE, source,
                         SOURCE_VERSION_SIZE + size);
        add_scope(query, answer);
    }
    if (answer->ede != CORE_EDE_NONE)
        core_query_ede(query, answer->ede, answer->ede_text);
    return CORE_ANSWERED;
}

/* Says whether the name is one of a zone that has yet to come: what others say
   of it is not true. */
static bool
is_expected(const struct authority *self, const uint8_t *name)
{
    const uint8_t *const *zones = self->expected.items;

    for (size_t i = 0; !self->is_complete && i < self->expected.count; i++)
        if (core_name_is_below(name, zones[i]))
            return true;
    return false;
}

static enum core_verdict
fail(struct authority *self, core_query_t *query)
{
    core_query_reply_rcode(query, CORE_SERVFAIL);
    self->counters.replies[CORE_SERVFAIL]++;
    return CORE_ANSWERED;
}

/*
 * No zone of ours, or one whose unknown names fall through.  Where there is no
 * next stage these have failed: they lie in a zone of ours, so that nobody
 * could be told to ask elsewhere.
 */
static enum core_verdict
pass(struct authority *self, core_query_t *query, const struct answer *answer)
{
    if (answer->zone == NULL
        && is_expected(self, core_query_message(query)->qname)) {
        core_query_reason(query, "the zone has yet to come");
        fail(self, query);
        core_query_ede(query, CORE_EDE_NOT_READY, "no data for this zone");
        return CORE_ANSWERED;
    }
    core_query_reason(query, answer->zone == NULL ? "no zone of ours"
                      : "unknown names of the zone fall through");
    if (answer->zone == NULL
        || core_life_wire(self->life, "next", NULL) != NULL)
        return CORE_PASSED;
    return fail(self, query);
}

static enum core_verdict
end_pursuit(struct pursuit *pursuit, const struct core_message *reply)
{
    struct authority *self = pursuit->authority;
    core_query_t *query = core_held_query(pursuit->held);
    struct answer answer;

    start_answer(self, query, &answer);
    answer.looked_up = pursuit->target;
    answer.followed = reply;
    if (answer_make(&answer) == ANSWER_DONE)
        return finish(self, query, &answer);
    /* The zones have changed meanwhile. */
    return pass(self, query, &answer);
}

static void
looked_up(void *owner, const struct core_message *reply)
{
    struct pursuit *pursuit = owner;

    if (reply == NULL)
        pursuit->authority->counters.lookups_failed++;

    enum core_verdict verdict = end_pursuit(pursuit, reply);

    core_held_end(&pursuit->held, verdict);
    free(pursuit);
}

/* Holds the query and looks the target up; false when too many are held. */
static bool
pursue(struct authority *self, core_query_t *query,
       const struct answer *answer)
{
    const struct core_message *message = core_query_message(query);
    unsigned depth = core_lookup_depth(query);
    core_held_t *held = core_query_hold(query);
    struct pursuit *pursuit;

    if (held == NULL)
        return false;
    pursuit = core_allocate(sizeof *pursuit);
    pursuit->authority = self;
    pursuit->held = held;
    memcpy(pursuit->target, answer->target, sizeof pursuit->target);
    self->counters.lookups++;
    core_life_lookup(self->life, pursuit->target, message->qtype,
                     message->edns.dnssec_ok, depth, self->lookup_ms,
                     looked_up, pursuit);
    return true;
}

enum core_verdict
queries_handle(void *state, core_query_t *query)
{
    struct authority *self = state;
    const struct core_message *message = core_query_message(query);
    struct answer answer;

    if (core_message_opcode(message) != CORE_OPCODE_QUERY)
        return CORE_PASSED;
    if (message->qtype == CORE_AXFR || message->qtype == CORE_IXFR)
        return transfers_answer(self->transfers, query);
    start_answer(self, query, &answer);
    answer.can_look_up = core_life_can_lookup(self->life)
        && core_lookup_depth(query) < LOOKUP_DEPTH;

    enum answer_verdict verdict = answer_make(&answer);

    if (verdict == ANSWER_LOOK_UP) {
        if (pursue(self, query, &answer))
            return CORE_HELD;
        start_answer(self, query, &answer);
        verdict = answer_make(&answer);
    }
    if (verdict == ANSWER_PASSED)
        return pass(self, query, &answer);
    return finish(self, query, &answer);
}
