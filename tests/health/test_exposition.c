/* exposition - the metrics of several processes become one text */

#include "health/exposition.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define P "process=\"p\",stage=\"s\""
#define Q "process=\"q\",stage=\"s\""

static const struct {
    const char *first;                  /* told by process p */
    const char *second;                 /* told by process q */
    const char *merged;
    size_t refused;
} rows[] = {
    { "", "", "", 0 },
    { "b 1\na 2\n", "",
      "# TYPE a untyped\na{" P "} 2\n# TYPE b untyped\nb{" P "} 1\n", 0 },

    /* one HELP and one TYPE a family */
    { "# HELP a An a.\n# TYPE a counter\na{x=\"1\"} 1\na{x=\"2\"} 2\n",
      "# HELP a An a.\n# TYPE a counter\na{x=\"1\"} 3\n",
      "# HELP a An a.\n# TYPE a counter\na{" P ",x=\"1\"} 1\n"
      "a{" P ",x=\"2\"} 2\na{" Q ",x=\"1\"} 3\n", 0 },
    { "# TYPE a gauge\n# HELP a Type first.\na 1\n", "",
      "# HELP a Type first.\n# TYPE a gauge\na{" P "} 1\n", 0 },
    { "# TYPE a gauge\n", "", "", 0 },  /* a family without samples */
    { "# a comment\n\n#HELP\na 1", "",
      "# TYPE a untyped\na{" P "} 1\n", 0 },

    /* a histogram is one family, in its own order */
    { "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\n"
      "h_sum 1.5\nh_count 2\n", "# TYPE g gauge\ng 0\n",
      "# TYPE g gauge\ng{" Q "} 0\n"
      "# TYPE h histogram\nh_bucket{" P ",le=\"1\"} 1\n"
      "h_bucket{" P ",le=\"+Inf\"} 2\nh_sum{" P "} 1.5\nh_count{" P "} 2\n",
      0 },
    { "# TYPE h counter\nh_sum 1\n", "",
      "# TYPE h_sum untyped\nh_sum{" P "} 1\n", 0 },
    { "# TYPE h histogram\nh 1\n", "",
      "# TYPE h untyped\nh{" P "} 1\n", 0 },

    /* another name that begins alike is another family */
    { "a 1\nab 2\na_b 3\n", "a 4\n",
      "# TYPE a untyped\na{" P "} 1\na{" Q "} 4\n"
      "# TYPE a_b untyped\na_b{" P "} 3\n"
      "# TYPE ab untyped\nab{" P "} 2\n", 0 },

    /* who comes with another type is left out */
    { "# TYPE a gauge\na 1\n", "# TYPE a counter\na 2\n",
      "# TYPE a gauge\na{" P "} 1\n", 1 },
    { "# TYPE a gauge\na 1\n# TYPE a histogram\na_sum 2\n", "",
      "# TYPE a gauge\na{" P "} 1\n", 1 },

    /* what is not right is left out alone */
    { "a 1\na{b=c} 2\nx\na 3\n", "",
      "# TYPE a untyped\na{" P "} 1\na{" P "} 3\n", 2 },
    { "# TYPE a number\n# HELP 1 x\n# TYPE a\n# HELP a bad\x01\n"
      "# HELP a bad\\t\na 1\n", "",
      "# TYPE a untyped\na{" P "} 1\n", 5 },
    { "# HELP a one \\\\ two \\n\na 1\n", "",
      "# HELP a one \\\\ two \\n\n# TYPE a untyped\na{" P "} 1\n", 0 },
};

static char *
write_all(exposition_t *exposition)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    exposition_write(exposition, file);
    fclose(file);
    return text;
}

START_TEST(puts_them_together)
{
    exposition_t *exposition = exposition_new();

    exposition_add(exposition, "p", "s", rows[_i].first);
    exposition_add(exposition, "q", "s", rows[_i].second);

    char *text = write_all(exposition);

    ck_assert_str_eq(text, rows[_i].merged);
    ck_assert_uint_eq(exposition_refused(exposition), rows[_i].refused);
    exposition_destroy(&exposition);
    ck_assert_ptr_null(exposition);
    free(text);
}
END_TEST

/* The line that many times; yours. */
static char *
make_lines(const char *line, size_t count)
{
    size_t size = strlen(line);
    char *text = malloc(count * size + 1);

    for (size_t i = 0; i < count; i++)
        memcpy(text + i * size, line, size);
    text[count * size] = '\0';
    return text;
}

START_TEST(has_a_limit_of_samples)
{
    exposition_t *exposition = exposition_new();
    char *lines = make_lines("a 1\n", EXPOSITION_SAMPLES + 5);

    exposition_add(exposition, "p", "s", lines);
    ck_assert_uint_eq(exposition_refused(exposition), 5);
    exposition_destroy(&exposition);
    free(lines);
}
END_TEST

START_TEST(has_a_limit_of_families)
{
    exposition_t *exposition = exposition_new();
    char *lines = make_lines("a 1\nb 1\n", EXPOSITION_HEADINGS / 2 + 3);

    exposition_add(exposition, "p", "s", lines);
    ck_assert_uint_eq(exposition_refused(exposition), 3);   /* b goes on */
    exposition_destroy(&exposition);
    free(lines);
}
END_TEST

START_TEST(has_a_limit_of_texts)
{
    exposition_t *exposition = exposition_new();

    for (int i = 0; i <= EXPOSITION_SOURCES; i++)
        exposition_add(exposition, "p", "s", "");
    ck_assert_uint_eq(exposition_refused(exposition), 1);
    exposition_destroy(&exposition);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("exposition");

    tcase_add_loop_test(cases, puts_them_together, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, has_a_limit_of_samples);
    tcase_add_test(cases, has_a_limit_of_families);
    tcase_add_test(cases, has_a_limit_of_texts);
    return core_test_run(cases);
}
