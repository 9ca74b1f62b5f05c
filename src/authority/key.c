/*
 * key - a domain name as the row of bit positions that a trie branches on
 *
 * The idea is Tony Finch's, as in Knot and BIND: with some forty positions for
 * the octets of host names and a few that announce a second one for the rest,
 * a branch is one bit map of a word, and a step is a count of its bits.
 */

#include "authority/key.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

/* Per octet: its position, and the second one where the first only announces
   it.  Capital letters have those of the small ones. */
static const uint8_t octet_positions[256][2] = {
    { 2, 2}, { 2, 3}, { 2, 4}, { 2, 5}, { 2, 6}, { 2, 7}, { 2, 8}, { 2, 9},
    { 2,10}, { 2,11}, { 2,12}, { 2,13}, { 2,14}, { 2,15}, { 2,16}, { 2,17},
    { 2,18}, { 2,19}, { 2,20}, { 2,21}, { 2,22}, { 2,23}, { 2,24}, { 2,25},
    { 2,26}, { 2,27}, { 2,28}, { 2,29}, { 2,30}, { 2,31}, { 2,32}, { 2,33},
    { 2,34}, { 2,35}, { 2,36}, { 2,37}, { 2,38}, { 2,39}, { 2,40}, { 2,41},
    { 2,42}, { 2,43}, { 2,44}, { 2,45}, { 2,46}, { 3, 0}, { 4, 0}, { 5, 0},
    { 6, 0}, { 7, 0}, { 8, 0}, { 9, 0}, {10, 0}, {11, 0}, {12, 0}, {13, 0},
    {14, 0}, {15, 0}, {16, 2}, {16, 3}, {16, 4}, {16, 5}, {16, 6}, {16, 7},
    {16, 8}, {19, 0}, {20, 0}, {21, 0}, {22, 0}, {23, 0}, {24, 0}, {25, 0},
    {26, 0}, {27, 0}, {28, 0}, {29, 0}, {30, 0}, {31, 0}, {32, 0}, {33, 0},
    {34, 0}, {35, 0}, {36, 0}, {37, 0}, {38, 0}, {39, 0}, {40, 0}, {41, 0},
    {42, 0}, {43, 0}, {44, 0}, {16, 9}, {16,10}, {16,11}, {16,12}, {17, 0},
    {18, 0}, {19, 0}, {20, 0}, {21, 0}, {22, 0}, {23, 0}, {24, 0}, {25, 0},
    {26, 0}, {27, 0}, {28, 0}, {29, 0}, {30, 0}, {31, 0}, {32, 0}, {33, 0},
    {34, 0}, {35, 0}, {36, 0}, {37, 0}, {38, 0}, {39, 0}, {40, 0}, {41, 0},
    {42, 0}, {43, 0}, {44, 0}, {45, 2}, {45, 3}, {45, 4}, {45, 5}, {45, 6},
    {45, 7}, {45, 8}, {45, 9}, {45,10}, {45,11}, {45,12}, {45,13}, {45,14},
    {45,15}, {45,16}, {45,17}, {45,18}, {45,19}, {45,20}, {45,21}, {45,22},
    {45,23}, {45,24}, {45,25}, {45,26}, {45,27}, {45,28}, {45,29}, {45,30},
    {45,31}, {45,32}, {45,33}, {45,34}, {45,35}, {45,36}, {45,37}, {45,38},
    {45,39}, {45,40}, {45,41}, {45,42}, {45,43}, {45,44}, {45,45}, {45,46},
    {46, 2}, {46, 3}, {46, 4}, {46, 5}, {46, 6}, {46, 7}, {46, 8}, {46, 9},
    {46,10}, {46,11}, {46,12}, {46,13}, {46,14}, {46,15}, {46,16}, {46,17},
    {46,18}, {46,19}, {46,20}, {46,21}, {46,22}, {46,23}, {46,24}, {46,25},
    {46,26}, {46,27}, {46,28}, {46,29}, {46,30}, {46,31}, {46,32}, {46,33},
    {46,34}, {46,35}, {46,36}, {46,37}, {46,38}, {46,39}, {46,40}, {46,41},
    {46,42}, {46,43}, {46,44}, {46,45}, {46,46}, {47, 2}, {47, 3}, {47, 4},
    {47, 5}, {47, 6}, {47, 7}, {47, 8}, {47, 9}, {47,10}, {47,11}, {47,12},
    {47,13}, {47,14}, {47,15}, {47,16}, {47,17}, {47,18}, {47,19}, {47,20},
    {47,21}, {47,22}, {47,23}, {47,24}, {47,25}, {47,26}, {47,27}, {47,28},
    {47,29}, {47,30}, {47,31}, {47,32}, {47,33}, {47,34}, {47,35}, {47,36},
    {47,37}, {47,38}, {47,39}, {47,40}, {47,41}, {47,42}, {47,43}, {47,44},
};

