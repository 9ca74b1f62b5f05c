/*
 * tap_json - any message in any record, printed by the format json
 *
 * tap_item.h tells the input.  Whatever it is, it stays in its place, and what
 * is printed is one JSON object in a line, with all of its members.
 */

#include <assert.h>
#include <string.h>

#include <jansson.h>

#include "tap/format.h"
#include "tap_item.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check(const char *text, size_t size)
{
    json_t *root;

    if (size == 0)
        return;
    assert(memchr(text, '\n', size) == text + size - 1);
    root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                      NULL);
    assert(json_object_size(root) == 15);
    assert(json_is_array(json_object_get(json_object_get(root, "dns"),
                                         "additional")));
    json_decref(root);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    tap_print(&json_format, bytes, size, check);
    return 0;
}
