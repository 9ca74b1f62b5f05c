/*
 * nearest - the word that was probably meant
 *
 * The distance is the number of letters to insert, delete, replace or swap
 * with their neighbour, "_" and "-" and the case not counted.  A third of the
 * letters may be wrong; more than that is not a slip but another word.
 */

#include "lib/nearest.h"

#include <assert.h>
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "coredns/setting.h"

#define WORD_SIZE 64

static char
fold(char letter)
{
    return letter == '-' ? '_' : (char) tolower((unsigned char) letter);
}

static int
smallest(int one, int two, int three)
{
    int smaller = one < two ? one : two;

    return smaller < three ? smaller : three;
}

/* Optimal string alignment; the table is small because words are. */
static int
measure(const char *left, const char *right)
{
    static const int swap_cost = 1;
    int costs[WORD_SIZE + 1][WORD_SIZE + 1];
    size_t left_size = strlen(left);
    size_t right_size = strlen(right);

    if (left_size > WORD_SIZE || right_size > WORD_SIZE)
        return INT_MAX;
    for (size_t i = 0; i <= left_size; i++)
        costs[i][0] = (int) i;
    for (size_t j = 0; j <= right_size; j++)
        costs[0][j] = (int) j;
    for (size_t i = 1; i <= left_size; i++) {
        for (size_t j = 1; j <= right_size; j++) {
            bool same = fold(left[i - 1]) == fold(right[j - 1]);

            costs[i][j] = smallest(costs[i - 1][j] + 1, costs[i][j - 1] + 1,
                                   costs[i - 1][j - 1] + !same);
            if (i > 1 && j > 1 && fold(left[i - 1]) == fold(right[j - 2])
                && fold(left[i - 2]) == fold(right[j - 1])
                && costs[i - 2][j - 2] + swap_cost < costs[i][j])
                costs[i][j] = costs[i - 2][j - 2] + swap_cost;
        }
    }
    return costs[left_size][right_size];
}

static bool
is_near(const char *word, const char *candidate)
{
    size_t word_size = strlen(word);
    size_t size = strlen(candidate);
    int distance = measure(word, candidate);

    if (word_size >= 3 && strncasecmp(word, candidate, word_size) == 0)
        return true;                    /* "dir" for "directory" */
    return distance != INT_MAX
        && distance * 3 <= (int) (size > word_size ? size : word_size);
}

const char *
core_nearer(const char *word, const char *best, const char *candidate)
{
    assert(word && candidate);
    if (!is_near(word, candidate))
        return best;
    if (best == NULL)
        return candidate;

    int gain = measure(word, best) - measure(word, candidate);

    if (gain == 0)
        return strcmp(candidate, best) < 0 ? candidate : best;
    return gain > 0 ? candidate : best;
}

const char *
core_nearest(const char *word, const char *const *words)
{
    const char *best = NULL;

    assert(word && words);
    for (; *words != NULL; words++)
        best = core_nearer(word, best, *words);
    return best;
}
