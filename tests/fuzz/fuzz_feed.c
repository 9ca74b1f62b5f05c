/*
 * fuzz_feed - a source of zones that is a stranger
 *
 * The input is a row of frames: which socket (even: published, odd: answered),
 * size (two octets), octets.  A frame of an answer gets the number of the
 * request under way, so that it is looked at.  Whatever comes, the hooks are
 * called in their order and every change can be read to its last octet.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/replica.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct copy {
    bool open;
    volatile uint8_t sum;               /* so that reading is not left out */
};

static void
begin(void *owner, const struct core_zone_id *zone,
      const struct core_zone_options *options, bool whole)
{
    struct copy *copy = owner;

    assert(!copy->open && (!whole || options != NULL));
    assert(core_name_check(zone->name, sizeof zone->name) != -1);
    copy->open = true;
    for (unsigned i = 0; options != NULL && i < options->fall_count; i++)
        copy->sum = (uint8_t) (copy->sum
                               + core_name_labels(options->fall[i]));
    if (options != NULL && options->reason != NULL)
        copy->sum = (uint8_t) (copy->sum + strlen(options->reason));
}

static void
change(void *owner, const struct core_change *change)
{
    struct copy *copy = owner;

    assert(copy->open);
    for (size_t i = 0; i < change->rdatas_size; i++)
        copy->sum ^= change->rdatas[i];
}

static void
commit(void *owner, uint64_t version)
{
    struct copy *copy = owner;

    (void) version;
    assert(copy->open);
    copy->open = false;
}

static void
abandon(void *owner)
{
    struct copy *copy = owner;

    assert(copy->open);
    copy->open = false;
}

static void
remove_zone(void *owner, const struct core_zone_id *zone)
{
    struct copy *copy = owner;

    (void) zone;
    assert(!copy->open);
}

static void
synced(void *owner, bool complete, const char *reason)
{
    (void) owner;
    assert(complete == (reason == NULL));
}

static const struct core_subscriber_hooks hooks = {
    .begin = begin,
    .change = change,
    .commit = commit,
    .abandon = abandon,
    .remove = remove_zone,
    .synced = synced,
};

/* Gives one frame, copied so that reading behind it is found. */
static void
give(replica_t *replica, uint8_t which, const uint8_t *bytes, size_t size,
     uint32_t request, int64_t now_ms)
{
    uint8_t *copy = malloc(size + 1);

    assert(copy != NULL);
    memcpy(copy, bytes, size);

    struct replica_frame frame = { copy, size };

    if (which % 2 == 1 && size >= FEED_HEADER_SIZE)
        feed_put32(copy + 28, request);
    if (which % 2 == 1)
        replica_answered(replica, &frame, now_ms);
    else
        replica_published(replica, &frame, 1, now_ms);
    free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct copy copy = { .open = false };
    replica_t *replica = replica_new(&hooks, &copy);
    uint8_t *asked = malloc(CORE_FEED_FRAME_SIZE);
    uint32_t request = 0;
    int64_t now_ms = 1000;

    assert(asked != NULL);
    while (size >= 3) {
        size_t frame_size = feed_get16(bytes + 1);

        if (frame_size > size - 3)
            frame_size = size - 3;
        give(replica, bytes[0], bytes + 3, frame_size, request, now_ms);
        now_ms += bytes[0];
        bytes += 3 + frame_size;
        size -= 3 + frame_size;
        replica_tick(replica, now_ms);
        if (replica_request(replica, asked, now_ms) > 0)
            request = feed_get32(asked + 28);
    }
    replica_destroy(&replica);
    free(asked);
    return 0;
}
