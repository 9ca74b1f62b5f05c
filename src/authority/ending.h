/*
 * ending - what stands behind the answer section
 */

#ifndef AUTHORITY_ENDING_H
#define AUTHORITY_ENDING_H

#include "authority/answer.h"

/* Writes the authority and additional sections for how the chain ended, and
   sets rcode and flags. */
void
    ending_write(struct answer *answer);

#endif
