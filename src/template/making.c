/*
 * making - an answer that is being made
 */

#include "template/making.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "lib/zone_record.h"
#include "template/scene.h"

#define USUAL_TTL 3600

/* ---- making -------------------------------------------------------------- */

static void
keep(struct making *self, enum core_section section,
     const struct core_zone_record *record)
{
    self->pieces[self->count++] = (struct making_piece) {
        .section = section,
        .owner = core_arena_copy(self->memory, record->owner,
                                 core_name_size(record->owner)),
        .type = record->type, .rrclass = record->rrclass,
        .ttl = record->ttl,
        .rdata = core_arena_copy(self->memory, record->rdata,
                                 record->rdata_size),
        .rdata_size = record->rdata_size,
    };
}

/* The record that a text makes; -1 and a fault when it makes none. */
static int
make_record(const struct rule_text *text, const struct value *dot,
            struct core_zone_record *record, enum metrics_failure *failure,
            struct core_fault *fault)
{
    static const struct core_zone_name root = { 1, "" };
    static const struct core_zone_usual usual = {
        .origin = &root, .ttl = USUAL_TTL, .rrclass = CORE_IN,
    };
    size_t size;
    char *line = text_run(text->text, dot, &size, fault);
    int rc;

    *failure = METRICS_TEXT;
    if (line == NULL)
        return -1;
    *failure = METRICS_RECORD;
    rc = core_zone_record_read(record, line, size, &usual, fault);
    free(line);
    return rc;
}

static struct value
make_scene(const struct making *self, const struct rule *rule,
           const struct rule_match *match, const char *name,
           const struct core_message *query,
           const struct core_record *record)
{
    const uint8_t *const *zones = rule->settings->zones.items;
    struct scene_source source = {
        .zone = zones[match->zone], .name = name, .regex = match->regex,
        .pattern = match->pattern,
        .qclass = query->qclass == CORE_CLASS_ANY ? rule->rrclass
                                                  : query->qclass,
        .qtype = query->qtype == CORE_ANY ? rule->type : query->qtype,
        .message = query, .client = record->client,
    };

    return scene_make(self->memory, &source);
}

struct making *
making_new(const struct rule *rule, const struct rule_match *match,
           const char *name, const struct core_message *query,
           const struct core_record *record, metrics_t *metrics,
           struct core_fault *fault)
{
    struct making *self = core_allocate(sizeof *self);
    struct core_zone_record *made = core_allocate(sizeof *made);
    struct value dot;

    self->memory = core_arena_new();
    self->rcode = rule->rcode;
    self->ede = rule->settings->ede < 0 ? CORE_EDE_NONE
        : (uint16_t) rule->settings->ede;
    self->ede_text = core_copy_text(rule->settings->ede_text);
    self->pieces = core_allocate((rule->text_count + 1)
                                 * sizeof *self->pieces);
    dot = make_scene(self, rule, match, name, query, record);
    for (size_t i = 0; i < rule->text_count; i++) {
        const struct rule_text *text = &rule->texts[i];
        enum metrics_failure failure;

        if (make_record(text, &dot, made, &failure, fault) == -1) {
            metrics_fail(metrics, failure, rule, match->zone, text);
            making_destroy(&self);
            break;
        }
        keep(self, text->section, made);
    }
    free(made);
    return self;
}

void
making_destroy(struct making **self_p)
{
    assert(self_p);

    struct making *self = *self_p;

    if (self == NULL)
        return;
    core_arena_destroy(&self->memory);
    free(self->ede_text);
    free(self->pieces);
    free(self);
    *self_p = NULL;
}

/* ---- aliases ------------------------------------------------------------- */

bool
making_must_look_up(const struct making_piece *piece, uint16_t qtype)
{
    return piece->section == CORE_ANSWER && piece->type == CORE_CNAME
        && piece->rrclass == CORE_IN
        && (qtype == CORE_A || qtype == CORE_AAAA);
}

void
making_found(struct making *self, struct making_piece *piece,
             const struct core_message *reply)
{
    if (reply == NULL)
        return;
    piece->found = core_arena_copy(self->memory, reply->bytes, reply->size);
    piece->found_size = reply->size;
}

/* ---- writing ------------------------------------------------------------- */

/* Adds the answers of what was found at an alias. */
static void
write_found(const struct making_piece *piece, struct core_writer *writer)
{
    struct core_message message;
    struct core_records records;
    struct core_rr rr;

    if (piece->found == NULL
        || core_message_parse(&message, piece->found, piece->found_size)
           != CORE_PARSE_OK)
        return;
    core_records_start(&records, &message);
    while (core_records_next(&records, &rr) && rr.section == CORE_ANSWER)
        core_writer_copy(writer, &message, &rr);
}

void
making_write(const struct making *self, struct core_writer *writer)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct making_piece *piece = &self->pieces[i];

        core_writer_rr(writer, piece->section, piece->owner, piece->type,
                       piece->rrclass, piece->ttl, piece->rdata,
                       piece->rdata_size);
        write_found(piece, writer);
    }
    core_writer_end(writer, CORE_AA, self->rcode);
}
