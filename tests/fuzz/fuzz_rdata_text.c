/*
 * rdata_text - any octets as rdata of any type, written and read back
 *
 * The input is a type in two octets and the rdata.  Whatever they are, the text
 * has no octets that do not print and is one entry of a zone file; if it is not
 * in the generic form, reading it gives the same octets, but for the case of
 * letters in names.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "coredns/message.h"
#include "lib/rdata.h"
#include "lib/rdata_text.h"

#define TEXT_SIZE 400000

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
read_back(const struct core_sheet *sheet, uint16_t type, const uint8_t *rdata,
          size_t size)
{
    static uint8_t again[CORE_RDATA_SIZE];
    static const struct core_zone_name origin = { 1, "" };
    struct core_scanner scanner = { .words = NULL };
    struct core_entry entry;

    core_scanner_start(&scanner, sheet->text, sheet->size);
    assert(core_scanner_next(&scanner, &entry) == CORE_SCAN_ENTRY);

    struct core_rdata_reader reader = {
        .bytes = again, .type = type, .word = entry.words,
        .left = entry.count, .origin = &origin,
    };
    bool is_generic = memcmp(sheet->text, "\\#", 2) == 0;
    bool is_read = core_rdata_read(&reader);

    assert(is_read || is_generic);
    assert(!is_read || reader.size == size);
    for (size_t i = 0; is_read && !is_generic && i < size; i++)
        assert(again[i] == rdata[i]
               || (again[i] == (rdata[i] | 0x20) && rdata[i] >= 'A'
                   && rdata[i] <= 'Z'));
    core_scanner_end(&scanner);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char text[TEXT_SIZE];
    struct core_sheet sheet = { .text = text, .limit = sizeof text };

    if (size < 2 || size > 2 + CORE_RDATA_SIZE)
        return 0;
    core_rdata_text(&sheet, core_read16(bytes), bytes + 2, size - 2);
    assert(!sheet.is_full && sheet.size > 0);
    for (size_t i = 0; i < sheet.size; i++)
        assert(text[i] >= ' ' && text[i] < 0x7f);
    read_back(&sheet, core_read16(bytes), bytes + 2, size - 2);
    return 0;
}
