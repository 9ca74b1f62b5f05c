/* config - files, includes, marks, and what is said of a bad one */

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_test.h"
#include "coredns/clock.h"
#include "coredns/setting.h"

/* ---- what is refused ----------------------------------------------------- */

/* Texts that are no configuration, with "LINE: TEXT" of each fault. */
static const struct {
    const char *text;
    const char *faults;
} refused_rows[] = {
    { "a = 4294967296;",
      "1: 4294967296 does not fit in 32 bits: "
      "write 4294967296L, or a text with a unit" },
    { "\n\na = 2147483648;",
      "3: 2147483648 does not fit in 32 bits: "
      "write 2147483648L, or a text with a unit" },
    { "a = ( 1,\n -2147483649 );",
      "2: -2147483649 does not fit in 32 bits: "
      "write -2147483649L, or a text with a unit" },
    { "a = 0x80000000;",
      "1: 0x80000000 does not fit in 32 bits: "
      "write 0x80000000L, or a text with a unit" },
    { "a = 9223372036854775808L;",
      "1: 9223372036854775808L does not fit in 64 bits" },
    { "a = 0xFFFFFFFFFFFFFFFFL;",
      "1: 0xFFFFFFFFFFFFFFFFL does not fit in 64 bits" },
    { "a = 1.5e400;", "1: 1.5e400 is too large a number" },
    { "a = 30s;\nb = 64MiB;",
      "1: 30s is no number: what has a unit or dots stands in quotes|"
      "2: 64MiB is no number: what has a unit or dots stands in quotes" },
    { "a = 10.0.0.1;",
      "1: 10.0.0.1 is no number: what has a unit or dots stands in quotes" },
    { "a = cache;", "1: cache: a text stands in quotes" },
    { "a = 1;\na = 2;", "2: a stands here a second time" },
    { "b: { pods = \"a\";\n c = \"d pods\"; pods = \"e\"; e = 1; };",
      "2: pods stands here a second time" },
    { "a = 1; ab = 1; abc = 1; ab = 1; abc = 1; x = 1;\ny = 1;",
      "1: ab stands here a second time" },
    { "a: { b = 1; }; c: { b = 1; }; a: { };",
      "1: a stands here a second time" },
    { "a = [ 1, \"x\" ];", "1: the values in [ ] are not all of one type" },
    { "a = {\n", "2: syntax error here or at the end of the line before" },
    { "a = \"x\n\n", "1: the text is not closed by a quote" },
    { "/* x\n\n", "1: the comment is not closed by */" },
    { "a = \"x\\x00y\";", "1: a text cannot hold \\x00" },
    { "a = \"${CORE_UNSET}\";",
      "1: a: the environment variable CORE_UNSET is not set" },
    { "a = (\n\"x\",\n\"${CORE_UNSET}\"\n);",
      "3: a[1]: the environment variable CORE_UNSET is not set" },
    { "@include \"nowhere\"",
      "1: cannot include FOLDER/nowhere: No such file or directory" },
    { "x = 1; @include \"x\"",
      "1: expected @include \"FILE\" on a line of its own" },
    { "@include x", "1: expected @include \"FILE\" on a line of its own" },
    { "@include \"", "1: the text is not closed by a quote" },
    { "@include \"${CORE_UNSET}\"",
      "1: the environment variable CORE_UNSET is not set" },
    { "directory = 5;", "1: directory: expected a path in quotes" },
    { "a = 99999999999; #@ other/file:12\n",
      "other/file:12: 99999999999 does not fit in 32 bits: "
      "write 99999999999L, or a text with a unit" },
    { "a = }; #@ with blank:colon:7\n",
      "with blank:colon:7: syntax error here or at the end of the line "
      "before" },
};

