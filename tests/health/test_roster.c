/* roster - who is on the list, and whether all are ready */

#include "health/roster.h"

#include <string.h>

#include "core_test.h"

static const char ready[] = "pid 7\nstate ready\n";

static roster_t *
make_roster(void)
{
    roster_t *roster = roster_new();

    roster_begin(roster);
    ck_assert(roster_add(roster, "cache", "cache", 0));
    ck_assert(roster_add(roster, "authority", "authority.0", 0));
    ck_assert(roster_add(roster, "authority", "authority.1", 0));
    roster_end(roster);
    return roster;
}

START_TEST(finds_a_member_by_its_whole_name)
{
    roster_t *roster = make_roster();

    ck_assert_uint_eq(roster_count(roster), 3);
    ck_assert_ptr_eq(roster_find(roster, "authority.1 and more", 11),
                     roster_at(roster, 2));
    ck_assert_str_eq(roster_at(roster, 2)->stage, "authority");
    ck_assert_ptr_null(roster_find(roster, "authority", 9));
    ck_assert_ptr_null(roster_find(roster, "cache", 4));
    ck_assert_ptr_null(roster_find(roster, "", 0));
    roster_destroy(&roster);
    ck_assert_ptr_null(roster);
}
END_TEST

START_TEST(keeps_what_it_knows_of_those_who_stay)
{
    roster_t *roster = make_roster();

    member_take_status(roster_at(roster, 1), ready, 1);
    roster_begin(roster);
    roster_add(roster, "forward", "forward", 5);
    roster_add(roster, "authority", "authority.0", 5);
    roster_end(roster);
    ck_assert_uint_eq(roster_count(roster), 2);
    ck_assert_int_eq(roster_at(roster, 0)->state, MEMBER_UNKNOWN);
    ck_assert_int_eq(roster_at(roster, 0)->heard_ms, 5);
    ck_assert_int_eq(roster_at(roster, 1)->state, MEMBER_READY);
    ck_assert_ptr_null(roster_find(roster, "cache", 5));
    roster_destroy(&roster);
}
END_TEST

START_TEST(has_a_limit)
{
    roster_t *roster = roster_new();
    char name[MEMBER_NAME_SIZE + 1];

    memset(name, 'n', sizeof name);
    name[MEMBER_NAME_SIZE] = '\0';
    roster_begin(roster);
    ck_assert(!roster_add(roster, "stage", name, 0));
    for (int i = 0; i < ROSTER_MEMBERS; i++) {
        snprintf(name, sizeof name, "n.%d", i);
        ck_assert(roster_add(roster, "n", name, 0));
    }
    ck_assert(!roster_add(roster, "m", "m", 0));
    roster_end(roster);
    ck_assert_uint_eq(roster_count(roster), ROSTER_MEMBERS);
    roster_destroy(&roster);
}
END_TEST

static void
write_lines(const roster_t *roster, enum roster_lines lines, char text[512])
{
    memset(text, 0, 512);

    FILE *file = fmemopen(text, 512, "w");

    roster_write(roster, lines, 1, file);
    fclose(file);
}

START_TEST(is_ready_when_all_are)
{
    roster_t *roster = make_roster();
    char text[512];

    member_take_status(roster_at(roster, 0), ready, 1);
    member_take_status(roster_at(roster, 1), ready, 1);
    ck_assert(!roster_is_ready(roster, ROSTER_READY_NOW, 1));
    ck_assert(!roster_is_ready(roster, ROSTER_READY_ONCE, 1));
    write_lines(roster, ROSTER_NOT_READY, text);
    ck_assert_str_eq(text, "authority.1: not heard of yet\n");
    write_lines(roster, ROSTER_NEVER_READY, text);
    ck_assert_str_eq(text, "authority.1: not heard of yet\n");
    member_take_status(roster_at(roster, 2), ready, 1);
    ck_assert(roster_is_ready(roster, ROSTER_READY_NOW, 1));
    write_lines(roster, ROSTER_NOT_READY, text);
    ck_assert_str_eq(text, "");
    write_lines(roster, ROSTER_ALL, text);
    ck_assert_str_eq(text, "cache: ready\nauthority.0: ready\n"
                     "authority.1: ready\n");
    member_end(roster_at(roster, 1));
    ck_assert(!roster_is_ready(roster, ROSTER_READY_NOW, 1));
    ck_assert(roster_is_ready(roster, ROSTER_READY_ONCE, 1));
    write_lines(roster, ROSTER_NEVER_READY, text);
    ck_assert_str_eq(text, "");
    write_lines(roster, ROSTER_NOT_READY, text);
    ck_assert_str_eq(text, "authority.0: process 7 has ended\n");
    roster_destroy(&roster);
}
END_TEST

START_TEST(is_ready_when_it_is_empty)
{
    roster_t *roster = roster_new();

    ck_assert(roster_is_ready(roster, ROSTER_READY_NOW, 0));
    roster_destroy(&roster);
    roster_destroy(&roster);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("roster");

    tcase_add_test(cases, finds_a_member_by_its_whole_name);
    tcase_add_test(cases, keeps_what_it_knows_of_those_who_stay);
    tcase_add_test(cases, has_a_limit);
    tcase_add_test(cases, is_ready_when_all_are);
    tcase_add_test(cases, is_ready_when_it_is_empty);
    return core_test_run(cases);
}
