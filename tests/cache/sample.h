/*
 * sample - queries and replies for the tests of the cache, made from text
 *
 * Records are lines as in a zone file, separated by ';'.  They are written as
 * they are, without compression, so a reply may hold whatever a test needs.
 */

#ifndef TESTS_CACHE_SAMPLE_H
#define TESTS_CACHE_SAMPLE_H

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <ldns/ldns.h>

#include "cache/answers.h"
#include "coredns/message.h"
#include "coredns/name.h"
#include "coredns/rrtype.h"
#include "coredns/writer.h"

struct sample {
    uint8_t bytes[CORE_MESSAGE_SIZE];
    size_t size;
    struct core_message message;
};

static const struct key_secret sample_secret = { { 1, 2 } };

static inline void
sample_parse(struct sample *self)
{
    ck_assert_int_eq(core_message_parse(&self->message, self->bytes,
                                        self->size), CORE_PARSE_OK);
}

/* A query with id 0x1234; with_do adds an OPT record. */
static inline void
sample_query(struct sample *self, const char *name, uint16_t type,
             uint16_t flags, bool with_do)
{
    uint8_t wire[CORE_NAME_SIZE];
    struct core_writer writer;

    ck_assert_int_gt(core_name_from_text(wire, name, NULL), 0);
    core_writer_query(&writer, self->bytes, sizeof self->bytes, 0x1234,
                      flags, wire, type, CORE_IN);
    if (with_do)
        core_writer_edns(&writer, 1232, 0, true, NULL, 0);
    self->size = core_writer_end(&writer, 0, 0);
    sample_parse(self);
}

/* Adds records of one section. */
static inline void
sample_records(struct sample *self, enum core_section section,
               const char *text)
{
    char *copy = strdup(text == NULL ? "" : text);
    char *rest = copy, *line;

    while ((line = strsep(&rest, ";")) != NULL) {
        ldns_rr *rr;
        uint8_t *wire;
        size_t size;

        if (line[strspn(line, " ")] == '\0')
            continue;
        ck_assert_msg(ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL)
                      == LDNS_STATUS_OK, "no record: %s", line);
        ck_assert_int_eq(ldns_rr2wire(&wire, rr, LDNS_SECTION_ANSWER, &size),
                         LDNS_STATUS_OK);
        ck_assert_uint_le(self->size + size, sizeof self->bytes);
        memcpy(self->bytes + self->size, wire, size);
        self->size += size;
        core_write16(self->bytes + 4 + 2 * section,
                     (uint16_t) (core_read16(self->bytes + 4 + 2 * section)
                                 + 1));
        free(wire);
        ldns_rr_free(rr);
    }
    free(copy);
}

/* A reply with RA; more flags may be or-ed to the rcode. */
static inline void
sample_reply(struct sample *self, const char *name, uint16_t type,
             unsigned flags_and_rcode, const char *const sections[3])
{
    sample_query(self, name, type, CORE_RD, false);
    core_write16(self->bytes + 2, (uint16_t) (CORE_QR | CORE_RD | CORE_RA
                                              | flags_and_rcode));
    for (unsigned i = 0; i < 3; i++)
        sample_records(self, (enum core_section) (CORE_ANSWER + i),
                       sections[i]);
    sample_parse(self);
}

static inline struct key
sample_key(const char *name, uint16_t type, uint8_t bits,
           const struct key_secret *secret)
{
    uint8_t wire[CORE_NAME_SIZE];
    struct key key;

    ck_assert_int_gt(core_name_from_text(wire, name, NULL), 0);
    key_of_name(&key, wire, type, CORE_IN, bits, secret);
    return key;
}

/* The settings that a configuration without any would give. */
static inline struct policy
sample_policy(void)
{
    return (struct policy) {
        .capacity = 4 << 20, .denial_share = 25,
        .success_ttl = 3600, .success_minimum_ttl = 5,
        .denial_ttl = 1800, .denial_minimum_ttl = 5, .soa_minimum = true,
        .failure_ms = 5000, .prefetch_pause_ms = 60000,
        .prefetch_percentage = 10, .stale_wait_ms = 1800, .stale_ttl = 30,
        .stale_recheck_ms = 30000,
    };
}

#endif