/* Where the labels of a name start, the first one first; how many there are. */
static unsigned
find_labels(const uint8_t *name, uint8_t starts[CORE_NAME_LABELS])
{
    unsigned labels = 0;

    for (unsigned at = 0; name[at] != 0; at += name[at] + 1u) {
        assert(labels < CORE_NAME_LABELS);
        starts[labels++] = (uint8_t) at;
    }
    return labels;
}

/* Puts down the positions of a label; how many there are.  Of host names each
   octet has one, which goes without looking at where the last one went. */
static unsigned
put_label(uint8_t *positions, const uint8_t *label)
{
    unsigned seconds = 0;
    unsigned size = 0;

    for (unsigned k = 1; k <= *label; k++) {
        positions[k - 1] = octet_positions[label[k]][0];
        seconds |= octet_positions[label[k]][1];
    }
    if (seconds == 0)
        return *label;
    for (unsigned k = 1; k <= *label; k++) {
        const uint8_t *both = octet_positions[label[k]];

        positions[size++] = both[0];
        if (both[1] != 0)
            positions[size++] = both[1];
    }
    return size;
}

void
key_make(struct key *key, const uint8_t *name)
{
    uint8_t starts[CORE_NAME_LABELS];
    unsigned labels = find_labels(name, starts);
    unsigned size = 0;

    key->name = name;
    key->labels = labels;
    key->ends[0] = 0;
    for (unsigned i = 0; i < labels; i++) {
        const uint8_t *label = name + starts[labels - 1 - i];

        size += put_label(key->positions + size, label);
        key->positions[size++] = KEY_TERMINATOR;
        key->ends[i + 1] = (uint16_t) size;
    }
    key->positions[size++] = KEY_TERMINATOR;
    key->size = size;
}

/* No octet has the last position twice. */
void
key_make_behind(struct key *key, const uint8_t *name)
{
    key_make(key, name);
    key->positions[key->size - 1] = KEY_POSITIONS - 1;
    key->positions[key->size++] = KEY_POSITIONS - 1;
}

/* Compares a label, and the TERMINATOR behind it, with what the key has from
   offset on; true when they part, at offset then. */
static bool
parts_in(const struct key *key, const uint8_t *label, unsigned *offset,
         unsigned *position)
{
    for (unsigned k = 1; k <= *label; k++)
        for (unsigned i = 0; i < 2; i++) {
            *position = octet_positions[label[k]][i];
            if (*position == 0)
                continue;
            if (key_at(key, *offset) != *position)
                return true;
            (*offset)++;
        }
    *position = KEY_TERMINATOR;
    if (key_at(key, *offset) != *position)
        return true;
    (*offset)++;
    return false;
}

int
key_part(const struct key *key, const uint8_t *name, unsigned *position)
{
    uint8_t own_starts[CORE_NAME_LABELS], starts[CORE_NAME_LABELS];
    unsigned own_labels = find_labels(key->name, own_starts);
    unsigned labels = find_labels(name, starts);
    unsigned shared = 0, offset;

    /* Labels that are the same to the octet: most, among neighbours. */
    while (shared < own_labels && shared < labels) {
        const uint8_t *own = key->name + own_starts[own_labels - 1 - shared];
        const uint8_t *label = name + starts[labels - 1 - shared];

        if (memcmp(own, label, *label + 1u) != 0)
            break;
        shared++;
    }
    offset = key->ends[shared];
    for (; shared < labels; shared++)
        if (parts_in(key, name + starts[labels - 1 - shared], &offset,
                     position))
            return (int) offset;
    *position = KEY_TERMINATOR;
    return key_at(key, offset) != KEY_TERMINATOR ? (int) offset : -1;
}

unsigned
key_labels_before(const struct key *key, size_t offset)
{
    unsigned labels = key->labels;

    while (key->ends[labels] > offset)
        labels--;
    return labels;
}
