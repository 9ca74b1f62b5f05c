/*
 * text_difference - which lines of two texts differ
 *
 * Equal stretches are passed by memcmp(), which is as fast as memory is.
 * Where the texts part, the next lines of both are looked at, few at first and
 * then more, until a few lines in a row are the same again.  It is not the
 * smallest difference there is, and need not be.
 */

#include "file-sync/text_difference.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define BLOCK 4096
#define FIRST_WINDOW 8                  /* lines that are looked at */
#define LAST_WINDOW (FIRST_WINDOW << 15)
#define LINES_IN_A_ROW 3                /* that make the texts meet again */
#define NO_LINE UINT32_MAX

/* A text and how far it has been read. */
struct side {
    const char *text;
    size_t size;
    size_t at;
};

/* The lines behind a place. */
struct window {
    const char *text;
    size_t *starts;                     /* of each line, and the end */
    uint32_t count;
};

/* ---- equal stretches ----------------------------------------------------- */

static void
skip_equal(struct side *left, struct side *right)
{
    size_t limit = left->size - left->at < right->size - right->at
        ? left->size - left->at : right->size - right->at;
    const char *left_text = left->text + left->at;
    const char *right_text = right->text + right->at;
    size_t equal = 0;

    while (limit - equal >= BLOCK
           && memcmp(left_text + equal, right_text + equal, BLOCK) == 0)
        equal += BLOCK;
    while (equal < limit && left_text[equal] == right_text[equal])
        equal++;
    left->at += equal;
    right->at += equal;
}

/* Goes back to the start of the line, in both: up to here they are equal. */
static void
go_to_line_start(struct side *left, struct side *right, size_t least)
{
    while (left->at > least && left->text[left->at - 1] != '\n') {
        left->at--;
        right->at--;
    }
}

/* ---- windows of lines ---------------------------------------------------- */

static void
open_window(struct window *window, const struct side *side, uint32_t lines)
{
    size_t at = side->at;

    window->text = side->text;
    window->starts = core_allocate((lines + 1) * sizeof *window->starts);
    window->count = 0;
    while (window->count < lines && at < side->size) {
        const char *newline = memchr(side->text + at, '\n', side->size - at);

        window->starts[window->count++] = at;
        at = newline == NULL ? side->size
            : (size_t) (newline - side->text) + 1;
    }
    window->starts[window->count] = at;
}

static size_t
line_size(const struct window *window, uint32_t line)
{
    return window->starts[line + 1] - window->starts[line];
}

static const char *
line_text(const struct window *window, uint32_t line)
{
    return window->text + window->starts[line];
}

static uint32_t
line_hash(const struct window *window, uint32_t line)
{
    const char *text = line_text(window, line);
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < line_size(window, line); i++)
        hash = (hash ^ (uint8_t) text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* True when a few lines in a row are equal, or all up to the end of both
   windows. */
static bool
meet(const struct window *left, uint32_t left_line,
     const struct window *right, uint32_t right_line)
{
    for (unsigned i = 0; i < LINES_IN_A_ROW; i++) {
        uint32_t l = left_line + i, r = right_line + i;

        if (l == left->count || r == right->count)
            return l == left->count && r == right->count;
        if (line_size(left, l) != line_size(right, r)
            || memcmp(line_text(left, l), line_text(right, r),
                      line_size(left, l)) != 0)
            return false;
    }
    return true;
}

/* The lines of a window by their hash: the first of each hash. */
static uint32_t *
index_lines(const struct window *window, uint32_t mask)
{
    uint32_t *first = core_allocate((mask + 1) * sizeof *first);

    memset(first, 0xff, (mask + 1) * sizeof *first);
    for (uint32_t i = window->count; i-- > 0;)
        first[line_hash(window, i) & mask] = i;
    return first;
}

/* The place nearest to the start of both windows where they meet. */
static bool
find_meeting(const struct window *old_window, const struct window *new_window,
             uint32_t lines, uint32_t *old_line, uint32_t *new_line)
{
    uint32_t mask = lines * 4 - 1;
    uint32_t *first = index_lines(old_window, mask);
    uint64_t best = UINT64_MAX;

    for (uint32_t i = 0; i < new_window->count && i < best; i++) {
        uint32_t candidate = first[line_hash(new_window, i) & mask];

        if (candidate == NO_LINE || (uint64_t) candidate + i >= best
            || !meet(old_window, candidate, new_window, i))
            continue;
        best = (uint64_t) candidate + i;
        *old_line = candidate;
        *new_line = i;
    }
    free(first);
    return best != UINT64_MAX;
}

/*
 * Moves both sides to where the texts meet again.  False when that was not
 * found: they then stand at their ends.
 */
static bool
resynchronise(struct side *old_side, struct side *new_side)
{
    for (uint32_t lines = FIRST_WINDOW; lines <= LAST_WINDOW; lines *= 8) {
        struct window old_window, new_window;
        uint32_t old_line = 0, new_line = 0;

        open_window(&old_window, old_side, lines);
        open_window(&new_window, new_side, lines);

        bool found = find_meeting(&old_window, &new_window, lines, &old_line,
                                  &new_line);
        bool all = old_window.starts[old_window.count] == old_side->size
            && new_window.starts[new_window.count] == new_side->size;

        if (found) {
            old_side->at = old_window.starts[old_line];
            new_side->at = new_window.starts[new_line];
        }
        free(old_window.starts);
        free(new_window.starts);
        if (found)
            return true;
        if (all)
            break;
    }
    old_side->at = old_side->size;
    new_side->at = new_side->size;
    return false;
}

/* -------------------------------------------------------------------------- */

int
text_difference(const char *old_text, size_t old_size, const char *new_text,
                size_t new_size, struct text_range ranges[TEXT_RANGES])
{
    struct side old_side = { old_text, old_size, 0 };
    struct side new_side = { new_text, new_size, 0 };
    size_t differing = 0;
    int count = 0;

    for (;;) {
        size_t least = old_side.at;

        skip_equal(&old_side, &new_side);
        if (old_side.at == old_size && new_side.at == new_size)
            return count;
        if (count == TEXT_RANGES)
            return -1;
        go_to_line_start(&old_side, &new_side, least);

        struct text_range *range = &ranges[count++];

        range->old_start = old_side.at;
        range->new_start = new_side.at;
        resynchronise(&old_side, &new_side);
        range->old_end = old_side.at;
        range->new_end = new_side.at;
        differing += range->old_end - range->old_start
            + range->new_end - range->new_start;
        if (differing > (old_size + new_size) / 4)
            return -1;
    }
}
