/*
 * account - what is counted and logged of queries and replies
 *
 * Look-ups of stages are no queries of clients.
 */

#include <string.h>

#include "coredns/memory.h"
#include "frontend/flight.h"

#define NOWHERE "dropped"               /* as CoreDNS calls it */

static const char *
zone_text(const dispatch_t *self, uint32_t zone,
          char text[CORE_NAME_TEXT_SIZE])
{
    const struct dispatch_zone *found = &self->plan.zones[zone];

    if (found->name == NULL)
        return NOWHERE;
    if (!self->plan.routes[found->route].has_metrics)
        return TRAFFIC_OTHER;
    return core_name_to_text(text, found->name);
}

/* Where the query is counted. */
static struct traffic_block *
block_of(const dispatch_t *self, const struct inflight_slot *slot)
{
    struct dispatch_zone *zone = &self->plan.zones[slot->zone];
    unsigned listener = slot->listener < LISTENERS ? slot->listener : 0;

    if (zone->traffic == NULL)
        zone->traffic = core_allocate(LISTENERS * sizeof *zone->traffic);
    if (zone->traffic[listener] == NULL) {
        char text[CORE_NAME_TEXT_SIZE];

        zone->traffic[listener] =
            traffic_block(self->traffic, listener,
                          zone_text(self, slot->zone, text));
    }
    return zone->traffic[listener];
}

void
account_query(dispatch_t *self, const struct inflight_slot *slot,
              const struct core_message *message)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    struct admit_peer peer;

    if (slot->transport == CORE_INTERNAL) {
        self->counters->lookups++;
        return;
    }
    dispatch_peer(slot, &peer);
    self->counters->queries++;
    traffic_count_query(block_of(self, slot), &(struct traffic_query) {
        .transport = slot->transport,
        .is_v6 = memcmp(peer.address, mapped, sizeof mapped) != 0,
        .dnssec_ok = message->edns.dnssec_ok,
        .qtype = message->qtype,
        .size = slot->size,
    });
}

static void
read_ede(const dispatch_t *self, size_t trail_size, struct exchange *exchange)
{
    size_t size;
    const uint8_t *value = core_trail_find(self->trail, trail_size,
                                           CORE_TRAIL_EDE, &size);

    if (value == NULL || size < 2)
        return;
    exchange->ede = core_read16(value);
    exchange->ede_text = value + 2;
    exchange->ede_text_size = size - 2;
}

static bool
has_log(const struct dispatch_route *route)
{
    return route->query_log != NULL || route->failure_log != NULL;
}

/* reply: of the exchange, what is known of that. */
static void
log_exchange(dispatch_t *self, const struct inflight_slot *slot,
             const struct exchange *reply)
{
    struct exchange exchange = *reply;
    const struct dispatch_route *route = flight_route(self, slot);
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];
    uint8_t trail[CORE_TRAIL_SIZE];
    struct core_message query;
    struct admit_peer peer;
    size_t size = carrier->trail == NULL ? 0
        : carrier->trail(carrier->owner, slot, trail);

    core_message_parse(&query, slot->message, slot->size);
    if (query.qname == NULL)
        return;
    dispatch_peer(slot, &peer);
    exchange.query = &query;
    exchange.client = peer.address;
    exchange.client_port = peer.port;
    exchange.server = core_trail_find(trail, size, CORE_TRAIL_SERVER, &size);
    if (route->query_log != NULL)
        query_log_tell(route->query_log, &exchange);
    if (route->failure_log != NULL)
        failure_log_tell(route->failure_log, &exchange);
}

void
account_reply(dispatch_t *self, const struct inflight_slot *slot,
              const uint8_t *reply, size_t size, unsigned rcode,
              size_t trail_size)
{
    struct exchange exchange = {
        .reply = reply, .reply_size = size, .rcode = rcode,
        .transport = slot->transport, .payload = slot->client_payload,
        .took_us = flight_now_us(self) - slot->arrived_us,
        .ede = CORE_EDE_NONE,
    };

    if (slot->transport == CORE_INTERNAL)
        return;
    traffic_count_reply(block_of(self, slot), slot->transport, rcode, size,
                        exchange.took_us);
    if (!has_log(flight_route(self, slot)))
        return;
    read_ede(self, trail_size, &exchange);
    log_exchange(self, slot, &exchange);
}
