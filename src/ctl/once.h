/*
 * once - lines of several programs, of which each thing is told once
 *
 * All stages read the settings that hold for all of them, and corednsctl reads
 * some of each stage's.  What is wrong with one is then said by several.
 */

#ifndef CTL_ONCE_H
#define CTL_ONCE_H

#include <stdio.h>

/*
 * Writes the lines "program: path:line: key: cause" to output, in their order,
 * but for those that say what another program has said before, and those about
 * a setting that a line of corednsctl has been about before.
 */
void
    once_print(const char *text, FILE *output);

#endif
