/*
 * tap_dnstap - any message in any record, printed by the format dnstap
 *
 * tap_item.h tells the input.  Whatever it is, it stays in its place, and what
 * is printed is one frame that protobuf-c reads, with the message in it.
 */

#include <assert.h>
#include <string.h>

#include "src/tap/dnstap.pb-c.h"
#include "tap/format.h"
#include "tap_item.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check(const char *text, size_t size)
{
    Dnstap__Dnstap *frame;

    if (size == 0)
        return;
    assert(core_read32((const uint8_t *) text) == size - 4);
    frame = dnstap__dnstap__unpack(NULL, size - 4,
                                   (const uint8_t *) text + 4);
    assert(frame != NULL && frame->message != NULL);
    assert(frame->message->has_query_message
           != frame->message->has_response_message);
    dnstap__dnstap__free_unpacked(frame, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    tap_print(&dnstap_format, bytes, size, check);
    return 0;
}
