/*
 * fuzz_member - whatever a process says of itself, a page and metrics of it
 * can be written, and no line of it becomes two
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "health/exposition.h"
#include "health/page.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char *
write_page(const roster_t *roster)
{
    char *text = NULL;
    size_t text_size = 0;
    FILE *file = open_memstream(&text, &text_size);

    page_write(roster, 1, file);
    fclose(file);
    return text;
}

/* How many lines and tags the text has. */
static void
count(const char *text, size_t *lines, size_t *tags)
{
    *lines = *tags = 0;
    for (; *text != '\0'; text++) {
        *lines += *text == '\n';
        *tags += *text == '<';
    }
}

static void
check_metrics(const struct member *member)
{
    exposition_t *exposition = exposition_new();
    char *text = NULL;
    size_t text_size = 0;
    FILE *file = open_memstream(&text, &text_size);

    member_write(member, 1, file);
    fclose(file);
    exposition_add(exposition, member->name, member->stage, text);
    assert(exposition_refused(exposition) == 0);
    exposition_destroy(&exposition);
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    roster_t *roster = roster_new();
    size_t lines, tags, lines_before, tags_before;

    roster_begin(roster);
    roster_add(roster, "stage", "name", 1);
    roster_end(roster);

    struct member *member = roster_at(roster, 0);
    char *page = write_page(roster);
    char *input = strndup((const char *) bytes, size);

    count(page, &lines_before, &tags_before);
    free(page);
    member_take_status(member, input, 1);
    member->usage.resident = 1;
    page = write_page(roster);
    count(page, &lines, &tags);
    assert(lines == lines_before && tags == tags_before);
    check_metrics(member);
    free(page);
    free(input);
    roster_destroy(&roster);
    return 0;
}
