/* splitter - objects out of a stream, however it is cut */

#include "kubernetes-sync/splitter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"
#include "coredns/memory.h"

static const struct {
    enum splitter_mode mode;
    const char *stream;
    const char *taken;                  /* KEY=value; without key an object */
    const char *fault;                  /* NULL: none */
    bool is_whole;
} rows[] = {
    { SPLITTER_STREAM, "", "", NULL, true },
    { SPLITTER_STREAM, "{\"a\":1}\n{\"b\":[{}]}\n", "{\"a\":1};{\"b\":[{}]};",
      NULL, true },
    { SPLITTER_STREAM, "{\"a\":\"}\\\"]\"} {}", "{\"a\":\"}\\\"]\"};{};", NULL,
      true },
    { SPLITTER_STREAM, "{\"a\":\"\\\\\"}{", "{\"a\":\"\\\\\"};", NULL, false },
    { SPLITTER_STREAM, "{}x", "{};", "something stands between the objects",
      false },
    { SPLITTER_LIST, "", "", NULL, false },
    { SPLITTER_LIST, "{\"kind\":\"L\",\"metadata\":{\"continue\":\"x\"},"
      "\"items\":[{\"a\":[1,2]},{\"items\":[{}]}],\"n\":12,\"t\":true}\n",
      "kind=\"L\";metadata={\"continue\":\"x\"};{\"a\":[1,2]};"
      "{\"items\":[{}]};n=12;t=true;", NULL, true },
    { SPLITTER_LIST, "{ \"items\" : [ ] , \"x\" : null }", "x=null;", NULL,
      true },
    { SPLITTER_LIST, "{\"items\":null}", "items=null;", NULL, true },
    { SPLITTER_LIST, "{}", "", NULL, true },
    { SPLITTER_LIST, "{\"items\":[{\"a\":1}", "{\"a\":1};", NULL, false },
    { SPLITTER_LIST, "{\"items\":[{\"a\":1}]}{", "{\"a\":1};",
      "something follows the list", false },
    { SPLITTER_LIST, "[1]", "", "a list is not an object", false },
    { SPLITTER_LIST, "{\"items\":[1]}", "", "an item is not an object", false },
    { SPLITTER_LIST, "{1:2}", "", "a list has no key", false },
    { SPLITTER_LIST, "{\"a\" 1}", "", "a list has no colon", false },
    { SPLITTER_LIST, "{\"a\":{} \"b\":1}", "a={};", "a list has no comma",
      false },
    /* What managers have noted in the metadata of an object is left out... */
    { SPLITTER_STREAM, "{\"object\":{\"metadata\":{\"managedFields\":[{\"f\":"
      "{\"}\":[1,2]}},3],\"name\":\"x\"}}}", "{\"object\":{\"metadata\":{"
      "\"managedFields\":null,\"name\":\"x\"}}};", NULL, true },
    { SPLITTER_LIST, "{\"items\":[{\"m\":{\"managedFields\" : [ ] }},"
      "{\"m\":{\"managedFields\":\"a,b\",\"n\":1}},{\"n\":2}]}",
      "{\"m\":{\"managedFields\" :null}};"
      "{\"m\":{\"managedFields\":null,\"n\":1}};{\"n\":2};", NULL, true },
    { SPLITTER_STREAM, "{\"o\":{\"m\":{\"managedFields\":[{\"f\":1}", "", NULL,
      false },

    /* ...but nothing of that name elsewhere, nor of another name. */
    { SPLITTER_LIST, "{\"items\":[{\"m\":{\"l\":{\"managedFields\":\"x\"},"
      "\"v\":\"managedFields\",\"managedField\":3,\"managedFieldss\":[4],"
      "\"\\managedFields\":5},\"managedFields\":6}],\"managedFields\":7}",
      "{\"m\":{\"l\":{\"managedFields\":\"x\"},\"v\":\"managedFields\","
      "\"managedField\":3,\"managedFieldss\":[4],\"\\managedFields\":5},"
      "\"managedFields\":6};managedFields=7;", NULL, true },

    /* Of a key that is too long nobody wants to know more. */
    { SPLITTER_LIST, "{\"0123456789012345678901234567890123\":1}", "=1;", NULL,
      true },
};

static bool
take(void *owner, const char *key, const char *bytes, size_t size)
{
    FILE *file = owner;

    fprintf(file, "%s%s%.*s;", key == NULL ? "" : key, key == NULL ? "" : "=",
            (int) size, bytes);
    return true;
}

/* Reads the stream in portions of that size. */
static void
read_portions(int row, size_t portion)
{
    const char *stream = rows[row].stream;
    size_t left = strlen(stream);
    const char *fault = NULL;
    char *taken;
    size_t size;
    FILE *file = open_memstream(&taken, &size);
    splitter_t *splitter = splitter_new(rows[row].mode, take, file);

    while (left > 0 && fault == NULL) {
        size_t now = left < portion ? left : portion;
        char *copy = core_reallocate(NULL, now);

        memcpy(copy, stream, now);
        fault = splitter_read(splitter, copy, now);
        free(copy);
        stream += now;
        left -= now;
    }
    fclose(file);
    ck_assert_str_eq(taken, rows[row].taken);
    ck_assert_pstr_eq(fault, rows[row].fault);
    ck_assert_int_eq(splitter_is_whole(splitter), rows[row].is_whole);
    free(taken);
    splitter_destroy(&splitter);
}

START_TEST(objects_come_out_however_the_stream_is_cut)
{
    for (size_t portion = 1; portion < 20; portion++)
        read_portions(_i, portion);
    read_portions(_i, 10000);
}
END_TEST

static bool
count(void *owner, const char *key, const char *bytes, size_t size)
{
    int *left = owner;

    (void) key;
    (void) bytes;
    (void) size;
    return --*left > 0;
}

START_TEST(too_large_an_object_ends_the_reading)
{
    int left = 2;
    splitter_t *splitter = splitter_new(SPLITTER_STREAM, count, &left);
    char *blanks = core_allocate(SPLITTER_OBJECT_SIZE);

    memset(blanks, ' ', SPLITTER_OBJECT_SIZE);
    ck_assert_ptr_null(splitter_read(splitter, "{", 1));
    ck_assert_str_eq(splitter_read(splitter, blanks, SPLITTER_OBJECT_SIZE),
                     "an object is larger than 4 MiB");
    ck_assert_int_eq(left, 2);
    free(blanks);
    splitter_destroy(&splitter);
}
END_TEST

START_TEST(deep_brackets_end_the_reading)
{
    int left = 2;
    splitter_t *splitter = splitter_new(SPLITTER_STREAM, count, &left);
    char brackets[2000];

    memset(brackets, '{', sizeof brackets);
    ck_assert_str_eq(splitter_read(splitter, brackets, sizeof brackets),
                     "brackets are nested too deep");
    splitter_destroy(&splitter);
}
END_TEST

START_TEST(who_takes_may_have_enough)
{
    int left = 2;
    splitter_t *splitter = splitter_new(SPLITTER_STREAM, count, &left);

    ck_assert_str_eq(splitter_read(splitter, "{}{}{}", 6),
                     "the reader has had enough");
    ck_assert_int_eq(left, 0);
    splitter_destroy(&splitter);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("splitter");

    tcase_add_loop_test(cases, objects_come_out_however_the_stream_is_cut, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, too_large_an_object_ends_the_reading);
    tcase_add_test(cases, deep_brackets_end_the_reading);
    tcase_add_test(cases, who_takes_may_have_enough);
    return core_test_run(cases);
}
