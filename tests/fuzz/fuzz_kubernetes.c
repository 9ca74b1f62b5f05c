/*
 * fuzz_kubernetes - an API server that is a stranger
 *
 * The first octet says whether what follows is a list or a watch, and of which
 * kind of objects.  Whatever comes, a cluster that has heard it makes records
 * that a zone can hold, and ends with no object it began with.
 */

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "kubernetes-sync/cluster.h"
#include "kubernetes-sync/splitter.h"

#define ZONES 5

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct world {
    cluster_t *cluster;
    enum object_kind kind;
    struct object object;
};

static void
take_object(struct world *world, const json_t *json, bool is_gone)
{
    static const struct object_style style = {
        .pod_names = true, .zones = true,
    };

    if (!object_read(&world->object, world->kind, &style, json)) {
        assert(*world->object.wrong != '\0');
        return;
    }
    if (is_gone)
        catalog_remove(cluster_catalog(world->cluster), &world->object);
    else
        catalog_put(cluster_catalog(world->cluster), &world->object);
}

/* An element of a list, or an event of a watch. */
static bool
take(void *owner, const char *key, const char *bytes, size_t size)
{
    struct world *world = owner;
    json_t *json;
    const json_t *object;
    const char *type;

    if (key != NULL)
        return true;
    json = json_loadb(bytes, size, 0, NULL);
    object = json_object_get(json, "object");
    type = json_string_value(json_object_get(json, "type"));
    if (object != NULL)
        take_object(world, object, type != NULL && *type == 'D');
    else if (json != NULL)
        take_object(world, json, false);
    json_decref(json);
    return true;
}

static void
read_snapshot(cluster_t *cluster, const struct core_zone_id *zone)
{
    uint8_t *bytes = core_allocate(CORE_FEED_SNAPSHOT_ROOM);
    void *snapshot = cluster_snapshot_hooks.open(cluster, zone);
    struct core_change change;
    size_t size, used;

    assert(snapshot != NULL);
    while ((size = cluster_snapshot_hooks.next(snapshot, bytes,
                                               CORE_FEED_SNAPSHOT_ROOM)) > 0)
        for (size_t offset = 0; offset < size; offset += used) {
            used = core_change_read(bytes + offset, size - offset, &change);
            assert(used > 0 && core_change_is_sound(&change));
            assert(core_name_is_below(change.owner, zone->name));
        }
    cluster_snapshot_hooks.close(snapshot);
    free(bytes);
}

static void
lack(void *owner, const char *space, const char *service)
{
    (void) owner;
    assert(space != NULL && service != NULL);
}

static void
read_stream(struct world *world, enum splitter_mode mode, const uint8_t *bytes,
            size_t size)
{
    splitter_t *splitter = splitter_new(mode, take, world);
    size_t half = size / 2;

    if (splitter_read(splitter, (const char *) bytes, half) == NULL)
        splitter_read(splitter, (const char *) bytes + half, size - half);
    splitter_destroy(&splitter);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct cluster_view views[ZONES] = {
        { .view = { .kind = VIEW_CLUSTER, .id = { .name = "\1c" },
                    .primary = "\1c", .pods = VIEW_PODS_VERIFIED, .ttl = 5,
                    .has_endpoints = true, .has_zones = true } },
        { .view = { .kind = VIEW_REVERSE, .primary = "\1c", .ttl = 5,
                    .id = { .name = "\4arpa" }, .has_endpoints = true } },
        { .view = { .kind = VIEW_IMPORTS, .id = { .name = "\1i" },
                    .primary = "\1c", .ttl = 5, .has_endpoints = true } },
        { .view = { .kind = VIEW_EXTERNAL, .id = { .name = "\1e" },
                    .primary = "\1e", .ttl = 5, .has_endpoints = true,
                    .is_headless = true, .apex = "dns" } },
        { .view = { .kind = VIEW_EXTERNAL_REVERSE, .primary = "\1e",
                    .id = { .name = "\4arpa", .layer = 1 }, .ttl = 5,
                    .is_headless = true, .apex = "dns" } },
    };
    static const struct catalog_options options = { .all_endpoints = true };
    static core_loop_t *loop;
    struct world world = { .kind = OBJECT_NAMESPACE };
    core_publisher_t *mute;

    if (size == 0)
        return 0;
    if (loop == NULL)
        loop = core_loop_new();
    world.cluster = cluster_new(views, ZONES, &options, lack, NULL);
    mute = core_publisher_new(NULL, loop, NULL, NULL, &cluster_snapshot_hooks,
                              world.cluster, NULL);
    cluster_announce(world.cluster, mute, "not synced");
    cluster_go_live(world.cluster, 1);
    take(&world, NULL, "{\"metadata\":{\"name\":\"n\"}}", 25);
    world.kind = (enum object_kind) (bytes[0] % OBJECT_KINDS);
    read_stream(&world, bytes[0] < 128 ? SPLITTER_LIST : SPLITTER_STREAM,
                bytes + 1, size - 1);
    cluster_flush(world.cluster, 2);
    for (unsigned i = 0; i < ZONES; i++)
        read_snapshot(world.cluster, &views[i].view.id);

    /* A list that names nothing. */
    for (enum object_kind kind = 0; kind < OBJECT_KINDS; kind++) {
        struct catalog_counts counts;

        catalog_begin(cluster_catalog(world.cluster), kind);
        catalog_sweep(cluster_catalog(world.cluster), kind, NULL, NULL);
        catalog_count(cluster_catalog(world.cluster), &counts);
        assert(kind != OBJECT_POD || counts.pods + counts.services
               + counts.slices + counts.imports + counts.spaces == 0);
    }
    cluster_flush(world.cluster, 3);
    object_clear(&world.object);
    core_publisher_destroy(&mute);
    cluster_destroy(&world.cluster);
    return 0;
}
