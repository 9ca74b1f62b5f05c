/* waiting - who leaves when */

#include "chaos/waiting.h"

#include <string.h>

#include "core_test.h"

static char left[32];                   /* who has left, in order */

static void
note(void *owner, const struct waiting_item *item)
{
    (void) owner;
    strcat(left, item->held);
}

static void
add(waiting_t *self, char *name, int64_t due_ms, uint64_t turn)
{
    waiting_add(self, &(struct waiting_item) {
        .held = name, .due_ms = due_ms, .turn = turn });
}

static const struct {
    int64_t now_ms;
    uint64_t turn;
    const char *left;
    int64_t due_ms;                     /* of those that stay */
} rows[] = {
    { 0,   0, "",     10 },
    { 9,   4, "",     10 },
    { 10,  0, "c",    20 },
    { 20,  0, "bcd",  30 },             /* in the order they came */
    { 0,   5, "d",    10 },             /* its turn, before its time */
    { 0,   7, "de",   10 },
    { 10,  7, "cde",  20 },
    { 100, 0, "abcde", INT64_MAX },
};

START_TEST(leave_at_their_time_or_turn)
{
    waiting_t *self = waiting_new(5);

    left[0] = '\0';
    add(self, "a", 30, WAITING_NO_TURN);
    add(self, "b", 20, WAITING_NO_TURN);
    add(self, "c", 10, WAITING_NO_TURN);
    add(self, "d", 20, 5);
    add(self, "e", 90, 7);
    ck_assert(waiting_is_full(self));
    waiting_release(self, rows[_i].now_ms, rows[_i].turn, note, NULL);
    ck_assert_str_eq(left, rows[_i].left);
    ck_assert_int_eq(waiting_due(self), rows[_i].due_ms);
    ck_assert_uint_eq(waiting_count(self), 5 - strlen(left));
    waiting_release(self, INT64_MAX, 0, note, NULL);
    ck_assert_uint_eq(strlen(left), 5);
    waiting_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(has_room_again)
{
    waiting_t *self = waiting_new(1);

    for (unsigned i = 0; i < 3; i++) {
        left[0] = '\0';
        ck_assert(!waiting_is_full(self));
        add(self, "a", 1, WAITING_NO_TURN);
        ck_assert(waiting_is_full(self));
        waiting_release(self, 1, 0, note, NULL);
        ck_assert_str_eq(left, "a");
    }
    waiting_destroy(&self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("waiting");

    tcase_add_loop_test(cases, leave_at_their_time_or_turn, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, has_room_again);
    return core_test_run(cases);
}
