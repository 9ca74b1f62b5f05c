/*
 * once - lines of several programs, of which each thing is told once
 */

#include "ctl/once.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define OWN_NAME "corednsctl: "

/* What a line "program: path:line: key: cause" says, and the part of it that
   names the setting, in octets; 0 when it names none. */
static size_t
size_of_place(const char *said)
{
    const char *place_end = strstr(said, ": ");
    const char *key_end = place_end == NULL ? NULL
        : strstr(place_end + strlen(": "), ": ");

    return key_end == NULL || key_end > said + strcspn(said, "\n") ? 0
        : (size_t)(key_end - said);
}

/* A lone value is the first of a list to its program. */
static bool
is_about(const char *said, const char *place, size_t place_size)
{
    if (place_size == 0 || strncmp(said, place, place_size) != 0)
        return false;
    said += place_size;
    return strncmp(said, ": ", strlen(": ")) == 0
        || strncmp(said, "[0]: ", strlen("[0]: ")) == 0;
}

static const char *
skip_program(const char *line)
{
    size_t size = strcspn(line, "\n");
    const char *end = memmem(line, size, ": ", strlen(": "));

    return end == NULL ? line : end + strlen(": ");
}

/*
 * True when a line of told says the same, as two programs do about a setting
 * of all, or when corednsctl has told of the same setting already.
 */
static bool
is_told(const char *told, const char *line)
{
    const char *said = skip_program(line);
    size_t size = strcspn(said, "\n");

    for (const char *other = told; *other != '\0';) {
        const char *other_said = skip_program(other);
        size_t other_size = strcspn(other_said, "\n");
        size_t place_size = strncmp(other, OWN_NAME, strlen(OWN_NAME)) == 0
            ? size_of_place(other_said) : 0;

        if ((size == other_size && strncmp(said, other_said, size) == 0)
            || is_about(said, other_said, place_size))
            return true;
        other = other_said + other_size;
        other += *other == '\n';
    }
    return false;
}

void
once_print(const char *text, FILE *output)
{
    char *told = NULL;
    size_t told_size = 0;
    FILE *lines = open_memstream(&told, &told_size);

    if (lines == NULL)
        abort();
    while (*text != '\0') {
        size_t size = strcspn(text, "\n") + 1;

        fflush(lines);
        if (text[size - 1] == '\0')
            size--;
        if (!is_told(told, text))
            fwrite(text, 1, size, lines);
        text += size;
    }
    fclose(lines);
    fputs(told, output);
    free(told);
}
