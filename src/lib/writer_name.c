/*
 * writer - names in a message, compressed (RFC 1035 section 4.1.4)
 *
 * A name is compressed from its right end.  A suffix is its first label and
 * the offset where the rest of it was found, so one label is hashed and
 * compared for each step, and the first miss ends the search: longer suffixes
 * cannot be there.  Where ldns searches a tree for each suffix and is cubic
 * in labels, this is linear in octets, whatever a stranger asks for.
 *
 * Names that may not be compressed are noted too: others can point to them.
 * The letters of a name in rdata are kept; an owner may show other ones, for
 * most often it is the question, which shows those of the asker.
 *
 * The suffixes of the question enter the table only when the first name comes
 * that is not the question's own: most replies never need them.
 */

#include "lib/writer_name.h"

#include <assert.h>
#include <string.h>

#define POINTER 0xc000
#define POINTER_LIMIT 0x4000            /* offsets a pointer can hold */
#define PROBES 8                        /* places where a suffix may stand */

static inline uint64_t
read_octets(const uint8_t *octets, size_t size)
{
    uint64_t word = 0;

    memcpy(&word, octets, size);
    return word;
}

/*
 * The place of the suffix "label, then what stands at parent".  A suffix that
 * finds its place taken goes to one of the next.
 *
 * Eight octets at a time; the last word may overlap the one before.  The bit
 * that makes letters small changes other octets too, which only costs a
 * comparison.
 */
static size_t
suffix_place(const uint8_t *label, size_t parent)
{
    const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);
    const uint64_t small = UINT64_C(0x2020202020202020);
    size_t length = *label++;
    uint64_t hash = (parent << 6 | length) * factor;
    uint64_t last;

    for (size_t i = 0; i + 8 < length; i += 8)
        hash = (hash ^ (read_octets(label + i, 8) | small)) * factor;
    if (length >= 8)
        last = read_octets(label + length - 8, 8);
    else if (length >= 4)
        last = read_octets(label, 4) << 32 | read_octets(label + length - 4, 4);
    else
        last = (uint64_t) label[0] << 16 | (uint64_t) label[length / 2] << 8
            | label[length - 1];
    hash = (hash ^ (last | small)) * factor;
    return (size_t) (hash >> 32) % CORE_WRITER_SUFFIXES;
}

static bool
is_label(const uint8_t *left, const uint8_t *right, enum writer_case letters)
{
    if (letters == WRITER_SAME_CASE)
        return *left == *right && memcmp(left, right, *left + 1u) == 0;
    return core_name_label_equal(left, right);
}

/* Where the name at offset goes on: behind a pointer, if one stands there. */
static size_t
follow(const struct core_writer *self, size_t offset)
{
    return self->bytes[offset] >= POINTER >> 8
        ? core_read16(self->bytes + offset) & (POINTER_LIMIT - 1) : offset;
}

/* Says whether the same name stands at both offsets, letter by letter. */
static bool
is_same_name(const struct core_writer *self, size_t left, size_t right)
{
    const uint8_t *bytes = self->bytes;

    while ((left = follow(self, left)) != (right = follow(self, right))) {
        if (!is_label(bytes + left, bytes + right, WRITER_SAME_CASE))
            return false;
        if (bytes[left] == 0)
            return true;
        left += bytes[left] + 1u;
        right += bytes[right] + 1u;
    }
    return true;
}

/* Says whether the suffix at offset is label, then what stands at parent.
   Where the name was not compressed, that stands there once more. */
static bool
is_suffix(const struct core_writer *self, size_t offset, const uint8_t *label,
          size_t parent, enum writer_case letters)
{
    const uint8_t *bytes = self->bytes;
    size_t next = offset + *label + 1u;

    if (!is_label(bytes + offset, label, letters))
        return false;
    if (bytes[next] == 0 || parent == 0)
        return bytes[next] == 0 && parent == 0;
    return is_same_name(self, next, parent);
}

