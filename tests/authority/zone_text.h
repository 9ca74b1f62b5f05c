/*
 * zone_text - zones from text, and replies as text
 *
 * A reply is written as "RCODE flags", then a line for each record: those of
 * the answer section as they are, of the authority section behind "~ ", of the
 * additional section behind "+ "; sorted in each section, without the class.
 */

#ifndef TESTS_AUTHORITY_ZONE_TEXT_H
#define TESTS_AUTHORITY_ZONE_TEXT_H

#include <assert.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority/answer.h"
#include "authority/zones.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"

/* One record of ldns as a change. */
static inline void
zone_text_apply(struct zone *zone, const ldns_rr *rr,
                enum core_change_kind kind)
{
    uint8_t owner[CORE_NAME_SIZE];
    uint8_t rdatas[CORE_MESSAGE_SIZE];
    size_t size = 2;

    memcpy(owner, ldns_rdf_data(ldns_rr_owner(rr)),
           ldns_rdf_size(ldns_rr_owner(rr)));
    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        const ldns_rdf *rdf = ldns_rr_rdf(rr, i);

        memcpy(rdatas + size, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
        size += ldns_rdf_size(rdf);
    }
    core_write16(rdatas, (uint16_t) (size - 2));

    struct core_change change = {
        .kind = kind, .owner = owner,
        .type = (uint16_t) ldns_rr_get_type(rr), .ttl = ldns_rr_ttl(rr),
        .count = 1, .rdatas = rdatas, .rdatas_size = size,
    };

    zone_change(zone, &change);
}

/* Reads records in zone notation and adds them to the zone. */
static inline void
zone_text_read(struct zone *zone, const char *origin, FILE *file)
{
    ldns_rdf *base = ldns_dname_new_frm_str(origin);
    ldns_rdf *previous = NULL;
    uint32_t ttl = 3600;
    int line = 0;

    while (!feof(file)) {
        ldns_rr *rr = NULL;
        ldns_status status =
            ldns_rr_new_frm_fp_l(&rr, file, &ttl, &base, &previous, &line);

        if (status == LDNS_STATUS_OK) {
            zone_text_apply(zone, rr, CORE_CHANGE_ADD);
            ldns_rr_free(rr);
        } else if (status != LDNS_STATUS_SYNTAX_EMPTY
                   && status != LDNS_STATUS_SYNTAX_TTL
                   && status != LDNS_STATUS_SYNTAX_ORIGIN) {
            fprintf(stderr, "zone text, line %d: %s\n", line,
                    ldns_get_errorstr_by_id(status));
            abort();
        }
    }
    ldns_rdf_deep_free(base);
    ldns_rdf_deep_free(previous);
}

static inline struct zone *
zone_text_new(unsigned source, uint16_t layer, const char *origin,
              uint16_t flags)
{
    struct core_zone_id id = { .layer = layer };
    struct core_zone_options options = { .flags = flags };

    assert(core_name_from_text(id.name, origin, NULL) != -1);
    core_name_lower(id.name);

    struct zone *zone = zone_new(source, &id);

    zone_set_options(zone, &options);
    return zone;
}

/* A zone of that text, put into zones. */
static inline struct zone *
zone_text_put(zones_t *zones, unsigned source, uint16_t layer,
              const char *origin, uint16_t flags, const char *text)
{
    struct zone *zone = zone_text_new(source, layer, origin, flags);
    struct zone *put = zone;
    FILE *file = fmemopen((void *) (uintptr_t) text, strlen(text), "r");

    zone_text_read(zone, origin, file);
    fclose(file);
    zone_settle(zone, 1);
    zones_put(zones, &put);
    return zone;
}

static inline int
zone_text_compare(const void *left, const void *right)
{
    return strcmp(*(char *const *) left, *(char *const *) right);
}

/* Writes the records of a section, sorted. */
static inline void
zone_text_section(FILE *output, const char *mark, const ldns_rr_list *list)
{
    size_t count = ldns_rr_list_rr_count(list);
    char **lines = core_allocate((count + 1) * sizeof *lines);

    for (size_t i = 0; i < count; i++) {
        char *line = ldns_rr2str(ldns_rr_list_rr(list, i));
        char *class = strstr(line, "\tIN\t");

        memmove(class, class + 3, strlen(class + 3) + 1);
        for (char *at = line; *at != '\0'; at++)
            if (*at == '\t')
                *at = ' ';
        line[strcspn(line, "\n")] = '\0';
        for (size_t end = strlen(line); end > 0 && line[end - 1] == ' ';)
            line[--end] = '\0';
        lines[i] = line;
    }
    qsort(lines, count, sizeof *lines, zone_text_compare);
    for (size_t i = 0; i < count; i++) {
        fprintf(output, "%s%s\n", mark, lines[i]);
        free(lines[i]);
    }
    free(lines);
}

