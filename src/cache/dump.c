/*
 * dump - an entry of the store, for people
 *
 * The library of zone text writes the records: nobody waits here, and what it
 * reads was written by our own writer.
 */

#include "cache/dump.h"

#include <ldns/ldns.h>

#include "coredns/name.h"
#include "coredns/rrtype.h"

static const char *const kinds[] = {
    [IMAGE_POSITIVE] = "positive", [IMAGE_NEGATIVE] = "negative",
    [IMAGE_FAILURE] = "failure",
};

static const char *
state_word(const struct entry *entry, int64_t stale_ms, int64_t now_ms)
{
    if (entry_is_fresh(entry, now_ms))
        return "fresh";
    return entry_is_gone(entry, stale_ms, now_ms) ? "gone" : "stale";
}

static void
write_head(const struct entry *entry, int64_t stale_ms, int64_t now_ms,
           FILE *file)
{
    char name[CORE_NAME_TEXT_SIZE], type[CORE_RRTYPE_TEXT_SIZE];
    struct image image = entry_image(entry);
    size_t size;
    const uint8_t *question = entry_question(entry, &size);
    unsigned rclass = core_read16(question + size - 2);

    fprintf(file, "%s ", core_name_to_text(name, question));
    if (rclass == CORE_IN)
        fputs("IN", file);
    else
        fprintf(file, "CLASS%u", rclass);
    fprintf(file, " %s%s%s %s %s rcode=%u ttl=%u size=%u hits=%u\n",
            core_rrtype_to_text(type, core_read16(question + size - 4)),
            (entry->bits & KEY_DNSSEC_OK) != 0 ? " do" : "",
            (entry->bits & KEY_CHECKING_DISABLED) != 0 ? " cd" : "",
            kinds[entry->kind], state_word(entry, stale_ms, now_ms),
            image_rcode(&image), entry_ttl(entry, now_ms),
            (unsigned) (entry->units * ENTRY_UNIT), (unsigned) entry->hits);
}

static void
write_records(const struct image *image, uint32_t ttl, FILE *file)
{
    static const struct {
        ldns_pkt_section section;
        const char *name;
    } sections[] = {
        { LDNS_SECTION_ANSWER, "an" }, { LDNS_SECTION_AUTHORITY, "au" },
        { LDNS_SECTION_ADDITIONAL, "ad" },
    };
    size_t at = CORE_HEADER_SIZE + image_question_size(image);

    for (unsigned i = 0; i < 3; i++) {
        unsigned left = core_read16(image->message + 6 + 2 * i);

        for (; left > 0; left--) {
            ldns_rr *rr;

            if (ldns_wire2rr(&rr, image->message, image->message_size, &at,
                             sections[i].section) != LDNS_STATUS_OK)
                return;                 /* rdata it does not understand */
            ldns_rr_set_ttl(rr, ttl);
            fprintf(file, "\t%s ", sections[i].name);
            ldns_rr_print(file, rr);    /* ends the line */
            ldns_rr_free(rr);
        }
    }
}

void
dump_write(const struct entry *entry, int64_t stale_ms, int64_t now_ms,
           FILE *file)
{
    struct image image = entry_image(entry);

    write_head(entry, stale_ms, now_ms, file);
    write_records(&image, entry_ttl(entry, now_ms), file);
}
