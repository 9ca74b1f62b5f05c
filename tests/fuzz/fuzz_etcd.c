/*
 * etcd - any octets as what a watch of an etcd sends, and as a value
 *
 * They are cut into messages, whose keys go into a catalogue; what that
 * publishes, and what a reader of it gets, is sound.
 */

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"
#include "etcd-sync/catalogue.h"
#include "etcd-sync/splitter.h"
#include "lib/etcd_message.h"

#define LIMIT (1024 * 1024)             /* octets of a message */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
begin(void *owner, const struct core_zone_id *zone)
{
    assert(zones_find(catalogue_zones(owner), zone) != NULL);
}

static void
change(void *owner, const struct core_change *change)
{
    (void) owner;
    assert(core_change_is_sound(change));
}

static void
commit(void *owner)
{
    assert(owner != NULL);
}

static void
take_key(catalogue_t *catalogue, const struct core_etcd_key *key)
{
    struct core_fault fault = { .text = "" };

    if (key->is_deleted) {
        catalogue_remove(catalogue, key->key.bytes, key->key.size);
        return;
    }
    if (catalogue_put(catalogue, &(struct catalogue_key) {
            .key = key->key.bytes, .key_size = key->key.size,
            .value = key->value.bytes, .value_size = key->value.size,
            .lease = { key->lease },
        }, 0, &fault) == CATALOGUE_BAD)
        assert(fault.text[0] != '\0');
}

static void
take_message(void *owner, const char *text, size_t size)
{
    struct core_fault fault;
    core_etcd_reply_t *reply = core_etcd_reply_read(text, size, &fault);

    if (reply == NULL)
        return;
    for (size_t i = 0; i < core_etcd_reply_count(reply); i++) {
        struct core_etcd_key key;

        if (core_etcd_reply_key(reply, i, &key))
            take_key(owner, &key);
    }
    core_etcd_reply_destroy(&reply);
}

static void
tell_zone(void *owner, const struct core_zone_id *zone,
          const struct core_zone_options *options)
{
    assert(options == NULL || catalogue_has_zone(owner, zone));
}

static void
read_zone(void *owner, const struct core_zone_id *zone)
{
    uint8_t *room = core_allocate(CORE_FEED_SNAPSHOT_ROOM);
    catalogue_reader_t *reader = catalogue_read(owner, zone);
    size_t used;

    while ((used = catalogue_reader_write(reader, room,
                                          CORE_FEED_SNAPSHOT_ROOM)) > 0)
        for (size_t at = 0; at < used;) {
            struct core_change change;
            size_t step = core_change_read(room + at, used - at, &change);

            assert(step > 0 && core_change_is_sound(&change)
                   && core_name_is_below(change.owner, zone->name));
            at += step;
        }
    catalogue_reader_destroy(&reader);
    free(room);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const uint8_t zone[] = "\1z", reverse[] = "\4arpa";
    static const char stub[] = "/s/z/dns/stub/b.z/1";
    const uint8_t *names[] = { zone, reverse };
    catalogue_t *catalogue = catalogue_new(&(struct catalogue_settings) {
        .path = "/s", .zones = names, .zone_count = 2,
        .lease_limits = { .least_seconds = 30, .most_seconds = 100 },
    });
    splitter_t *splitter = splitter_new(LIMIT, take_message, catalogue);
    const char *text = (const char *) bytes;

    catalogue_publish_to(catalogue, &(struct catalogue_sink) {
        .begin = begin, .change = change, .commit = commit,
        .zone = tell_zone, .owner = catalogue,
    }, 1);
    splitter_feed(splitter, text, size / 2);
    splitter_feed(splitter, text + size / 2, size - size / 2);
    take_key(catalogue, &(struct core_etcd_key) {
        .key = { "/s/z/a", 6 }, .value = { text, size },
    });
    take_key(catalogue, &(struct core_etcd_key) {
        .key = { text, size }, .value = { "{\"host\":\"a.z\"}", 14 },
    });
    take_key(catalogue, &(struct core_etcd_key) {
        .key = { stub, sizeof stub - 1 }, .value = { text, size },
    });
    while (catalogue_flush(catalogue, 1, CATALOGUE_ALL, NULL))
        ;
    catalogue_each_zone(catalogue, read_zone, catalogue);
    splitter_destroy(&splitter);
    catalogue_destroy(&catalogue);
    return 0;
}
