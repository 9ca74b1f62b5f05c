/*
 * exposition - the metrics of many processes as one text
 *
 * The texts are not copied: a sample is three slices of a line and the heading
 * it stood under.  Writing sorts the samples by family; the heading of the
 * first one of a family speaks for all, and samples of another type under the
 * same name are left out.
 */

#include "health/exposition.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "health/sample.h"

/* What HELP and TYPE say of a family. */
struct heading {
    struct slice family;
    struct slice help;                  /* size 0: none */
    struct slice type;
    bool has_samples;                   /* what it says does not change then */
};

struct entry {
    struct sample sample;
    size_t heading;                     /* the index of one */
    size_t source;
    size_t order;
};

struct source {
    const char *process;
    const char *stage;
};

struct exposition {
    struct heading *headings;
    size_t heading_count;
    size_t heading_room;
    struct entry *entries;
    size_t entry_count;
    size_t entry_room;
    struct source sources[EXPOSITION_SOURCES];
    size_t source_count;
    size_t refused;
};

static const struct slice untyped = { "untyped", 7 };

exposition_t *
exposition_new(void)
{
    return core_allocate(sizeof (exposition_t));
}

void
exposition_destroy(exposition_t **self_p)
{
    assert(self_p);

    exposition_t *self = *self_p;

    if (self == NULL)
        return;
    free(self->headings);
    free(self->entries);
    free(self);
    *self_p = NULL;
}

size_t
exposition_refused(const exposition_t *self)
{
    return self->refused;
}

/* ---- families ------------------------------------------------------------ */

static bool
is_text(struct slice slice, const char *text)
{
    return slice_is_equal(slice, (struct slice) { text, strlen(text) });
}

static bool
is_type(struct slice type)
{
    return is_text(type, "counter") || is_text(type, "gauge")
        || is_text(type, "histogram") || is_text(type, "summary")
        || is_text(type, "untyped");
}

/* True when a sample of that name stands under the heading. */
static bool
is_under(const struct heading *heading, struct slice name)
{
    size_t size = heading->family.size;
    struct slice start = { name.start, size };

    if (name.size < size || !slice_is_equal(start, heading->family))
        return false;

    struct slice rest = { name.start + size, name.size - size };
    bool is_histogram = is_text(heading->type, "histogram");

    if (rest.size == 0)
        return !is_histogram;           /* it has only the three below */
    if (!is_histogram && !is_text(heading->type, "summary"))
        return false;
    return is_text(rest, "_sum") || is_text(rest, "_count")
        || (is_histogram && is_text(rest, "_bucket"));
}

/* NULL when there are too many. */
static struct heading *
add_heading(exposition_t *self, struct slice family)
{
    if (self->heading_count == EXPOSITION_HEADINGS)
        return NULL;
    self->headings = core_grow(self->headings, self->heading_count,
                               &self->heading_room, sizeof *self->headings);

    struct heading *heading = &self->headings[self->heading_count++];

    *heading = (struct heading) {
        .family = family, .help = { family.start, 0 }, .type = untyped,
    };
    return heading;
}

static struct heading *
last_heading(const exposition_t *self)
{
    return self->heading_count == 0 ? NULL
        : &self->headings[self->heading_count - 1];
}

/* The heading that a comment on that family belongs to, or NULL. */
static struct heading *
begin_family(exposition_t *self, struct slice family)
{
    struct heading *last = last_heading(self);

    if (last != NULL && !last->has_samples
        && slice_is_equal(last->family, family))
        return last;
    return add_heading(self, family);
}

/* ---- reading ------------------------------------------------------------- */

/* Takes "NAME TEXT" behind the word of a comment; false: not well formed. */
static bool
cut_comment(struct slice line, size_t word_size, struct slice *family,
            struct slice *text)
{
    line.start += word_size;
    line.size -= word_size;
    *family = sample_name(line);
    if (family->size == 0 || family->size == line.size
        || line.start[family->size] != ' ')
        return false;
    text->start = line.start + family->size + 1;
    text->size = line.size - family->size - 1;
    return true;
}

static bool
begins_with(struct slice line, const char *word)
{
    return line.size >= strlen(word)
        && memcmp(line.start, word, strlen(word)) == 0;
}

