/* zonefile - records from text, and what makes a zone wrong */

#include "file-sync/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "core_test.h"

#define APEX "@ 60 IN SOA ns h 1 2 3 4 5\n@ 60 IN NS ns\n"

static const struct core_zone_name origin = { 13, "\7example\3org" };

/* Writes a record as "owner ttl TYPE octets-in-hex", address as such. */
static void
print_record(FILE *file, const struct zone_record *record)
{
    char owner[CORE_NAME_TEXT_SIZE], mnemonic[CORE_RRTYPE_TEXT_SIZE];
    const uint8_t *rdata = record->rdatas + 2;

    fprintf(file, "%s %u %s", core_name_to_text(owner, record->owner),
            record->ttl, core_rrtype_to_text(mnemonic, record->type));
    if (record->type == CORE_A)
        fprintf(file, " %u.%u.%u.%u", rdata[0], rdata[1], rdata[2], rdata[3]);
    else if (core_rrtype_names(record->type).names > 0)
        fprintf(file, " %s", core_name_to_text(
            owner, rdata + core_rrtype_names(record->type).before));
    else
        fprintf(file, " %.*s", (int) record->rdatas_size - 3, rdata + 1);
    fputc('\n', file);
}

/* Reads all of the text: records, and "LINE: fault" for what is wrong. */
static void
read_all(const char *text, char *result, size_t limit)
{
    FILE *file = fmemopen(result, limit, "w");
    zonefile_t *zonefile = zonefile_new();
    struct zone_text file_text = { "zone", text, strlen(text) };
    struct zone_record record;
    struct core_fault fault;
    enum zonefile_next next;

    zonefile_start(zonefile, &file_text, &origin, NULL, NULL);
    while ((next = zonefile_next(zonefile, &record, &fault))
           != ZONEFILE_END) {
        if (next == ZONEFILE_RECORD)
            print_record(file, &record);
        else
            fprintf(file, "%d: %s\n", fault.line, fault.text);
    }
    zonefile_destroy(&zonefile);
    fclose(file);
}

