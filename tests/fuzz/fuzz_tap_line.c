/*
 * tap_line - any message in any record, printed by the format line
 *
 * tap_item.h tells the input.  Whatever it is, it stays in its place, and what
 * is printed is one line of printable octets.
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
    if (size == 0)
        return;
    assert(memchr(text, '\n', size) == text + size - 1);
    tap_check_printable(text, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    tap_print(&line_format, bytes, size, check);
    return 0;
}
