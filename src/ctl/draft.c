/*
 * draft - lines of a configuration that is being written
 */

#include "ctl/draft.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "lib/arena.h"
#include "lib/environment.h"
#include "lib/printable.h"

#define MARK_COLUMN 72

static void
append(struct draft *self, struct draft_line line)
{
    self->items = core_grow(self->items, self->count, &self->capacity,
                            sizeof *self->items);
    self->items[self->count++] = line;
}

void
draft_add(struct draft *self, const char *path, int line, int indent,
          const char *format, ...)
{
    struct draft_line item = { .indent = indent, .path = path, .line = line };
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&item.text, format, arguments) == -1)
        abort();
    va_end(arguments);
    append(self, item);
}

void
draft_separate(struct draft *self)
{
    char *text;

    if (self->count == 0)
        return;

    struct draft_line *last = &self->items[self->count - 1];

    if (asprintf(&text, "%s,", last->text) == -1)
        abort();
    free(last->text);
    last->text = text;
}

void
draft_move(struct draft *self, struct draft *other, int indent)
{
    for (size_t i = 0; i < other->count; i++) {
        other->items[i].indent += indent;
        append(self, other->items[i]);
    }
    self->names_files |= other->names_files;
    free(other->items);
    *other = (struct draft) { .items = NULL };
}

void
draft_copy(struct draft *self, const struct draft *other, int indent)
{
    for (size_t i = 0; i < other->count; i++) {
        struct draft_line line = other->items[i];

        line.text = core_copy_text(line.text);
        line.indent += indent;
        append(self, line);
    }
    self->names_files |= other->names_files;
}

static FILE *
open_text(char **text, size_t *size)
{
    FILE *file = open_memstream(text, size);

    if (file == NULL)
        abort();
    return file;
}

char *
draft_plain(const struct draft *self)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_text(&text, &size);

    for (size_t i = 0; i < self->count; i++)
        fprintf(file, "%s\n", self->items[i].text);
    fclose(file);
    return text;
}

void
draft_write(const struct draft *self, int indent, FILE *file)
{
    for (size_t i = 0; i < self->count; i++) {
        const struct draft_line *line = &self->items[i];
        int blanks = (indent + line->indent) * DRAFT_INDENT;
        char *path = core_copy_text(line->path);

        core_printable_clean(path);
        fprintf(file, "%*s%-*s #@ %s:%d\n", blanks, "",
                blanks < MARK_COLUMN ? MARK_COLUMN - blanks : 0, line->text,
                path, line->line);
        free(path);
    }
}

void
draft_clear(struct draft *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i].text);
    free(self->items);
    *self = (struct draft) { .items = NULL };
}

/* ---- texts --------------------------------------------------------------- */

static void
write_quoted(const char *text, FILE *file)
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

static const char *
keep(struct core_arena *memory, char *text, size_t size)
{
    const char *kept = core_arena_copy(memory, text, size + 1);

    free(text);
    return kept;
}

const char *
draft_quote(struct core_arena *memory, const char *text)
{
    char *quoted = NULL;
    size_t size;
    FILE *file = open_text(&quoted, &size);

    write_quoted(text, file);
    fclose(file);
    return keep(memory, quoted, size);
}

const char *
draft_list(struct core_arena *memory, const char *const *texts, size_t count)
{
    char *list = NULL;
    size_t size;
    FILE *file = open_text(&list, &size);

    fputs("[ ", file);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", file);
        write_quoted(texts[i], file);
    }
    fputs(" ]", file);
    fclose(file);
    return keep(memory, list, size);
}
