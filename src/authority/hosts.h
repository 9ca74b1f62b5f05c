/*
 * hosts - zones that are lines of addresses and names, no real zones
 *
 * There is no SOA, no cut and no alias, and a wildcard stands for exactly one
 * label.  Addresses of names and names of addresses (PTR) are two worlds: a
 * name that is only in one of them is unknown in the other, and unknown
 * addresses always go to the next layer or stage.
 */

#ifndef AUTHORITY_HOSTS_H
#define AUTHORITY_HOSTS_H

#include "authority/answer.h"

enum hosts_result {
    HOSTS_ANSWERED,                     /* records were written, or the name
                                           is known without that type */
    HOSTS_ELSEWHERE,                    /* ask the next layer */
    HOSTS_UNKNOWN,                      /* nobody else is to be asked */
};

/* Answers for the last name of the chain. */
enum hosts_result
    hosts_answer(struct answer *answer, const struct zone *zone);

#endif
