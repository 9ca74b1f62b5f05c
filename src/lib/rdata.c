/*
 * rdata - the words behind a type as wire format
 *
 * What has no row in rdata_layout.h goes to ldns, as a record of its own made
 * of the words once more: slow, and nobody waits for a LOC record.
 */

#include "lib/rdata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "coredns/feed.h"
#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "lib/rdata_field.h"

/* ---- what all fields use ------------------------------------------------- */

bool
rdata_fail(struct core_rdata_reader *self, const struct core_word *word,
           const char *fault)
{
    self->fault = fault;
    self->fault_word = word;
    return false;
}

bool
rdata_put(struct core_rdata_reader *self, const void *octets, size_t size)
{
    if (size > CORE_RDATA_SIZE - self->size)
        return rdata_fail(self, NULL, "rdata is above the limit of 65535 "
                          "octets");
    if (size > 0)
        memcpy(self->bytes + self->size, octets, size);
    self->size += size;
    return true;
}

bool
rdata_put8(struct core_rdata_reader *self, unsigned value)
{
    uint8_t octet = (uint8_t) value;

    return rdata_put(self, &octet, sizeof octet);
}

bool
rdata_put16(struct core_rdata_reader *self, unsigned value)
{
    uint8_t octets[2];

    core_write16(octets, (uint16_t) value);
    return rdata_put(self, octets, sizeof octets);
}

bool
rdata_put32(struct core_rdata_reader *self, uint32_t value)
{
    uint8_t octets[4];

    core_write32(octets, value);
    return rdata_put(self, octets, sizeof octets);
}

int
rdata_unescape(uint8_t *bytes, size_t limit, const char *text, size_t size)
{
    size_t written = 0;

    for (size_t i = 0; i < size; i++) {
        int octet = (uint8_t) text[i];

        if (octet == '\\' && ++i == size)
            return -1;
        if (octet == '\\') {
            octet = (uint8_t) text[i];
            if (octet >= '0' && octet <= '9') {
                if (size - i < 3 || text[i + 1] < '0' || text[i + 1] > '9'
                    || text[i + 2] < '0' || text[i + 2] > '9')
                    return -1;
                octet = (octet - '0') * 100 + (text[i + 1] - '0') * 10
                    + text[i + 2] - '0';
                i += 2;
            }
        }
        if (octet > 255 || written == limit)
            return -1;
        bytes[written++] = (uint8_t) octet;
    }
    return (int) written;
}

/* ---- the generic form, RFC 3597 section 5 -------------------------------- */

static bool
is_generic(const struct core_rdata_reader *self)
{
    return self->left > 0 && self->word->size == 2
        && !self->word->is_quoted && memcmp(self->word->text, "\\#", 2) == 0;
}

/* What is read as octets must still be what the type says. */
static bool
is_sound(const struct core_rdata_reader *self)
{
    uint8_t *rdatas = core_allocate(2 + self->size);
    struct core_change change = {
        .kind = CORE_CHANGE_ADD, .owner = (const uint8_t *) "",
        .type = self->type, .count = 1, .rdatas = rdatas,
        .rdatas_size = 2 + self->size,
    };

    core_write16(rdatas, (uint16_t) self->size);
    memcpy(rdatas + 2, self->bytes, self->size);

    bool sound = core_change_is_sound(&change);

    free(rdatas);
    return sound;
}

static bool
read_generic(struct core_rdata_reader *self)
{
    const struct core_word *length = self->word + 1;
    uint32_t size;

    if (self->left < 2 || !core_word_number(length, CORE_RDATA_SIZE, &size))
        return rdata_fail(self, self->left < 2 ? NULL : length,
                          "no length behind \\#");
    self->word += 2;
    self->left -= 2;
    if (self->left > 0 && !rdata_field_read(self, FIELD_HEX))
        return false;
    if (self->size != size)
        return rdata_fail(self, length, "not the length of the octets that "
                          "follow");
    return is_sound(self) || rdata_fail(self, NULL, "octets are not rdata of "
                                        "this type");
}

/* ---- what is left to ldns ------------------------------------------------ */

/* The words as one text, as ldns reads it; free() it. */
static char *
join_words(const struct core_rdata_reader *self)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    char mnemonic[CORE_RRTYPE_TEXT_SIZE];

    fprintf(file, ". 0 IN %s", core_rrtype_to_text(mnemonic, self->type));
    for (size_t i = 0; i < self->left; i++) {
        const char *quote = self->word[i].is_quoted ? "\"" : "";

        fprintf(file, " %s%.*s%s", quote, (int) self->word[i].size,
                self->word[i].text, quote);
    }
    fclose(file);
    return text;
}

static bool
read_by_ldns(struct core_rdata_reader *self)
{
    char *text = join_words(self);
    ldns_rr *rr = NULL;
    ldns_rdf *origin = ldns_dname_new_frm_data(self->origin->size,
                                               self->origin->bytes);
    bool ok = ldns_rr_new_frm_str(&rr, text, 0, origin, NULL)
        == LDNS_STATUS_OK;

    free(text);
    ldns_rdf_deep_free(origin);
    if (!ok)
        return rdata_fail(self, self->left > 0 ? self->word : NULL,
                          "rdata is broken, or its type is not known");
    for (size_t i = 0; ok && i < ldns_rr_rd_count(rr); i++)
        ok = rdata_put(self, ldns_rdf_data(ldns_rr_rdf(rr, i)),
                       ldns_rdf_size(ldns_rr_rdf(rr, i)));
    ldns_rr_free(rr);
    self->left = 0;
    return ok && (is_sound(self)
                  || rdata_fail(self, NULL, "rdata is broken"));
}

/* -------------------------------------------------------------------------- */

static bool
read_fields(struct core_rdata_reader *self, const char *fields)
{
    for (; *fields != '\0'; fields++) {
        /* Only these may stand for no word at all. */
        if (self->left == 0 && *fields != FIELD_TYPES
            && *fields != FIELD_PARAMETERS && *fields != FIELD_KEY)
            return rdata_fail(self, NULL, "too few words");
        if (!rdata_field_read(self, *fields))
            return false;
    }
    if (self->left > 0)
        return rdata_fail(self, self->word, "one word too many");
    return true;
}

bool
core_rdata_read(struct core_rdata_reader *self)
{
    const char *fields;

    self->size = 0;
    self->fault = NULL;
    self->fault_word = NULL;
    if (is_generic(self))
        return read_generic(self);
    fields = rdata_layout(self->type);
    return fields == NULL ? read_by_ldns(self) : read_fields(self, fields);
}
