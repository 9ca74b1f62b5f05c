/* cluster - objects come, change and go, subscribers join at any time, and
   everybody ends up with the same records */

#include "kubernetes-sync/cluster.h"

#include <czmq.h>

#include "core_test.h"
#include "coredns/memory.h"
#include "records_text.h"

#define ROUNDS 300
#define STEPS 12                        /* changes in a round */
#define COPIES 3                        /* subscribers */
#define ZONES 3
#define JOIN_EVERY 60                   /* rounds */

/* ---- a copy of the zones ------------------------------------------------- */

struct copy {
    zhashx_t *records[ZONES];           /* line -> itself */
    zhashx_t *building;                 /* NULL: changes are applied */
    unsigned zone;
    uint64_t version[ZONES];
    enum core_change_kind kind;
    core_subscriber_t *subscriber;
    uint16_t flags[ZONES];
};

static zhashx_t *
new_lines(void)
{
    return zhashx_new();
}

static unsigned
zone_of(const struct core_zone_id *zone)
{
    return zone->name[0] != 1 ? 1 : zone->name[1] == 'c' ? 0 : 2;
}

static void
begin(void *owner, const struct core_zone_id *zone,
      const struct core_zone_options *options, bool whole)
{
    struct copy *copy = owner;

    copy->zone = zone_of(zone);
    if (whole) {
        copy->building = new_lines();
        copy->flags[copy->zone] = options->flags;
    }
}

static zhashx_t *
target_of(struct copy *copy)
{
    return copy->building != NULL ? copy->building
        : copy->records[copy->zone];
}

/* A serial is one of a kind: it is left out, as it is the clock's. */
static void
apply_line(void *owner, const char *line)
{
    struct copy *copy = owner;

    if (strstr(line, " SOA ") != NULL)
        return;
    if (copy->kind == CORE_CHANGE_REMOVE)
        zhashx_delete(target_of(copy), line);
    else if (copy->kind != CORE_CHANGE_DELETE)
        zhashx_update(target_of(copy), line, "");
}

/* All lines of that owner. */
static void
delete_name(struct copy *copy, const uint8_t *owner)
{
    char name[CORE_NAME_TEXT_SIZE + 1];
    zhashx_t *lines = target_of(copy);
    zlistx_t *keys = zhashx_keys(lines);

    core_name_to_text(name, owner);
    strcat(name, " ");
    for (const char *line = zlistx_first(keys); line != NULL;
         line = zlistx_next(keys))
        if (strncmp(line, name, strlen(name)) == 0)
            zhashx_delete(lines, line);
    zlistx_destroy(&keys);
}

static void
change(void *owner, const struct core_change *change)
{
    struct copy *copy = owner;

    copy->kind = change->kind;
    if (change->kind == CORE_CHANGE_DELETE)
        delete_name(copy, change->owner);
    else
        records_text_each(change, apply_line, copy);
}

static void
commit(void *owner, uint64_t version)
{
    struct copy *copy = owner;

    ck_assert_uint_gt(version, copy->version[copy->zone]);
    copy->version[copy->zone] = version;
    if (copy->building == NULL)
        return;
    zhashx_destroy(&copy->records[copy->zone]);
    copy->records[copy->zone] = copy->building;
    copy->building = NULL;
}

static void
abandon(void *owner)
{
    struct copy *copy = owner;

    zhashx_destroy(&copy->building);
}

static void
remove_zone(void *owner, const struct core_zone_id *zone)
{
    struct copy *copy = owner;

    zhashx_destroy(&copy->records[zone_of(zone)]);
    copy->records[zone_of(zone)] = new_lines();
}

static void
synced(void *owner, bool complete, const char *reason)
{
    (void) owner;
    (void) complete;
    (void) reason;
}

static const struct core_subscriber_hooks copy_hooks = {
    .begin = begin, .change = change, .commit = commit, .abandon = abandon,
    .remove = remove_zone, .synced = synced,
};

/* ---- a cluster that is never still --------------------------------------- */

enum { SPACES = 4, SERVICES = 12, SLICES = 24, PODS = 40 };

/* What there is now, as JSON; NULL: it is not there. */
static char *objects[OBJECT_KINDS][PODS];
static const unsigned counts[OBJECT_KINDS] = {
    [OBJECT_NAMESPACE] = SPACES, [OBJECT_SERVICE] = SERVICES,
    [OBJECT_SLICE] = SLICES, [OBJECT_POD] = PODS,
};

