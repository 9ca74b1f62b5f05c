/* hostsfile - what lines mean, in which zone it goes, and what has changed */

#include "file-sync/hostsfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "core_test.h"

static const struct core_zone_name everything[] = { { 1, "" } };
static const struct core_zone_name two[] = {
    { 6, "\4test" }, { 11, "\4host\4test" },
};

/* Writes "owner TYPE data data..." for each RRset. */
static void
print_change(void *owner, const struct core_change *change)
{
    FILE *file = owner;
    char name[CORE_NAME_TEXT_SIZE], mnemonic[CORE_RRTYPE_TEXT_SIZE];
    const uint8_t *rdata = change->rdatas;

    fprintf(file, "%s%s %s", change->kind == CORE_CHANGE_DELETE ? "-" : "",
            core_name_to_text(name, change->owner),
            core_rrtype_to_text(mnemonic, change->type));
    for (unsigned i = 0; i < change->count; i++) {
        size_t size = core_read16(rdata);

        if (change->type == CORE_PTR)
            fprintf(file, " %s", core_name_to_text(name, rdata + 2));
        else
            fprintf(file, " %u.%u", rdata[2], rdata[1 + size]);
        rdata += 2 + size;
    }
    fputc('\n', file);
}

static void
print_zone(hostsfile_t *hosts, size_t zone, FILE *file)
{
    hostsfile_reader_t *reader = hostsfile_read(hosts, zone);
    struct core_change change;

    while (hostsfile_reader_next(reader, &change)) {
        ck_assert_int_eq(change.kind, CORE_CHANGE_PUT);
        ck_assert_uint_eq(change.ttl, 77);
        print_change(file, &change);
    }
    hostsfile_reader_destroy(&reader);
}

static hostsfile_t *
make(const struct core_zone_name *zones, size_t count, bool reverse,
     const char *text, core_faults_t *warnings)
{
    struct hostsfile_options options = {
        .zones = zones, .zone_count = count, .ttl = 77, .reverse = reverse,
    };
    hostsfile_t *hosts = hostsfile_new(&options);

    hostsfile_add(hosts, text, strlen(text), "hosts", 1, warnings);
    hostsfile_close(hosts);
    return hosts;
}

/* Without PTR records, in the zone of all names. */
static const struct {
    const char *text;
    const char *result;
} rows[] = {
    { "", "" },
    { "# 192.0.2.1 a\n\n  \n", "" },
    { "192.0.2.1 a b.test", "a. A 192.1\nb.test. A 192.1\n" },
    { "192.0.2.1\ta\tb # c\r\n", "a. A 192.1\nb. A 192.1\n" },
    { "192.0.2.1#a\n", "" },
    { "  192.0.2.1  A.Test.  \n", "a.test. A 192.1\n" },
    { "192.0.2.1 a\n192.0.2.2 a\n192.0.2.1 a\n", "a. A 192.1 192.2 192.1\n" },
    { "192.0.2.1 a\n2001:db8::5 a\n", "a. A 192.1\na. AAAA 32.5\n" },
    { "::ffff:192.0.2.9 a\n", "a. A 192.9\n" },
    { "fe80::1%lo0 a\n", "a. AAAA 254.1\n" },
    { "192.0.2.4 *.wild.test\n", "*.wild.test. A 192.4\n" },
    { "192.0.2.4 under_score\n", "under_score. A 192.4\n" },
    { "bad a\n1.2.3 a\n1.2.3.4.5 a\n192.0.2.1\n", "" },
    { "192.0.2.1 a..b @ c\n", "c. A 192.1\n" },
};

START_TEST(reads_lines)
{
    char result[512] = "";
    FILE *file = fmemopen(result, sizeof result, "w");
    hostsfile_t *hosts = make(everything, 1, false, rows[_i].text, NULL);

    ck_assert_uint_eq(hostsfile_zones(hosts), 1);
    print_zone(hosts, 0, file);
    fclose(file);
    ck_assert_str_eq(result, rows[_i].result);
    hostsfile_release(&hosts);
}
END_TEST

START_TEST(leads_addresses_back_to_all_their_names)
{
    char result[512] = "";
    FILE *file = fmemopen(result, sizeof result, "w");
    hostsfile_t *hosts = make(everything, 1, true,
                              "192.0.2.1 a b\n192.0.2.1 a\n::1 a\n", NULL);

    print_zone(hosts, 0, file);
    fclose(file);
    ck_assert_str_eq(
        result, "a. A 192.1 192.1\na. AAAA 0.1\nb. A 192.1\n"
        "1.2.0.192.in-addr.arpa. PTR a. b. a.\n"
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
        "ip6.arpa. PTR a.\n");
    hostsfile_release(&hosts);
}
END_TEST

