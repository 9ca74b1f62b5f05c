/* catalogue - what it says of names that have not all the records of their
   services, and of names with many of them */

#include "etcd-sync/model.h"

#include "core_test.h"

static const char *const zones[] = { "zone.test.", NULL };

/* What the verb `bad` would print; yours. */
static char *
report(const catalogue_t *catalogue)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    catalogue_print_bad(catalogue, 10, " -", file);
    fclose(file);
    return text;
}

static void
check(const catalogue_t *catalogue, uint64_t wide, uint64_t large,
      uint64_t hosts, const char *wanted)
{
    struct catalogue_counters counters;
    char *text = report(catalogue);

    catalogue_count(catalogue, &counters);
    ck_assert_uint_eq(counters.too_wide, wide);
    ck_assert_uint_eq(counters.too_large, large);
    ck_assert_uint_eq(counters.too_many_hosts, hosts);
    ck_assert_str_eq(text, wanted);
    free(text);
}

static void
put_many(catalogue_t *catalogue, const char *below, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char key[128], value[64];

        snprintf(key, sizeof key, "/skydns/test/zone/%s/%u", below, i);
        snprintf(value, sizeof value, "{\"host\":\"10.0.%u.%u\"}", i / 256,
                 i % 256);
        model_put(catalogue, key, value);
    }
}

START_TEST(names_with_too_many_services_are_told)
{
    static const char last[] = "/skydns/test/zone/w/x/0";
    catalogue_t *catalogue = model_catalogue(zones);

    put_many(catalogue, "w/x", 4000);
    check(catalogue, 0, 0, 0, "");
    model_put(catalogue, "/skydns/test/zone/w/y", "{\"host\":\"10.1.0.0\"}");
    check(catalogue, 2, 0, 0, "zone.test. - too-many-services\n"
          "w.zone.test. - too-many-services\n");

    /* A value that is put again is no other service; a bad one is none. */
    model_put(catalogue, last, "{\"host\":\"10.1.0.1\"}");
    check(catalogue, 2, 0, 0, "zone.test. - too-many-services\n"
          "w.zone.test. - too-many-services\n");
    model_put(catalogue, last, "{");
    check(catalogue, 0, 0, 0, "/skydns/test/zone/w/x/0 - bad-value\n");
    catalogue_remove(catalogue, last, sizeof last - 1);
    check(catalogue, 0, 0, 0, "");
    catalogue_destroy(&catalogue);
}
END_TEST

/* They are found when they are published, and when they are read. */
START_TEST(names_without_some_records_are_told)
{
    static const char first[] = "/skydns/test/zone/a/1";
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };
    char value[32768];

    model_listen(catalogue, &model);
    model_put(catalogue, first, "{\"host\":\"one.example\"}");
    model_put(catalogue, "/skydns/test/zone/a/2", "{\"host\":\"One.example\"}");
    model_flush(catalogue);
    check(catalogue, 0, 0, 0, "");
    model_put(catalogue, "/skydns/test/zone/a/3", "{\"host\":\"two.example\"}");
    model_flush(catalogue);
    check(catalogue, 0, 0, 2, "zone.test. - host-left-out\n"
          "a.zone.test. - host-left-out\n");
    catalogue_remove(catalogue, "/skydns/test/zone/a/3", sizeof first - 1);
    model_flush(catalogue);
    check(catalogue, 0, 0, 0, "");

    for (int i = 0; i < 3; i++) {
        char key[64];

        snprintf(value, sizeof value, "{\"text\":\"%d%032000d\"}", i, 0);
        snprintf(key, sizeof key, "/skydns/test/zone/t/%d", i);
        model_put(catalogue, key, value);
    }
    model_flush(catalogue);
    check(catalogue, 0, 2, 0, "zone.test. - rrset-too-large\n"
          "t.zone.test. - rrset-too-large\n");
    model_clear(&model);
    catalogue_destroy(&catalogue);

    catalogue = model_catalogue(zones);
    model_put(catalogue, first, "{\"host\":\"one.example\"}");
    model_put(catalogue, "/skydns/test/zone/a/3", "{\"host\":\"two.example\"}");
    check(catalogue, 0, 0, 0, "");
    model_read(&model, catalogue,
               &zones_at(catalogue_zones(catalogue), 0)->id,
               CORE_FEED_SNAPSHOT_ROOM);
    check(catalogue, 0, 0, 2, "zone.test. - host-left-out\n"
          "a.zone.test. - host-left-out\n");
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(names_with_many_services_can_wait)
{
    catalogue_t *catalogue = model_catalogue(zones);
    struct model model = { .count = 0 };
    size_t cost;

    put_many(catalogue, "w", 300);
    model_listen(catalogue, &model);
    model_put(catalogue, "/skydns/test/zone/w/new", "{\"host\":\"10.9.9.9\"}");
    ck_assert(!catalogue_flush(catalogue, 1, CATALOGUE_NARROW, &cost));
    ck_assert_uint_eq(cost, 0);
    ck_assert(!catalogue_waits(catalogue, CATALOGUE_NARROW));
    ck_assert(catalogue_waits(catalogue, CATALOGUE_ALL));
    ck_assert_str_eq(model_text(&model),
                     "new.w.zone.test. 300 A 10.9.9.9\n"
                     "new.w.zone.test. 300 SRV 10 100 0 new.w.zone.test.\n");
    ck_assert(!catalogue_flush(catalogue, 1, CATALOGUE_ALL, &cost));

    /* w, the zone and the two above it. */
    ck_assert_uint_eq(cost, 4 * 301);
    ck_assert_ptr_nonnull(strstr(model_text(&model),
                                 "\nw.zone.test. 300 A 10.9.9.9\n"));
    ck_assert(!catalogue_waits(catalogue, CATALOGUE_ALL));
    model_clear(&model);
    catalogue_destroy(&catalogue);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("left out");

    tcase_add_test(cases, names_with_too_many_services_are_told);
    tcase_add_test(cases, names_without_some_records_are_told);
    tcase_add_test(cases, names_with_many_services_can_wait);
    return core_test_run(cases);
}