static uint32_t state;

static unsigned
draw(unsigned limit)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % limit;
}

static char *
make_service(unsigned i)
{
    static const char *const specs[] = {
        "'clusterIP':'None'", "'clusterIP':'10.96.0.%u','ports':[{'name':'a',"
        "'port':%u}]", "'type':'ExternalName','externalName':'x%u.example'",
        "'clusterIP':'None','ports':[{'name':'b','port':1}]",
        "'externalIPs':['192.0.2.%u'],'ports':[{'name':'a','port':%u}]",
    };
    char spec[128];
    char *text;

    snprintf(spec, sizeof spec, specs[draw(5)], 1 + draw(20), 1 + draw(3));
    ck_assert_int_ne(asprintf(&text, "{'metadata':{'name':'s%u','namespace':"
                              "'n%u'},'spec':{%s}}", i, i % SPACES, spec),
                     -1);
    return text;
}

static char *
make_slice(unsigned i)
{
    unsigned service = draw(10) == 0 ? draw(SERVICES) : i % SERVICES;
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    unsigned count = draw(6);

    /* A slice is in the namespace of its service. */
    fprintf(file, "{'metadata':{'name':'e%u','namespace':'n%u','labels':{"
            "'kubernetes.io/service-name':'s%u'}},'ports':[{'name':'b',"
            "'port':%u}],'endpoints':[", i, i % SPACES,
            service / SPACES * SPACES + i % SPACES, 1 + draw(2));
    for (unsigned j = 0; j < count; j++)
        fprintf(file, "%s{'addresses':['10.1.%u.%u']%s}", j == 0 ? "" : ",",
                draw(2), draw(8), draw(3) == 0 ? ",'hostname':'h'" : "");
    fputs("]}", file);
    fclose(file);
    return text;
}

static char *
make_pod(unsigned i)
{
    static const char *const phases[] = { "Running", "Running", "Failed" };
    char *text;

    ck_assert_int_ne(asprintf(&text, "{'metadata':{'name':'p%u','namespace':"
                              "'n%u'},'status':{'phase':'%s','podIP':'%s%u'}}",
                              i, i % SPACES, phases[draw(3)],
                              draw(4) == 0 ? "fd00::" : "10.2.0.", draw(9)),
                     -1);
    return text;
}

static char *
make_space(unsigned i)
{
    char *text;

    ck_assert_int_ne(asprintf(&text, "{'metadata':{'name':'n%u'}}", i), -1);
    return text;
}

static char *
make(enum object_kind kind, unsigned i)
{
    switch (kind) {
    case OBJECT_NAMESPACE:
        return make_space(i);
    case OBJECT_SERVICE:
        return make_service(i);
    case OBJECT_SLICE:
        return make_slice(i);
    default:
        return make_pod(i);
    }
}

