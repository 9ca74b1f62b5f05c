/* misfits - keys that have no place are bad ones as long as they are there */

#include "etcd-sync/misfits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etcd-sync/catalogue.h"
#include "etcd-sync/model.h"

#include "core_test.h"

static const char *const zones[] = { "zone.test.", NULL };

/* How many bad keys there are; what is said of them is yours. */
static char *
tell_bad(catalogue_t *catalogue, uint64_t *bad)
{
    struct catalogue_counters counters;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    catalogue_count(catalogue, &counters);
    *bad = counters.bad;
    catalogue_print_bad(catalogue, 10, " bad", file);
    fclose(file);
    return text;
}

START_TEST(a_key_that_is_too_deep_is_a_bad_one)
{
    catalogue_t *catalogue = model_catalogue(zones);
    char deep[600] = "/skydns/test/zone", wanted[700];
    struct catalogue_counters counters;
    uint64_t bad;
    char *text;

    for (int i = 0; i < 125; i++)
        strcat(deep, "/a");
    ck_assert_int_eq(model_put(catalogue, deep, "{}"), CATALOGUE_TAKEN);
    strcat(deep, "/a");
    ck_assert_int_eq(model_put(catalogue, deep, "{}"), CATALOGUE_BAD);
    ck_assert_int_eq(model_put(catalogue, deep, "{}"), CATALOGUE_STILL_BAD);
    catalogue_count(catalogue, &counters);
    ck_assert_uint_eq(counters.keys, 1);
    text = tell_bad(catalogue, &bad);
    ck_assert_uint_eq(bad, 1);
    snprintf(wanted, sizeof wanted, "%.263s... bad bad-key\n", deep);
    ck_assert_str_eq(text, wanted);
    free(text);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(a_key_with_too_long_a_part_is_a_bad_one_while_it_is_there)
{
    catalogue_t *catalogue = model_catalogue(zones);
    char one[600] = "/skydns/test/zone/", other[600] = "/skydns/test/zone/";
    char wanted[700];
    uint64_t bad;
    char *text;

    memset(one + strlen(one), 'x', 256);
    memset(other + strlen(other), 'x', 257);
    ck_assert_int_eq(model_put(catalogue, one, "{}"), CATALOGUE_BAD);
    ck_assert_int_eq(model_put(catalogue, other, "{}"), CATALOGUE_BAD);
    free(tell_bad(catalogue, &bad));
    ck_assert_uint_eq(bad, 2);
    catalogue_remove(catalogue, one, strlen(one));
    text = tell_bad(catalogue, &bad);
    ck_assert_uint_eq(bad, 1);
    snprintf(wanted, sizeof wanted, "%.263s... bad bad-key\n", other);
    ck_assert_str_eq(text, wanted);
    free(text);

    /* One that a new load does not bring is gone. */
    catalogue_load_begin(catalogue);
    ck_assert_int_eq(model_put(catalogue, one, "{}"), CATALOGUE_BAD);
    catalogue_load_end(catalogue);
    free(tell_bad(catalogue, &bad));
    ck_assert_uint_eq(bad, 1);
    catalogue_load_begin(catalogue);
    catalogue_load_end(catalogue);
    text = tell_bad(catalogue, &bad);
    ck_assert_uint_eq(bad, 0);
    ck_assert_str_eq(text, "");
    free(text);
    catalogue_destroy(&catalogue);
}
END_TEST

START_TEST(no_more_than_a_thousand_of_them_are_counted)
{
    catalogue_t *catalogue = model_catalogue(zones);
    char key[600] = "/skydns/test/zone/";
    uint64_t bad;

    memset(key + strlen(key), 'x', 256);
    for (int i = 0; i <= MISFITS_LIMIT; i++) {
        snprintf(key + 274, sizeof key - 274, "%d", i);
        ck_assert_int_eq(model_put(catalogue, key, "{}"), CATALOGUE_BAD);
    }
    free(tell_bad(catalogue, &bad));
    ck_assert_uint_eq(bad, MISFITS_LIMIT);
    catalogue_destroy(&catalogue);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("misfits");

    tcase_add_test(cases, a_key_that_is_too_deep_is_a_bad_one);
    tcase_add_test(
        cases, a_key_with_too_long_a_part_is_a_bad_one_while_it_is_there);
    tcase_add_test(cases, no_more_than_a_thousand_of_them_are_counted);
    return core_test_run(cases);
}
