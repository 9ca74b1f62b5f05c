/*
 * fuzz_zonefile - a zone file that somebody else has written
 *
 * Whatever the text is, each record that comes out is sound, and can be put
 * into a frame and read from there; reading from any context on gives what
 * reading from the start gave.  The two halves of the input are also compared
 * as texts: outside of the ranges that differ they must be the same.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/feed.h"
#include "file-sync/hostsfile.h"
#include "file-sync/text_difference.h"
#include "file-sync/zone_check.h"
#include "file-sync/zonefile.h"

#define RECORDS 2000                    /* enough of $GENERATE */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const struct core_zone_name origin = { 13, "\7example\3org" };

/* Every file that is included is the text itself. */
static const struct zone_text *
include(void *owner, const char *path, struct core_fault *fault)
{
    (void) path;
    (void) fault;
    return owner;
}

static void
check_record(const struct zone_record *record)
{
    static uint8_t frame[128 * 1024];
    struct core_change change = {
        .kind = CORE_CHANGE_ADD, .owner = record->owner,
        .type = record->type, .ttl = record->ttl, .count = 1,
        .rdatas = record->rdatas, .rdatas_size = record->rdatas_size,
    };
    size_t size;

    assert(core_name_check(record->owner, record->owner_size)
           == record->owner_size);
    assert(core_change_is_sound(&change));
    size = core_change_write(frame, sizeof frame, &change);
    assert(size > 0);
    assert(core_change_read(frame, size, &change) == size);
}

/* Reads all records; returns how many there were behind `from`, and the
   context in the middle. */
static size_t
read_all(zonefile_t *zonefile, struct zone_text *text,
         const struct zone_context *from, struct zone_context *middle)
{
    zone_check_t *check = zone_check_new(&origin, ZONE_CHECK_KEPT, 0);
    struct zone_faults faults = { .errors = NULL };
    struct zone_record record;
    struct core_fault fault;
    size_t count = 0, all = 0;
    enum zonefile_next next = ZONEFILE_RECORD;

    zonefile_start(zonefile, text, &origin, include, text);
    if (from != NULL)
        zonefile_seek(zonefile, from);
    while (next != ZONEFILE_END && all++ < RECORDS) {
        if (middle != NULL && zonefile_is_between(zonefile)
            && zonefile_offset(zonefile) <= text->size / 2) {
            zonefile_context(zonefile, middle);
            count = 0;
        }
        next = zonefile_next(zonefile, &record, &fault);
        if (next != ZONEFILE_RECORD)
            continue;
        check_record(&record);
        zone_check_record(check, &record, &faults);
        count++;
    }
    zone_check_destroy(&check);
    return all > RECORDS ? SIZE_MAX : count;
}

static void
compare_halves(const char *text, size_t size)
{
    static struct text_range ranges[TEXT_RANGES];
    const char *other = text + size / 2;
    size_t other_size = size - size / 2;
    size_t at = 0, other_at = 0;
    int count = text_difference(text, size / 2, other, other_size, ranges);

    for (int i = 0; i <= count; i++) {
        size_t end = i < count ? ranges[i].old_start : size / 2;
        size_t other_end = i < count ? ranges[i].new_start : other_size;

        assert(end - at == other_end - other_at);
        assert(memcmp(text + at, other + other_at, end - at) == 0);
        if (i < count) {
            at = ranges[i].old_end;
            other_at = ranges[i].new_end;
            assert(at >= end && other_at >= other_end);
        }
    }
}

static void
read_as_hosts(const char *text, size_t size)
{
    static const struct core_zone_name zones[] = { { 1, "" }, { 6, "\4arpa" } };
    struct hostsfile_options options = {
        .zones = zones, .zone_count = 2, .ttl = 1, .reverse = true,
    };
    hostsfile_t *hosts = hostsfile_new(&options);

    hostsfile_add(hosts, text, size, "hosts", 1, NULL);
    hostsfile_close(hosts);
    for (size_t i = 0; i < hostsfile_zones(hosts); i++) {
        hostsfile_reader_t *reader = hostsfile_read(hosts, i);
        struct core_change change;

        while (hostsfile_reader_next(reader, &change))
            assert(core_change_is_sound(&change));
        hostsfile_reader_destroy(&reader);
    }
    hostsfile_release(&hosts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *copy = malloc(size + 1);
    struct zone_text text = { "/zone", copy, size };
    struct zone_context middle;
    zonefile_t *zonefile = zonefile_new();
    size_t count;

    assert(copy != NULL);
    memcpy(copy, bytes, size);
    middle.offset = SIZE_MAX;
    count = read_all(zonefile, &text, NULL, &middle);
    if (count != SIZE_MAX && middle.offset != SIZE_MAX)
        assert(read_all(zonefile, &text, &middle, NULL) == count);
    zonefile_destroy(&zonefile);
    compare_halves(copy, size);
    read_as_hosts(copy, size);
    free(copy);
    return 0;
}
