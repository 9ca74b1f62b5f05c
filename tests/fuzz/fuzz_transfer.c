/*
 * fuzz_transfer - a bookmark from a stranger
 *
 * What is read of it is written again as it was, and a zone can be sent from
 * there on.
 */

#include <assert.h>

#include "authority/transfer.h"
#include "authority/zone_text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char text[] =
    "@ 30 SOA ns h 7 1 2 3 60\n"
    "@ 300 NS ns\n"
    "ns 300 A 192.0.2.53\n"
    "*.w 300 TXT \"w\"\n"
    "a.b 300 A 192.0.2.1\n";

static void
transfer(struct zone *zone, struct transfer_mark *mark)
{
    static uint8_t question[512], reply[CORE_MESSAGE_SIZE];
    struct core_message query;
    struct core_writer writer;
    past_t *past = past_new(zone, &mark->place);
    size_t size = zone_text_question(question, sizeof question, "ex.", "AXFR",
                                     false);

    core_message_parse(&query, question, size);
    core_writer_reply(&writer, reply, sizeof reply, &query);

    enum transfer_result result = transfer_write(past, mark, &writer);

    assert(result == TRANSFER_DONE);
    core_writer_end(&writer, CORE_AA, CORE_NOERROR);
    past_destroy(&past);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static zones_t *zones;
    static struct zone *zone;
    uint8_t again[CORE_BOOKMARK_SIZE];
    struct transfer_mark mark;

    if (zones == NULL) {
        zones = zones_new();
        zone = zone_text_put(zones, 0, 0, "ex.", 0, text);
    }
    if (!transfer_mark_read(&mark, bytes, size, zone->id.name))
        return 0;
    assert(transfer_mark_write(&mark, again) == size);
    assert(memcmp(again, bytes, size) == 0);
    transfer(zone, &mark);
    return 0;
}
