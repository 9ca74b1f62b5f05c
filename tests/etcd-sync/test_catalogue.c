/* catalogue - what is published of changes leaves what a fresh load gives */

#include "etcd-sync/catalogue.h"

#include "etcd-sync/model.h"

#include "core_test.h"

#define KEYS 60
#define STEPS 3000

static const char *const zones[] = {
    "zone.test.", "sub.zone.test.", "in-addr.arpa.", NULL
};

static void
read_all(struct model *model, catalogue_t *catalogue, size_t room)
{
    const zones_t *list = catalogue_zones(catalogue);

    for (size_t i = 0; i < zones_count(list); i++)
        model_read(model, catalogue, &zones_at(list, i)->id, room);
}

/* ---- random changes ------------------------------------------------------ */

struct store {
    char *keys[KEYS];
    char *values[KEYS];                 /* NULL: the key is not there */
};

static const char *
pick(const char *const *words)
{
    size_t count = 0;

    while (words[count] != NULL)
        count++;
    return words[(size_t) rand() % count];
}

static char *
make_key(void)
{
    static const char *const tops[] = {
        "/skydns/test/zone", "/skydns/test/zone/sub",
        "/skydns/test/zone/dns", "/skydns/arpa/in-addr", "/skydns/test", NULL,
    };
    static const char *const parts[] = {
        "a", "b", "c", "ns", "apex", "*", "UP", "x.y", NULL
    };
    char *key = core_copy_text(pick(tops));
    int depth = rand() % 4;

    for (int i = 0; i < depth; i++) {
        char *longer;

        ck_assert_int_ne(asprintf(&longer, "%s/%s", key, pick(parts)), -1);
        free(key);
        key = longer;
    }
    return key;
}

static char *
make_value(void)
{
    static const char *const hosts[] = {
        "192.0.2.1", "192.0.2.2", "2001:db8::1", "far.example", "zone.test",
        "a.zone.test", "b.zone.test", "b.a.zone.test", "c.zone.test",
        "a.sub.zone.test", "A.zone.test.", "sub.zone.test", "", NULL,
    };
    static const char *const others[] = {
        "", ",\"ttl\":60", ",\"port\":-1", ",\"mail\":true", ",\"text\":\"t\"",
        ",\"group\":\"g\"", ",\"group\":\"h\"", ",\"targetstrip\":1",
        ",\"weight\":20", ",\"priority\":99999", NULL,
    };
    char *value;

    ck_assert_int_ne(asprintf(&value, "{\"host\":\"%s\"%s%s}", pick(hosts),
                              pick(others), pick(others)), -1);
    return value;
}

static void
change_one(struct store *store, catalogue_t *catalogue)
{
    size_t i = (size_t) rand() % KEYS;

    if (store->values[i] != NULL && rand() % 3 == 0) {
        catalogue_remove(catalogue, store->keys[i], strlen(store->keys[i]));
        free(store->values[i]);
        store->values[i] = NULL;
        return;
    }
    free(store->values[i]);
    store->values[i] = make_value();
    model_put(catalogue, store->keys[i], store->values[i]);
}

static void
fill(const struct store *store, catalogue_t *catalogue)
{
    for (size_t i = 0; i < KEYS; i++)
        if (store->values[i] != NULL)
            model_put(catalogue, store->keys[i], store->values[i]);
}

/* Keys that are there twice would have two values. */
static void
make_keys(struct store *store)
{
    memset(store, 0, sizeof *store);
    for (size_t i = 0; i < KEYS; i++) {
        bool is_new;

        do {
            is_new = true;
            free(store->keys[i]);
            store->keys[i] = make_key();
            for (size_t j = 0; j < i; j++)
                is_new &= strcmp(store->keys[i], store->keys[j]) != 0;
        } while (!is_new && rand() % 1000 != 0);
        if (!is_new) {
            free(store->keys[i]);
            ck_assert_int_ne(asprintf(&store->keys[i],
                                      "/skydns/test/zone/k%zu", i), -1);
        }
    }
}

static void
clear_store(struct store *store)
{
    for (size_t i = 0; i < KEYS; i++) {
        free(store->keys[i]);
        free(store->values[i]);
    }
}