static void
give(cluster_t *cluster, enum object_kind kind, const char *text, bool is_gone)
{
    static const struct object_style style = { .pod_names = false };
    struct object object = { .name = NULL };
    char *copy = core_copy_text(text);
    json_t *json;

    for (char *at = copy; (at = strchr(at, '\'')) != NULL;)
        *at = '"';
    json = json_loads(copy, 0, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert(object_read(&object, kind, &style, json));
    if (is_gone)
        catalog_remove(cluster_catalog(cluster), &object);
    else
        catalog_put(cluster_catalog(cluster), &object);
    object_clear(&object);
    json_decref(json);
    free(copy);
}

/* Endpoints that were not kept come again, as from the API. */
static void
read_again(void *owner, const char *space, const char *service)
{
    cluster_t **cluster = owner;
    char label[64];

    snprintf(label, sizeof label, "'namespace':'%s','labels':{"
             "'kubernetes.io/service-name':'%s'}", space, service);
    for (unsigned i = 0; i < SLICES; i++)
        if (objects[OBJECT_SLICE][i] != NULL
            && strstr(objects[OBJECT_SLICE][i], label) != NULL)
            give(*cluster, OBJECT_SLICE, objects[OBJECT_SLICE][i], false);
}

static void
step(cluster_t *cluster)
{
    static const enum object_kind kinds[] = {
        OBJECT_SERVICE, OBJECT_SLICE, OBJECT_SLICE, OBJECT_POD, OBJECT_POD,
        OBJECT_NAMESPACE,
    };
    enum object_kind kind = kinds[draw(6)];
    unsigned i = draw(counts[kind]);
    char **object = &objects[kind][i];

    if (*object != NULL && draw(3) == 0) {
        give(cluster, kind, *object, true);
        free(*object);
        *object = NULL;
        return;
    }
    free(*object);
    *object = make(kind, i);
    give(cluster, kind, *object, false);
}

/* Names what there is, as a list does; what it forgets has been deleted. */
static void
list_again(cluster_t *cluster, enum object_kind kind)
{
    catalog_begin(cluster_catalog(cluster), kind);
    for (unsigned i = 0; i < counts[kind]; i++) {
        char **object = &objects[kind][i];

        if (*object != NULL && draw(4) == 0) {
            free(*object);
            *object = NULL;
        } else if (*object != NULL) {
            give(cluster, kind, *object, false);
        }
    }
    catalog_sweep(cluster_catalog(cluster), kind, NULL, NULL);
}

/* ---- the test ------------------------------------------------------------ */

struct world {
    void *context;
    core_loop_t *loop;
    cluster_t *cluster;
    core_publisher_t *publisher;
    core_timer_t *timer;
    unsigned round;
    uint32_t now;
    struct copy copies[COPIES];
    unsigned joined;
    uint64_t patience;
    zhashx_t *expected[ZONES];
};

/* An endpoint is us, so services come and go that stand for us. */
static const struct address own = { .size = 4, .bytes = { 10, 1, 0, 3 } };
static const struct catalog_options catalog_options = {
    .own = &own, .own_count = 1,
};

static cluster_t *
make_cluster(cluster_t **owner)
{
    struct cluster_view views[ZONES] = {
        { .view = { .kind = VIEW_CLUSTER, .id = { .name = "\1c" }, .ttl = 5,
                    .primary = "\1c", .pods = VIEW_PODS_VERIFIED,
                    .has_endpoints = true } },
        { .view = { .kind = VIEW_REVERSE, .primary = "\1c", .ttl = 5,
                    .id = { .name = "\7in-addr\4arpa" },
                    .has_endpoints = true } },
        { .view = { .kind = VIEW_EXTERNAL, .id = { .name = "\1x" }, .ttl = 5,
                    .primary = "\1x", .apex = "dns", .is_headless = true },
          .flags = CORE_ZONE_SINGLE },
    };

    for (unsigned i = 0; i < ZONES; i++) {
        views[i].view.own = &own;
        views[i].view.own_count = 1;
    }
    return cluster_new(views, ZONES, &catalog_options, read_again, owner);
}

static void
join(struct world *world)
{
    struct copy *copy = &world->copies[world->joined];
    struct core_fault fault;
    char name[16];

    snprintf(name, sizeof name, "t/copy.%u", world->joined++);
    for (int i = 0; i < ZONES; i++)
        copy->records[i] = new_lines();
    copy->subscriber =
        core_subscriber_new(world->context, world->loop,
                            "inproc://feed,inproc://snapshot", name,
                            &copy_hooks, copy, &fault);
    ck_assert_ptr_nonnull(copy->subscriber);
}

/* The records that a cluster has which knows nothing but what there is now. */
static void
expect(struct world *world)
{
    cluster_t *fresh = make_cluster(&fresh);
    struct copy copy = { .kind = CORE_CHANGE_ADD };
    const struct core_zone_id ids[ZONES] = {
        { .name = "\1c" }, { .name = "\7in-addr\4arpa" },
        { .name = "\1x" },
    };
    uint8_t *bytes = core_allocate(CORE_FEED_SNAPSHOT_ROOM);

    for (enum object_kind kind = 0; kind < OBJECT_KINDS; kind++)
        for (unsigned i = 0; i < counts[kind]; i++)
            if (objects[kind][i] != NULL)
                give(fresh, kind, objects[kind][i], false);

    core_publisher_t *mute = core_publisher_new(
        NULL, world->loop, NULL, NULL, &cluster_snapshot_hooks, fresh, NULL);

    cluster_announce(fresh, mute, "x");
    cluster_go_live(fresh, 1);
    for (unsigned i = 0; i < ZONES; i++) {
        void *snapshot = cluster_snapshot_hooks.open(fresh, &ids[i]);
        size_t size, used;

        copy.building = new_lines();
        while ((size = cluster_snapshot_hooks.next(snapshot, bytes,
                                                   CORE_FEED_SNAPSHOT_ROOM))
               > 0)
            for (size_t offset = 0; offset < size; offset += used) {
                struct core_change one;

                used = core_change_read(bytes + offset, size - offset, &one);
                ck_assert_uint_gt(used, 0);
                change(&copy, &one);
            }
        cluster_snapshot_hooks.close(snapshot);
        world->expected[i] = copy.building;
    }
    free(bytes);
    core_publisher_destroy(&mute);
    cluster_destroy(&fresh);
}

static bool
is_same(zhashx_t *left, zhashx_t *right)
{
    if (zhashx_size(left) != zhashx_size(right))
        return false;
    for (void *item = zhashx_first(left); item != NULL;
         item = zhashx_next(left))
        if (zhashx_lookup(right, zhashx_cursor(left)) == NULL)
            return false;
    return true;
}

static bool
all_are_same(struct world *world)
{
    for (unsigned i = 0; i < world->joined; i++)
        for (unsigned j = 0; j < ZONES; j++)
            if (!is_same(world->expected[j], world->copies[i].records[j]))
                return false;
    return true;
}

static void
run_round(void *owner)
{
    struct world *world = owner;

    if (world->round < ROUNDS) {
        for (int i = 0; i < STEPS; i++)
            step(world->cluster);
        if (world->round % 50 == 49)
            list_again(world->cluster, world->round % 100 == 49
                       ? OBJECT_SLICE : OBJECT_POD);
        cluster_flush(world->cluster, world->now += world->round % 3 == 0);
        if (world->round % JOIN_EVERY == 10 && world->joined < COPIES)
            join(world);
        if (++world->round == ROUNDS)
            expect(world);
        return;
    }
    if (all_are_same(world) || ++world->patience == 8000)
        core_loop_stop(world->loop);
}

START_TEST(copies_are_what_a_fresh_start_would_be)
{
    struct world world = { .now = 1000 };
    struct core_fault fault;

    state = (uint32_t) _i * 7919 + 17;
    world.context = zmq_ctx_new();
    world.loop = core_loop_new();
    world.cluster = make_cluster(&world.cluster);
    world.publisher = core_publisher_new(
        world.context, world.loop, "inproc://feed", "inproc://snapshot",
        &cluster_snapshot_hooks, world.cluster, &fault);
    ck_assert_ptr_nonnull(world.publisher);
    cluster_announce(world.cluster, world.publisher, "not synced");
    join(&world);
    for (int i = 0; i < 200; i++)
        step(world.cluster);
    cluster_go_live(world.cluster, world.now);
    core_publisher_complete(world.publisher);
    world.timer = core_loop_timer(world.loop, 1, 1, run_round, &world);
    core_loop_run(world.loop);
    ck_assert(all_are_same(&world));
    ck_assert_uint_gt(zhashx_size(world.expected[0]), 10);
    ck_assert_uint_eq(world.joined, COPIES);
    for (unsigned i = 0; i < world.joined; i++) {
        core_subscriber_destroy(&world.copies[i].subscriber);
        for (unsigned j = 0; j < ZONES; j++) {
            ck_assert_uint_eq(world.copies[i].flags[j],
                              j == 2 ? CORE_ZONE_SINGLE : 0);
            zhashx_destroy(&world.copies[i].records[j]);
        }
    }
    for (unsigned i = 0; i < ZONES; i++)
        zhashx_destroy(&world.expected[i]);
    for (enum object_kind kind = 0; kind < OBJECT_KINDS; kind++)
        for (unsigned i = 0; i < counts[kind]; i++) {
            free(objects[kind][i]);
            objects[kind][i] = NULL;
        }
    core_loop_timer_cancel(world.loop, &world.timer);
    core_publisher_destroy(&world.publisher);
    cluster_destroy(&world.cluster);
    core_loop_destroy(&world.loop);
    zmq_ctx_term(world.context);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("cluster");

    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, copies_are_what_a_fresh_start_would_be, 0, 4);
    return core_test_run(cases);
}
