/*
 * line - an item as one line, its fields in fixed places
 */

#include "coredns/rrtype.h"
#include "lib/record_text.h"
#include "tap/format.h"
#include "tap/words.h"

#define ANSWERS 8                       /* records shown, at most */
#define TAIL_SIZE 16                    /* room for what is said of the rest */

static void
add_list(struct core_sheet *sheet, const char *const *words, unsigned count)
{
    core_sheet_mark(sheet, ' ');
    if (count == 0)
        core_sheet_mark(sheet, '-');
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            core_sheet_mark(sheet, ',');
        core_sheet_text(sheet, words[i]);
    }
}

static void
write_client(struct core_sheet *sheet, const struct item *item)
{
    core_sheet_time(sheet, item->real_us);
    core_sheet_text(sheet, item->kind == ITEM_QUERY ? " query " : " reply ");
    core_sheet_address(sheet, item->record->client);
    core_sheet_mark(sheet, '#');
    core_sheet_number(sheet, item->record->client_port);
    core_sheet_mark(sheet, ' ');
    words_transport(sheet, item->record->transport);
    core_sheet_mark(sheet, ' ');
    core_sheet_number(sheet, item->message->id);
}

static void
write_question(struct core_sheet *sheet, const struct core_message *message)
{
    static const uint8_t root[] = { 0 };

    core_sheet_mark(sheet, ' ');
    core_sheet_name(sheet, message->qname == NULL ? root : message->qname);
    core_sheet_mark(sheet, ' ');
    words_class(sheet, message->qclass);
    core_sheet_mark(sheet, ' ');
    words_type(sheet, message->qtype);
}

static void
write_flags(struct core_sheet *sheet, const struct item *item)
{
    const char *words[WORDS_MOST];
    unsigned count = words_flags(item, words);

    if (item->message->edns.dnssec_ok)
        words[count++] = "do";
    add_list(sheet, words, count);
    core_sheet_mark(sheet, ' ');
    core_sheet_number(sheet, item->record->message_size);
    add_list(sheet, words, words_marks(item, words));
}

static void
write_result(struct core_sheet *sheet, const struct core_message *message)
{
    core_sheet_mark(sheet, ' ');
    words_rcode(sheet, core_message_rcode(message));
    for (unsigned i = CORE_ANSWER; i < CORE_SECTIONS; i++) {
        core_sheet_mark(sheet, i == CORE_ANSWER ? ' ' : '/');
        core_sheet_number(sheet, message->counts[i]);
    }
}

/* The first records of the answer; how many it were. */
static unsigned
write_answers(struct core_sheet *sheet, const struct core_message *message)
{
    unsigned count = 0;
    struct core_records records;
    struct core_rr rr;

    core_records_start(&records, message);
    while (count < ANSWERS && core_records_next(&records, &rr)
           && rr.section == CORE_ANSWER) {
        size_t before = sheet->size;

        core_sheet_text(sheet, count++ > 0 ? ", " : " ");
        words_type(sheet, rr.type);
        core_sheet_mark(sheet, ' ');
        core_record_rdata_text(sheet, message, &rr);
        if (!sheet->is_full)
            continue;
        core_sheet_rewind(sheet, before);
        return count - 1;
    }
    return count;
}

/* How long it took and what is in the answer, or how much more. */
static void
write_reply(struct core_sheet *sheet, const struct item *item)
{
    int64_t waited_us = words_waited(item);
    unsigned left = item->message->counts[CORE_ANSWER];

    core_sheet_mark(sheet, ' ');
    if (waited_us < 0)
        core_sheet_mark(sheet, '-');
    else
        core_sheet_number(sheet, (uint64_t) waited_us);
    if (!sheet->is_full && sheet->limit - sheet->size > TAIL_SIZE) {
        sheet->limit -= TAIL_SIZE;
        left -= write_answers(sheet, item->message);
        sheet->limit += TAIL_SIZE;
    }
    if (left > 0) {
        core_sheet_text(sheet, " +");
        core_sheet_number(sheet, left);
    }
}

static bool
write_item(struct core_sheet *sheet, const struct item *item)
{
    size_t start = sheet->size;

    write_client(sheet, item);
    write_question(sheet, item->message);
    if (item->kind == ITEM_REPLY)
        write_result(sheet, item->message);
    write_flags(sheet, item);
    if (item->kind == ITEM_REPLY)
        write_reply(sheet, item);
    core_sheet_mark(sheet, '\n');
    if (!sheet->is_full)
        return true;
    core_sheet_rewind(sheet, start);
    return false;
}

static void
say_lost(struct core_sheet *sheet, uint64_t count)
{
    core_sheet_text(sheet, "lost ");
    core_sheet_number(sheet, count);
    core_sheet_mark(sheet, '\n');
}

const struct format line_format = {
    .name = "line", .write = write_item, .lost = say_lost,
};
