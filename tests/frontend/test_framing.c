/* framing - messages out of pieces of a stream */

#include "frontend/framing.h"

#include <string.h>

#include "core_test.h"

/* Three messages of 1, 0 and 5 octets. */
static const uint8_t stream[] = {
    0, 1, 'a', 0, 0, 0, 5, 'b', 'c', 'd', 'e', 'f'
};

static void
add(struct framing *self, const void *bytes, size_t size)
{
    size_t room;
    uint8_t *where = framing_room(self, &room);

    ck_assert_uint_le(size, room);
    memcpy(where, bytes, size);
    framing_added(self, size);
}

/* The loop's index is the size of the pieces. */
START_TEST(does_not_depend_on_the_pieces)
{
    static const size_t sizes[] = { 1, 0, 5 };
    static const char octets[] = "abcdef";
    struct framing self = { .bytes = NULL };
    const uint8_t *message;
    size_t size, piece = (size_t) _i, count = 0, seen = 0;

    for (size_t at = 0; at < sizeof stream; at += piece) {
        size_t left = sizeof stream - at;

        add(&self, stream + at, piece < left ? piece : left);
        while (framing_next(&self, &message, &size)) {
            ck_assert_uint_eq(size, sizes[count++]);
            ck_assert_mem_eq(message, octets + seen, size);
            seen += size;
        }
    }
    ck_assert_uint_eq(count, 3);
    ck_assert(!framing_is_halfway(&self));
    framing_pack(&self);
    ck_assert_ptr_null(self.bytes);
}
END_TEST

START_TEST(keeps_what_is_not_whole)
{
    struct framing self = { .bytes = NULL };
    const uint8_t *message;
    size_t size;

    add(&self, "\0\2x", 3);
    ck_assert(!framing_next(&self, &message, &size));
    ck_assert(framing_is_halfway(&self));
    framing_pack(&self);
    ck_assert_ptr_nonnull(self.bytes);
    framing_end(&self);
    ck_assert_ptr_null(self.bytes);
}
END_TEST

START_TEST(passes_over_the_rest_of_a_message_that_is_too_long)
{
    struct framing self = { .bytes = NULL };
    const uint8_t *message;
    uint8_t bytes[2 + 3 * FRAMING_LIMIT] = { 0x30, 0 };     /* 12,288 */
    size_t size, given = 0;

    for (size_t at = 0; at < sizeof bytes; at += 1000) {
        size_t left = sizeof bytes - at;

        add(&self, bytes + at, left < 1000 ? left : 1000);
        while (framing_next(&self, &message, &size)) {
            ck_assert_uint_eq(size, FRAMING_LIMIT);
            given++;
        }
        framing_pack(&self);
    }
    ck_assert_uint_eq(given, 1);
    ck_assert(!framing_is_halfway(&self));
    add(&self, "\0\1y", 3);
    ck_assert(framing_next(&self, &message, &size));
    ck_assert_uint_eq(size, 1);
    ck_assert_uint_eq(message[0], 'y');
    framing_end(&self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("framing");

    tcase_add_loop_test(cases, does_not_depend_on_the_pieces, 1,
                        (int) sizeof stream + 1);
    tcase_add_test(cases, keeps_what_is_not_whole);
    tcase_add_test(cases,
                   passes_over_the_rest_of_a_message_that_is_too_long);
    return core_test_run(cases);
}
