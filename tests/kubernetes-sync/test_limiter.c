/* limiter - when requests may begin */

#include "kubernetes-sync/limiter.h"

#include "core_test.h"

/* What happens at a time, and what comes of it. */
struct event {
    int64_t now_ms;
    char what;                          /* b: begin, e: end; NUL: no more */
    int64_t wait_ms;
};

static const struct {
    const char *name;
    struct limits limits;
    struct event events[12];
} rows[] = {
    { "without limits all may begin", { 0, 0, 0 },
      { { 0, 'b', 0 }, { 0, 'b', 0 }, { 0, 'b', 0 } } },
    { "a burst, then one after the other", { 5, 2, 0 },
      { { 0, 'b', 0 }, { 0, 'b', 0 }, { 0, 'b', 200 }, { 150, 'b', 50 },
        { 200, 'b', 0 }, { 200, 'b', 200 } } },
    { "asking often makes nothing faster", { 1, 1, 0 },
      { { 0, 'b', 0 }, { 300, 'b', 700 }, { 600, 'b', 400 }, { 999, 'b', 1 },
        { 1000, 'b', 0 } } },
    { "a pause fills no more than the burst", { 10, 2, 0 },
      { { 0, 'b', 0 }, { INT64_C(1) << 60, 'b', 0 },
        { INT64_C(1) << 60, 'b', 0 }, { INT64_C(1) << 60, 'b', 100 } } },
    { "a clock that goes back takes nothing", { 1, 1, 0 },
      { { 1000, 'b', 0 }, { 500, 'b', 1000 }, { 1500, 'b', 0 } } },
    { "as many at a time as are allowed", { 0, 0, 2 },
      { { 0, 'b', 0 }, { 0, 'b', 0 }, { 9000, 'b', LIMITER_FULL },
        { 9000, 'e', 0 }, { 9000, 'b', 0 }, { 9000, 'b', LIMITER_FULL } } },
    { "who is one too many takes no token", { 1, 1, 1 },
      { { 0, 'b', 0 }, { 1000, 'b', LIMITER_FULL }, { 1000, 'e', 0 },
        { 1000, 'b', 0 } } },
};

START_TEST(begins_when_it_may)
{
    struct limiter limiter;

    limiter_start(&limiter, &rows[_i].limits, rows[_i].events[0].now_ms);
    for (const struct event *event = rows[_i].events; event->what != '\0';
         event++) {
        if (event->what == 'e') {
            limiter_end(&limiter);
            continue;
        }
        ck_assert_msg(limiter_begin(&limiter, event->now_ms)
                      == event->wait_ms, "%s: at %ld", rows[_i].name,
                      (long) event->now_ms);
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("limiter");

    tcase_add_loop_test(cases, begins_when_it_may, 0, CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