static void
compare(const struct store *store, struct model *published, int step)
{
    catalogue_t *fresh = model_catalogue(zones);
    struct model model = { .count = 0 };
    size_t at;

    fill(store, fresh);
    read_all(&model, fresh, CORE_FEED_SNAPSHOT_ROOM);
    model_text(&model);
    model_text(published);
    at = 0;
    while (model.text[at] != '\0' && model.text[at] == published->text[at])
        at++;
    while (at > 0 && model.text[at - 1] != '\n')
        at--;
    ck_assert_msg(strcmp(model.text + at, published->text + at) == 0,
                  "step %d: fresh\n%.400s\npublished\n%.400s", step,
                  model.text + at, published->text + at);
    model_clear(&model);
    catalogue_destroy(&fresh);
}

START_TEST(random_changes_leave_what_a_fresh_load_gives)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model published = { .count = 0 };
    struct store store;

    srand((unsigned) _i);
    make_keys(&store);
    for (int i = 0; i < KEYS; i++)
        change_one(&store, catalogue);
    read_all(&published, catalogue, CORE_FEED_SNAPSHOT_ROOM);
    model_listen(catalogue, &published);
    for (int step = 0; step < STEPS; step++) {
        change_one(&store, catalogue);
        if (rand() % 4 == 0)
            model_flush(catalogue);
        if (step % 50 != 0)
            continue;
        model_flush(catalogue);
        compare(&store, &published, step);
    }
    model_clear(&published);
    clear_store(&store);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(a_load_removes_what_it_does_not_bring)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model published = { .count = 0 };
    struct store store;

    srand((unsigned) _i);
    make_keys(&store);
    model_listen(catalogue, &published);
    for (int round = 0; round < 30; round++) {
        catalogue_t *ignored = model_catalogue(zones);

        for (int i = 0; i < 20; i++)
            change_one(&store, ignored);
        catalogue_destroy(&ignored);
        catalogue_load_begin(catalogue);
        /* One that is begun again: what came does not count. */
        if (round % 3 == 0) {
            model_put(catalogue, "/skydns/test/zone/gone", "{}");
            catalogue_load_begin(catalogue);
        }
        fill(&store, catalogue);
        catalogue_load_end(catalogue);
        model_flush(catalogue);
        compare(&store, &published, round);
    }
    model_clear(&published);
    clear_store(&store);
    catalogue_destroy(&catalogue);
}
END_TEST

/* ---- counts -------------------------------------------------------------- */

START_TEST(keys_are_counted_and_bad_ones_told_once)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct catalogue_counters counters;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    ck_assert_int_eq(model_put(catalogue, "/skydns/test/zone/a", "{}"),
                     CATALOGUE_TAKEN);
    ck_assert_int_eq(model_put(catalogue, "/skydns/test/zone/b/c", "{"),
                     CATALOGUE_BAD);
    ck_assert_int_eq(model_put(catalogue, "/skydns/test/zone/b/c", "[]"),
                     CATALOGUE_STILL_BAD);
    ck_assert_int_eq(model_put(catalogue, "/skydns/test/other/a", "{"),
                     CATALOGUE_FOREIGN);
    ck_assert_int_eq(model_put(catalogue, "/skydns/test/zoned", "{}"),
                     CATALOGUE_FOREIGN);
    ck_assert_int_eq(model_put(catalogue, "/sky/test/zone/a", "{}"),
                     CATALOGUE_FOREIGN);
    catalogue_count(catalogue, &counters);
    ck_assert_uint_eq(counters.keys, 1);
    ck_assert_uint_eq(counters.bad, 1);
    catalogue_print_bad(catalogue, 10, " bad", file);
    fclose(file);
    ck_assert_str_eq(text, "/skydns/test/zone/b/c bad bad-value\n");
    free(text);
    ck_assert_int_eq(model_put(catalogue, "/skydns/test/zone/b/c", "{}"),
                     CATALOGUE_TAKEN);
    catalogue_remove(catalogue, "/skydns/test/zone/a", 19);
    catalogue_count(catalogue, &counters);
    ck_assert_uint_eq(counters.keys, 1);
    ck_assert_uint_eq(counters.bad, 0);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(a_new_load_of_the_same_publishes_nothing)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model published = { .count = 0 };
    struct catalogue_counters counters;
    struct store store;

    srand(3);
    make_keys(&store);
    for (int i = 0; i < KEYS; i++)
        change_one(&store, catalogue);
    model_listen(catalogue, &published);
    catalogue_load_begin(catalogue);
    fill(&store, catalogue);
    catalogue_load_end(catalogue);
    model_flush(catalogue);
    catalogue_count(catalogue, &counters);
    ck_assert_uint_gt(counters.bad, 0);
    ck_assert_uint_eq(counters.published, 0);
    model_clear(&published);
    clear_store(&store);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(what_does_not_change_records_is_not_published)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct catalogue_counters before, after;
    struct model published = { .count = 0 };

    model_listen(catalogue, &published);
    model_put(catalogue, "/skydns/test/zone/a", "{\"host\":\"192.0.2.1\"}");
    model_flush(catalogue);
    catalogue_count(catalogue, &before);
    model_put(catalogue, "/skydns/test/zone/a",
              "{ \"host\": \"192.0.2.1\", \"note\": 1 }");
    model_flush(catalogue);
    catalogue_count(catalogue, &after);
    ck_assert_uint_eq(before.published, 2);     /* the name, and the top */
    ck_assert_uint_eq(after.published, 2);
    model_clear(&published);
    catalogue_destroy(&catalogue);
}
END_TEST

