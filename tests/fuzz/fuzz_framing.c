/*
 * framing - any octets as a stream, in pieces of any size
 *
 * The first octet is the size of the pieces.  The messages must be those that
 * reading the whole stream at once gives.
 */

#include <assert.h>
#include <string.h>

#include "coredns/message.h"
#include "frontend/framing.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct framing self = { .bytes = NULL };
    size_t piece = size > 0 ? 1u + bytes[0] * 16u : 1, expected = 1;

    for (size_t at = 1; at < size; at += piece) {
        const uint8_t *message;
        size_t room, message_size;
        uint8_t *where = framing_room(&self, &room);

        if (piece > room)
            piece = room;
        if (piece > size - at)
            piece = size - at;
        memcpy(where, bytes + at, piece);
        framing_added(&self, piece);
        while (framing_next(&self, &message, &message_size)) {
            size_t whole = core_read16(bytes + expected);

            assert(message_size == (whole < FRAMING_LIMIT ? whole
                                                          : FRAMING_LIMIT));
            assert(memcmp(message, bytes + expected + 2, message_size) == 0);
            expected += 2 + whole;
        }
        framing_pack(&self);
    }
    framing_end(&self);
    return 0;
}
