/*
 * zone_record - a line of zone text as a record
 */

#include "lib/zone_record.h"

#include <string.h>

#include "coredns/rrtype.h"
#include "lib/type_word.h"

#define TTL_LIMIT 0x7fffffffu           /* RFC 2181 section 8 */

static int
fail(struct core_fault *fault, const char *why, const struct core_word *word)
{
    if (word == NULL)
        core_fault_set(fault, NULL, 0, "%s", why);
    else
        core_fault_set(fault, NULL, 0, "%s: %.*s", why,
                       word->size < 40 ? (int) word->size : 40, word->text);
    return -1;
}

static int
read_owner(struct core_zone_record *self, const struct core_entry *entry,
           const struct core_zone_name *origin, struct core_fault *fault)
{
    const struct core_word *word = &entry->words[0];

    if (word->is_quoted
        || core_name_word(self->owner, word, origin, CORE_NAME_AS_IT_IS) == -1)
        return fail(fault, "not a domain name", word);
    return 0;
}

/* TTL and class in either order, then the type; the index behind it, or -1. */
static int
read_type(struct core_zone_record *self, const struct core_entry *entry,
          struct core_fault *fault)
{
    bool has_ttl = false, has_class = false;

    for (size_t i = 1; i < entry->count; i++) {
        const struct core_word *word = &entry->words[i];
        int rrclass = has_class ? -1 : core_class_word(word);
        int type;

        if (rrclass != -1) {
            self->rrclass = (uint16_t) rrclass;
            has_class = true;
            continue;
        }
        if (!has_ttl && core_word_seconds(word, &self->ttl)) {
            if (self->ttl > TTL_LIMIT)
                return fail(fault, "TTL out of range", word);
            has_ttl = true;
            continue;
        }
        type = core_type_word(word);
        if (type <= 0 || type == CORE_OPT
            || (type >= CORE_TKEY && type <= CORE_ANY))
            return fail(fault, "not the type of a record", word);
        self->type = (uint16_t) type;
        return (int) i + 1;
    }
    return fail(fault, "no type", NULL);
}

static int
read_entry(struct core_zone_record *self, const struct core_entry *entry,
           const struct core_zone_usual *usual, struct core_fault *fault)
{
    int at;

    self->ttl = usual->ttl;
    self->rrclass = usual->rrclass;
    if (read_owner(self, entry, usual->origin, fault) == -1)
        return -1;
    at = read_type(self, entry, fault);
    if (at == -1)
        return -1;

    struct core_rdata_reader rdata = {
        .bytes = self->rdata, .type = self->type, .word = entry->words + at,
        .left = entry->count - (size_t) at, .origin = usual->origin,
    };

    if (!core_rdata_read(&rdata))
        return fail(fault, rdata.fault, rdata.fault_word);
    self->rdata_size = rdata.size;
    return 0;
}

int
core_zone_record_read(struct core_zone_record *self, const char *text,
                      size_t size, const struct core_zone_usual *usual,
                      struct core_fault *fault)
{
    struct core_scanner scanner = { .words = NULL };
    struct core_entry entry;
    int rc;

    core_scanner_start(&scanner, text, size);
    switch (core_scanner_next(&scanner, &entry)) {
    case CORE_SCAN_ENTRY:
        rc = read_entry(self, &entry, usual, fault);
        break;
    case CORE_SCAN_FAULT:
        rc = fail(fault, scanner.fault, NULL);
        break;
    default:
        rc = fail(fault, "there is no record", NULL);
    }
    core_scanner_end(&scanner);
    return rc;
}