/* ---- leases -------------------------------------------------------------- */

START_TEST(a_lease_bounds_the_ttl)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model published = { .count = 0 };
    struct lease_id id;
    struct core_fault fault;

    model_listen(catalogue, &published);
    for (unsigned i = 0; i < 2; i++) {
        const char *value = i == 0 ? "{\"host\":\"192.0.2.1\"}"
            : "{\"host\":\"192.0.2.1\",\"ttl\":100}";

        catalogue_put(catalogue, &(struct catalogue_key) {
            .key = i == 0 ? "/skydns/test/zone/a" : "/skydns/test/zone/b",
            .key_size = 19, .value = value, .value_size = strlen(value),
            .lease = { 77 },
        }, 0, &fault);
    }
    model_flush(catalogue);
    ck_assert_ptr_nonnull(strstr(model_text(&published),
                                 "a.zone.test. 30 A 192.0.2.1\n"));
    ck_assert(leases_due(catalogue_leases(catalogue), 0, &id));
    ck_assert_int_eq(id.value, 77);
    leases_told(catalogue_leases(catalogue), id, 500, 600, 0, catalogue_touch,
                catalogue);
    model_flush(catalogue);
    ck_assert_ptr_nonnull(strstr(model_text(&published),
                                 "a.zone.test. 500 A 192.0.2.1\n"));
    ck_assert_ptr_nonnull(strstr(model_text(&published),
                                 "b.zone.test. 100 A 192.0.2.1\n"));
    model_clear(&published);
    catalogue_destroy(&catalogue);
}
END_TEST

/* ---- serials ------------------------------------------------------------- */

/* Notes the serial of zone.test. */
static void
note_serial(void *owner, const struct core_change *change)
{
    uint32_t *serial = owner;

    if (change->type == CORE_SOA)
        *serial = core_read32(change->rdatas + change->rdatas_size - 20);
}

START_TEST(each_change_moves_the_serial_sooner_or_later)
{
    catalogue_t *catalogue = model_catalogue(zones);
    uint32_t serial = 0;

    catalogue_publish_to(catalogue, &(struct catalogue_sink) {
        .begin = model_begin, .change = note_serial, .commit = model_end,
        .zone = model_zone, .owner = &serial,
    }, 10);
    model_put(catalogue, "/skydns/test/zone/a", "{\"host\":\"192.0.2.1\"}");
    catalogue_flush(catalogue, 12, CATALOGUE_ALL, NULL);
    ck_assert_uint_eq(serial, 12);
    ck_assert(!catalogue_settle(catalogue, 13));
    ck_assert_uint_eq(serial, 12);

    model_put(catalogue, "/skydns/test/zone/a", "{\"host\":\"192.0.2.2\"}");
    catalogue_flush(catalogue, 14, CATALOGUE_ALL, NULL);
    model_put(catalogue, "/skydns/test/zone/a", "{\"host\":\"192.0.2.3\"}");
    catalogue_flush(catalogue, 14, CATALOGUE_ALL, NULL);
    ck_assert_uint_eq(serial, 14);
    ck_assert(catalogue_settle(catalogue, 14));
    ck_assert_uint_eq(serial, 14);
    ck_assert(!catalogue_settle(catalogue, 15));
    ck_assert_uint_eq(serial, 15);
    catalogue_destroy(&catalogue);
}
END_TEST

