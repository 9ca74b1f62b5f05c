/* difference - what is said to have changed is what has changed */

#include "file-sync/difference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "core_test.h"
#include "file-sync/text_difference.h"

#define LINES 6000                      /* enough for a large zone */
#define GENERATIONS 40

static const struct core_zone_name origin = { 13, "\7example\3org" };

/* ---- texts --------------------------------------------------------------- */

static const struct {
    const char *old_text;
    const char *new_text;
    int ranges;
    struct text_range first;
} texts[] = {
    { "a\nb\nc\n", "a\nb\nc\n", 0, { 0 } },
    { "", "", 0, { 0 } },
    { "a\nb\nc\nd\ne\nf\ng\nh\n", "a\nB\nc\nd\ne\nf\ng\nh\n", 1,
      { 2, 4, 2, 4 } },
    { "a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nc\nd\ne\nf\ng\nh\nx\n", 1,
      { 16, 16, 16, 18 } },
    { "a\nb\nc\nd\ne\nf\ng\nh\n", "x\na\nb\nc\nd\ne\nf\ng\nh\n", 1,
      { 0, 0, 0, 2 } },
    { "a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nc\ne\nf\ng\nh\n", 1,
      { 6, 8, 6, 6 } },
    { "a\nb\nc\nd\ne\nf\ng\nh", "a\nb\nc\nd\ne\nf\ng\nhh", 1,
      { 14, 15, 14, 16 } },
    { "a\nb\n", "c\nd\n", -1, { 0 } },
};

START_TEST(finds_the_lines_that_differ)
{
    struct text_range ranges[TEXT_RANGES];
    int count = text_difference(texts[_i].old_text,
                                strlen(texts[_i].old_text),
                                texts[_i].new_text,
                                strlen(texts[_i].new_text), ranges);

    ck_assert_int_eq(count, texts[_i].ranges);
    if (count > 0)
        ck_assert_mem_eq(&ranges[0], &texts[_i].first, sizeof ranges[0]);
}
END_TEST

/* ---- zones --------------------------------------------------------------- */

/* A zone text as lines, so that it can be edited. */
struct lines {
    char *lines[2 * LINES];
    size_t count;
    unsigned serial;
    const char *path;
};

static unsigned
any(unsigned limit)
{
    return (unsigned) rand() % limit;
}

/* A line, or a few, that mean something whatever stands around them. */
static char *
make_line(void)
{
    char text[160];
    unsigned host = any(LINES);

    switch (any(12)) {
    case 0:
        snprintf(text, sizeof text, "h%u A ( 10.1.%u.%u\n  ) ; x\n", host,
                 any(256), any(256));
        break;
    case 1:
        snprintf(text, sizeof text, "\tNSEC n%u A\n", any(5));
        break;
    case 2:
        snprintf(text, sizeof text, "; comment %u\n\n", host);
        break;
    case 3:
        snprintf(text, sizeof text, "c%u CNAME h%u.example.net.\n", host, host);
        break;
    case 4:
        snprintf(text, sizeof text, "h%u.x.example.org. 60 IN MX 1 h%u\n",
                 host, any(LINES));
        break;
    case 5:
        snprintf(text, sizeof text, "$ORIGIN %s\n", any(2) == 0
                 ? "sub.example.org." : "example.org.");
        break;
    case 6:
        snprintf(text, sizeof text, "$GENERATE 1-%u g%u-$ A 10.2.0.$\n",
                 1 + any(4), any(30));
        break;
    case 7:
        snprintf(text, sizeof text, "outside.example.net. A 10.1.1.1\n");
        break;
    default:
        snprintf(text, sizeof text, "h%u A 10.0.%u.%u\n", host, any(2),
                 any(3));
        break;
    }
    return core_copy_text(text);
}

static void
start_lines(struct lines *lines)
{
    lines->serial = 1;
    for (lines->count = 0; lines->count < LINES; lines->count++)
        lines->lines[lines->count] = make_line();
}

static void
end_lines(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->lines[i]);
}

static void
insert_line(struct lines *lines, size_t at, char *line)
{
    if (lines->count == 2 * LINES) {
        free(line);
        return;
    }
    memmove(&lines->lines[at + 1], &lines->lines[at],
            (lines->count - at) * sizeof lines->lines[0]);
    lines->lines[at] = line;
    lines->count++;
}

static void
edit_lines(struct lines *lines)
{
    size_t at = any((unsigned) lines->count);

    switch (any(6)) {
    case 0:
        insert_line(lines, at, make_line());
        break;
    case 1:
        insert_line(lines, at, core_copy_text(lines->lines[any(
            (unsigned) lines->count)]));
        break;
    case 2:
        free(lines->lines[at]);
        memmove(&lines->lines[at], &lines->lines[at + 1],
                (--lines->count - at) * sizeof lines->lines[0]);
        break;
    case 3:
        for (unsigned i = any(40); i > 0; i--)
            insert_line(lines, at, make_line());
        break;
    case 4:
        lines->serial++;
        break;
    default:
        free(lines->lines[at]);
        lines->lines[at] = make_line();
        break;
    }
}

