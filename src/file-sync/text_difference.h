/*
 * text_difference - which lines of two texts differ
 *
 * Finds ranges of whole lines outside of which both texts are equal.  It knows
 * nothing of what the lines mean, and is made for large texts that differ in
 * few places.
 */

#ifndef FILE_SYNC_TEXT_DIFFERENCE_H
#define FILE_SYNC_TEXT_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_RANGES 256                 /* places that differ, at most */

/* What is in the old text from old_start to old_end became what is in the new
   one from new_start to new_end.  Either may be empty. */
struct text_range {
    size_t old_start, old_end;
    size_t new_start, new_end;
};

/*
 * Fills ranges, in order, and returns how many there are: 0 when the texts are
 * equal.  Returns -1 when they differ too much for this to be worth while.
 */
int
    text_difference(const char *old_text, size_t old_size,
                    const char *new_text, size_t new_size,
                    struct text_range ranges[TEXT_RANGES]);

#endif
