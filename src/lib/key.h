/*
 * key - what an answer is kept under: the whole question
 *
 * Name in small letters, type and class as they stand on the wire, and the
 * bits of the query that change the answer: DO and CD.  The hash is SipHash
 * under a secret of this process, so that nobody outside can choose names that
 * fall together.
 */

#ifndef LIB_KEY_H
#define LIB_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"

#define KEY_QUESTION_SIZE (CORE_NAME_SIZE + 4)
#define KEY_FIXED_SIZE 4                /* type and class */

enum key_bit { KEY_DNSSEC_OK = 1, KEY_CHECKING_DISABLED = 2 };

#define KEY_BITS 4                      /* below which all bits together are */

struct key_secret {
    uint64_t words[2];
};

struct key {
    uint64_t hash;                      /* of the question, not of bits */
    uint16_t size;                      /* of the question */
    uint8_t bits;                       /* enum key_bit */

    /* Zero behind the question up to a multiple of eight. */
    uint8_t question[(KEY_QUESTION_SIZE + 7) / 8 * 8];
};

/*
 * True when an answer to the query can be kept for others who ask the same: a
 * plain question, not signed, whose answer does not depend on the client's
 * network (RFC 7871).
 */
bool
    key_covers(const struct core_message *query);

/* A secret from the kernel. */
struct key_secret
    key_secret_new(void);

/* The key of a query; it must have a question. */
void
    key_of_query(struct key *self, const struct core_message *query,
                 const struct key_secret *secret);

/* The key of a question as it is kept: name, type and class, small letters. */
void
    key_of_question(struct key *self, const uint8_t *question, size_t size,
                    uint8_t bits, const struct key_secret *secret);

/* The key of a name in any case. */
void
    key_of_name(struct key *self, const uint8_t *name, uint16_t type,
                uint16_t rclass, uint8_t bits,
                const struct key_secret *secret);

/* Question and bits are the same. */
bool
    key_equal(const struct key *left, const struct key *right);

/* The question alone is the same. */
bool
    key_same_question(const struct key *left, const struct key *right);

#endif