/* In a help text a backslash stands before another one or before an n. */
static bool
is_help(struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.start[i] == '\\'
            && (++i == text.size || strchr("\\n", text.start[i]) == NULL))
            return false;
    return slice_is_printable(text);
}

static bool
take_comment(exposition_t *self, struct slice line)
{
    bool is_help_line = begins_with(line, "# HELP ");
    struct slice family, text;

    if (!is_help_line && !begins_with(line, "# TYPE "))
        return true;
    if (line.size > SAMPLE_LINE_SIZE
        || !cut_comment(line, strlen("# HELP "), &family, &text)
        || !(is_help_line ? is_help(text) : is_type(text)))
        return false;

    struct heading *heading = begin_family(self, family);

    if (heading == NULL)
        return false;
    if (is_help_line)
        heading->help = text;
    else
        heading->type = text;
    return true;
}

static bool
take_sample(exposition_t *self, struct slice line)
{
    struct sample sample;

    if (self->entry_count == EXPOSITION_SAMPLES
        || !sample_read(&sample, line))
        return false;

    struct heading *heading = last_heading(self);

    if (heading == NULL || !is_under(heading, sample.name))
        heading = add_heading(self, sample.name);
    if (heading == NULL)
        return false;
    heading->has_samples = true;
    self->entries = core_grow(self->entries, self->entry_count,
                              &self->entry_room, sizeof *self->entries);
    self->entries[self->entry_count] = (struct entry) {
        .sample = sample, .heading = self->heading_count - 1,
        .source = self->source_count - 1, .order = self->entry_count,
    };
    self->entry_count++;
    return true;
}

void
exposition_add(exposition_t *self, const char *process, const char *stage,
               const char *text)
{
    if (self->source_count == EXPOSITION_SOURCES) {
        self->refused++;
        return;
    }
    self->sources[self->source_count++] = (struct source) { process, stage };
    while (*text != '\0') {
        struct slice line = { text, strcspn(text, "\n") };
        bool is_right = line.size == 0
            || (text[0] == '#' ? take_comment(self, line)
                               : take_sample(self, line));

        if (!is_right)
            self->refused++;
        text += line.size;
        if (*text == '\n')
            text++;
    }
}

/* ---- writing ------------------------------------------------------------- */

static int
compare_slices(struct slice left, struct slice right)
{
    size_t size = left.size < right.size ? left.size : right.size;
    int order = memcmp(left.start, right.start, size);

    if (order != 0)
        return order;
    return (left.size > right.size) - (left.size < right.size);
}

static int
compare_entries(const void *left_p, const void *right_p, void *owner)
{
    const struct entry *left = left_p;
    const struct entry *right = right_p;
    const exposition_t *self = owner;
    int order = compare_slices(self->headings[left->heading].family,
                               self->headings[right->heading].family);

    if (order != 0)
        return order;
    return (left->order > right->order) - (left->order < right->order);
}

static void
write_slice(struct slice slice, FILE *file)
{
    fwrite(slice.start, 1, slice.size, file);
}

static void
write_heading(const struct heading *heading, FILE *file)
{
    if (heading->help.size > 0) {
        fputs("# HELP ", file);
        write_slice(heading->family, file);
        fputc(' ', file);
        write_slice(heading->help, file);
        fputc('\n', file);
    }
    fputs("# TYPE ", file);
    write_slice(heading->family, file);
    fputc(' ', file);
    write_slice(heading->type, file);
    fputc('\n', file);
}

void
exposition_write(exposition_t *self, FILE *file)
{
    const struct heading *present = NULL;

    if (self->entry_count > 0)
        qsort_r(self->entries, self->entry_count, sizeof *self->entries,
                compare_entries, self);
    for (size_t i = 0; i < self->entry_count; i++) {
        const struct entry *entry = &self->entries[i];
        const struct heading *heading = &self->headings[entry->heading];
        const struct source *source = &self->sources[entry->source];

        if (present == NULL
            || !slice_is_equal(present->family, heading->family)) {
            present = heading;
            write_heading(heading, file);
        }
        if (slice_is_equal(present->type, heading->type))
            sample_write(&entry->sample, source->process, source->stage,
                         file);
        else
            self->refused++;
    }
}
