/*
 * fuzz_exposition - whatever two processes tell, the text they become is right
 *
 * Each line of it is a heading or a sample that sample_read() takes again when
 * our two labels are cut out, and no family begins twice.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "health/exposition.h"
#include "health/sample.h"

#define TYPE "# TYPE "
#define HELP "# HELP "
#define FIRST "{process=\"p\",stage=\"s\""
#define SECOND "{process=\"q\",stage=\"s\""
#define FAMILIES 4096
#define OURS 20                         /* "exported_" twice, and some */

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool
begins_with(struct slice line, const char *start)
{
    return line.size >= strlen(start)
        && memcmp(line.start, start, strlen(start)) == 0;
}

/* The sample as its process told it, but for labels that had our names. */
static void
check_sample(struct slice line)
{
    char text[2 * SAMPLE_LINE_SIZE];
    const char *brace = memchr(line.start, '{', line.size);

    assert(brace != NULL && line.size < sizeof text);
    assert(strncmp(brace, FIRST, strlen(FIRST)) == 0
           || strncmp(brace, SECOND, strlen(SECOND)) == 0);

    size_t name_size = (size_t) (brace - line.start);
    const char *rest = brace + strlen(FIRST);
    size_t rest_size = line.size - name_size - strlen(FIRST);

    if (*rest == ',') {
        rest++;
        rest_size--;
    }
    snprintf(text, sizeof text, "%.*s{%.*s", (int) name_size, line.start,
             (int) rest_size, rest);

    struct sample sample;
    struct slice whole = { text, strlen(text) };

    if (whole.size <= SAMPLE_LINE_SIZE - OURS)
        assert(sample_read(&sample, whole));
}

static void
check_type(struct slice line, struct slice families[FAMILIES], size_t *count)
{
    struct slice rest = { line.start + strlen(TYPE),
                          line.size - strlen(TYPE) };
    struct slice family = sample_name(rest);

    assert(family.size > 0);
    for (size_t i = 0; i < *count; i++)
        assert(!slice_is_equal(families[i], family));
    assert(*count < FAMILIES);
    families[(*count)++] = family;
}

static void
check(const char *text)
{
    struct slice families[FAMILIES];
    size_t count = 0;

    while (*text != '\0') {
        struct slice line = { text, strcspn(text, "\n") };

        assert(text[line.size] == '\n' && slice_is_printable(line));
        if (begins_with(line, TYPE))
            check_type(line, families, &count);
        else if (!begins_with(line, HELP))
            check_sample(line);
        text += line.size + 1;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 16384)
        return 0;

    char *input = strndup((const char *) bytes, size);
    char *half = strchr(input, '\r');   /* where the second text begins */
    exposition_t *exposition = exposition_new();
    char *text = NULL;
    size_t text_size = 0;
    FILE *file = open_memstream(&text, &text_size);

    if (half != NULL)
        *half++ = '\0';
    exposition_add(exposition, "p", "s", input);
    exposition_add(exposition, "q", "s", half != NULL ? half : input);
    exposition_write(exposition, file);
    fclose(file);
    check(text);
    exposition_destroy(&exposition);
    free(text);
    free(input);
    return 0;
}
