/*
 * name - domain names as they stand on the wire
 *
 * The octet of a label's length is at most 63 and 'A' is 65, so whole names
 * can be folded and compared without a look at where their labels start.  What
 * is long goes by words of eight octets; nothing is read behind a name's end.
 */

#include "coredns/name.h"

#include <assert.h>
#include <string.h>

#include "lib/lower.h"

#define WORD sizeof (uint64_t)
#define FNV_OFFSET UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static const uint8_t lower_table[256] = {
#define ROW(x) x, x + 1, x + 2, x + 3, x + 4, x + 5, x + 6, x + 7
    ROW(0x00), ROW(0x08), ROW(0x10), ROW(0x18),
    ROW(0x20), ROW(0x28), ROW(0x30), ROW(0x38),
    '@', 'a', 'b', 'c', 'd', 'e', 'f', 'g',
    ROW('h'), ROW('p'),
    'x', 'y', 'z', '[', '\\', ']', '^', '_',
    ROW(0x60), ROW(0x68), ROW(0x70), ROW(0x78),
    ROW(0x80), ROW(0x88), ROW(0x90), ROW(0x98),
    ROW(0xa0), ROW(0xa8), ROW(0xb0), ROW(0xb8),
    ROW(0xc0), ROW(0xc8), ROW(0xd0), ROW(0xd8),
    ROW(0xe0), ROW(0xe8), ROW(0xf0), ROW(0xf8),
#undef ROW
};

static inline uint64_t
read_octets(const uint8_t *octets, size_t size)
{
    uint64_t word = 0;

    memcpy(&word, octets, size);
    return word;
}

/*
 * Says whether two runs of octets are the same but for the case of letters.
 * The last word may overlap the one before.
 */
static inline bool
equal_folded(const uint8_t *left, const uint8_t *right, size_t size)
{
    if (size >= WORD) {
        for (size_t i = 0; i + WORD < size; i += WORD)
            if (lower_word(read_octets(left + i, WORD))
                != lower_word(read_octets(right + i, WORD)))
                return false;
        return lower_word(read_octets(left + size - WORD, WORD))
            == lower_word(read_octets(right + size - WORD, WORD));
    }
    if (size >= 4)
        return lower_word(read_octets(left, 4)
                          | read_octets(left + size - 4, 4) << 32)
            == lower_word(read_octets(right, 4)
                          | read_octets(right + size - 4, 4) << 32);
    for (size_t i = 0; i < size; i++)
        if (lower_table[left[i]] != lower_table[right[i]])
            return false;
    return true;
}

int
core_name_check(const uint8_t *bytes, size_t limit)
{
    size_t size = 0;

    if (limit > CORE_NAME_SIZE)
        limit = CORE_NAME_SIZE;
    while (size < limit) {
        uint8_t length = bytes[size];

        if (length == 0)
            return (int) size + 1;
        if (length > CORE_LABEL_SIZE)
            return -1;
        size += length + 1u;
    }
    return -1;
}

size_t
core_name_size(const uint8_t *name)
{
    size_t size = 0;

    while (name[size] != 0)
        size += name[size] + 1u;
    return size + 1;
}

unsigned
core_name_labels(const uint8_t *name)
{
    unsigned labels = 0;

    for (; *name != 0; name += *name + 1)
        labels++;
    return labels;
}

const uint8_t *
core_name_skip(const uint8_t *name, unsigned labels)
{
    for (; labels > 0 && *name != 0; labels--)
        name += *name + 1;
    return name;
}

bool
core_name_equal(const uint8_t *left, const uint8_t *right)
{
    size_t size = 0;

    /* As long as the lengths agree, both names reach to here. */
    while (left[size] == right[size]) {
        if (left[size] == 0)
            return equal_folded(left, right, size);
        size += left[size] + 1u;
    }
    return false;
}

bool
core_name_label_equal(const uint8_t *left, const uint8_t *right)
{
    return *left == *right && equal_folded(left + 1, right + 1, *left);
}

/* Compares two labels as rows of octets, the shorter first when equal. */
static int
compare_labels(const uint8_t *left, const uint8_t *right)
{
    size_t shorter = *left < *right ? *left : *right;

    for (size_t i = 1; i <= shorter; i++) {
        int difference = lower_table[left[i]] - lower_table[right[i]];

        if (difference != 0)
            return difference;
    }
    return *left - *right;
}

/* Notes where each label starts and returns how many there are. */
static unsigned
find_labels(uint8_t offsets[CORE_NAME_LABELS], const uint8_t *name)
{
    unsigned labels = 0;

    for (size_t offset = 0; name[offset] != 0; offset += name[offset] + 1u) {
        assert(labels < CORE_NAME_LABELS);
        offsets[labels++] = (uint8_t) offset;
    }
    return labels;
}

int
core_name_compare(const uint8_t *left, const uint8_t *right)
{
    uint8_t left_offsets[CORE_NAME_LABELS];
    uint8_t right_offsets[CORE_NAME_LABELS];
    unsigned left_labels = find_labels(left_offsets, left);
    unsigned right_labels = find_labels(right_offsets, right);
    unsigned i = left_labels;
    unsigned k = right_labels;

    while (i > 0 && k > 0) {
        int difference = compare_labels(left + left_offsets[--i],
                                        right + right_offsets[--k]);

        if (difference != 0)
            return difference;
    }
    return (int) left_labels - (int) right_labels;
}

bool
core_name_is_below(const uint8_t *name, const uint8_t *ancestor)
{
    size_t size = core_name_size(name);
    size_t ancestor_size = core_name_size(ancestor);

    /* Labels are whole only if a label starts where the ancestor would. */
    if (size < ancestor_size)
        return false;
    while (size > ancestor_size) {
        size -= *name + 1u;
        name += *name + 1;
    }
    return size == ancestor_size && equal_folded(name, ancestor, size);
}

bool
core_name_is_wildcard(const uint8_t *name)
{
    return name[0] == 1 && name[1] == '*';
}

void
core_name_lower(uint8_t *name)
{
    size_t size = core_name_size(name);
    size_t i = 0;

    for (; i + WORD <= size; i += WORD) {
        uint64_t word = lower_word(read_octets(name + i, WORD));

        memcpy(name + i, &word, WORD);
    }
    for (; i < size; i++)
        name[i] = lower_table[name[i]];
}

uint64_t
core_name_hash(const uint8_t *name)
{
    const uint8_t *end = name + core_name_size(name);
    uint64_t hash = FNV_OFFSET;

    for (; name < end; name++)
        hash = (hash ^ lower_table[*name]) * FNV_PRIME;

    /* FNV leaves its low bits poor: a remainder by two would show it. */
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

int
core_name_join(uint8_t name[CORE_NAME_SIZE], const uint8_t *prefix,
               unsigned prefix_labels, const uint8_t *suffix)
{
    size_t front = (size_t) (core_name_skip(prefix, prefix_labels) - prefix);
    size_t back = core_name_size(suffix);

    if (front + back > CORE_NAME_SIZE)
        return -1;
    memcpy(name, prefix, front);
    memcpy(name + front, suffix, back);
    return (int) (front + back);
}
