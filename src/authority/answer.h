/*
 * answer - the reply to one question, from the zones
 *
 * RFC 1034 section 4.3.2 over all layers: the zone that speaks for the name,
 * what it says, aliases followed from zone to zone, then the authority section
 * (SOA, referral, proofs: see ending.h) and the additional section.
 *
 * Nothing is allocated, nothing waits.  When an alias leads out of all zones
 * and somebody can be asked, answer_make() says for which name; it is called a
 * second time with what came of it.
 */

#ifndef AUTHORITY_ANSWER_H
#define AUTHORITY_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "authority/chain.h"
#include "authority/labels.h"
#include "authority/reply.h"
#include "authority/zones.h"
#include "coredns/message.h"
#include "coredns/writer.h"

/* Of the choices below the first is what the RFCs ask for. */
enum answer_any { ANSWER_ANY_ONE, ANSWER_ANY_ALL };
enum answer_negative { ANSWER_NEGATIVE_MINIMUM, ANSWER_NEGATIVE_SOA };
enum answer_loop { ANSWER_LOOP_SHOWN, ANSWER_LOOP_FAILS };

struct answer_style {
    bool ns_in_authority;       /* name the zone's servers in positive
                                   replies; and whatever a chain of aliases
                                   leads to, the authority section is that of
                                   the question's zone */
    enum answer_any any;        /* ANY over UDP: one RRset (RFC 8482), or all */
    enum answer_loop loop;      /* aliases that never end, or are too many */
    enum answer_negative negative; /* TTL of the SOA in negative replies */
};

enum answer_verdict {
    ANSWER_DONE,                /* the reply is written */
    ANSWER_PASSED,              /* no zone of ours, or its unknown names fall
                                   through; nothing was written */
    ANSWER_LOOK_UP,             /* look `target` up and come again */
};

/* How it ends with the last name of the chain. */
enum answer_ending {
    ENDING_POSITIVE,            /* records, or no more than the chain */
    ENDING_NO_TYPE, ENDING_NO_NAME,
    ENDING_CUT,                 /* a referral */
    ENDING_LOOP,                /* aliases without an end, to fail */
    ENDING_TOO_LONG,            /* what the DNAME makes is no name */
    ENDING_TOO_MANY,            /* more than labels that stand for any may
                                   bring */
    ENDING_FAILED,              /* the zone has no data, or the look-up
                                   failed */
};

struct answer {
    /* to be given */
    const zones_t *zones;
    const struct answer_style *style;
    const struct core_message *query;
    struct core_writer *writer; /* started by core_writer_reply() */
    bool is_datagram;           /* it came over UDP */
    bool can_look_up;
    const uint8_t *looked_up;   /* the name that was looked up; or NULL */
    const struct core_message *followed;    /* the reply; NULL: it failed */

    /* results */
    unsigned rcode;
    uint16_t flags;
    enum core_ede ede;
    const char *ede_text;
    const struct zone *zone;    /* of the question; NULL: none of ours */
    uint8_t target[CORE_NAME_SIZE];

    /* at work */
    enum answer_ending ending;
    struct chain chain;
    struct reply reply;
    struct labels labels;
};

enum answer_verdict
    answer_make(struct answer *self);

#endif