static text_file_t *
write_lines(const struct lines *lines)
{
    static const char head[] = "$TTL 300\n@ SOA ns h %u 2 3 4 5\n NS ns\n";
    struct core_fault fault;
    text_file_t *text;
    FILE *file = fopen(lines->path, "w");

    ck_assert_ptr_nonnull(file);
    fprintf(file, head, lines->serial);
    for (size_t i = 0; i < lines->count; i++)
        fputs(lines->lines[i], file);
    fclose(file);
    text = text_file_read(lines->path, NULL, &fault);
    ck_assert_ptr_nonnull(text);
    return text;
}

static record_list_t *
list_version(version_t *version)
{
    record_list_t *list = record_list_new();
    version_reader_t *reader = version_read(version);
    struct zone_record record;

    while (version_reader_next(reader, &record))
        record_list_add(list, &record);
    version_reader_destroy(&reader);
    record_list_sort(list);
    record_list_unique(list);
    return list;
}

/* True when the record is among those that are to leave the zone. */
static bool
is_removed(const struct changes *changes, const zone_check_t *check,
           const struct zone_record *record)
{
    struct zone_record removed;

    for (size_t i = 0; i < record_list_count(changes->removed); i++) {
        record_list_at(changes->removed, i, &removed);
        if (zone_record_compare(&removed, record) == 0
            && changes_is_removal(changes, check, &removed))
            return true;
    }
    return false;
}

/* The old records with the changes applied must be the new ones. */
static void
compare(const record_list_t *old, const struct changes *changes,
        version_t *version)
{
    record_list_t *expected = list_version(version);
    record_list_t *made = record_list_new();
    struct zone_record record, other;

    for (size_t i = 0; i < record_list_count(old); i++) {
        record_list_at(old, i, &record);
        if (!is_removed(changes, version_check(version), &record))
            record_list_add(made, &record);
    }
    for (size_t i = 0; i < record_list_count(changes->added); i++) {
        record_list_at(changes->added, i, &record);
        record_list_add(made, &record);
    }
    record_list_sort(made);
    record_list_unique(made);
    ck_assert_uint_eq(record_list_count(made), record_list_count(expected));
    for (size_t i = 0; i < record_list_count(made); i++) {
        record_list_at(made, i, &record);
        record_list_at(expected, i, &other);
        ck_assert_int_eq(zone_record_compare(&record, &other), 0);
        ck_assert_uint_eq(record.ttl, other.ttl);
    }
    record_list_destroy(&expected);
    record_list_destroy(&made);
}

/* The next version, found by what differs or, where that is not enough, read
   whole; NULL when the text is wrong. */
static version_t *
follow(version_t *old, const struct lines *lines, unsigned *found)
{
    struct zone_faults faults = { .errors = NULL };
    text_file_t *text = write_lines(lines);
    struct zone_context *marks = NULL;
    size_t mark_count;
    record_list_t *before = list_version(old);
    struct changes changes;
    enum difference difference;
    version_t *version;

    changes_start(&changes);
    difference = difference_of_text(old, text, &changes, &marks, &mark_count);
    version = difference == DIFFERENCE_CHANGES
        ? version_follow(old, &text, &marks, mark_count)
        : version_load(&text, &origin, NULL, &faults);
    if (version != NULL && difference != DIFFERENCE_WHOLE)
        compare(before, &changes, version);
    if (difference == DIFFERENCE_CHANGES) {
        text_file_t *same = write_lines(lines);
        version_t *fresh = version_load(&same, &origin, NULL, &faults);

        /* What was taken for right must be right. */
        ck_assert_ptr_nonnull(fresh);
        ck_assert_uint_eq(version_serial(fresh), version_serial(version));
        ck_assert_uint_eq(version_records(fresh), version_records(version));
        version_release(&fresh);
        (*found)++;
    }
    changes_end(&changes);
    record_list_destroy(&before);
    return version;
}

START_TEST(finds_what_random_edits_have_changed)
{
    struct lines *lines = core_allocate(sizeof *lines);
    struct zone_faults faults = { .errors = NULL };
    unsigned found = 0;
    version_t *version = NULL;

    lines->path = core_test_file("");

    /* A random zone may be wrong: then another one is made. */
    for (unsigned seed = (unsigned) _i * 1000; version == NULL; seed++) {
        end_lines(lines);
        srand(seed);
        start_lines(lines);

        text_file_t *text = write_lines(lines);

        ck_assert_uint_gt(text_file_size(text), TEXT_FILE_IN_MEMORY);
        version = version_load(&text, &origin, NULL, &faults);
    }
    for (unsigned i = 0; i < GENERATIONS; i++) {
        for (unsigned j = 1 + any(6); j > 0; j--)
            edit_lines(lines);

        version_t *next = follow(version, lines, &found);

        if (next != NULL) {
            version_release(&version);
            version = next;
        }
    }
    ck_assert_uint_gt(found, GENERATIONS / 4);
    version_release(&version);
    end_lines(lines);
    free(lines);
}
END_TEST

/* ---- what a difference must not overlook --------------------------------- */

