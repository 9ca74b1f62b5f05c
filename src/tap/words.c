/*
 * words - what the texts have in common: words for flags and marks
 */

#include "tap/words.h"

#include <string.h>

#include "coredns/rcode.h"
#include "coredns/rrtype.h"
#include "lib/printable.h"

static const char *const transports[] = {
    [CORE_UDP] = "udp", [CORE_TCP] = "tcp", [CORE_DOT] = "tls",
    [CORE_DOH] = "https", [CORE_DOQ] = "quic", [CORE_INTERNAL] = "internal",
};

static const char *const opcodes[] = {
    [CORE_OPCODE_QUERY] = "QUERY", [1] = "IQUERY",
    [CORE_OPCODE_STATUS] = "STATUS", [CORE_OPCODE_NOTIFY] = "NOTIFY",
    [CORE_OPCODE_UPDATE] = "UPDATE", [6] = "DSO",
};

static void
add_word(struct core_sheet *sheet, const char *word, const char *otherwise,
         unsigned number)
{
    if (word != NULL) {
        core_sheet_text(sheet, word);
        return;
    }
    core_sheet_text(sheet, otherwise);
    core_sheet_number(sheet, number);
}

void
words_opcode(struct core_sheet *sheet, unsigned opcode)
{
    add_word(sheet, opcode < sizeof opcodes / sizeof *opcodes
             ? opcodes[opcode] : NULL, "OPCODE", opcode);
}

void
words_rcode(struct core_sheet *sheet, unsigned rcode)
{
    add_word(sheet, core_rcode_name(rcode), "RCODE", rcode);
}

void
words_type(struct core_sheet *sheet, uint16_t type)
{
    char text[CORE_RRTYPE_TEXT_SIZE];

    core_sheet_text(sheet, core_rrtype_to_text(text, type));
}

void
words_class(struct core_sheet *sheet, uint16_t rclass)
{
    char text[CORE_RRTYPE_TEXT_SIZE];

    core_sheet_text(sheet, core_rrclass_to_text(text, rclass));
}

void
words_transport(struct core_sheet *sheet, unsigned transport)
{
    add_word(sheet, transport < sizeof transports / sizeof *transports
             ? transports[transport] : NULL, "transport", transport);
}

unsigned
words_flags(const struct item *item, const char *words[WORDS_MOST])
{
    static const struct {
        uint16_t flag;
        const char *word;
    } flags[] = {
        { CORE_QR, "qr" }, { CORE_AA, "aa" }, { CORE_TC, "tc" },
        { CORE_RD, "rd" }, { CORE_RA, "ra" }, { 0x0040, "z" },
        { CORE_AD, "ad" }, { CORE_CD, "cd" },
    };
    unsigned count = 0;

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if ((item->message->flags & flags[i].flag) != 0)
            words[count++] = flags[i].word;
    return count;
}

unsigned
words_marks(const struct item *item, const char *words[WORDS_MOST])
{
    const struct core_record *record = item->record;
    uint16_t qtype = item->message->qtype;
    unsigned count = 0;

    if ((record->flags & CORE_RECORD_RESENT) != 0)
        words[count++] = "resent";
    if ((record->flags & CORE_RECORD_INTERNAL) != 0
        || record->transport == CORE_INTERNAL)
        words[count++] = "internal";
    if ((record->flags & CORE_RECORD_TRACE) != 0)
        words[count++] = "trace";
    if ((record->flags & CORE_RECORD_MORE) != 0)
        words[count++] = "more";
    if (qtype == CORE_AXFR || qtype == CORE_IXFR)
        words[count++] = "transfer";
    return count;
}

const char *
words_clean(char text[WORDS_CLEAN_SIZE], const uint8_t *octets, size_t size)
{
    if (size > WORDS_CLEAN_SIZE - 1)
        size = WORDS_CLEAN_SIZE - 1;
    for (size_t i = 0; i < size; i++)
        text[i] = octets[i] == '\0' ? '?' : (char) octets[i];
    text[size] = '\0';
    core_printable_clean(text);
    return text;
}

const uint8_t *
words_trail(const struct core_record *record, enum core_trail_kind kind,
            size_t *offset, size_t *size)
{
    const uint8_t *value;

    if (record->trail == NULL)
        return NULL;
    value = core_trail_find(record->trail + *offset,
                            record->trail_size - *offset, kind, size);
    if (value != NULL)
        *offset = (size_t) (value - record->trail) + *size;
    return value;
}

int64_t
words_waited(const struct item *item)
{
    int64_t arrived_us = item->record->arrived_us;

    return arrived_us > 0 && item->real_us >= arrived_us
        ? item->real_us - arrived_us : -1;
}