START_TEST(shares_names_out_among_zones)
{
    static const char *const expected[] = {
        "a.test. A 192.1\n", "host.test. A 192.2\na.host.test. A 192.1\n",
        "1.2.0.192.in-addr.arpa. PTR a.test. a.host.test.\n"
        "2.2.0.192.in-addr.arpa. PTR host.test.\n", "",
    };
    hostsfile_t *hosts = make(two, 2, true, "192.0.2.1 a.test a.host.test "
                              "outside\n192.0.2.2 host.test\n", NULL);

    ck_assert_uint_eq(hostsfile_zones(hosts), 4);
    for (size_t i = 0; i < 4; i++) {
        char result[512] = "";
        FILE *file = fmemopen(result, sizeof result, "w");

        print_zone(hosts, i, file);
        fclose(file);
        ck_assert_str_eq(result, expected[i]);
        ck_assert(hostsfile_zone_is_reverse(hosts, i) == (i >= 2));
    }
    hostsfile_release(&hosts);
}
END_TEST

START_TEST(warns_with_the_number_of_the_line)
{
    core_faults_t *warnings = core_faults_new();
    hostsfile_t *hosts = make(everything, 1, true,
                              "192.0.2.1 a\nbad-address b\n\n192.0.2.1 x..y\n",
                              warnings);

    ck_assert_uint_eq(core_faults_count(warnings), 2);
    ck_assert_int_eq(core_faults_at(warnings, 0)->line, 2);
    ck_assert_str_eq(core_faults_at(warnings, 0)->text,
                     "not an address, left out: bad-address");
    ck_assert_int_eq(core_faults_at(warnings, 1)->line, 4);
    hostsfile_release(&hosts);
    core_faults_destroy(&warnings);
}
END_TEST

static const struct {
    const char *from;
    const char *to;
    const char *result;
} changes[] = {
    { "192.0.2.1 a\n", "192.0.2.1 a # same\n", "" },
    { "192.0.2.1 a\n", "192.0.2.2 a\n", "a. A 192.2\n" },
    { "192.0.2.1 a b\n", "192.0.2.1 b c\n", "-a. A\nc. A 192.1\n" },
    { "192.0.2.1 a\n::1 a\n", "::1 a\n", "-a. A\n" },
    { "192.0.2.1 a\n192.0.2.2 a\n", "192.0.2.2 a\n192.0.2.1 a\n",
      "a. A 192.2 192.1\n" },           /* their order counts */
    { "", "192.0.2.1 a\n", "a. A 192.1\n" },
    { "192.0.2.1 a\n", "", "-a. A\n" },
};

START_TEST(says_what_has_changed)
{
    char result[512] = "";
    FILE *file = fmemopen(result, sizeof result, "w");
    hostsfile_t *from = make(everything, 1, false, changes[_i].from, NULL);
    hostsfile_t *to = make(everything, 1, false, changes[_i].to, NULL);

    hostsfile_difference(from, to, 0, print_change, file);
    fclose(file);
    ck_assert_str_eq(result, changes[_i].result);
    hostsfile_release(&from);
    hostsfile_release(&to);
}
END_TEST

START_TEST(cuts_what_no_message_could_hold)
{
    static const char line[] = "0.0.0.0 n%06u.block.test\n";
    const unsigned count = 20000;
    char *text = malloc(count * (sizeof line + 8));
    size_t size = 0;
    hostsfile_t *hosts;
    hostsfile_reader_t *reader;
    static uint8_t bytes[CORE_FEED_SNAPSHOT_ROOM];
    struct core_change change;
    size_t pointers = 0, addresses = 0, used;

    for (unsigned i = 0; i < count; i++)
        size += (size_t) sprintf(text + size, line, i);
    hosts = make(everything, 1, true, text, NULL);
    free(text);
    reader = hostsfile_read(hosts, 0);
    while ((used = hostsfile_reader_write(reader, bytes, sizeof bytes)) > 0) {
        for (size_t offset = 0, one; offset < used; offset += one) {
            one = core_change_read(bytes + offset, used - offset, &change);
            ck_assert_uint_gt(one, 0);
            if (change.type == CORE_PTR)
                pointers += change.count;
            else
                addresses += change.count;
        }
    }
    ck_assert_uint_eq(addresses, count);
    ck_assert_uint_eq(pointers, HOSTSFILE_RECORDS);
    hostsfile_reader_destroy(&reader);
    hostsfile_release(&hosts);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("hostsfile");

    tcase_add_loop_test(cases, reads_lines, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, leads_addresses_back_to_all_their_names);
    tcase_add_test(cases, shares_names_out_among_zones);
    tcase_add_test(cases, warns_with_the_number_of_the_line);
    tcase_add_loop_test(cases, says_what_has_changed, 0,
                        CORE_TEST_ROWS(changes));
    tcase_add_test(cases, cuts_what_no_message_could_hold);
    return core_test_run(cases);
}