static const struct {
    const char *old_line;
    const char *new_line;
    enum difference difference;
    size_t removed, added;
} edits[] = {
    { "x A 1.1.1.1\n", "x A 1.1.1.2\n", DIFFERENCE_CHANGES, 1, 1 },
    { "x A 1.1.1.1\n", "x A 1.1.1.1 ; same\n", DIFFERENCE_CHANGES, 0, 0 },
    { "x A 1.1.1.1\n", "x 60 A 1.1.1.1\n", DIFFERENCE_CHANGES, 0, 0 },
    { "x A 1.1.1.1\n", "x 61 A 1.1.1.1\n", DIFFERENCE_CHANGES,
      LINES / 2 + 1, LINES / 2 + 1 },           /* and of all that follow */
    { "x A 1.1.1.1\n", "", DIFFERENCE_CHANGES, 1, 0 },
    { "x A 1.1.1.1\n", "x A (\n1.1.1.1\n)\n", DIFFERENCE_CHANGES, 0, 0 },
    { "x A 1.1.1.1\n", "x A 1.1.1\n", DIFFERENCE_WHOLE, 0, 0 },
    { "x A 1.1.1.1\n", "x NSEC3PARAM 1 0 0 -\n", DIFFERENCE_UNPROVEN, 1, 1 },
    { "x A 1.1.1.1\n", "x CNAME h\n", DIFFERENCE_UNPROVEN, 1, 1 },
    { "x CNAME h\n", "x CNAME i\n", DIFFERENCE_CHANGES, 1, 1 },
    { "x CNAME h\n", "x A 1.1.1.1\n", DIFFERENCE_CHANGES, 1, 1 },
    { "x CNAME h\n", "x CNAME h\nx A 1.1.1.1\n", DIFFERENCE_UNPROVEN, 0, 1 },
    { "x CNAME h\n", "x CNAME h\nx CNAME i\n", DIFFERENCE_UNPROVEN, 0, 1 },
    { "x CNAME h\n", "x CNAME i\nx CNAME j\n", DIFFERENCE_UNPROVEN, 1, 2 },
    { "x CNAME h\n", "x CNAME i\nx TXT i\n", DIFFERENCE_UNPROVEN, 1, 2 },
    { "", "@ SOA ns h 2 2 3 4 5\n", DIFFERENCE_UNPROVEN, 0, 1 },
    { "", "y.example.net. A 1.1.1.1\n", DIFFERENCE_CHANGES, 0, 0 },
    { "", "h1 A 10.0.0.1\n", DIFFERENCE_CHANGES, 0, 1 },    /* it has one */
    { "h1 A 10.0.0.1\n", "", DIFFERENCE_CHANGES, 1, 0 },    /* and keeps it */
    { "", "$ORIGIN sub\n", DIFFERENCE_CHANGES, 0, 0 },      /* at the end */
    { "", "x A ( 1.1.1.1\n", DIFFERENCE_WHOLE, 0, 0 },
};

/* A plain large zone with that line in its middle, or at its end. */
static text_file_t *
write_zone(const char *line, const char *end)
{
    struct core_fault fault;
    const char *path = core_test_file("");
    text_file_t *text;
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fprintf(file, "@ 60 SOA ns h 1 2 3 4 5\n");
    for (unsigned i = 0; i < LINES; i++)
        fprintf(file, "%sh%u A 10.0.%u.%u\n", i == LINES / 2 ? line : "", i,
                i / 256, i % 256);
    fputs(end, file);
    fclose(file);
    text = text_file_read(path, NULL, &fault);
    ck_assert_ptr_nonnull(text);
    return text;
}

START_TEST(knows_what_an_edit_means)
{
    struct zone_faults faults = { core_faults_new(), NULL, 0 };
    bool at_end = strstr(edits[_i].new_line, "$ORIGIN") != NULL;
    text_file_t *text = write_zone(edits[_i].old_line, "");
    version_t *version = version_load(&text, &origin, NULL, &faults);
    struct zone_context *marks = NULL;
    size_t mark_count;
    struct changes changes;
    enum difference difference;

    ck_assert_ptr_nonnull(version);
    text = write_zone(at_end ? "" : edits[_i].new_line,
                      at_end ? edits[_i].new_line : "");
    changes_start(&changes);
    difference = difference_of_text(version, text, &changes, &marks,
                                    &mark_count);
    ck_assert_int_eq(difference, edits[_i].difference);
    if (difference != DIFFERENCE_WHOLE) {
        ck_assert_uint_eq(record_list_count(changes.removed),
                          edits[_i].removed);
        ck_assert_uint_eq(record_list_count(changes.added), edits[_i].added);
    }
    changes_end(&changes);
    free(marks);
    text_file_destroy(&text);
    version_release(&version);
    core_faults_destroy(&faults.errors);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("difference");

    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, finds_the_lines_that_differ, 0,
                        CORE_TEST_ROWS(texts));
    tcase_add_loop_test(cases, finds_what_random_edits_have_changed, 0, 12);
    tcase_add_loop_test(cases, knows_what_an_edit_means, 0,
                        CORE_TEST_ROWS(edits));
    return core_test_run(cases);
}
