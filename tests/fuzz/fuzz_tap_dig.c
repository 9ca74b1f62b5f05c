/*
 * tap_dig - any message in any record, printed by the format dig
 *
 * tap_item.h tells the input.  Whatever it is, it stays in its place, and what
 * is printed has no octets but printable ones, tabs and line feeds, and ends
 * with an empty line.
 */

#include <assert.h>
#include <string.h>

#include "tap/format.h"
#include "tap_item.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check(const char *text, size_t size)
{
    if (size < 2)
        return;
    assert(memcmp(text + size - 2, "\n\n", 2) == 0);
    tap_check_printable(text, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    tap_print(&dig_format, bytes, size, check);
    return 0;
}
