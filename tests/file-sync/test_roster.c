/* roster - files come, change, are wrong, are right again, and go */

#include "file-sync/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "core_test.h"

#define PATIENCE_MS 20000
#define ZONE(serial) \
    "$TTL 60\n@ SOA ns h " #serial " 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n"

struct world {
    core_loop_t *loop;
    core_publisher_t *publisher;
    roster_t *roster;
    const char *folder;
    struct zone_settings zones[2];
    struct directory_settings directories[1];
    struct hosts_settings hosts[1];
    struct file_sync_settings settings;
    char paths[3][128];
    const char *wanted;                 /* what the roster is to print */
    bool loaded;
};

static void
be_loaded(void *owner)
{
    ((struct world *) owner)->loaded = true;
}

static struct world *
new_world(void)
{
    struct world *world = core_allocate(sizeof *world);
    struct core_fault fault;

    world->loop = core_loop_new();
    world->folder = core_test_folder();
    world->roster = roster_new(world->loop, NULL);
    world->publisher = core_publisher_new(NULL, world->loop, NULL, NULL,
                                          &roster_snapshot_hooks,
                                          world->roster, &fault);
    roster_start(world->roster, world->publisher, be_loaded, world);
    for (unsigned i = 0; i < 2; i++) {
        snprintf(world->paths[i], sizeof world->paths[i], "%s/db.%c",
                 world->folder, 'a' + (int) i);
        world->zones[i] = (struct zone_settings) {
            .origin = (const uint8_t *) (i == 0 ? "\1a" : "\1b"),
            .file = world->paths[i], .reload_ms = 60000,
        };
    }
    world->directories[0] = (struct directory_settings) {
        .path = world->folder, .pattern = "^db\\.(.*)", .origin = "{1}",
        .reload_ms = 60000,
    };
    snprintf(world->paths[2], sizeof world->paths[2], "%s/hosts",
             world->folder);
    world->hosts[0] = (struct hosts_settings) {
        .file = world->paths[2], .ttl_seconds = 60, .reload_ms = 60000,
    };
    return world;
}

static void
end_world(struct world *world)
{
    roster_destroy(&world->roster);
    core_publisher_destroy(&world->publisher);
    core_loop_destroy(&world->loop);
    free(world);
}

static void
set(struct world *world, size_t zones, size_t directories, size_t hosts)
{
    struct core_fault fault;

    world->settings = (struct file_sync_settings) {
        .zones = { world->zones, zones },
        .directories = { world->directories, directories },
        .hosts = { world->hosts, hosts },
    };
    ck_assert_int_eq(roster_set(world->roster, &world->settings, &fault), 0);
}

