/* stream - which part of which reply is to come */

#include "frontend/stream.h"

#include <string.h>

#include "core_test.h"

static struct core_part
part_of(uint32_t number, const char *bookmark)
{
    return (struct core_part) {
        number, (const uint8_t *) bookmark, strlen(bookmark)
    };
}

START_TEST(keeps_the_bookmark_of_the_next_part)
{
    struct streams streams = { .count = 0 };
    char bookmark[] = "here";
    struct core_part next = part_of(1, bookmark);

    ck_assert(streams_pause(&streams, 7, &next));
    memset(bookmark, 'x', sizeof bookmark);     /* it was lent */

    struct stream *stream = streams_find(&streams, 7);

    ck_assert(stream->is_paused);
    ck_assert_uint_eq(stream->next.number, 1);
    ck_assert_mem_eq(stream->next.bookmark, "here", 4);
    ck_assert_ptr_null(streams_find(&streams, 8));

    stream->is_paused = false;
    next = part_of(2, "farther on");
    ck_assert(streams_pause(&streams, 7, &next));
    ck_assert_ptr_eq(streams_find(&streams, 7), stream);
    ck_assert(stream->is_paused);
    ck_assert_uint_eq(stream->next.bookmark_size, 10);
    ck_assert_uint_eq(streams.count, 1);
    streams_end(&streams, 7);
    streams_end(&streams, 7);
    ck_assert_uint_eq(streams.count, 0);
}
END_TEST

START_TEST(has_a_limit)
{
    struct streams streams = { .count = 0 };
    struct core_part next = part_of(1, "a");

    for (uint32_t i = 0; i < STREAMS; i++)
        ck_assert(streams_pause(&streams, i, &next));
    ck_assert(!streams_pause(&streams, STREAMS, &next));
    ck_assert(streams_pause(&streams, 0, &next));
    streams_end(&streams, 5);
    ck_assert(streams_pause(&streams, STREAMS, &next));
    for (uint32_t i = 0; i <= STREAMS; i++)
        ck_assert_int_eq(streams_find(&streams, i) != NULL, i != 5);
    streams_clear(&streams);
    ck_assert_uint_eq(streams.count, 0);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("stream");

    tcase_add_test(cases, keeps_the_bookmark_of_the_next_part);
    tcase_add_test(cases, has_a_limit);
    return core_test_run(cases);
}
