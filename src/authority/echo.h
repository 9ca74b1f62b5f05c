/*
 * echo - names that spell their address
 *
 * In a zone with CORE_ZONE_ECHO a wildcard with the address 0.0.0.0 stands for
 * every label that spells an address, and for no other: "10-1-2-3" is
 * 10.1.2.3, "2001-db8--1" is 2001:db8::1.
 */

#ifndef AUTHORITY_ECHO_H
#define AUTHORITY_ECHO_H

#include <stdbool.h>
#include <stdint.h>

#include "authority/answer.h"
#include "authority/chain.h"

enum echo_result {
    ECHO_NONE,                          /* it is a wildcard as others are */
    ECHO_ANSWERED,
    ECHO_NO_TYPE,                       /* an address, but not of that type */
    ECHO_NO_NAME,                       /* the name spells none */
};

/* Says whether link->found, the name's own, is what stands for addresses: such
   a name does not exist. */
bool
    echo_is_mark(const struct link *link);

/* link->found is a wildcard. */
enum echo_result
    echo_answer(struct answer *answer, const struct link *link);

/* Says whether a wildcard of such a zone is the one for addresses. */
bool
    echo_is_wildcard(const struct node *node);

/* Reads a label (behind its length) as an address; its octets, 4 or 16, or 0
   when it is none. */
unsigned
    echo_address(const uint8_t *label, uint8_t address[16]);

#endif