/* Writes a file beside its place and moves it there, as editors do. */
static void
put_file(struct world *world, const char *name, const char *text)
{
    char path[256], target[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/.new", world->folder);
    snprintf(target, sizeof target, "%s/%s", world->folder, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    ck_assert_int_eq(rename(path, target), 0);
}

/* Writes a file where it is. */
static void
overwrite_file(struct world *world, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", world->folder, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void
remove_file(struct world *world, const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", world->folder, name);
    ck_assert_int_eq(unlink(path), 0);
}

/* The zones without their files: "a. 0 1 right 3;". */
static void
print(const struct world *world, char text[512])
{
    char printed[4096] = "", state[16], name[64], serial[16];
    FILE *file = fmemopen(printed, sizeof printed, "w");
    unsigned layer, records;

    roster_print(world->roster, NULL, file);
    fclose(file);
    *text = '\0';
    for (char *line = strtok(printed, "\n"); line != NULL;
         line = strtok(NULL, "\n")) {
        ck_assert_int_eq(sscanf(line, "%63s %u %15s %15s %u", name, &layer,
                                serial, state, &records), 5);
        sprintf(text + strlen(text), "%s %u %s %s %u;", name, layer, serial,
                state, records);
    }
}

static void
look(void *owner)
{
    struct world *world = owner;
    char text[512];

    print(world, text);
    if (world->loaded && strcmp(text, world->wanted) == 0)
        core_loop_stop(world->loop);
}

static void
lose_patience(void *owner)
{
    struct world *world = owner;
    char text[512];

    print(world, text);
    ck_abort_msg("it stays \"%s\" and not \"%s\"", text, world->wanted);
}

static void
expect(struct world *world, const char *wanted)
{
    core_timer_t *looking = core_loop_timer(world->loop, 0, 1, look, world);
    core_timer_t *patience = core_loop_timer(world->loop, PATIENCE_MS, 0,
                                             lose_patience, world);

    world->wanted = wanted;
    core_loop_run(world->loop);
    core_loop_timer_cancel(world->loop, &looking);
    core_loop_timer_cancel(world->loop, &patience);
}

/* -------------------------------------------------------------------------- */

START_TEST(follows_a_file)
{
    struct world *world = new_world();

    set(world, 1, 0, 0);
    expect(world, "a. 0 - failed 0;");          /* it is not there yet */
    put_file(world, "db.a", ZONE(1));
    expect(world, "a. 0 1 right 3;");
    put_file(world, "db.a", ZONE(2) "www A 192.0.2.2\n");
    expect(world, "a. 0 2 right 4;");
    overwrite_file(world, "db.a", ZONE(3));
    expect(world, "a. 0 3 right 3;");
    put_file(world, "db.a", ZONE(4) "www A nonsense\n");
    expect(world, "a. 0 3 outdated 3;");        /* the last right one */
    put_file(world, "db.a", ZONE(5));
    expect(world, "a. 0 5 right 3;");
    remove_file(world, "db.a");
    expect(world, "a. 0 5 outdated 3;");
    put_file(world, "db.a", ZONE(5));
    expect(world, "a. 0 5 right 3;");
    end_world(world);
}
END_TEST

START_TEST(follows_an_included_file)
{
    struct world *world = new_world();

    put_file(world, "db.a", ZONE(1) "$INCLUDE part\n");
    set(world, 1, 0, 0);
    expect(world, "a. 0 - failed 0;");
    put_file(world, "part", "www A 192.0.2.1\n");
    expect(world, "a. 0 1 right 4;");
    overwrite_file(world, "part", "www A 192.0.2.1\nxxx A 192.0.2.1\n");
    expect(world, "a. 0 1 right 5;");
    end_world(world);
}
END_TEST

START_TEST(follows_links_of_a_config_map)
{
    struct world *world = new_world();
    char path[256], other[256];

    snprintf(path, sizeof path, "%s/..1", world->folder);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/..2", world->folder);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    put_file(world, "..1/db.a", ZONE(1));
    put_file(world, "..2/db.a", ZONE(2));
    snprintf(path, sizeof path, "%s/..data", world->folder);
    ck_assert_int_eq(symlink("..1", path), 0);
    snprintf(other, sizeof other, "%s/db.a", world->folder);
    ck_assert_int_eq(symlink("..data/db.a", other), 0);
    set(world, 0, 1, 0);
    expect(world, "a. 0 1 right 3;");
    snprintf(other, sizeof other, "%s/..tmp", world->folder);
    ck_assert_int_eq(symlink("..2", other), 0);
    ck_assert_int_eq(rename(other, path), 0);
    expect(world, "a. 0 2 right 3;");
    overwrite_file(world, "..2/db.a", ZONE(3));
    expect(world, "a. 0 3 right 3;");
    end_world(world);
}
END_TEST

START_TEST(follows_a_folder)
{
    struct world *world = new_world();
    char path[256];

    put_file(world, "db.a", ZONE(1));
    put_file(world, "other", "nonsense");
    set(world, 0, 1, 0);
    expect(world, "a. 0 1 right 3;");
    put_file(world, "db.b", ZONE(2));
    expect(world, "a. 0 1 right 3;b. 0 2 right 3;");
    put_file(world, "db.a", ZONE(3));
    expect(world, "a. 0 3 right 3;b. 0 2 right 3;");
    remove_file(world, "db.a");
    expect(world, "b. 0 2 right 3;");
    snprintf(path, sizeof path, "%s/sub", world->folder);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    put_file(world, "sub/db.c", ZONE(4));
    expect(world, "b. 0 2 right 3;c. 0 4 right 3;");
    overwrite_file(world, "sub/db.c", ZONE(5));
    expect(world, "b. 0 2 right 3;c. 0 5 right 3;");
    end_world(world);
}
END_TEST

START_TEST(follows_a_hosts_file)
{
    struct world *world = new_world();

    put_file(world, "hosts", "192.0.2.1 a\n");
    set(world, 0, 0, 1);
    expect(world, ". 0 - right 1;");
    overwrite_file(world, "hosts", "192.0.2.1 a\n192.0.2.2 b\n");
    expect(world, ". 0 - right 2;");
    end_world(world);
}
END_TEST

START_TEST(takes_other_settings)
{
    struct world *world = new_world();
    struct zone_counters before;

    put_file(world, "db.a", ZONE(1));
    put_file(world, "db.b", ZONE(2));
    put_file(world, "hosts", "192.0.2.1 a\n");
    set(world, 2, 0, 0);
    expect(world, "a. 0 1 right 3;b. 0 2 right 3;");
    before = *roster_counters(world->roster);
    set(world, 2, 0, 0);                        /* the same: nothing moves */
    ck_assert_mem_eq(&before, roster_counters(world->roster), sizeof before);
    set(world, 1, 0, 0);
    expect(world, "a. 0 1 right 3;");
    set(world, 1, 1, 1);
    expect(world, ". 0 - right 1;a. 1 1 right 3;a. 2 1 right 3;"
           "b. 2 2 right 3;");
    set(world, 0, 0, 1);
    expect(world, ". 0 - right 1;");
    end_world(world);
}
END_TEST

START_TEST(gives_the_second_file_of_a_name_a_layer_of_its_own)
{
    struct world *world = new_world();

    world->zones[1].origin = world->zones[0].origin;
    put_file(world, "db.a", ZONE(1));
    put_file(world, "db.b", ZONE(2));
    set(world, 2, 0, 0);
    expect(world, "a. 0 1 right 3;a. 1 2 right 3;");
    end_world(world);
}
END_TEST

START_TEST(looks_again_where_nothing_tells)
{
    struct world *world = new_world();
    char path[256];

    /* A folder that is not there cannot be watched. */
    snprintf(path, sizeof path, "%s/later", world->folder);
    world->directories[0].path = path;
    world->directories[0].reload_ms = 100;
    set(world, 0, 1, 0);
    expect(world, "");
    ck_assert_int_eq(mkdir(path, 0700), 0);
    put_file(world, "later/db.a", ZONE(1));
    expect(world, "a. 0 1 right 3;");
    end_world(world);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("roster");

    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, follows_a_file);
    tcase_add_test(cases, follows_an_included_file);
    tcase_add_test(cases, follows_links_of_a_config_map);
    tcase_add_test(cases, follows_a_folder);
    tcase_add_test(cases, follows_a_hosts_file);
    tcase_add_test(cases, takes_other_settings);
    tcase_add_test(cases, gives_the_second_file_of_a_name_a_layer_of_its_own);
    tcase_add_test(cases, looks_again_where_nothing_tells);
    return core_test_run(cases);
}
