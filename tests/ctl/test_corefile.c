/* corefile - blocks, lines, snippets and imports; what is wrong, and where */

#include "ctl/corefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core_test.h"

/* Writes a line and its body as "name arg { line; line; }". */
static void
print_line(FILE *file, const struct corefile_line *line)
{
    for (size_t i = 0; i < line->count; i++)
        fprintf(file, "%s%s", i > 0 ? " " : "", line->words[i]);
    if (line->has_body) {
        fputs(" {", file);
        for (size_t i = 0; i < line->body_count; i++) {
            fputc(' ', file);
            print_line(file, &line->body[i]);
        }
        fputs(" }", file);
    }
    fputc(';', file);
}

static void
print_file(FILE *file, const struct corefile *self)
{
    for (size_t i = 0; i < self->block_count; i++) {
        const struct corefile_block *block = &self->blocks[i];

        for (size_t j = 0; j < block->key_count; j++)
            fprintf(file, "%s%s", j > 0 ? "," : "", block->keys[j]);
        fputc(':', file);
        for (size_t j = 0; j < block->line_count; j++) {
            fputc(' ', file);
            print_line(file, &block->lines[j]);
        }
        fputc('|', file);
    }
}

static const struct {
    const char *text;
    const char *blocks;
} rows[] = {
    { ".:53 {\n whoami\n log\n}\n", ".:53: whoami; log;|" },
    { ".:53\nwhoami\nlog\n", ".:53: whoami; log;|" },  /* without braces */
    { "a b, c,\nd {\n}\n", "a,b,c,d:|" },
    { "a {\n}\nb {\n x 1 \"2 3\" {\n  y\n  z 4\n }\n}\n",
      "a:| b: x 1 2 3 { y; z 4; };|" },
    { "# one\na { # two\n x #three\n y z#four\n}\n", "a: x; y z#four;|" },
    { "a {\n x \"say \\\"hi\\\" \\n\"\n}", "a: x say \"hi\" \\n;|" },
    { "a {\n x 1 \\\n 2\n y\n}", "a: x 1 2; y;|" },
    { "a {\n x \"{\" \"}\"\n}", "a: x { };|" },         /* quoted: no brace */
    { "(s) {\n x 1\n y\n}\na {\n import s\n z\n}\nb {\n import s\n}\n",
      "a: x 1; y; z;| b: x 1; y;|" },
    { "(i) {\n x\n}\n(o) {\n import i\n y\n}\na {\n import o\n}\n",
      "a: x; y;|" },
    { "(s) {\n c 1\n}\na {\n x {\n  import s\n  d\n }\n}\n",
      "a: x { c 1; d; };|" },
    { "a {\n x {$CORE_T} b{%CORE_T%}c {$CORE_NOT}\n}\n",
      "a: x v w bv wc ;|" },                           /* one word each */
    { "a {\n x {%} {$} {%%}y {$Z\n}\n", "a: x {%}  y {$Z;|" },
    { "a {\r\n x 1\r\n}\r\n", "a: x 1;|" },
    { "", "" },
};

START_TEST(reads_what_stands_there)
{
    core_faults_t *faults = core_faults_new();
    char *text = NULL, *expected = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    setenv("CORE_T", "v w", 1);

    struct corefile *self = corefile_load(core_test_file(rows[_i].text),
                                          faults);

    ck_assert_ptr_nonnull(self);
    print_file(file, self);
    fclose(file);

    /* Blanks between blocks are for the reader of the table. */
    expected = strdup(rows[_i].blocks);
    for (char *at; (at = strstr(expected, "| ")) != NULL;)
        memmove(at + 1, at + 2, strlen(at + 2) + 1);
    ck_assert_str_eq(text, expected);
    ck_assert_uint_eq(core_faults_count(faults), 0);
    corefile_destroy(&self);
    ck_assert_ptr_null(self);
    core_faults_destroy(&faults);
    free(text);
    free(expected);
}
END_TEST

static const struct {
    const char *text;
    int line;
    const char *says;
} wrong[] = {
    { "a {\n x\n", 2, "the file ends where a } is expected" },
    { "a {\n x \"y\n}\n", 2, "a quote that does not end" },
    { "}\n", 1, "}: expected the zones of a server block" },
    { "a {\n {\n}\n}\n", 2, "{: expected a word in front of it" },
    { "a\nx\n}\n", 3, "}: there is no { for it" },
    { "a {\n import\n}\n", 2,
      "import: expected the name of a snippet or file" },
    { "a {\n import nothing\n}\n", 2, "nothing: no such file or snippet" },
    { "a {\n import s t\n}\n", 2, "t: import takes one argument" },
    { "a {\n import *x*\n}\n", 2, "*x*: a pattern may have one wildcard" },
    { "(s) {\n x\n}\n(s) {\n y\n}\n", 4, "(s): defined twice" },
    { "(s) {\n import s\n}\na {\n import s\n}\n", 2,
      "import: imports that never end" },
};