/* The faults as one text; places in the file itself without its path. */
static char *
faults_text(const core_faults_t *faults, const char *path)
{
    static char text[4096];
    char folder[512];
    size_t used = 0;

    text[0] = '\0';
    snprintf(folder, sizeof folder, "%s", path);
    dirname(folder);
    for (size_t i = 0; i < core_faults_count(faults); i++) {
        char line[CORE_FAULT_LINE_SIZE];
        const char *from = core_fault_format(core_faults_at(faults, i), line);

        if (strncmp(from, path, strlen(path)) == 0)
            from += strlen(path) + 1;

        const char *place = strstr(from, folder);
        int before = place != NULL ? (int) (place - from) : (int) strlen(from);

        used += (size_t) snprintf(text + used, sizeof text - used,
                                  "%s%.*s%s%s", i > 0 ? "|" : "", before, from,
                                  place != NULL ? "FOLDER" : "",
                                  place != NULL ? place + strlen(folder) : "");
    }
    return text;
}

START_TEST(says_what_is_wrong_and_where)
{
    const char *path = core_test_file(refused_rows[_i].text);
    core_faults_t *faults = core_faults_new();

    ck_assert_ptr_null(core_config_load(path, faults));
    ck_assert_str_eq(faults_text(faults, path), refused_rows[_i].faults);
    core_faults_destroy(&faults);
}
END_TEST

static core_config_t *
load(const char *path)
{
    core_faults_t *faults = core_faults_new();
    core_config_t *config = core_config_load(path, faults);

    ck_assert_msg(config != NULL, "%s", faults_text(faults, path));
    core_faults_destroy(&faults);
    return config;
}

START_TEST(a_file_that_is_none_is_refused)
{
    static const char *const paths[] = { "/nowhere/x", "/", "/proc/self/mem" };
    core_faults_t *faults = core_faults_new();

    for (size_t i = 0; i < 3; i++)
        ck_assert_ptr_null(core_config_load(paths[i], faults));
    ck_assert_uint_eq(core_faults_count(faults), 3);
    ck_assert_str_eq(core_faults_at(faults, 0)->text,
                     "cannot read: No such file or directory");
    ck_assert_str_eq(core_faults_at(faults, 1)->text,
                     "cannot read: Is a directory");
    core_faults_destroy(&faults);
}
END_TEST

/* ---- what is accepted ---------------------------------------------------- */

static const struct {
    const char *text;
    const char *canonical;
} accepted_rows[] = {
    { "",                       "{\n}\n" },
    { "# only a comment",       "{\n}\n" },
    { "\xEF\xBB\xBF" "a = 1",   "{\na = 1\n}\n" },      /* a byte order mark */
    { "a = 1;\r\nb = 2\r\n",    "{\na = 1\nb = 2\n}\n" },
    { "b = 2, a = 1",           "{\na = 1\nb = 2\n}\n" },
    { "a = 0x10",               "{\na = 16\n}\n" },
    { "a = 16L",                "{\na = 16\n}\n" },
    { "a = 2147483647; b = -2147483648; c = 4294967296L;",
      "{\na = 2147483647\nb = -2147483648\nc = 4294967296\n}\n" },
    { "a = 010",                "{\na = 10\n}\n" },
    { "a = 1.5e3; b = 5.; c = TRUE", "{\na = 1500.0\nb = 5.0\nc = true\n}\n" },
    { "a = \"x\" /* and */ \"y\" # too\n \"z\";", "{\na = \"xyz\"\n}\n" },
    { "a = \"4294967296 # \\\" 30s // @include\";",
      "{\na = \"4294967296 # \\\" 30s // @include\"\n}\n" },
    { "// 4294967296\n# 30s\n/* a = 4294967296\n @include \"x\" */ a = 1",
      "{\na = 1\n}\n" },
    { "a = \"\"; b = []; c = (); d = {}",
      "{\na = \"\"\nb = (\n)\nc = (\n)\nd = {\n}\n}\n" },
    { "a = \"\\x41\\n\\t\\q\\\\\"", "{\na = \"A\\x0A\\x09\\\\q\\\\\"\n}\n" },
    { "a = \"${CORE_SET}\"; b = \"$${CORE_SET}\"",
      "{\na = \"q\\\"x\"\nb = \"$${CORE_SET}\"\n}\n" },
    { "a: { b: ( 1, \"x\", ( true ) ) }",
      "{\na = {\nb = (\n1\n\"x\"\n(\ntrue\n)\n)\n}\n}\n" },
};

