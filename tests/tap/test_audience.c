/* audience - who gets what, and what becomes of those who do not read */

#include "tap/audience.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core_test.h"
#include "tap/output.h"
#include "tap/sample.h"

static core_loop_t *loop;
static struct gather *items;
static struct audience_counters counters;
static struct sample reply;
static struct core_fault fault;

static void
open_all(void)
{
    loop = core_loop_new();
    items = gather_new();
    counters = (struct audience_counters) { .lost = 0 };
    sample_reply(&reply, "www.example.org.", 2, 0);
}

static void
close_all(audience_t **audience)
{
    audience_destroy(audience);
    ck_assert_ptr_null(*audience);
    gather_destroy(&items);
    core_loop_destroy(&loop);
}

static void
stop(void *owner)
{
    (void) owner;
    core_loop_stop(loop);
}

/* Lets the loop see to whoever is ready. */
static void
run_loop(void)
{
    core_loop_timer(loop, 20, 0, stop, NULL);
    core_loop_run(loop);
}

static void
take(audience_t *audience, const struct format *format, unsigned count)
{
    gather_clear(items);
    for (unsigned i = 0; i < count; i++) {
        reply.record.id = i;
        ck_assert(gather_add(items, format, &reply.item));
    }
    audience_take(audience, items);
}

static char *
path_in(const char *folder, const char *name)
{
    char *path;

    ck_assert_int_gt(asprintf(&path, "%s/%s", folder, name), 0);
    return path;
}

static off_t
size_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == -1 ? -1 : status.st_size;
}

/* ---- files --------------------------------------------------------------- */

static const struct {
    const struct format *format;
    bool is_renamed;                    /* what was there before */
} files[] = {
    { &dig_format, false }, { &line_format, false }, { &json_format, false },
    { &pcap_format, true }, { &dnstap_format, true },
};

START_TEST(a_file_goes_on_or_begins_anew)
{
    const char *folder = core_test_folder();
    char *path = path_in(folder, "out");
    char *old = path_in(folder, "out.1");
    const struct audience_plan plan = {
        .file = path, .format = files[_i].format, .backlog = OUTPUT_BACKLOG,
    };
    off_t sizes[2];

    open_all();
    for (unsigned i = 0; i < 2; i++) {
        audience_t *audience = audience_new(loop, &plan, &counters, &fault);

        ck_assert_uint_eq(audience_count(audience), 1);
        take(audience, plan.format, 2);
        audience_destroy(&audience);
        sizes[i] = size_of(path);
    }
    ck_assert_int_gt(sizes[0], 0);
    ck_assert_int_eq(sizes[1], files[_i].is_renamed ? sizes[0]
                                                    : 2 * sizes[0]);
    ck_assert_int_eq(size_of(old), files[_i].is_renamed ? sizes[0] : -1);
    gather_destroy(&items);
    core_loop_destroy(&loop);
    free(path);
    free(old);
}
END_TEST

START_TEST(a_file_that_cannot_be_is_told)
{
    char *path = path_in(core_test_folder(), "no/such/out");
    const struct audience_plan plan = {
        .file = path, .format = &dig_format, .backlog = OUTPUT_BACKLOG,
    };

    open_all();
    ck_assert_ptr_null(audience_new(loop, &plan, &counters, &fault));
    ck_assert_str_eq(fault.path, path);
    ck_assert_str_eq(fault.text, "cannot open: No such file or directory");
    gather_destroy(&items);
    core_loop_destroy(&loop);
    free(path);
}
END_TEST

START_TEST(a_full_disk_ends_it_and_no_more)
{
    const struct audience_plan plan = {
        .file = "/dev/full", .format = &line_format,
        .backlog = OUTPUT_BACKLOG,
    };
    audience_t *audience;
    int told = core_test_stderr();

    open_all();
    audience = audience_new(loop, &plan, &counters, &fault);
    ck_assert_ptr_nonnull(audience);
    take(audience, plan.format, 3);
    ck_assert_uint_eq(audience_count(audience), 0);
    ck_assert_uint_eq(counters.lost, 3);
    ck_assert_ptr_nonnull(strstr(core_test_read(told),
                                 "nothing is printed any more"));
    close_all(&audience);
}
END_TEST

/* ---- viewers ------------------------------------------------------------- */

static audience_t *
open_socket(const struct format *format, size_t viewers, char **path)
{
    struct audience_plan plan = {
        .format = format, .viewers = viewers, .backlog = OUTPUT_BACKLOG,
    };
    audience_t *audience;

    open_all();
    *path = path_in(core_test_folder(), "t.tap");
    plan.socket = *path;
    audience = audience_new(loop, &plan, &counters, &fault);
    ck_assert_msg(audience != NULL, "%s", fault.text);
    return audience;
}

static int
view(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    ck_assert_int_eq(connect(fd, (struct sockaddr *) &address,
                             sizeof address), 0);
    run_loop();
    return fd;
}

/* All there is to read, as often as there is more. */
static size_t
read_all(int fd, char *text, size_t limit)
{
    size_t size = 0;

    for (unsigned empty = 0; empty < 3;) {
        ssize_t part = read(fd, text + size, limit - 1 - size);

        if (part > 0)
            size += (size_t) part;
        else {
            empty++;
            run_loop();
        }
    }
    text[size] = '\0';
    return size;
}

