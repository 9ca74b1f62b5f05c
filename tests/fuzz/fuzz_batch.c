/*
 * fuzz_batch - a frame of the pipe from a stranger
 *
 * What can be read of it is written again and must read the same.
 */

#include <assert.h>
#include <string.h>

#include "coredns/batch.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Reads the frame that was written beside the one it was made from. */
static void
compare(const void *written, size_t written_size, const uint8_t *bytes,
        size_t size)
{
    struct core_batch_reader left, right;
    struct core_record one, other;

    assert(core_batch_open(&left, bytes, size));
    assert(core_batch_open(&right, written, written_size));
    while (core_batch_next(&right, &other)) {
        assert(core_batch_next(&left, &one));
        assert(one.id == other.id && one.flags == other.flags
               && one.message_size == other.message_size
               && one.trail_size == other.trail_size);
        assert(memcmp(one.message, other.message,
                      one.message_size + one.trail_size) == 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct core_batch_reader reader;
    struct core_record record;
    core_batch_t *batch;
    uint64_t sum = 0;
    size_t value_size;

    if (!core_batch_open(&reader, bytes, size))
        return 0;
    batch = core_batch_new();
    core_batch_start(batch, reader.kind);
    while (core_batch_next(&reader, &record)) {
        for (int kind = 0; kind < 16; kind++) {
            const uint8_t *value = core_trail_find(record.trail,
                                                   record.trail_size, kind,
                                                   &value_size);

            for (size_t i = 0; value != NULL && i < value_size; i++)
                sum += value[i];
        }
        for (size_t i = 0; i < record.message_size; i++)
            sum += record.message[i];
        if (!core_batch_is_full(batch, record.message_size))
            core_batch_add(batch, &record);
    }
    if (core_batch_count(batch) > 0) {
        size_t written_size;
        const void *frame = core_batch_frame(batch, &written_size);

        compare(frame, written_size, bytes, size);
    }
    core_batch_destroy(&batch);
    return sum == 1;
}