static const struct {
    const char *text;
    const char *result;
} rows[] = {
    { "a 60 IN A 1.2.3.4", "a.example.org. 60 A 1.2.3.4\n" },
    { "a IN 60 A 1.2.3.4", "a.example.org. 60 A 1.2.3.4\n" },
    { "a 60 A 1.2.3.4", "a.example.org. 60 A 1.2.3.4\n" },
    { "a 60 CLASS1 TYPE1 1.2.3.4", "a.example.org. 60 A 1.2.3.4\n" },
    { "a 1h in a 1.2.3.4", "a.example.org. 3600 A 1.2.3.4\n" },
    { "A.Example.COM. 60 A 1.2.3.4", "a.example.com. 60 A 1.2.3.4\n" },
    { "a 60 A 1.2.3.4\n A 1.2.3.5\n",           /* owner and TTL go on */
      "a.example.org. 60 A 1.2.3.4\na.example.org. 60 A 1.2.3.5\n" },
    { "$TTL 5\na 60 A 1.2.3.4\nb A 1.2.3.5\n",  /* but $TTL comes first */
      "a.example.org. 60 A 1.2.3.4\nb.example.org. 5 A 1.2.3.5\n" },
    { "@ SOA ns h 1 2 3 4 77\na A 1.2.3.4\n",   /* or the SOA's minimum */
      "example.org. 77 SOA ns.example.org.\na.example.org. 77 A 1.2.3.4\n" },
    { "a A 1.2.3.4", "1: no TTL, and none before it nor a $TTL\n" },
    { " 60 A 1.2.3.4", "1: no owner, and none before it\n" },
    { "a 60", "1: no record type\n" },
    { "a 60 60 A 1.2.3.4", "1: not a record type: 60\n" },
    { "a 60 FOO 1.2.3.4", "1: not a record type: FOO\n" },
    { "# invalid comment", "1: not a record type: invalid\n" },
    { "a 60 CH TXT x", "1: class is not IN: CH\n" },
    { "a 60 CLASS3 TXT x", "1: class is not IN: CLASS3\n" },
    { "a 60 ANY x", "1: not a type that a zone can hold: ANY\n" },
    { "a 2147483648 A 1.2.3.4",
      "1: TTL is above the limit of 2147483647: 2147483648\n" },
    { "a..b 60 A 1.2.3.4", "1: not a domain name: a..b\n" },
    { "a 60 A 1.2.3", "1: A: not an IPv4 address: 1.2.3\n" },
    { "\na 60 MX 10\nb 60 A 1.2.3.4\n",         /* and it goes on behind */
      "2: MX: too few words\nb.example.org. 60 A 1.2.3.4\n" },
    { "$ORIGIN sub\na 60 A 1.2.3.4\n$ORIGIN x.\n@ 60 A 1.2.3.5\n",
      "a.sub.example.org. 60 A 1.2.3.4\nx. 60 A 1.2.3.5\n" },
    { "$ORIGIN\n", "1: $ORIGIN needs one name\n" },
    { "$TTL x\n", "1: $TTL needs one time: x\n" },
    { "$FOO x\n", "1: not a directive: $FOO\n" },
    { "$INCLUDE x\n",
      "1: $INCLUDE needs a file and may have an origin\n" },
    { "\\$x 60 A 1.2.3.4\n", "\\$x.example.org. 60 A 1.2.3.4\n" },
    { "*.w 60 A 1.2.3.4\n", "*.w.example.org. 60 A 1.2.3.4\n" },
    { "$TTL 5\n$GENERATE 1-3 h-$ A 192.0.2.$\n",
      "h-1.example.org. 5 A 192.0.2.1\nh-2.example.org. 5 A 192.0.2.2\n"
      "h-3.example.org. 5 A 192.0.2.3\n" },
    { "$GENERATE 2-6/2 c$ 60 IN CNAME host-$\n",
      "c2.example.org. 60 CNAME host-2.example.org.\n"
      "c4.example.org. 60 CNAME host-4.example.org.\n"
      "c6.example.org. 60 CNAME host-6.example.org.\n" },
    { "$TTL 5\n$GENERATE 9-10 a${0,3,d} TXT \"n ${-9} ${1,0,x} ${0,2,o}\"\n",
      "a009.example.org. 5 TXT n 0 a 11\na010.example.org. 5 TXT n 1 b 12\n" },
    { "$TTL 5\n$GENERATE 4660-4660 ${0,7,n}.x PTR ${0,4,N}.\\$.$$\n",
      "4.3.2.1.x.example.org. 5 PTR 4.3.2.1.\\$.\\$.example.org.\n" },
    { "$TTL 5\n$GENERATE 3-1 a A 1.2.3.4\n",
      "2: $GENERATE: not a range start-stop/step: 3-1\n" },
    { "$TTL 5\n$GENERATE 1-2 a$ A 1.2.3.${9999999999}\n",
      "2: $GENERATE: not ${offset,width,base}\n" },
    { "$TTL 5\n$GENERATE 1-2 a$ A 1.2.3.${-2}\n",
      "2: $GENERATE: number plus offset is negative\n" },
    { "$GENERATE 1-1000001 a$ A 1.2.3.4\n",
      "1: $GENERATE makes more than 1000000 records: 1-1000001\n" },
    { "$TTL 5\n$GENERATE 254-256 a$ A 1.2.3.$\n",
      "a254.example.org. 5 A 1.2.3.254\na255.example.org. 5 A 1.2.3.255\n"
      "2: A: not an IPv4 address: 1.2.3.256\n" },
};

START_TEST(reads_records)
{
    char result[1024] = "";

    read_all(rows[_i].text, result, sizeof result);
    ck_assert_str_eq(result, rows[_i].result);
}
END_TEST

/* ---- zones --------------------------------------------------------------- */

static version_t *
load(const char *path, struct zone_faults *faults)
{
    struct core_fault fault;
    text_file_t *text = text_file_read(path, NULL, &fault);

    ck_assert_msg(text != NULL, "%s", fault.text);
    return version_load(&text, &origin, NULL, faults);
}

