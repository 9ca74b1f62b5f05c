/*
 * dig - an item as a block of lines, as dig(1) shows a message
 *
 * What is no record stands behind ";", so the rest of a block is zone text.
 */

#include <string.h>

#include "coredns/rcode.h"
#include "coredns/rrtype.h"
#include "lib/record_text.h"
#include "tap/format.h"
#include "tap/words.h"

#define TAIL_SIZE 64                    /* room for what is said at a cut */

static void
add_list(struct core_sheet *sheet, const char *const *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        core_sheet_mark(sheet, ' ');
        core_sheet_text(sheet, words[i]);
    }
}

static void
write_head(struct core_sheet *sheet, const struct item *item)
{
    const char *words[WORDS_MOST];
    unsigned marks = words_marks(item, words);

    core_sheet_text(sheet, item->kind == ITEM_QUERY ? ";; QUERY from "
                                                    : ";; REPLY to ");
    core_sheet_address(sheet, item->record->client);
    core_sheet_mark(sheet, '#');
    core_sheet_number(sheet, item->record->client_port);
    core_sheet_text(sheet, " over ");
    words_transport(sheet, item->record->transport);
    core_sheet_text(sheet, " at ");
    core_sheet_text(sheet, item->process);
    core_sheet_mark(sheet, ' ');
    core_sheet_time(sheet, item->real_us);
    if (marks > 0) {
        core_sheet_text(sheet, "\n;; marks:");
        add_list(sheet, words, marks);
    }
    core_sheet_mark(sheet, '\n');
}

static void
write_header(struct core_sheet *sheet, const struct item *item)
{
    static const char *const counts[CORE_SECTIONS] = {
        "; QUERY: ", ", ANSWER: ", ", AUTHORITY: ", ", ADDITIONAL: ",
    };
    const struct core_message *message = item->message;
    const char *words[WORDS_MOST];

    core_sheet_text(sheet, ";; ->>HEADER<<- opcode: ");
    words_opcode(sheet, core_message_opcode(message));
    core_sheet_text(sheet, ", status: ");
    words_rcode(sheet, core_message_rcode(message));
    core_sheet_text(sheet, ", id: ");
    core_sheet_number(sheet, message->id);
    core_sheet_text(sheet, "\n;; flags:");
    add_list(sheet, words, words_flags(item, words));
    for (unsigned i = 0; i < CORE_SECTIONS; i++) {
        core_sheet_text(sheet, counts[i]);
        core_sheet_number(sheet, message->counts[i]);
    }
    core_sheet_mark(sheet, '\n');
}

static void
write_edns(struct core_sheet *sheet, const struct core_edns *edns)
{
    size_t offset = 0;
    uint16_t code, size;
    const uint8_t *value;

    if (!edns->present)
        return;
    core_sheet_text(sheet, ";; EDNS: version: ");
    core_sheet_number(sheet, edns->version);
    core_sheet_text(sheet, edns->dnssec_ok ? ", flags: do; udp: "
                                           : ", flags:; udp: ");
    core_sheet_number(sheet, edns->payload);
    core_sheet_mark(sheet, '\n');
    while (core_edns_option(edns, &offset, &code, &value, &size)) {
        core_sheet_text(sheet, ";; OPT=");
        core_sheet_number(sheet, code);
        core_sheet_text(sheet, size > 0 ? ": " : ":");
        core_sheet_hex(sheet, value, size);
        core_sheet_mark(sheet, '\n');
    }
}

static void
write_question(struct core_sheet *sheet, const struct core_message *message)
{
    if (message->qname == NULL)
        return;
    core_sheet_text(sheet, ";; QUESTION SECTION:\n;");
    core_sheet_name(sheet, message->qname);
    core_sheet_mark(sheet, '\t');
    words_class(sheet, message->qclass);
    core_sheet_mark(sheet, '\t');
    words_type(sheet, message->qtype);
    core_sheet_mark(sheet, '\n');
}