START_TEST(says_what_is_wrong_and_where)
{
    core_faults_t *faults = core_faults_new();
    const char *path = core_test_file(wrong[_i].text);

    struct corefile *file = corefile_load(path, faults);

    corefile_destroy(&file);
    ck_assert_uint_eq(core_faults_count(faults), 1);
    ck_assert_str_eq(core_faults_at(faults, 0)->path, path);
    ck_assert_int_eq(core_faults_at(faults, 0)->line, wrong[_i].line);
    ck_assert_str_eq(core_faults_at(faults, 0)->text, wrong[_i].says);
    core_faults_destroy(&faults);
}
END_TEST

static void
write_file(const char *folder, const char *name, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);

    FILE *file = fopen(path, "w");

    fputs(text, file);
    fclose(file);
}

START_TEST(imports_files_from_where_the_importing_file_is)
{
    const char *folder = core_test_folder();
    core_faults_t *faults = core_faults_new();
    char path[256];

    snprintf(path, sizeof path, "%s/d", folder);
    mkdir(path, 0700);
    write_file(folder, "Corefile", "import d/*.conf\nimport no*ne\n");
    write_file(folder, "d/1.conf", "one {\n import inner\n}\n");
    write_file(folder, "d/2.conf", "two {\n y\n}\n");
    write_file(folder, "d/inner", "x\n");
    snprintf(path, sizeof path, "%s/Corefile", folder);

    struct corefile *self = corefile_load(path, faults);

    ck_assert_ptr_nonnull(self);
    ck_assert_uint_eq(self->block_count, 2);
    ck_assert_str_eq(self->blocks[0].lines[0].words[0], "x");

    /* In the order of reading, and the folders where more may come. */
    static const char *const paths[] = {
        "/Corefile", "/d/", "/d/1.conf", "/d/2.conf", "/d/inner", "/"
    };

    ck_assert_uint_eq(self->path_count, sizeof paths / sizeof *paths);
    for (size_t i = 0; i < self->path_count; i++)
        ck_assert_str_eq(self->paths[i] + strlen(folder), paths[i]);
    ck_assert_ptr_nonnull(strstr(self->blocks[0].lines[0].path, "d/inner"));
    corefile_destroy(&self);
    core_faults_destroy(&faults);
}
END_TEST

/* A file with so many blocks is read at once, not block by block. */
START_TEST(reads_many_blocks_with_imports)
{
    core_faults_t *faults = core_faults_new();
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    fputs("(common) {\n errors\n cache 30\n}\n", file);
    for (int i = 0; i < 2000; i++)
        fprintf(file, "z%d.example:5300 {\n import common\n whoami\n}\n", i);
    fclose(file);

    struct corefile *self = corefile_load(core_test_file(text), faults);

    ck_assert_ptr_nonnull(self);
    ck_assert_uint_eq(self->block_count, 2000);
    ck_assert_uint_eq(self->blocks[1999].line_count, 3);
    corefile_destroy(&self);
    core_faults_destroy(&faults);
    free(text);
}
END_TEST

static const struct {
    const char *path;
    const char *text;
    bool is_meant;
} files[] = {
    { "/etc/coredns/Corefile", "", true },
    { "Corefile.base", "stages: { };", true },
    { "coredns.conf", "stages: { };", false },
    { "coredns.conf", "# first\n// then\n/* and */ user = \"x\";", false },
    { "coredns.conf", "@include \"x\"", false },
    { "coredns.conf", "", false },
    { "x.conf", ".:53 {\n", true },
    { "x.conf", "# first\nexample.org {\n", true },
    { "x.conf", "(snip) {\n", true },
    { "x.conf", "example {\n", true },
};

START_TEST(knows_a_corefile_when_it_sees_one)
{
    ck_assert(corefile_is_meant(files[_i].path, files[_i].text)
              == files[_i].is_meant);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("corefile");

    tcase_add_loop_test(cases, reads_what_stands_there, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, says_what_is_wrong_and_where, 0,
                        CORE_TEST_ROWS(wrong));
    tcase_add_test(cases, imports_files_from_where_the_importing_file_is);
    tcase_add_test(cases, reads_many_blocks_with_imports);
    tcase_add_loop_test(cases, knows_a_corefile_when_it_sees_one, 0,
                        CORE_TEST_ROWS(files));
    return core_test_run(cases);
}
