/*
 * followed - the reply to a look-up, joined to ours
 */

#ifndef AUTHORITY_FOLLOWED_H
#define AUTHORITY_FOLLOWED_H

#include "authority/answer.h"

/*
 * Appends the answer section of the look-up to ours and says how that ends.
 * No reply, or one that tells of a failure, is ENDING_FAILED.
 */
enum answer_ending
    followed_append(struct answer *answer);

/* Copies the SOA of the look-up's negative reply, if it has one. */
void
    followed_soa(struct answer *answer);

#endif