/* False when they did not all fit; then whole records stand there. */
static bool
write_records(struct core_sheet *sheet, const struct core_message *message)
{
    static const char *const titles[CORE_SECTIONS] = {
        NULL, ";; ANSWER SECTION:\n", ";; AUTHORITY SECTION:\n",
        ";; ADDITIONAL SECTION:\n",
    };
    enum core_section section = CORE_QUESTION;
    struct core_records records;
    struct core_rr rr;

    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        size_t before = sheet->size;

        if (rr.type == CORE_OPT)
            continue;
        if (rr.section != section)
            core_sheet_text(sheet, titles[rr.section]);
        section = rr.section;
        core_record_text(sheet, message, &rr);
        core_sheet_mark(sheet, '\n');
        if (sheet->is_full) {
            core_sheet_rewind(sheet, before);
            return false;
        }
    }
    return true;
}

static void
write_errors(struct core_sheet *sheet, const struct item *item)
{
    char text[WORDS_CLEAN_SIZE];
    const uint8_t *value;
    size_t offset = 0, size;

    while ((value = words_trail(item->record, CORE_TRAIL_EDE, &offset, &size))
           != NULL) {
        const char *name = size < 2 ? NULL : core_ede_name(core_read16(value));

        if (size < 2)
            continue;
        core_sheet_text(sheet, ";; EDE: ");
        core_sheet_number(sheet, core_read16(value));
        core_sheet_text(sheet, " (");
        core_sheet_text(sheet, name == NULL ? "?" : name);
        core_sheet_mark(sheet, ')');
        if (size > 2) {
            core_sheet_text(sheet, ": ");
            core_sheet_text(sheet, words_clean(text, value + 2, size - 2));
        }
        core_sheet_mark(sheet, '\n');
    }
}

static void
write_hops(struct core_sheet *sheet, const struct item *item)
{
    char text[WORDS_CLEAN_SIZE];
    const uint8_t *value;
    size_t offset = 0, size;

    while ((value = words_trail(item->record, CORE_TRAIL_HOP, &offset, &size))
           != NULL) {
        core_sheet_text(sheet, ";; HOP: ");
        core_sheet_text(sheet, words_clean(text, value, size));
        core_sheet_mark(sheet, '\n');
    }
}

static void
write_foot(struct core_sheet *sheet, const struct item *item)
{
    int64_t waited_us = words_waited(item);

    if (item->kind == ITEM_REPLY && waited_us >= 0) {
        core_sheet_text(sheet, ";; WAITED: ");
        core_sheet_number(sheet, (uint64_t) waited_us);
        core_sheet_text(sheet, " us\n");
    }
    core_sheet_text(sheet, ";; SIZE: ");
    core_sheet_number(sheet, item->record->message_size);
    core_sheet_text(sheet, "\n\n");
}

static bool
write_item(struct core_sheet *sheet, const struct item *item)
{
    size_t start = sheet->size;
    size_t limit = sheet->limit;
    bool is_whole;

    write_head(sheet, item);
    write_header(sheet, item);
    write_edns(sheet, &item->message->edns);
    write_errors(sheet, item);
    write_hops(sheet, item);
    write_question(sheet, item->message);
    if (sheet->is_full || limit - sheet->size < 2 * TAIL_SIZE) {
        core_sheet_rewind(sheet, start);
        return false;
    }
    sheet->limit -= 2 * TAIL_SIZE;
    is_whole = write_records(sheet, item->message);
    sheet->limit = limit;
    if (!is_whole)
        core_sheet_text(sheet, ";; CUT: the rest is too long\n");
    write_foot(sheet, item);
    return true;
}

static void
say_lost(struct core_sheet *sheet, uint64_t count)
{
    core_sheet_text(sheet, ";; LOST: ");
    core_sheet_number(sheet, count);
    core_sheet_text(sheet, "\n\n");
}

const struct format dig_format = {
    .name = "dig", .write = write_item, .lost = say_lost,
};