/* ---- reading while it changes -------------------------------------------- */

START_TEST(a_reader_goes_on_where_it_was)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };
    catalogue_reader_t *reader;
    uint8_t bytes[400];
    size_t size;
    int round = 0;

    for (int i = 0; i < 200; i++) {
        char key[64];

        snprintf(key, sizeof key, "/skydns/test/zone/%03d/x", i);
        model_put(catalogue, key, "{\"host\":\"192.0.2.1\",\"port\":-1}");
    }
    for (int i = 0; i < 200; i++) {
        char key[64];

        snprintf(key, sizeof key, "/skydns/test/zone/%03d", i);
        model_put(catalogue, key, "{\"text\":\"own\"}");
    }
    reader = catalogue_read(catalogue,
                            &zones_at(catalogue_zones(catalogue), 0)->id);
    while ((size = catalogue_reader_write(reader, bytes, sizeof bytes)) > 0) {
        char key[64];

        for (size_t offset = 0; offset < size;) {
            struct core_change change;

            offset += core_change_read(bytes + offset, size - offset,
                                       &change);
            if (core_name_labels(change.owner) == 4)
                model_apply(&model, &change);
        }
        /* What is here and behind goes, but for every second. */
        snprintf(key, sizeof key, "/skydns/test/zone/%03d/x", round * 2 + 1);
        catalogue_remove(catalogue, key, strlen(key));
        snprintf(key, sizeof key, "/skydns/test/zone/%03d", round * 2 + 1);
        catalogue_remove(catalogue, key, strlen(key));
        round++;
    }
    catalogue_reader_destroy(&reader);
    for (int i = 0; i < 200; i += 2) {
        char line[64];

        snprintf(line, sizeof line, "x.%03d.zone.test. 300 A 192.0.2.1\n", i);
        ck_assert_msg(strstr(model_text(&model), line) != NULL, "%s", line);
    }
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(an_rrset_larger_than_the_room_is_cut)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model large = { .count = 0 }, small = { .count = 0 };

    for (int i = 0; i < 500; i++) {
        char key[64], value[64];

        snprintf(key, sizeof key, "/skydns/test/zone/w/%d", i);
        snprintf(value, sizeof value, "{\"host\":\"10.0.0.%d\"}", i % 256);
        model_put(catalogue, key, value);
    }
    read_all(&large, catalogue, CORE_FEED_SNAPSHOT_ROOM);
    read_all(&small, catalogue, 700);
    ck_assert_str_eq(model_text(&large), model_text(&small));
    model_clear(&large);
    model_clear(&small);
    catalogue_destroy(&catalogue);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("catalogue");

    tcase_add_loop_test(cases, random_changes_leave_what_a_fresh_load_gives,
                        0, 12);
    tcase_add_loop_test(cases, a_load_removes_what_it_does_not_bring, 0, 4);
    tcase_add_test(cases, keys_are_counted_and_bad_ones_told_once);
    tcase_add_test(cases, a_new_load_of_the_same_publishes_nothing);
    tcase_add_test(cases, what_does_not_change_records_is_not_published);
    tcase_add_test(cases, a_lease_bounds_the_ttl);
    tcase_add_test(cases, each_change_moves_the_serial_sooner_or_later);
    tcase_add_test(cases, a_reader_goes_on_where_it_was);
    tcase_add_test(cases, an_rrset_larger_than_the_room_is_cut);
    tcase_set_timeout(cases, 60);
    return core_test_run(cases);
}
