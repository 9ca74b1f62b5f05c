/*
 * effect - one thing that befalls some queries or replies
 *
 * Which ones: those of chosen names, types and transports, and of them all, or
 * some by chance, or every so many.  An effect counts what it could befall, so
 * the same queries in the same order meet the same.
 */

#ifndef CHAOS_EFFECT_H
#define CHAOS_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

#include "chaos/dice.h"
#include "coredns/batch.h"
#include "coredns/message.h"
#include "coredns/setting.h"

enum effect_kind {
    EFFECT_DELAY, EFFECT_DROP, EFFECT_DUPLICATE, EFFECT_REORDER,
    EFFECT_TRUNCATE, EFFECT_RCODE, EFFECT_ANSWER, EFFECT_KINDS
};

enum effect_target { EFFECT_QUERIES, EFFECT_REPLIES };

/* As the configuration has it. */
struct effect_settings {
    int kind;                           /* enum effect_kind */
    int target;                         /* enum effect_target */
    const char *rate;                   /* "5%", or NULL */
    int64_t every;                      /* 0: not counted */
    int64_t first;                      /* 0: as every */
    int64_t without_bits;               /* 0: not looked at */
    struct core_list names;             /* of const uint8_t * */
    struct core_list types;             /* of const char * */
    struct core_list transports;        /* of int: enum core_transport - 1 */
    int64_t delay_ms;
    int64_t spread_ms;
    int64_t most_ms;
    int distribution;                   /* enum dice_distribution */
    int64_t by;
    int64_t within_ms;
    bool keeps_records;
    const char *rcode_word;
    bool is_large;
};

struct effect {
    const struct effect_settings *settings;     /* lent */
    double rate;                        /* 1: always */
    unsigned rcode;
    uint16_t *types;
    size_t type_count;
    uint64_t seen;                      /* what it could have befallen */
    struct dice dice;
};

/*
 * Makes an effect of settings, which must stay.  Returns -1 and adds what is
 * wrong with them ("key: text"), else 0; effect_clear() frees in either case.
 */
int
    effect_open(struct effect *self, const struct effect_settings *settings,
                uint64_t seed, uint64_t index, core_faults_t *faults);
void
    effect_clear(struct effect *self);

/* Counts the message, if it is one that the effect could befall, and says
   whether it does. */
bool
    effect_befalls(struct effect *self, const struct core_message *message,
                   const struct core_record *record);

/* How long what it has just befallen is late. */
int64_t
    effect_delay(const struct effect *self);

extern const struct core_setting effect_table[];

#endif