START_TEST(reads_what_libconfig_reads)
{
    setenv("CORE_SET", "q\"x", 1);

    core_config_t *config = load(core_test_file(accepted_rows[_i].text));
    char *canonical = core_place_canonical(config, core_config_root(config));

    ck_assert_str_eq(canonical, accepted_rows[_i].canonical);
    free(canonical);
    core_config_destroy(&config);
    ck_assert_ptr_null(config);
    core_config_destroy(&config);
}
END_TEST

/* Writes a copy into a file and returns its path. */
static const char *
write_copy(const core_config_t *config)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    ck_assert_int_eq(core_config_write(config, file), 0);
    fclose(file);

    const char *path = core_test_file(text);

    free(text);
    return path;
}

START_TEST(a_copy_is_the_same_in_all_but_form)
{
    setenv("CORE_SET", "q\"x", 1);

    core_config_t *config = load(core_test_file(accepted_rows[_i].text));

    setenv("CORE_SET", "changed", 1);

    core_config_t *copy = load(write_copy(config));

    for (size_t i = 0; i < core_place_count(core_config_root(config)); i++) {
        core_place_t *place = core_place_at(core_config_root(config), i);
        core_place_t *copied = core_place_member(core_config_root(copy),
                                                 core_place_key(place));
        char *first = core_place_canonical(config, place);
        char *second = core_place_canonical(copy, copied);

        ck_assert_str_eq(first, second);
        free(first);
        free(second);
    }
    ck_assert_str_eq(core_config_directory(copy),
                     core_config_directory(config));
    core_config_destroy(&copy);
    core_config_destroy(&config);
}
END_TEST

START_TEST(a_copy_points_at_what_a_person_wrote)
{
    const char *path = core_test_file(
        "stages: { a: {\n b = 5;\n c = (\n \"x\",\n { d = 1;\n e = 2; } );\n"
        " f = \"one\"\n \"two\"; } }");
    core_config_t *config = load(path);
    core_config_t *copy = load(write_copy(config));
    core_faults_t *faults = core_faults_new();
    core_place_t *stage = core_config_stage(copy, "a");
    core_place_t *list = core_place_member(stage, "c");

    core_config_fault(copy, faults, core_place_member(stage, "b"), "bad");
    core_config_fault(copy, faults, core_place_at(list, 0), "bad");
    core_config_fault(copy, faults, core_place_at(list, 1), "bad");
    core_config_fault(copy, faults,
                      core_place_member(core_place_at(list, 1), "e"), "bad");
    core_config_fault(copy, faults, core_place_member(stage, "f"), "bad");
    core_config_fault(copy, faults, stage, "bad");
    ck_assert_str_eq(faults_text(faults, path),
                     "2: a.b: bad|4: a.c[0]: bad|5: a.c[1]: bad|"
                     "6: a.c[1].e: bad|7: a.f: bad|1: a: bad");
    core_faults_destroy(&faults);
    core_config_destroy(&copy);
    core_config_destroy(&config);
}
END_TEST

/* ---- folders and includes ------------------------------------------------ */

static char *
put_file(const char *folder, const char *name, const char *text)
{
    char *path = NULL;

    ck_assert_int_gt(asprintf(&path, "%s/%s", folder, name), 0);

    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* All of them were read, in this order; a list that NULL ends. */
static void
check_files(const core_config_t *config, const char *folder,
            const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        const char *path = core_config_file(config, i);

        ck_assert_ptr_nonnull(path);
        ck_assert_int_eq(strncmp(path, folder, strlen(folder)), 0);
        ck_assert_str_eq(path + strlen(folder), names[i]);
        ck_assert(names[i + 1] != NULL
                  || core_config_file(config, i + 1) == NULL);
    }
}

