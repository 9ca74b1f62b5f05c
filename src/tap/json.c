/*
 * json - an item as one JSON object in a line
 *
 * coredns-tap(8) tells the keys; all of them are always there.  Texts of zone
 * notation are written first and then spread, to put a backslash in front of
 * what needs one; so there is no second copy of them.
 */

#include <string.h>

#include "coredns/rrtype.h"
#include "lib/record_text.h"
#include "tap/format.h"
#include "tap/words.h"

#define SCHEMA "{\"schema\":1,\"kind\":\""
#define TAIL_SIZE 512                   /* of what stands behind records */

/* Puts a backslash in front of quotes and backslashes behind that place. */
static void
escape(struct core_sheet *sheet, size_t start)
{
    size_t more = 0;
    char *from = sheet->text + sheet->size;
    char *to;

    if (sheet->is_full)
        return;
    for (size_t i = start; i < sheet->size; i++)
        more += sheet->text[i] == '"' || sheet->text[i] == '\\';
    if (more > sheet->limit - sheet->size) {
        sheet->is_full = true;
        return;
    }
    sheet->size += more;
    to = sheet->text + sheet->size;
    while (to > from) {
        *--to = *--from;
        if (*to == '"' || *to == '\\')
            *--to = '\\';
    }
}

static void
add_text(struct core_sheet *sheet, const char *text)
{
    size_t start;

    core_sheet_mark(sheet, '"');
    start = sheet->size;
    core_sheet_text(sheet, text);
    escape(sheet, start);
    core_sheet_mark(sheet, '"');
}

static void
add_name(struct core_sheet *sheet, const uint8_t *name)
{
    char text[CORE_NAME_TEXT_SIZE];

    add_text(sheet, core_name_to_text(text, name));
}

/* ,"key":number */
static void
add_number(struct core_sheet *sheet, const char *key, uint64_t number)
{
    core_sheet_text(sheet, key);
    core_sheet_number(sheet, number);
}

static void
add_list(struct core_sheet *sheet, const char *key, const char *const *words,
         unsigned count)
{
    core_sheet_text(sheet, key);
    core_sheet_mark(sheet, '[');
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            core_sheet_mark(sheet, ',');
        add_text(sheet, words[i]);
    }
    core_sheet_mark(sheet, ']');
}

/* ---- the item ------------------------------------------------------------ */

static void
write_client(struct core_sheet *sheet, const struct item *item)
{
    const struct core_record *record = item->record;
    const char *words[WORDS_MOST];

    core_sheet_text(sheet, item->kind == ITEM_QUERY
                    ? SCHEMA "query\",\"time\":\""
                    : SCHEMA "reply\",\"time\":\"");
    core_sheet_time(sheet, item->real_us);
    core_sheet_text(sheet, "\",\"process\":");
    add_text(sheet, item->process);
    core_sheet_text(sheet, ",\"query\":\"");    /* 64 bits are too many */
    core_sheet_number(sheet, record->id);
    core_sheet_text(sheet, "\",\"client\":\"");
    core_sheet_address(sheet, record->client);
    add_number(sheet, "\",\"port\":", record->client_port);
    core_sheet_text(sheet, ",\"transport\":\"");
    words_transport(sheet, record->transport);
    add_list(sheet, "\",\"marks\":", words, words_marks(item, words));
    add_number(sheet, ",\"size\":", record->message_size);
}

static void
write_waited(struct core_sheet *sheet, const struct item *item)
{
    int64_t waited_us = words_waited(item);

    if (item->kind == ITEM_REPLY && waited_us >= 0)
        add_number(sheet, ",\"waited_us\":", (uint64_t) waited_us);
    else
        core_sheet_text(sheet, ",\"waited_us\":null");
}

static void
write_trail(struct core_sheet *sheet, const struct item *item)
{
    char text[WORDS_CLEAN_SIZE];
    const uint8_t *value;
    size_t offset = 0, size;
    bool is_first = true;

    core_sheet_text(sheet, ",\"ede\":[");
    while ((value = words_trail(item->record, CORE_TRAIL_EDE, &offset, &size))
           != NULL) {
        if (size < 2)
            continue;
        add_number(sheet, is_first ? "{\"code\":" : ",{\"code\":",
                   core_read16(value));
        core_sheet_text(sheet, ",\"text\":");
        add_text(sheet, words_clean(text, value + 2, size - 2));
        core_sheet_mark(sheet, '}');
        is_first = false;
    }
    core_sheet_text(sheet, "],\"hops\":[");
    is_first = true;
    offset = 0;
    while ((value = words_trail(item->record, CORE_TRAIL_HOP, &offset, &size))
           != NULL) {
        if (!is_first)
            core_sheet_mark(sheet, ',');
        add_text(sheet, words_clean(text, value, size));
        is_first = false;
    }
    core_sheet_mark(sheet, ']');
}

/* ---- its message --------------------------------------------------------- */

