/*
 * transfers - zones on their way to other servers
 */

#include "authority/transfers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/transfer.h"
#include "coredns/clock.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "lib/serial.h"

#define IDLE_MS 60000                   /* a reader that does not come back */
#define ROOM_MS 5000                    /* the same, when others want to */
#define BEAT_MS 5000
#define TOLD_MS 1000                    /* a line of the log in it, at most */

/* One that goes on. */
struct running {
    uint64_t number;
    past_t *past;
    int64_t used_ms;
    uint64_t records;
    unsigned messages;
};

struct transfers {
    const zones_t *zones;
    const struct transfer_rule *rules;
    size_t rule_count;
    core_loop_t *loop;                  /* NULL: not watched yet */
    core_timer_t *timer;                /* runs while any goes on */
    uint64_t last_number;
    unsigned count;
    struct running running[TRANSFERS];
    int64_t told_ms;                    /* a line was written */
    uint64_t untold;                    /* that were left out since */
    struct transfer_counters counters;
};

transfers_t *
transfers_new(const zones_t *zones)
{
    transfers_t *self = core_allocate(sizeof *self);

    self->zones = zones;
    self->last_number = (uint64_t) core_clock_real_us();
    return self;
}

static void
end_running(transfers_t *self, struct running *running)
{
    past_destroy(&running->past);
    *running = self->running[--self->count];
    self->counters.running = self->count;
}

void
transfers_destroy(transfers_t **self_p)
{
    transfers_t *self = *self_p;

    if (self == NULL)
        return;
    if (self->loop != NULL)
        core_loop_timer_cancel(self->loop, &self->timer);
    while (self->count > 0)
        end_running(self, &self->running[0]);
    free(self);
    *self_p = NULL;
}

void
transfers_rule(transfers_t *self, const struct core_list *rules)
{
    self->rules = rules->items;
    self->rule_count = rules->count;
}

void
transfers_watch(transfers_t *self, core_loop_t *loop)
{
    self->loop = loop;
}

struct transfer_counters *
transfers_counters(transfers_t *self)
{
    return &self->counters;
}

/* ---- who may ------------------------------------------------------------- */

const struct transfer_rule *
transfers_rule_of(const transfers_t *self, const uint8_t *zone)
{
    const struct transfer_rule *best = NULL;
    unsigned best_labels = 0;

    for (size_t i = 0; i < self->rule_count; i++) {
        const struct core_list *names = &self->rules[i].zones;
        const uint8_t *const *items = names->items;

        for (size_t j = 0; j < names->count; j++) {
            unsigned labels = core_name_labels(items[j]);

            if (!core_name_is_below(zone, items[j])
                || (best != NULL && labels <= best_labels))
                continue;
            best = &self->rules[i];
            best_labels = labels;
        }
    }
    return best;
}

static bool
has_zone(const struct core_list *zones, size_t count, const uint8_t *zone)
{
    const uint8_t *const *names = zones->items;

    for (size_t i = 0; i < count; i++)
        if (core_name_equal(names[i], zone))
            return true;
    return false;
}

void
transfers_check(const struct transfer_rule *rule,
                const struct core_list *rules, const char *where,
                core_faults_t *faults)
{
    const uint8_t *const *names = rule->zones.items;
    char name[CORE_NAME_TEXT_SIZE];

    for (size_t i = 0; i < rule->zones.count; i++) {
        bool is_twice = has_zone(&rule->zones, i, names[i]);

        for (const struct transfer_rule *other = rules->items;
             !is_twice && other != rule; other++)
            is_twice = has_zone(&other->zones, other->zones.count, names[i]);
        if (is_twice)
            core_faults_add(faults, NULL, 0, "%s.zones[%zu]: %s has its rule "
                            "already", where, i,
                            core_name_to_text(name, names[i]));
    }
}

static bool
may_have(const transfers_t *self, const uint8_t *zone,
         const uint8_t client[16])
{
    const struct transfer_rule *rule = transfers_rule_of(self, zone);

    if (rule == NULL)
        return false;

    const struct core_network *networks = rule->to.items;

    for (size_t i = 0; i < rule->to.count; i++)
        if (core_network_contains(&networks[i], client))
            return true;
    return false;
}

/* ---- those that go on ---------------------------------------------------- */

static const char *
write_client(const core_query_t *query, char text[CORE_CLIENT_TEXT_SIZE])
{
    return core_client_to_text(text, core_query_record(query)->client);
}

static void
end_forgotten(void *owner)
{
    transfers_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);

    for (unsigned i = self->count; i-- > 0;) {
        if (now_ms - self->running[i].used_ms < IDLE_MS)
            continue;
        self->counters.failed++;
        end_running(self, &self->running[i]);
    }
    if (self->count == 0)
        core_loop_timer_cancel(self->loop, &self->timer);
}

/* Ends the one that was idle longest, if that was long enough. */
static void
make_room(transfers_t *self)
{
    struct running *oldest = &self->running[0];

    for (unsigned i = 1; i < self->count; i++)
        if (self->running[i].used_ms < oldest->used_ms)
            oldest = &self->running[i];
    if (core_loop_now_ms(self->loop) - oldest->used_ms < ROOM_MS)
        return;
    self->counters.failed++;
    end_running(self, oldest);
}

