/* serial - every change is seen by those who compare serials */

#include "lib/serial.h"

#include "core_test.h"

enum what { CHANGE, SETTLE };

static const struct {
    enum what what;
    uint32_t now;
    bool has_moved;
    uint32_t value;
    bool is_open;
} steps[] = {
    { SETTLE, 5, false, 0, false },     /* nothing has changed yet */
    { CHANGE, 10, true, 10, false },
    { SETTLE, 11, false, 10, false },
    { CHANGE, 12, true, 12, false },
    { CHANGE, 12, false, 12, true },    /* in the same second */
    { SETTLE, 12, false, 12, true },
    { SETTLE, 13, true, 13, false },
    { SETTLE, 14, false, 13, false },
    { CHANGE, 9, false, 13, true },     /* the clock was set back */
    { SETTLE, 10, false, 13, true },
    { CHANGE, 14, true, 14, false },    /* this one tells of both */
    { CHANGE, 0x80000005, true, 0x80000005, false },
    { CHANGE, 3, true, 3, false },      /* around the end (RFC 1982) */
};

START_TEST(moves_for_each_change_sooner_or_later)
{
    struct serial serial = { .value = 0 };

    for (int i = 0; i < CORE_TEST_ROWS(steps); i++) {
        bool has_moved = steps[i].what == CHANGE
            ? serial_change(&serial, steps[i].now)
            : serial_settle(&serial, steps[i].now);

        ck_assert_msg(has_moved == steps[i].has_moved
                      && serial.value == steps[i].value
                      && serial.is_open == steps[i].is_open,
                      "step %d: %d %u %d", i, has_moved, serial.value,
                      serial.is_open);
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("serial");

    tcase_add_test(cases, moves_for_each_change_sooner_or_later);
    return core_test_run(cases);
}