/* The offset of a suffix, or 0 when it is not in the table. */
static size_t
find_suffix(const struct core_writer *self, const uint8_t *label,
            size_t parent, enum writer_case letters)
{
    size_t place = suffix_place(label, parent);

    for (unsigned i = 0; i < PROBES; i++) {
        size_t offset = self->suffixes[(place + i) % CORE_WRITER_SUFFIXES];

        if (offset == 0)
            return 0;
        if (is_suffix(self, offset, label, parent, letters))
            return offset;
    }
    return 0;
}

/* Notes that a suffix stands at offset.  False when no place is left for it. */
static bool
add_suffix(struct core_writer *self, size_t offset, size_t parent)
{
    size_t place = suffix_place(self->bytes + offset, parent);

    for (unsigned i = 0; i < PROBES; i++) {
        uint16_t *entry =
            &self->suffixes[(place + i) % CORE_WRITER_SUFFIXES];

        if (*entry == 0) {
            *entry = (uint16_t) offset;
            return true;
        }
    }
    return false;
}

/* A name cut into its labels. */
struct labels {
    unsigned count;
    uint8_t starts[CORE_NAME_LABELS + 1];       /* the last is the root's */
};

static void
find_labels(struct labels *labels, const uint8_t *name)
{
    size_t start = 0;

    labels->count = 0;
    for (; name[start] != 0; start += name[start] + 1u) {
        assert(labels->count < CORE_NAME_LABELS);
        labels->starts[labels->count++] = (uint8_t) start;
    }
    labels->starts[labels->count] = (uint8_t) start;
}

/*
 * Notes the first count suffixes of a name written at offset, the shortest
 * first; what comes behind them stands at parent.  A longer suffix could not
 * be found without the shorter ones, so the first failure ends it.
 */
static void
add_suffixes(struct core_writer *self, size_t offset,
             const struct labels *labels, unsigned count, size_t parent)
{
    while (count > 0) {
        size_t suffix = offset + labels->starts[--count];

        if (suffix >= POINTER_LIMIT || !add_suffix(self, suffix, parent))
            break;
        parent = suffix;
    }
}

/* Empties the table of suffixes and puts those of the question into it. */
static void
index_question(struct core_writer *self)
{
    struct labels labels;

    memset(self->suffixes, 0, sizeof self->suffixes);
    self->indexed = true;
    if (self->counts[CORE_QUESTION] == 0)
        return;
    find_labels(&labels, self->bytes + CORE_HEADER_SIZE);
    add_suffixes(self, CORE_HEADER_SIZE, &labels, labels.count, 0);
}

/*
 * Looks for the longest suffix that is known already.  Returns its offset (0:
 * none is) and how many labels stand in front of it.
 */
static size_t
find_longest(struct core_writer *self, const uint8_t *name,
             const struct labels *labels, enum writer_case letters,
             unsigned *count)
{
    size_t parent = 0;

    if (!self->indexed)
        index_question(self);
    for (*count = labels->count; *count > 0; --*count) {
        size_t offset = find_suffix(self, name + labels->starts[*count - 1],
                                    parent, letters);

        if (offset == 0)
            break;
        parent = offset;
    }
    return parent;
}

bool
core_writer_name(struct core_writer *self, const uint8_t *name,
                 enum writer_case letters)
{
    struct labels labels;
    unsigned count;

    find_labels(&labels, name);

    size_t parent = find_longest(self, name, &labels, letters, &count);
    size_t start = self->size;
    size_t plain = labels.starts[count];

    if (self->limit - start < plain + (parent != 0 ? 2 : 1))
        return false;
    memcpy(self->bytes + start, name, plain);
    self->size += plain;
    if (parent != 0) {
        core_write16(self->bytes + self->size, (uint16_t) (POINTER | parent));
        self->size += 2;
    } else {
        self->bytes[self->size++] = 0;
    }
    add_suffixes(self, start, &labels, count, parent);
    return true;
}

void
core_writer_note(struct core_writer *self, size_t offset)
{
    const uint8_t *name = self->bytes + offset;
    struct labels labels;
    unsigned count;

    find_labels(&labels, name);

    size_t parent = find_longest(self, name, &labels, WRITER_SAME_CASE,
                                 &count);

    add_suffixes(self, offset, &labels, count, parent);
}
