/*
 * record_text - a record of a message, in the notation of zone files
 */

#include "lib/record_text.h"

#include <stdlib.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "lib/rdata_text.h"

#define NO_TYPE 0                       /* has no fields: shown as octets */
#define FIRST_SIZE 1024                 /* of a text; nearly all are shorter */

void
core_record_owner_text(struct core_sheet *sheet,
                       const struct core_message *message,
                       const struct core_rr *rr)
{
    uint8_t name[CORE_NAME_SIZE];

    if (core_message_name(message->bytes, message->size, rr->offset, name)
        == 0)
        core_sheet_mark(sheet, '?');
    else
        core_sheet_name(sheet, name);
}

void
core_record_rdata_text(struct core_sheet *sheet,
                       const struct core_message *message,
                       const struct core_rr *rr)
{
    uint8_t rdata[CORE_MESSAGE_SIZE];
    int size = core_message_rdata(message, rr, rdata);

    if (size == -1)
        core_rdata_text(sheet, NO_TYPE, message->bytes + rr->rdata_offset,
                        rr->rdata_size);
    else
        core_rdata_text(sheet, rr->type, rdata, (size_t) size);
}

void
core_record_text(struct core_sheet *sheet, const struct core_message *message,
                 const struct core_rr *rr)
{
    char text[CORE_RRTYPE_TEXT_SIZE];

    core_record_owner_text(sheet, message, rr);
    core_sheet_mark(sheet, '\t');
    core_sheet_number(sheet, rr->ttl);
    core_sheet_mark(sheet, '\t');
    core_sheet_text(sheet, core_rrclass_to_text(text, rr->rclass));
    core_sheet_mark(sheet, '\t');
    core_sheet_text(sheet, core_rrtype_to_text(text, rr->type));
    core_sheet_mark(sheet, '\t');
    core_record_rdata_text(sheet, message, rr);
}

char *
core_record_to_text(const struct core_message *message,
                    const struct core_rr *rr)
{
    struct core_sheet sheet = { .limit = FIRST_SIZE };

    for (;; sheet.limit *= 2) {
        sheet.text = core_reallocate(sheet.text, sheet.limit + 1);
        core_record_text(&sheet, message, rr);
        if (!sheet.is_full)
            break;
        core_sheet_rewind(&sheet, 0);
    }
    sheet.text[sheet.size] = '\0';
    return sheet.text;
}