/* Begins a transfer at the mark, and gives it its number; NULL when too many
   go on. */
static struct running *
begin(transfers_t *self, struct zone *zone, struct transfer_mark *mark)
{
    if (self->count == TRANSFERS)
        make_room(self);
    if (self->count == TRANSFERS)
        return NULL;

    struct running *running = &self->running[self->count++];

    *running = (struct running) { .number = ++self->last_number };
    running->past = past_new(zone, &mark->place);
    mark->number = running->number;
    mark->version = zone->version;
    mark->serial = zone->serial;
    self->counters.running = self->count;
    if (self->timer == NULL)
        self->timer = core_loop_timer(self->loop, BEAT_MS, BEAT_MS,
                                      end_forgotten, self);
    return running;
}

static struct running *
find_running(transfers_t *self, uint64_t number)
{
    for (unsigned i = 0; i < self->count; i++)
        if (self->running[i].number == number)
            return &self->running[i];
    return NULL;
}

/* One that another process began can go on while the zone is the same. */
static struct running *
take_over(transfers_t *self, struct zone *zone, struct transfer_mark *mark)
{
    if (mark->version != zone->version || mark->serial != zone->serial)
        return NULL;
    return begin(self, zone, mark);
}

/* ---- the answers --------------------------------------------------------- */

/* Says in the log who gets nothing and why, once a second at most: it may be
   anybody who asks. */
static void
tell_refusal(transfers_t *self, const core_query_t *query, const char *why)
{
    int64_t now_ms = core_loop_now_ms(self->loop);
    char name[CORE_NAME_TEXT_SIZE];
    char client[CORE_CLIENT_TEXT_SIZE];
    char others[64] = "";

    if (self->told_ms != 0 && now_ms - self->told_ms < TOLD_MS) {
        self->untold++;
        return;
    }
    if (self->untold > 0)
        snprintf(others, sizeof others, " (%" PRIu64 " others before)",
                 self->untold);
    core_log(CORE_LOG_NOTICE, "zone %s: not sent to %s: %s%s",
             core_name_to_text(name, core_query_message(query)->qname),
             write_client(query, client), why, others);
    self->told_ms = now_ms;
    self->untold = 0;
}

static enum core_verdict
refuse(transfers_t *self, core_query_t *query, unsigned rcode,
       enum core_ede ede, const char *why)
{
    tell_refusal(self, query, why);
    if (rcode == CORE_REFUSED)
        self->counters.refused++;
    else
        self->counters.failed++;
    core_query_reason(query, "%s", why);
    core_query_ede(query, ede, why);
    core_query_reply_rcode(query, rcode);
    return CORE_ANSWERED;
}

struct zone *
transfers_zone(const transfers_t *self, const uint8_t *name)
{
    struct zone *failed = NULL;
    struct key key;

    key_make(&key, name);
    for (size_t i = 0; i < zones_layers(self->zones); i++) {
        struct zone *zone = zones_match(self->zones, i, &key);

        if (zone == NULL || zone->labels != key.labels
            || (zone->flags & CORE_ZONE_HOSTS) != 0)
            continue;
        if (zone->has_soa)
            return zone;
        failed = zone;
    }
    return failed;
}

/* The serial of the version that an IXFR's asker has (RFC 1995 section 3). */
static bool
find_serial(const struct core_message *message, uint32_t *serial)
{
    struct core_records records;
    struct core_rr rr;

    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        if (rr.section != CORE_AUTHORITY || rr.type != CORE_SOA
            || rr.rdata_size < 22)
            continue;

        /* Whatever the names in front of them: five numbers end it. */
        *serial = core_read32(message->bytes + rr.rdata_offset
                              + rr.rdata_size - 20);
        return true;
    }
    return false;
}

static enum core_verdict
answer_soa(core_query_t *query, const struct zone *zone)
{
    struct core_writer *writer = core_query_reply(query);
    struct rrset soa;

    node_find(zone->apex, CORE_SOA, &soa);

    const uint8_t *rdata = rrset_first(&soa);

    writer->keeps_case = true;
    core_writer_rr(writer, CORE_ANSWER, zone->apex->name, CORE_SOA, CORE_IN,
                   soa.ttl, rdata, core_read16(rdata - 2));
    core_writer_end(writer, CORE_AA, CORE_NOERROR);
    core_query_reason(query, "serial %" PRIu32 " alone", zone->serial);
    return CORE_ANSWERED;
}

static void
tell_end(const core_query_t *query, const struct transfer_mark *mark,
         const struct running *running)
{
    char name[CORE_NAME_TEXT_SIZE];
    char client[CORE_CLIENT_TEXT_SIZE];

    core_log(CORE_LOG_NOTICE, "zone %s, serial %" PRIu32 ": sent to %s: "
             "%" PRIu64 " records in %u messages",
             core_name_to_text(name, core_query_message(query)->qname),
             mark->serial, write_client(query, client), running->records,
             running->messages);
}