/* The message as text; yours. */
static inline char *
zone_text_reply(const uint8_t *bytes, size_t size)
{
    ldns_pkt *packet = NULL;
    char *text = NULL;
    size_t text_size;
    FILE *output = open_memstream(&text, &text_size);
    ldns_status status = ldns_wire2pkt(&packet, bytes, size);

    if (status != LDNS_STATUS_OK) {
        fprintf(output, "broken: %s\n", ldns_get_errorstr_by_id(status));
        fclose(output);
        return text;
    }

    char *rcode = ldns_pkt_rcode2str(ldns_pkt_get_rcode(packet));

    fprintf(output, "%s%s%s\n", rcode, ldns_pkt_aa(packet) ? " aa" : "",
            ldns_pkt_tc(packet) ? " tc" : "");
    free(rcode);
    zone_text_section(output, "", ldns_pkt_answer(packet));
    zone_text_section(output, "~ ", ldns_pkt_authority(packet));
    zone_text_section(output, "+ ", ldns_pkt_additional(packet));
    ldns_pkt_free(packet);
    fclose(output);
    return text;
}

/* A question on the wire; returns its size. */
static inline size_t
zone_text_question(uint8_t *bytes, size_t limit, const char *name,
                   const char *type, bool dnssec_ok)
{
    struct core_writer writer;
    uint8_t wire[CORE_NAME_SIZE];
    int number = core_rrtype_from_text(type);

    assert(core_name_from_text(wire, name, NULL) != -1 && number != -1);
    core_writer_query(&writer, bytes, limit, 1, 0, wire, (uint16_t) number,
                      CORE_IN);
    if (dnssec_ok)
        core_writer_edns(&writer, 1232, 0, true, NULL, 0);
    return core_writer_end(&writer, 0, 0);
}

#define ZONE_TEXT_DNSSEC 1              /* DO */
#define ZONE_TEXT_STREAM 2              /* over TCP */
#define ZONE_TEXT_LOOK_UP 4             /* there is somebody to ask */

/* A question to zones, and all that it needs while it is answered. */
struct zone_text_call {
    uint8_t question[512];
    uint8_t bytes[CORE_MESSAGE_SIZE];
    struct core_message message;
    struct core_writer writer;
    struct answer answer;
};

static inline enum answer_verdict
zone_text_make(struct zone_text_call *call)
{
    core_writer_reply(&call->writer, call->bytes, sizeof call->bytes,
                      &call->message);
    return answer_make(&call->answer);
}

static inline enum answer_verdict
zone_text_start(struct zone_text_call *call, const zones_t *zones,
                const struct answer_style *style, const char *name,
                const char *type, unsigned how)
{
    static const struct answer_style plain = { .ns_in_authority = false };
    size_t size = zone_text_question(call->question, sizeof call->question,
                                     name, type,
                                     (how & ZONE_TEXT_DNSSEC) != 0);

    assert(core_message_parse(&call->message, call->question, size)
           == CORE_PARSE_OK);
    call->answer = (struct answer) {
        .zones = zones, .style = style != NULL ? style : &plain,
        .query = &call->message, .writer = &call->writer,
        .is_datagram = (how & ZONE_TEXT_STREAM) == 0,
        .can_look_up = (how & ZONE_TEXT_LOOK_UP) != 0,
    };
    return zone_text_make(call);
}

/* What came of it: the reply as text, "passed" or "look up NAME"; yours. */
static inline char *
zone_text_end(struct zone_text_call *call, enum answer_verdict verdict)
{
    char name[CORE_NAME_TEXT_SIZE];
    char text[CORE_NAME_TEXT_SIZE + 16];

    if (verdict == ANSWER_DONE)
        return zone_text_reply(call->bytes, call->writer.size);
    if (verdict == ANSWER_PASSED)
        return core_copy_text("passed\n");
    sprintf(text, "look up %s\n",
            core_name_to_text(name, call->answer.target));
    return core_copy_text(text);
}

/* Asks the zones. */
static inline char *
zone_text_ask(const zones_t *zones, const struct answer_style *style,
              const char *name, const char *type, unsigned how)
{
    struct zone_text_call call;
    enum answer_verdict verdict =
        zone_text_start(&call, zones, style, name, type, how);

    return zone_text_end(&call, verdict);
}

/* Asks the zones, which may look up at others (NULL: in vain). */
static inline char *
zone_text_pursue(const zones_t *zones, const zones_t *others,
                 const struct answer_style *style, const char *name,
                 const char *type)
{
    static struct zone_text_call call, other;
    char target[CORE_NAME_TEXT_SIZE];
    struct core_message reply;
    enum answer_verdict verdict =
        zone_text_start(&call, zones, style, name, type, ZONE_TEXT_LOOK_UP);
    uint8_t wire[CORE_NAME_SIZE];

    if (verdict != ANSWER_LOOK_UP)
        return zone_text_end(&call, verdict);
    memcpy(wire, call.answer.target, sizeof wire);
    call.answer.looked_up = wire;
    if (others != NULL) {
        verdict = zone_text_start(&other, others, NULL,
                                  core_name_to_text(target, wire), type, 0);
        if (verdict != ANSWER_DONE) {
            core_writer_reply(&other.writer, other.bytes, sizeof other.bytes,
                              &other.message);
            core_writer_end(&other.writer, 0, CORE_REFUSED);
        }
        assert(core_message_parse(&reply, other.bytes, other.writer.size)
               == CORE_PARSE_OK);
        call.answer.followed = &reply;
    }
    return zone_text_end(&call, zone_text_make(&call));
}

#endif
