/*
 * policy - what the settings say of an answer: kept or not, and for how long
 */

#ifndef CACHE_POLICY_H
#define CACHE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/image.h"
#include "cache/scrub.h"
#include "coredns/setting.h"

enum stale_mode {
    STALE_VERIFY,                       /* ask first; stale if that fails */
    STALE_IMMEDIATE,                    /* stale first, ask behind its back */
};

/* The settings of the stage. */
struct policy {
    int64_t capacity;
    int64_t denial_share;               /* percent of the capacity */
    struct core_list zones;             /* of const uint8_t *; empty: all */
    bool publish;                       /* neighbours may look into it */

    int64_t success_ttl;                /* seconds */
    int64_t success_minimum_ttl;
    struct core_list success_disable;
    int64_t denial_ttl;
    int64_t denial_minimum_ttl;
    struct core_list denial_disable;
    bool soa_minimum;
    int64_t failure_ms;
    bool keep_ttl;

    int64_t prefetch;                   /* hits; 0: never */
    int64_t prefetch_pause_ms;
    int64_t prefetch_percentage;

    int64_t stale_ms;                   /* 0: never */
    int stale_mode;                     /* enum stale_mode */
    int64_t stale_wait_ms;              /* 0: as long as the asker does */
    int64_t stale_ttl;                  /* seconds */
    int64_t stale_recheck_ms;
    bool stale_prefer_positive;
};

extern const struct core_setting policy_settings[];

/* Octets for positive answers, and for all others. */
size_t
    policy_success_capacity(const struct policy *self);
size_t
    policy_denial_capacity(const struct policy *self);

/* True when questions for that name are looked up and answers to them kept. */
bool
    policy_covers(const struct policy *self, const uint8_t *qname);

/* True when answers of that kind are kept for that name. */
bool
    policy_keeps(const struct policy *self, enum image_kind kind,
                 const uint8_t *qname);

/* Milliseconds that an answer is fresh; 0: not to be kept at all. */
int64_t
    policy_lifetime(const struct policy *self,
                    const struct scrubbed *scrubbed);

#endif