START_TEST(includes_start_from_the_folder_of_their_file)
{
    static const char *const names[] = {
        "/main", "/below/outer", "/below/inner", "/below/empty", NULL
    };
    const char *folder = core_test_folder();
    char below[300];
    core_faults_t *faults = core_faults_new();

    snprintf(below, sizeof below, "%s/below", folder);
    ck_assert_int_eq(mkdir(below, 0700), 0);
    setenv("CORE_SET", "below", 1);
    free(put_file(below, "inner", "i = 1;\nj = 2;"));
    free(put_file(below, "empty", ""));
    free(put_file(below, "outer",
                  "o = 1;\n@include \"inner\"\n@include \"empty\"\np = 2;\n"));

    char *path = put_file(folder, "main",
        "m = 1;\ng: {\n  @include \"${CORE_SET}/outer\" # comment\n  q = 3;\n"
        "};\nn = 4;");
    core_config_t *config = load(path);
    core_place_t *group = core_place_at(core_config_root(config), 1);

    for (size_t i = 0; i < core_place_count(group); i++)
        core_config_fault(config, faults, core_place_at(group, i), "x");
    core_config_fault(config, faults,
                      core_place_at(core_config_root(config), 2), "x");

    const char *text = faults_text(faults, path);

    ck_assert_ptr_nonnull(strstr(text, "below/outer:1: g.o: x|"));
    ck_assert_ptr_nonnull(strstr(text, "below/inner:1: g.i: x|"));
    ck_assert_ptr_nonnull(strstr(text, "below/inner:2: g.j: x|"));
    ck_assert_ptr_nonnull(strstr(text, "below/outer:4: g.p: x|"));
    ck_assert_ptr_nonnull(strstr(text, "|4: g.q: x|6: n: x"));
    core_faults_destroy(&faults);
    check_files(config, folder, names);

    core_config_t *copy = load(write_copy(config));

    check_files(copy, folder, names);
    core_config_destroy(&copy);
    core_config_destroy(&config);
    free(path);
}
END_TEST

START_TEST(a_circle_of_includes_ends)
{
    const char *folder = core_test_folder();
    core_faults_t *faults = core_faults_new();

    free(put_file(folder, "two", "\n@include \"one\"\n"));

    char *path = put_file(folder, "one", "@include \"two\"\n");

    ck_assert_ptr_null(core_config_load(path, faults));
    ck_assert_uint_eq(core_faults_count(faults), 1);
    ck_assert_str_eq(strrchr(core_faults_at(faults, 0)->path, '/'), "/two");
    ck_assert_int_eq(core_faults_at(faults, 0)->line, 2);
    ck_assert_str_eq(strrchr(core_faults_at(faults, 0)->text, '/'),
                     "/one: it includes itself");
    core_faults_destroy(&faults);
    free(path);
}
END_TEST

START_TEST(includes_are_bounded)
{
    const char *folder = core_test_folder();
    core_faults_t *faults = core_faults_new();
    char *path = NULL;

    for (int i = 0; i < 20; i++) {
        char name[16], text[64];

        snprintf(name, sizeof name, "f%d", i);
        snprintf(text, sizeof text, "@include \"f%d\"\n", i + 1);
        free(path);
        path = put_file(folder, name, i == 19 ? "" : text);
    }
    free(path);
    ck_assert_int_gt(asprintf(&path, "%s/f0", folder), 0);
    ck_assert_ptr_null(core_config_load(path, faults));
    ck_assert_uint_eq(core_faults_count(faults), 1);
    ck_assert_ptr_nonnull(strstr(core_faults_at(faults, 0)->text,
                                 "includes are nested too deeply"));
    core_faults_destroy(&faults);
    free(path);
}
END_TEST

