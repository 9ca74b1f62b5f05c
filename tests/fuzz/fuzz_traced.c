/*
 * fuzz_traced - a traced query's reply from whoever made it
 *
 * The first two octets are the size of the trail; then come the trail and the
 * message.  Both ways to show it end.
 */

#include <stdlib.h>

#include "coredns/name.h"
#include "ctl/traced.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
show(const struct core_record *reply,
     void (*write)(const struct core_record *reply, FILE *file))
{
    char *text = NULL;
    size_t text_size;
    FILE *file = open_memstream(&text, &text_size);

    write(reply, file);
    fclose(file);
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2)
        return 0;

    size_t trail_size = (size_t) bytes[0] << 8 | bytes[1];

    bytes += 2;
    size -= 2;
    if (trail_size > size)
        trail_size = size;

    struct core_record reply = {
        .flags = CORE_RECORD_TRACE,
        .trail = bytes, .trail_size = trail_size,
        .message = bytes + trail_size, .message_size = size - trail_size,
    };

    show(&reply, traced_write);
    show(&reply, traced_write_json);
    return 0;
}