static void
write_header(struct core_sheet *sheet, const struct item *item)
{
    const struct core_message *message = item->message;
    const char *words[WORDS_MOST];

    add_number(sheet, ",\"dns\":{\"id\":", message->id);
    core_sheet_text(sheet, ",\"opcode\":\"");
    words_opcode(sheet, core_message_opcode(message));
    core_sheet_text(sheet, "\",\"rcode\":\"");
    words_rcode(sheet, core_message_rcode(message));
    add_list(sheet, "\",\"flags\":", words, words_flags(item, words));
    if (message->qname == NULL) {
        core_sheet_text(sheet, ",\"question\":null");
        return;
    }
    core_sheet_text(sheet, ",\"question\":{\"name\":");
    add_name(sheet, message->qname);
    core_sheet_text(sheet, ",\"class\":\"");
    words_class(sheet, message->qclass);
    core_sheet_text(sheet, "\",\"type\":\"");
    words_type(sheet, message->qtype);
    core_sheet_text(sheet, "\"}");
}

static void
write_edns(struct core_sheet *sheet, const struct core_edns *edns)
{
    size_t offset = 0;
    uint16_t code, size;
    const uint8_t *value;
    bool is_first = true;

    if (!edns->present) {
        core_sheet_text(sheet, ",\"edns\":null");
        return;
    }
    add_number(sheet, ",\"edns\":{\"version\":", edns->version);
    add_number(sheet, ",\"udp\":", edns->payload);
    core_sheet_text(sheet, edns->dnssec_ok ? ",\"do\":true,\"options\":["
                                           : ",\"do\":false,\"options\":[");
    while (core_edns_option(edns, &offset, &code, &value, &size)) {
        add_number(sheet, is_first ? "{\"code\":" : ",{\"code\":", code);
        core_sheet_text(sheet, ",\"data\":\"");
        core_sheet_hex(sheet, value, size);
        core_sheet_text(sheet, "\"}");
        is_first = false;
    }
    core_sheet_text(sheet, "]}");
}

static void
write_record(struct core_sheet *sheet, const struct core_message *message,
             const struct core_rr *rr)
{
    size_t start;

    core_sheet_text(sheet, "{\"name\":\"");
    start = sheet->size;
    core_record_owner_text(sheet, message, rr);
    escape(sheet, start);
    add_number(sheet, "\",\"ttl\":", rr->ttl);
    core_sheet_text(sheet, ",\"class\":\"");
    words_class(sheet, rr->rclass);
    core_sheet_text(sheet, "\",\"type\":\"");
    words_type(sheet, rr->type);
    core_sheet_text(sheet, "\",\"data\":\"");
    start = sheet->size;
    core_record_rdata_text(sheet, message, rr);
    escape(sheet, start);
    core_sheet_text(sheet, "\"}");
}

/* A walk over the records that stops at each section. */
struct walk {
    struct core_records records;
    struct core_rr rr;
    bool has_record;                    /* rr is one */
    bool is_cut;                        /* there was no room for one */
};

static void
step(struct walk *walk)
{
    do
        walk->has_record = core_records_next(&walk->records, &walk->rr);
    while (walk->has_record && walk->rr.type == CORE_OPT);
}

static void
write_section(struct core_sheet *sheet, struct walk *walk,
              enum core_section section)
{
    bool is_first = true;

    for (; walk->has_record && walk->rr.section == section; step(walk)) {
        size_t before = sheet->size;

        if (walk->is_cut)
            continue;
        if (!is_first)
            core_sheet_mark(sheet, ',');
        is_first = false;
        write_record(sheet, walk->records.message, &walk->rr);
        if (!sheet->is_full)
            continue;
        core_sheet_rewind(sheet, before);
        walk->is_cut = true;
    }
}

/* There is room for TAIL_SIZE octets that records must leave. */
static void
write_records(struct core_sheet *sheet, const struct core_message *message)
{
    static const char *const keys[CORE_SECTIONS] = {
        NULL, ",\"answer\":[", "],\"authority\":[", "],\"additional\":[",
    };
    struct walk walk = { .is_cut = false };

    core_records_start(&walk.records, message);
    step(&walk);
    for (unsigned i = CORE_ANSWER; i < CORE_SECTIONS; i++) {
        core_sheet_text(sheet, keys[i]);
        sheet->limit -= TAIL_SIZE;
        write_section(sheet, &walk, (enum core_section) i);
        sheet->limit += TAIL_SIZE;
    }
    core_sheet_text(sheet, walk.is_cut ? "]},\"cut\":true}\n"
                                       : "]},\"cut\":false}\n");
}

static bool
write_item(struct core_sheet *sheet, const struct item *item)
{
    size_t start = sheet->size;

    write_client(sheet, item);
    write_waited(sheet, item);
    write_trail(sheet, item);
    write_header(sheet, item);
    write_edns(sheet, &item->message->edns);
    if (sheet->is_full || sheet->limit - sheet->size < 2 * TAIL_SIZE) {
        core_sheet_rewind(sheet, start);
        return false;
    }
    write_records(sheet, item->message);
    return true;
}

static void
say_lost(struct core_sheet *sheet, uint64_t count)
{
    core_sheet_text(sheet, SCHEMA "lost\",\"count\":");
    core_sheet_number(sheet, count);
    core_sheet_text(sheet, "}\n");
}

const struct format json_format = {
    .name = "json", .write = write_item, .lost = say_lost,
};