START_TEST(nesting_is_bounded)
{
    char text[200001];
    core_faults_t *faults = core_faults_new();

    memset(text, '(', sizeof text);
    memcpy(text, "a =", 3);
    text[sizeof text - 1] = '\0';
    ck_assert_ptr_null(core_config_load(core_test_file(text), faults));
    ck_assert_str_eq(core_faults_at(faults, 0)->text,
                     "groups and lists are nested too deeply");
    core_faults_destroy(&faults);
}
END_TEST

static const struct {
    const char *text;
    const char *below;                  /* of the file's folder; or NULL */
    const char *directory;              /* then this */
} directory_rows[] = {
    { "",                           "",         NULL },
    { "directory = \"zones\";",     "/zones",   NULL },
    { "directory = \"./zones/\";",  "/zones",   NULL },
    { "directory = \"/srv/z/\";",   NULL,       "/srv/z" },
    { "directory = \"/\";",         NULL,       "/" },
};

START_TEST(knows_where_relative_paths_start)
{
    const char *path = core_test_file(directory_rows[_i].text);
    core_config_t *config = load(path);
    char expected[600];
    char folder[512];

    snprintf(folder, sizeof folder, "%s", path);
    snprintf(expected, sizeof expected, "%s%s", dirname(folder),
             directory_rows[_i].below != NULL ? directory_rows[_i].below : "");
    ck_assert_str_eq(core_config_directory(config),
                     directory_rows[_i].directory != NULL
                     ? directory_rows[_i].directory : expected);
    core_config_destroy(&config);
}
END_TEST

START_TEST(a_relative_path_is_made_absolute)
{
    const char *path = core_test_file("a = 5;");
    char folder[512];

    snprintf(folder, sizeof folder, "%s", path);
    ck_assert_int_eq(chdir(dirname(folder)), 0);

    core_config_t *config = load(strrchr(path, '/') + 1);

    ck_assert_str_eq(core_config_path(config), path);
    core_config_destroy(&config);
}
END_TEST

/* ---- size ---------------------------------------------------------------- */

START_TEST(twelve_thousand_zones_take_no_time)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    int64_t start_ms;

    fputs("stages: { file-sync: { zones = (\n", file);
    for (int i = 0; i < 12000; i++)
        fprintf(file, "%s{ origin = \"z%d.example.\"; file = \"z%d.zone\"; }",
                i > 0 ? ",\n" : "", i, i);
    fputs("); }; };\n", file);
    fclose(file);

    const char *path = core_test_file(text);

    free(text);
    start_ms = core_clock_ms();

    core_config_t *config = load(path);

    write_copy(config);
    /* A tenth of this is usual; what is quadratic takes many times as long. */
    ck_assert_int_lt(core_clock_ms() - start_ms, 1500);
    core_config_destroy(&config);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("config");

    tcase_add_loop_test(cases, says_what_is_wrong_and_where, 0,
                        CORE_TEST_ROWS(refused_rows));
    tcase_add_test(cases, a_file_that_is_none_is_refused);
    tcase_add_loop_test(cases, reads_what_libconfig_reads, 0,
                        CORE_TEST_ROWS(accepted_rows));
    tcase_add_loop_test(cases, a_copy_is_the_same_in_all_but_form, 0,
                        CORE_TEST_ROWS(accepted_rows));
    tcase_add_test(cases, a_copy_points_at_what_a_person_wrote);
    tcase_add_test(cases, includes_start_from_the_folder_of_their_file);
    tcase_add_test(cases, a_circle_of_includes_ends);
    tcase_add_test(cases, includes_are_bounded);
    tcase_add_test(cases, nesting_is_bounded);
    tcase_add_loop_test(cases, knows_where_relative_paths_start, 0,
                        CORE_TEST_ROWS(directory_rows));
    tcase_add_test(cases, a_relative_path_is_made_absolute);
    tcase_add_test(cases, twelve_thousand_zones_take_no_time);
    return core_test_run(cases);
}
