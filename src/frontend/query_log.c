/*
 * query_log - a line for each query that somebody wants to know of
 */

#include "frontend/query_log.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "frontend/log_format.h"

struct rule {
    const struct core_list *names;
    bool classes[QUERY_ALL + 1];
    log_format_t *format;               /* NULL: JSON */
};

struct query_log {
    struct rule *rules;
    size_t count;
};

/* What a reply without answers has in its authority section. */
static void
look_at_authority(const struct core_message *reply, bool *has_soa,
                  bool *has_ns)
{
    struct core_records records;
    struct core_rr rr;

    *has_soa = *has_ns = false;
    core_records_start(&records, reply);
    while (core_records_next(&records, &rr)) {
        *has_soa |= rr.section == CORE_AUTHORITY && rr.type == CORE_SOA;
        *has_ns |= rr.section == CORE_AUTHORITY && rr.type == CORE_NS;
    }
}

enum query_class
query_class(const uint8_t *bytes, size_t size)
{
    struct core_message reply;
    bool has_soa, has_ns;

    if (core_message_parse(&reply, bytes, size) != CORE_PARSE_OK
        || core_message_opcode(&reply) != CORE_OPCODE_QUERY
        || reply.qtype == CORE_AXFR || reply.qtype == CORE_IXFR)
        return QUERY_ERROR;

    unsigned rcode = core_message_rcode(&reply);

    if (rcode != CORE_NOERROR && rcode != CORE_NXDOMAIN)
        return QUERY_ERROR;
    if (rcode == CORE_NOERROR && reply.counts[CORE_ANSWER] > 0)
        return QUERY_SUCCESS;
    look_at_authority(&reply, &has_soa, &has_ns);
    if (has_soa)
        return QUERY_DENIAL;
    return rcode == CORE_NXDOMAIN ? QUERY_ERROR : QUERY_SUCCESS;
}

query_log_t *
query_log_new(const struct core_list *list)
{
    const struct query_log_settings *settings = list->items;

    if (list->count == 0)
        return NULL;

    query_log_t *self = core_allocate(sizeof *self);

    self->rules = core_allocate(list->count * sizeof *self->rules);
    self->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        struct rule *rule = &self->rules[i];
        const int *classes = settings[i].classes.items;

        rule->names = &settings[i].names;
        for (size_t j = 0; j < settings[i].classes.count; j++)
            rule->classes[classes[j]] = true;
        if (strcmp(settings[i].format, "json") != 0)
            rule->format = log_format_new(settings[i].format);
    }
    return self;
}

void
query_log_destroy(query_log_t **self_p)
{
    assert(self_p);

    query_log_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++)
        log_format_destroy(&self->rules[i].format);
    free(self->rules);
    free(self);
    *self_p = NULL;
}

static bool
holds(const struct rule *rule, const uint8_t *qname)
{
    const uint8_t *const *names = rule->names->items;

    for (size_t i = 0; i < rule->names->count; i++)
        if (core_name_is_below(qname, names[i]))
            return true;
    return false;
}

static void
write_line(const struct rule *rule, const struct exchange *exchange)
{
    char line[LOG_FORMAT_SIZE];

    if (rule->format == NULL) {
        log_format_json(exchange, program_invocation_short_name, line);
        core_log_traffic_object(line);
    }
    else {
        log_format_write(rule->format, exchange, line);
        core_log_traffic(CORE_LOG_NOTICE, line);
    }
}

void
query_log_tell(const query_log_t *self, const struct exchange *exchange)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct rule *rule = &self->rules[i];

        if (!holds(rule, exchange->query->qname))
            continue;
        if (rule->classes[QUERY_ALL]
            || rule->classes[query_class(exchange->reply,
                                         exchange->reply_size)])
            write_line(rule, exchange);
        return;
    }
}