static const struct {
    const char *text;
    int line;                           /* 0 with NULL: the zone is right */
    const char *error;
    const char *warning;
} zones[] = {
    { APEX, 0, NULL, NULL },
    { "", 0, "example.org.: no SOA record", NULL },
    { "www 60 A 1.2.3.4\n", 0, "example.org.: no SOA record", NULL },
    { "x. 60 SOA ns h 1 2 3 4 5\n", 0, "example.org.: no SOA record: is this "
      "the file of another zone?", "x.: outside of the zone, left out" },
    { "@ 60 SOA ns h 1 2 3 4 5\n", 0, NULL,
      "example.org.: no NS record at the apex" },
    { APEX "@ 60 SOA ns h 2 2 3 4 5\n", 3,
      "example.org.: a second SOA record", NULL },
    { APEX "@ 60 SOA ns h 1 2 3 4 5\n", 0, NULL, NULL },    /* a transfer */
    { APEX "a 60 SOA ns h 1 2 3 4 5\n", 3,
      "a.example.org.: SOA record is not at the apex", NULL },
    { APEX "a 60 CNAME b\na 60 A 1.2.3.4\n", 4,
      "a.example.org.: CNAME record beside other data", NULL },
    { APEX "a 60 A 1.2.3.4\na 60 CNAME b\n", 3,
      "a.example.org.: CNAME record beside other data", NULL },
    { APEX "a 60 CNAME b\nA 60 CNAME c\n", 4,
      "a.example.org.: a second CNAME record", NULL },
    { APEX "a 60 CNAME b\na 60 CNAME B\n", 0, NULL, NULL },
    { APEX "a 60 CNAME b\na 60 NSEC b CNAME\n", 0, NULL, NULL },
    { APEX "@ 60 CNAME b\n", 1,
      "example.org.: CNAME record beside other data", NULL },
    { APEX "@ 60 NSEC3PARAM 1 0 5 A3DE\n", 3,
      "example.org.: NSEC3PARAM record, but no NSEC3 records", NULL },
    { APEX "@ 60 NSEC3PARAM 1 0 5 A3DE\n2t7b4g4v 60 NSEC3 1 0 5 A3DE "
      "2t7b4g4vsa5smi47k61mv5bv1a22bojr A\n", 0, NULL, NULL },
    { APEX "d 60 DNAME x\na.d 60 A 1.2.3.4\n", 0, NULL,
      "a.d.example.org.: below a DNAME record, which hides it" },
    { APEX "d 60 DNAME x\nd 60 A 1.2.3.4\n", 0, NULL, NULL },
    { APEX "a 60 A 1.2.3.4\na 61 A 1.2.3.5\n", 0, NULL, "a.example.org.: "
      "records of one type differ in their TTL; the least one counts" },
    { APEX "b.example.net. 60 A 1.2.3.4\n", 0, NULL,
      "b.example.net.: outside of the zone, left out" },
    { APEX "xexample.org. 60 A 1.2.3.4\n", 0, NULL,     /* no whole label */
      "xexample.org.: outside of the zone, left out" },
};

START_TEST(says_what_makes_a_zone_wrong)
{
    struct zone_faults faults = { core_faults_new(), core_faults_new(), 0 };
    version_t *version = load(core_test_file(zones[_i].text), &faults);

    if (zones[_i].error == NULL) {
        ck_assert_ptr_nonnull(version);
        ck_assert_uint_eq(core_faults_count(faults.errors), 0);
        ck_assert_uint_eq(version_serial(version), 1);
    } else {
        ck_assert_ptr_null(version);
        ck_assert_str_eq(core_faults_at(faults.errors, 0)->text,
                         zones[_i].error);
        ck_assert_int_eq(core_faults_at(faults.errors, 0)->line,
                         zones[_i].line);
    }
    if (zones[_i].warning != NULL)
        ck_assert_str_eq(core_faults_at(faults.warnings, 0)->text,
                         zones[_i].warning);
    else if (zones[_i].error == NULL)
        ck_assert_uint_eq(core_faults_count(faults.warnings), 0);
    version_release(&version);
    core_faults_destroy(&faults.errors);
    core_faults_destroy(&faults.warnings);
}
END_TEST

START_TEST(tells_all_that_is_wrong)
{
    struct zone_faults faults = { core_faults_new(), NULL, 0 };
    version_t *version = load(core_test_file(APEX "a 60 A x\nb 60 FOO\n"
                                             "c 60 TXT \"\nd )\n"), &faults);

    ck_assert_ptr_null(version);
    ck_assert_uint_eq(core_faults_count(faults.errors), 4);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(core_faults_at(faults.errors, (size_t) i)->line,
                         3 + i);
    core_faults_destroy(&faults.errors);
}
END_TEST

/* ---- included files ------------------------------------------------------ */

static void
write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void
print_version(version_t *version, char *result, size_t limit)
{
    FILE *file = fmemopen(result, limit, "w");
    version_reader_t *reader = version_read(version);
    struct zone_record record;

    while (version_reader_next(reader, &record))
        if (record.type == CORE_A)
            print_record(file, &record);
    version_reader_destroy(&reader);
    fclose(file);
}