START_TEST(viewers_come_and_go)
{
    static char first[65536], second[65536];
    char *path;
    audience_t *audience = open_socket(&line_format, 2, &path);
    struct stat status;
    int viewers[3];

    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0660);
    ck_assert_uint_eq(audience_count(audience), 0);
    viewers[0] = view(path);
    viewers[1] = view(path);
    viewers[2] = view(path);
    ck_assert_uint_eq(audience_count(audience), 2);
    ck_assert_uint_eq(counters.refused, 1);
    ck_assert_uint_eq(read_all(viewers[2], first, sizeof first), 0);
    take(audience, &line_format, 3);
    ck_assert_uint_gt(read_all(viewers[0], first, sizeof first), 0);
    read_all(viewers[1], second, sizeof second);
    ck_assert_str_eq(first, second);
    close(viewers[0]);
    run_loop();
    take(audience, &line_format, 1);
    ck_assert_uint_eq(audience_count(audience), 1);
    viewers[0] = view(path);
    ck_assert_uint_eq(audience_count(audience), 2);
    close_all(&audience);
    ck_assert_int_eq(size_of(path), -1);
    free(path);
}
END_TEST

START_TEST(a_viewer_that_says_no_more_still_reads)
{
    static char text[65536];
    char *path;
    audience_t *audience = open_socket(&line_format, 2, &path);
    int viewer = view(path);

    ck_assert_int_eq(write(viewer, "hello", 5), 5);
    shutdown(viewer, SHUT_WR);
    run_loop();
    run_loop();
    take(audience, &line_format, 1);
    ck_assert_uint_gt(read_all(viewer, text, sizeof text), 0);
    ck_assert_uint_eq(audience_count(audience), 1);
    close(viewer);
    close_all(&audience);
    free(path);
}
END_TEST

/* So many items that no socket's buffer and no backlog holds them. */
#define ROUNDS 60
#define ROUND_ITEMS 400
#define ALL_SIZE (16 * 1024 * 1024)

static unsigned
count_lines(const char *text, const char *with)
{
    unsigned count = 0;

    while ((text = strstr(text, with)) != NULL) {
        count++;
        text += strlen(with);
    }
    return count;
}

/* The sum of all "lost N" lines. */
static uint64_t
told_lost(const char *text)
{
    uint64_t sum = 0;

    while ((text = strstr(text, "\nlost ")) != NULL) {
        text += strlen("\nlost ");
        sum += strtoull(text, NULL, 10);
    }
    return sum;
}

START_TEST(who_does_not_read_loses_whole_items_and_is_told)
{
    char *path, *text = malloc(ALL_SIZE);
    audience_t *audience = open_socket(&line_format, 2, &path);
    int viewer = view(path);
    unsigned lines;

    for (unsigned i = 0; i < ROUNDS; i++)
        take(audience, &line_format, ROUND_ITEMS);
    ck_assert_uint_gt(counters.lost, 0);
    read_all(viewer, text, ALL_SIZE);
    take(audience, &line_format, 1);
    read_all(viewer, text + strlen(text), ALL_SIZE - strlen(text));
    lines = count_lines(text, "A 192.0.2.1, A 192.0.2.2\n");
    ck_assert_uint_eq(lines + counters.lost, ROUNDS * ROUND_ITEMS + 1);
    ck_assert_uint_eq(told_lost(text), counters.lost);
    ck_assert_uint_eq(count_lines(text, "\n"),
                      lines + count_lines(text, "\nlost "));
    close(viewer);
    close_all(&audience);
    free(path);
    free(text);
}
END_TEST

START_TEST(captures_lose_whole_packets)
{
    char *path, *text = malloc(ALL_SIZE);
    audience_t *audience = open_socket(&pcap_format, 2, &path);
    int viewer = view(path);
    size_t size, at = 24, count = 0;

    for (unsigned i = 0; i < ROUNDS; i++)
        take(audience, &pcap_format, ROUND_ITEMS);
    size = read_all(viewer, text, ALL_SIZE);
    while (at < size) {
        ck_assert_int_eq(text[at + 16], 0x45);
        at += 16 + (uint8_t) text[at + 8];
        count++;
    }
    ck_assert_uint_eq(at, size);
    ck_assert_uint_eq(count + counters.lost, ROUNDS * ROUND_ITEMS);
    close(viewer);
    close_all(&audience);
    free(path);
    free(text);
}
END_TEST

START_TEST(a_path_that_is_too_long_is_told)
{
    char path[200];
    struct audience_plan plan = {
        .socket = path, .format = &dig_format, .viewers = 1,
        .backlog = OUTPUT_BACKLOG,
    };

    open_all();
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    ck_assert_ptr_null(audience_new(loop, &plan, &counters, &fault));
    ck_assert_str_eq(fault.text, "longer than 107 octets");
    gather_destroy(&items);
    core_loop_destroy(&loop);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("audience");

    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, a_file_goes_on_or_begins_anew, 0,
                        CORE_TEST_ROWS(files));
    tcase_add_test(cases, a_file_that_cannot_be_is_told);
    tcase_add_test(cases, a_full_disk_ends_it_and_no_more);
    tcase_add_test(cases, viewers_come_and_go);
    tcase_add_test(cases, a_viewer_that_says_no_more_still_reads);
    tcase_add_test(cases, who_does_not_read_loses_whole_items_and_is_told);
    tcase_add_test(cases, captures_lose_whole_packets);
    tcase_add_test(cases, a_path_that_is_too_long_is_told);
    return core_test_run(cases);
}
