/*
 * sample - one line of the exposition format: a name, labels and a value
 *
 * A reader moves along the line and takes what it expects; the first thing
 * that is not there ends it.
 */

#include "health/sample.h"

#include <string.h>

#include "lib/printable.h"

static const char name_first[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char digits[] = "0123456789";

bool
slice_is_equal(struct slice left, struct slice right)
{
    return left.size == right.size
        && memcmp(left.start, right.start, left.size) == 0;
}

bool
slice_is_printable(struct slice self)
{
    while (self.size > 0) {
        size_t size = core_printable_size(self.start);

        if (size == 0 || size > self.size)
            return false;
        self.start += size;
        self.size -= size;
    }
    return true;
}

/* ---- reading ------------------------------------------------------------- */

static void
skip(struct slice *text, size_t size)
{
    text->start += size;
    text->size -= size;
}

/* Takes one octet when it is that one. */
static bool
take(struct slice *text, char wanted)
{
    if (text->size == 0 || text->start[0] != wanted)
        return false;
    skip(text, 1);
    return true;
}

/* How many octets at the start are of that set. */
static size_t
span(struct slice text, const char *set)
{
    size_t size = 0;

    while (size < text.size && text.start[size] != '\0'
           && strchr(set, text.start[size]) != NULL)
        size++;
    return size;
}

/* Takes a name: no digit first; metrics may have colons in it, labels not. */
static struct slice
take_name(struct slice *text, bool may_have_colons)
{
    struct slice name = { text->start, 0 };
    struct slice rest = *text;

    for (;;) {
        size_t size = span(rest, name_first);

        if (may_have_colons)
            size += span((struct slice) { rest.start + size,
                                          rest.size - size }, ":");
        if (name.size > 0)
            size += span((struct slice) { rest.start + size,
                                          rest.size - size }, digits);
        if (size == 0)
            break;
        name.size += size;
        skip(&rest, size);
    }
    *text = rest;
    return name;
}

/* Takes a text in quotes; *value is what stands between them. */
static bool
take_quoted(struct slice *text, struct slice *value)
{
    if (!take(text, '"'))
        return false;
    value->start = text->start;
    while (text->size > 0 && text->start[0] != '"') {
        size_t size = core_printable_size(text->start);

        if (text->start[0] == '\\')
            size = text->size > 1
                && strchr("\\\"n", text->start[1]) != NULL ? 2 : 0;
        if (size == 0 || size > text->size)
            return false;
        skip(text, size);
    }
    value->size = (size_t) (text->start - value->start);
    return take(text, '"');
}

struct label {
    struct slice name;
    struct slice value;
};

/* Takes name="value"; false when there is none. */
static bool
take_label(struct slice *text, struct label *label)
{
    label->name = take_name(text, false);
    return label->name.size > 0 && take(text, '=')
        && take_quoted(text, &label->value);
}

/* Takes all labels up to the brace that closes them. */
static bool
take_labels(struct slice *text, struct slice *labels)
{
    struct slice names[SAMPLE_LABELS];
    size_t count = 0;
    struct label label;

    labels->start = text->start;
    do {
        if (count == SAMPLE_LABELS || !take_label(text, &label))
            return false;
        for (size_t i = 0; i < count; i++)
            if (slice_is_equal(names[i], label.name))
                return false;
        names[count++] = label.name;
    } while (take(text, ','));
    labels->size = (size_t) (text->start - labels->start);
    return take(text, '}');
}

static size_t
take_digits(struct slice *text)
{
    size_t size = span(*text, digits);

    skip(text, size);
    return size;
}

static bool
take_word(struct slice *text, const char *word)
{
    size_t size = strlen(word);

    if (text->size < size || memcmp(text->start, word, size) != 0)
        return false;
    skip(text, size);
    return true;
}

/* Takes a number as Prometheus reads it: 1, 1.5, 1e-9, +Inf, NaN. */
static bool
take_number(struct slice *text)
{
    if (!take(text, '+'))
        take(text, '-');
    if (take_word(text, "Inf") || take_word(text, "NaN"))
        return true;

    size_t size = take_digits(text);

    if (take(text, '.'))
        size += take_digits(text);
    if (size == 0)
        return false;
    if (!take(text, 'e') && !take(text, 'E'))
        return true;
    if (!take(text, '+'))
        take(text, '-');
    return take_digits(text) > 0;
}

struct slice
sample_name(struct slice text)
{
    return take_name(&text, true);
}

bool
sample_read(struct sample *self, struct slice line)
{
    if (line.size > SAMPLE_LINE_SIZE)
        return false;
    self->name = take_name(&line, true);
    self->labels = (struct slice) { line.start, 0 };
    if (self->name.size == 0)
        return false;
    if (take(&line, '{') && !take(&line, '}')
        && !take_labels(&line, &self->labels))
        return false;
    if (!take(&line, ' '))
        return false;
    self->value.start = line.start;
    if (!take_number(&line))
        return false;
    self->value.size = (size_t) (line.start - self->value.start);
    return line.size == 0;
}

/* ---- writing ------------------------------------------------------------- */

static void
write_slice(struct slice self, FILE *file)
{
    fwrite(self.start, 1, self.size, file);
}

static void
write_escaped(const char *text, FILE *file)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\\"\n", *text) != NULL)
            fputc('\\', file);
        fputc(*text == '\n' ? 'n' : *text, file);
    }
}

static bool
is_ours(struct slice name)
{
    return slice_is_equal(name, (struct slice) { "process", 7 })
        || slice_is_equal(name, (struct slice) { "stage", 5 });
}

void
sample_write(const struct sample *self, const char *process,
             const char *stage, FILE *file)
{
    struct slice rest = self->labels;
    struct label label;

    write_slice(self->name, file);
    fputs("{process=\"", file);
    write_escaped(process, file);
    fputs("\",stage=\"", file);
    write_escaped(stage, file);
    fputc('"', file);
    while (rest.size > 0 && take_label(&rest, &label)) {
        fputs(is_ours(label.name) ? ",exported_" : ",", file);
        write_slice(label.name, file);
        fputs("=\"", file);
        write_slice(label.value, file);
        fputc('"', file);
        take(&rest, ',');
    }
    fputs("} ", file);
    write_slice(self->value, file);
    fputc('\n', file);
}