START_TEST(includes_files_and_comes_back_unchanged)
{
    const char *folder = core_test_folder();
    struct zone_faults faults = { core_faults_new(), core_faults_new(), 0 };
    char path[256], result[1024] = "";
    version_t *version;

    write_file(folder, "main", APEX "$TTL 7\nx A 1.1.1.1\n"
               "$INCLUDE part sub\n A 1.1.1.3\n$INCLUDE part\n");
    write_file(folder, "part", "a A 1.1.1.2\n$TTL 9\n$ORIGIN other\n"
               "b A 1.1.1.2\n");
    snprintf(path, sizeof path, "%s/main", folder);
    version = load(path, &faults);
    ck_assert_ptr_nonnull(version);
    ck_assert_uint_eq(version_files(version), 2);

    /* What was read stays, whatever becomes of the files. */
    write_file(folder, "part", "nonsense");
    print_version(version, result, sizeof result);
    ck_assert_str_eq(result, "x.example.org. 7 A 1.1.1.1\n"
                     "a.sub.example.org. 7 A 1.1.1.2\n"
                     "b.other.sub.example.org. 9 A 1.1.1.2\n"
                     "x.example.org. 7 A 1.1.1.3\n"
                     "a.example.org. 7 A 1.1.1.2\n"
                     "b.other.example.org. 9 A 1.1.1.2\n");
    version_release(&version);
    core_faults_destroy(&faults.errors);
    core_faults_destroy(&faults.warnings);
}
END_TEST

START_TEST(names_the_file_and_line_inside_an_included_file)
{
    const char *folder = core_test_folder();
    struct zone_faults faults = { core_faults_new(), NULL, 0 };
    char path[256];

    write_file(folder, "main", APEX "$INCLUDE part\n$INCLUDE missing\n"
               "$INCLUDE main\n");
    write_file(folder, "part", "\na 60 A x\n");
    snprintf(path, sizeof path, "%s/main", folder);
    ck_assert_ptr_null(load(path, &faults));
    snprintf(path, sizeof path, "%s/part", folder);
    ck_assert_str_eq(core_faults_at(faults.errors, 0)->path, path);
    ck_assert_int_eq(core_faults_at(faults.errors, 0)->line, 2);
    snprintf(path, sizeof path, "$INCLUDE %s/missing: cannot open: No such "
             "file or directory", folder);
    ck_assert_str_eq(core_faults_at(faults.errors, 1)->text, path);

    /* One that includes itself ends at the limit. */
    ck_assert_uint_lt(core_faults_count(faults.errors), 100);
    core_faults_destroy(&faults.errors);
}
END_TEST

/* Each file includes the next one twice: read to the end, for years. */
START_TEST(gives_up_on_files_that_include_each_other_without_end)
{
    const char *folder = core_test_folder();
    struct zone_faults faults = { core_faults_new(), NULL, 0 };
    char path[256], name[16], text[64];
    size_t count;

    for (int i = 0; i < 15; i++) {
        snprintf(name, sizeof name, "f%d", i);
        snprintf(text, sizeof text, "$INCLUDE f%d\n$INCLUDE f%d\n", i + 1,
                 i + 1);
        write_file(folder, name, text);
    }
    write_file(folder, "f15", "a 60 A 1.1.1.1\n");
    write_file(folder, "main", APEX "$INCLUDE f0\n$INCLUDE f0\n");
    snprintf(path, sizeof path, "%s/main", folder);
    ck_assert_ptr_null(load(path, &faults));
    count = core_faults_count(faults.errors);
    ck_assert_uint_gt(count, 0);
    ck_assert_ptr_nonnull(strstr(core_faults_at(faults.errors,
                                                count - 1)->text,
                                 "more than 10000 times"));
    core_faults_destroy(&faults.errors);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("zonefile");

    tcase_add_loop_test(cases, reads_records, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, says_what_makes_a_zone_wrong, 0,
                        CORE_TEST_ROWS(zones));
    tcase_add_test(cases, tells_all_that_is_wrong);
    tcase_add_test(cases, includes_files_and_comes_back_unchanged);
    tcase_add_test(cases, names_the_file_and_line_inside_an_included_file);
    tcase_add_test(cases,
                   gives_up_on_files_that_include_each_other_without_end);
    return core_test_run(cases);
}