static enum core_verdict
refuse_record(transfers_t *self, core_query_t *query,
              const struct transfer_mark *mark)
{
    char name[CORE_NAME_TEXT_SIZE];
    char why[CORE_NAME_TEXT_SIZE + 64];

    snprintf(why, sizeof why, "a record of %s fits in no message",
             core_name_to_text(name, mark->place.name));
    return refuse(self, query, CORE_SERVFAIL, CORE_EDE_OTHER, why);
}

/* Writes the part behind the mark. */
static enum core_verdict
answer_part(transfers_t *self, core_query_t *query, struct running *running,
            struct transfer_mark *mark)
{
    struct core_writer *writer = core_query_reply(query);
    uint8_t bookmark[CORE_BOOKMARK_SIZE];
    enum transfer_result result;

    if (!past_is_whole(running->past)) {
        end_running(self, running);
        return refuse(self, query, CORE_SERVFAIL, CORE_EDE_OTHER,
                      "too much has changed for so slow a reader");
    }
    running->used_ms = core_loop_now_ms(self->loop);
    past_read(running->past, &mark->place);
    result = transfer_write(running->past, mark, writer);
    if (result == TRANSFER_FAILED) {
        end_running(self, running);
        return refuse_record(self, query, mark);
    }
    running->messages++;
    running->records += writer->counts[CORE_ANSWER];
    core_query_more(query, bookmark, result == TRANSFER_MORE
                    ? transfer_mark_write(mark, bookmark) : 0);
    core_writer_end(writer, CORE_AA, CORE_NOERROR);
    if (result == TRANSFER_DONE) {
        self->counters.done++;
        tell_end(query, mark, running);
        end_running(self, running);
    }
    return CORE_ANSWERED;
}

static enum core_verdict
answer_whole(transfers_t *self, core_query_t *query, struct zone *zone)
{
    struct transfer_mark mark;
    struct running *running;

    transfer_begin(&mark, zone->id.name);
    running = begin(self, zone, &mark);
    if (running == NULL)
        return refuse(self, query, CORE_SERVFAIL, CORE_EDE_OTHER,
                      "too many transfers at a time");
    core_query_reason(query, "serial %" PRIu32 ", all of it", zone->serial);
    return answer_part(self, query, running, &mark);
}

/* Another part of a transfer that has begun; the zone may have gone. */
static enum core_verdict
go_on(transfers_t *self, core_query_t *query, struct zone *zone,
      const struct core_part *part)
{
    struct transfer_mark mark;
    struct running *running = NULL;

    if (transfer_mark_read(&mark, part->bookmark, part->bookmark_size,
                           core_query_message(query)->qname)) {
        running = find_running(self, mark.number);
        if (running == NULL && zone != NULL && zone->has_soa)
            running = take_over(self, zone, &mark);
    }
    if (running == NULL)
        return refuse(self, query, CORE_SERVFAIL, CORE_EDE_OTHER,
                      "the transfer is over, or the zone another one");
    return answer_part(self, query, running, &mark);
}

static enum core_verdict
answer_begin(transfers_t *self, core_query_t *query, struct zone *zone)
{
    const struct core_message *message = core_query_message(query);
    bool is_datagram = core_query_record(query)->transport == CORE_UDP;
    uint32_t serial;

    if (message->qtype == CORE_IXFR && !find_serial(message, &serial))
        return refuse(self, query, CORE_FORMERR, CORE_EDE_OTHER,
                      "an IXFR has the SOA record of its asker's version");

    /* A datagram with it alone says: ask over TCP (RFC 1995 section 2). */
    if (message->qtype == CORE_IXFR
        && (is_datagram || !serial_is_later(zone->serial, serial)))
        return answer_soa(query, zone);
    if (is_datagram)
        return refuse(self, query, CORE_REFUSED, CORE_EDE_OTHER,
                      "a zone transfer needs TCP");
    return answer_whole(self, query, zone);
}

enum core_verdict
transfers_answer(transfers_t *self, core_query_t *query)
{
    const struct core_message *message = core_query_message(query);
    const struct core_record *record = core_query_record(query);
    struct zone *zone = transfers_zone(self, message->qname);
    struct core_part part;

    core_query_part(query, &part);
    if (zone == NULL && part.number == 0)
        return CORE_PASSED;
    if (!may_have(self, message->qname, record->client))
        return refuse(self, query, CORE_REFUSED, CORE_EDE_PROHIBITED,
                      "no transfer of the zone to this address");
    if (part.number > 0)
        return go_on(self, query, zone, &part);
    if (!zone->has_soa)
        return refuse(self, query, CORE_SERVFAIL, CORE_EDE_NOT_READY,
                      "the zone has no data yet");
    if (record->transport == CORE_INTERNAL)
        return refuse(self, query, CORE_REFUSED, CORE_EDE_OTHER,
                      "a zone transfer needs TCP");
    return answer_begin(self, query, zone);
}
