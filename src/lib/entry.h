/*
 * entry - an answer in the store: an image and what is known of it
 *
 * An entry is one run of octets: this header, the places of the TTLs, the
 * message.  The name it is kept under is the message's own question.
 */

#ifndef LIB_ENTRY_H
#define LIB_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/image.h"
#include "lib/key.h"

#define ENTRY_UNIT 8                    /* octets; entries start at multiples */

/* Octets of any entry, at most. */
#define ENTRY_SIZE_MOST (CORE_MESSAGE_SIZE + 1 + 2 * ENTRY_PLACES + 32)
#define ENTRY_PLACES (CORE_MESSAGE_SIZE / 11 + 1)       /* 11: a record */

enum entry_state {
    ENTRY_DEAD = 0,                     /* room that is not in use */
    ENTRY_LIVE = 1,
    ENTRY_LOCAL = 2,                    /* good until its version is another,
                                           and its TTLs stand still */
};

/* What a local entry was made from. */
struct entry_version {
    uint32_t slot, value;
};

/* 32 octets; a dead one may consist of the first eight alone. */
struct entry {
    uint16_t units;                     /* room taken */
    uint8_t state;                      /* enum entry_state */
    uint8_t kind;                       /* enum image_kind */
    uint16_t message_size;
    uint16_t place_count;
    int64_t stored_ms;
    uint32_t lifetime_ms;               /* fresh for so long */
    union {
        struct {
            uint32_t retry_ms;          /* and not asked again before, both
                                           from stored_ms on */
            uint32_t hit_ms;            /* last hit, from stored_ms on */
        };
        struct entry_version version;   /* LOCAL */
    };
    uint16_t hits;                      /* without a long pause between them */
    uint8_t uses;                       /* for the store's eviction */
    uint8_t bits;                       /* enum key_bit */
};

/* Octets that an entry for the image takes. */
size_t
    entry_size(const struct image *image);

/* Fills all but units, and zeros up to a multiple of ENTRY_UNIT; version NULL:
   the entry is not local. */
void
    entry_fill(struct entry *self, const struct image *image, uint8_t bits,
               const struct entry_version *version, int64_t lifetime_ms,
               int64_t now_ms);

/* What is in it; lent from the entry. */
struct image
    entry_image(const struct entry *self);

/* The question it answers, as struct key has it. */
const uint8_t *
    entry_question(const struct entry *self, size_t *size);

/* Octets of what the header says is in it. */
size_t
    entry_length(const struct entry *self);

/* True when all that the header says can be and lies in so many octets. */
bool
    entry_is_sound(const struct entry *self, size_t size);

/* True when it is kept under that very key. */
bool
    entry_matches(const struct entry *self, const struct key *key);

bool
    entry_is_fresh(const struct entry *self, int64_t now_ms);

/* True when not even a stale answer may be made of it. */
bool
    entry_is_gone(const struct entry *self, int64_t stale_ms, int64_t now_ms);

/* Seconds it is still fresh, a begun one counted; 0 when it is not. */
uint32_t
    entry_ttl(const struct entry *self, int64_t now_ms);

/* Seconds it was fresh for when it came. */
uint32_t
    entry_first_ttl(const struct entry *self);

/* True when upstream may be asked again as far as past failures go. */
bool
    entry_is_due(const struct entry *self, int64_t now_ms);

/* Upstream has failed: it is not asked again for pause_ms. */
void
    entry_postpone(struct entry *self, int64_t pause_ms, int64_t now_ms);

/* It was of use, for the store's eviction; does not count above most. */
void
    entry_use(struct entry *self, uint8_t most);

/* Counts a hit, from one on again after a pause longer than pause_ms. */
void
    entry_hit(struct entry *self, int64_t pause_ms, int64_t now_ms);

#endif
