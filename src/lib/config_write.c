/*
 * config_write - a configuration as text again
 *
 * libconfig's own config_write() knows of no places, writes control characters
 * as they are and cannot protect a "${".  Each setting is written on a line of
 * its own, so that each line can have its mark.
 */

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/config_parts.h"
#include "lib/environment.h"
#include "lib/printable.h"

#define INDENT 4

static void
write_text(FILE *file, const char *text)
{
    char *protected = core_environment_protect(text);
    const char *at = protected;

    putc('"', file);
    while (*at != '\0') {
        size_t size = core_printable_size(at);

        if (*at == '"' || *at == '\\')
            fprintf(file, "\\%c", *at);
        else if (size == 0)
            fprintf(file, "\\x%02X", (unsigned) (unsigned char) *at);
        else
            fwrite(at, 1, size, file);
        at += size > 0 ? size : 1;
    }
    putc('"', file);
    free(protected);
}

/* A float always with a sign that it is one. */
static void
write_fraction(FILE *file, double value)
{
    char text[64];

    snprintf(text, sizeof text, "%.17g", value);
    fprintf(file, "%s%s", text, strpbrk(text, ".e") != NULL ? "" : ".0");
}

static void
write_scalar(FILE *file, core_place_t *place, const char *long_mark)
{
    switch (config_setting_type(place)) {
    case CONFIG_TYPE_BOOL:
        fputs(config_setting_get_bool(place) ? "true" : "false", file);
        break;
    case CONFIG_TYPE_INT:
        fprintf(file, "%d", config_setting_get_int(place));
        break;
    case CONFIG_TYPE_INT64:
        fprintf(file, "%lld%s", config_setting_get_int64(place), long_mark);
        break;
    case CONFIG_TYPE_FLOAT:
        write_fraction(file, config_setting_get_float(place));
        break;
    default:
        write_text(file, core_place_text(NULL, place) != NULL
                         ? core_place_text(NULL, place) : "");
        break;
    }
}

/* ---- the copy with marks ------------------------------------------------- */

static void
write_source(FILE *file, const char *path, int line)
{
    char *clean = core_copy_text(path);

    core_printable_clean(clean);
    fprintf(file, "#@ %s:%d\n", clean, line);
    free(clean);
}

static void
write_mark(FILE *file, const core_config_t *self, core_place_t *place)
{
    struct core_source_place source = core_place_source(self, place);

    write_source(file, source.path, source.line);
}

static const char *
opening(core_place_t *place)
{
    if (config_setting_is_group(place))
        return "{";
    return config_setting_is_array(place) ? "[" : "(";
}

static const char *
closing(core_place_t *place)
{
    if (config_setting_is_group(place))
        return "}";
    return config_setting_is_array(place) ? "]" : ")";
}

static void
write_place(FILE *file, const core_config_t *self, core_place_t *place,
            int indent, const char *separator);

static void
write_members(FILE *file, const core_config_t *self, core_place_t *place,
              int indent)
{
    size_t count = core_place_count(place);

    for (size_t i = 0; i < count; i++) {
        const char *separator = ";";

        if (!config_setting_is_group(place))
            separator = i + 1 < count ? "," : "";
        write_place(file, self, core_place_at(place, i), indent, separator);
    }
}

static void
write_place(FILE *file, const core_config_t *self, core_place_t *place,
            int indent, const char *separator)
{
    const char *key = core_place_key(place);

    fprintf(file, "%*s%s%s", indent, "", key != NULL ? key : "",
            key != NULL ? " = " : "");
    if (!config_setting_is_aggregate(place)) {
        write_scalar(file, place, "L");
        fprintf(file, "%s ", separator);
        write_mark(file, self, place);
        return;
    }
    fprintf(file, "%s ", opening(place));
    write_mark(file, self, place);
    write_members(file, self, place, indent + INDENT);
    fprintf(file, "%*s%s%s\n", indent, "", closing(place), separator);
}

int
core_config_write(const core_config_t *self, FILE *file)
{
    core_place_t *root = core_config_root(self);
    core_place_t *directory = core_place_member(root, "directory");

    assert(file);
    errno = 0;
    write_mark(file, self, NULL);
    fputs("directory = ", file);
    write_text(file, self->directory);
    fputs("; ", file);
    write_mark(file, self, directory);
    for (size_t i = 0; i < self->file_count; i++)
        write_source(file, self->files[i], 0);
    for (size_t i = 0; i < core_place_count(root); i++)
        if (core_place_at(root, i) != directory)
            write_place(file, self, core_place_at(root, i), 0, ";");
    if (fflush(file) == 0 && !ferror(file))
        return 0;
    if (errno == 0)
        errno = EIO;
    return -1;
}

/* ---- canonical text ------------------------------------------------------ */

static int
compare_keys(const void *left, const void *right)
{
    core_place_t *const *one = left;
    core_place_t *const *other = right;

    return strcmp(core_place_key(*one), core_place_key(*other));
}

static void
write_canonical(FILE *file, core_place_t *place)
{
    if (!config_setting_is_aggregate(place)) {
        write_scalar(file, place, "");
        putc('\n', file);
        return;
    }
    bool is_group = config_setting_is_group(place);
    size_t count = core_place_count(place);
    core_place_t **members = core_allocate(count * sizeof *members);

    for (size_t i = 0; i < count; i++)
        members[i] = core_place_at(place, i);
    if (is_group)
        qsort(members, count, sizeof *members, compare_keys);
    fputs(is_group ? "{\n" : "(\n", file);
    for (size_t i = 0; i < count; i++) {
        if (is_group)
            fprintf(file, "%s = ", core_place_key(members[i]));
        write_canonical(file, members[i]);
    }
    fputs(is_group ? "}\n" : ")\n", file);
    free(members);
}

char *
core_place_canonical(const core_config_t *self, core_place_t *place)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    (void) self;
    assert(file);
    if (place != NULL)
        write_canonical(file, place);
    fclose(file);
    return text;
}
