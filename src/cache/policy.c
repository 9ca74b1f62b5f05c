/*
 * policy - what the settings say of an answer: kept or not, and for how long
 */

#include "cache/policy.h"

#include "cache/store.h"
#include "coredns/name.h"

#define MIB (1024 * 1024)
#define DAY_SECONDS 86400
#define LONGEST_SECONDS (30 * DAY_SECONDS)
#define LONGEST_MS (LONGEST_SECONDS * INT64_C(1000))
#define FAILURE_MS (300 * 1000)         /* RFC 9520 section 3.2 */

static const char *const stale_modes[] = { "verify", "immediate", NULL };

#define AT(member) .offset = offsetof(struct policy, member)

const struct core_setting policy_settings[] = {
    { .key = "capacity", .type = CORE_SIZE, .fallback = 64 * MIB,
      .minimum = 2 * MIB, .maximum = (int64_t) 32 * 1024 * MIB, AT(capacity),
      .says = "memory for answers, all that belongs to it counted" },
    { .key = "denial_share", .type = CORE_INTEGER, .fallback = 25,
      .minimum = 15, .maximum = 85, AT(denial_share),
      .says = "percentage of it for negative answers and failures" },
    { .key = "zones", .type = CORE_NAME, .list = true, AT(zones),
      .says = "names at and below these are cached; none: all" },
    { .key = "publish", .type = CORE_BOOLEAN, .fallback = true, AT(publish),
      .says = "let stages in front of it, on this host, read answers from its "
              "memory" },
    { .key = "success_ttl", .type = CORE_SECONDS, .fallback = 3600,
      .minimum = 1, .maximum = LONGEST_SECONDS, AT(success_ttl),
      .says = "longest life of a positive answer" },
    { .key = "success_minimum_ttl", .type = CORE_SECONDS, .fallback = 5,
      .maximum = LONGEST_SECONDS, AT(success_minimum_ttl),
      .says = "shortest life of a positive answer" },
    { .key = "success_disable", .type = CORE_NAME, .list = true,
      AT(success_disable),
      .says = "no positive answers are kept for names at and below these" },
    { .key = "denial_ttl", .type = CORE_SECONDS, .fallback = 1800,
      .minimum = 1, .maximum = LONGEST_SECONDS, AT(denial_ttl),
      .says = "longest life of a negative answer" },
    { .key = "denial_minimum_ttl", .type = CORE_SECONDS, .fallback = 5,
      .maximum = LONGEST_SECONDS, AT(denial_minimum_ttl),
      .says = "shortest life of a negative answer" },
    { .key = "denial_disable", .type = CORE_NAME, .list = true,
      AT(denial_disable),
      .says = "no negative answers are kept for names at and below these" },
    { .key = "soa_minimum", .type = CORE_BOOLEAN, .fallback = true,
      AT(soa_minimum),
      .says = "a negative answer lives no longer than its SOA's last field "
              "(RFC 2308)" },
    { .key = "failure_ttl", .type = CORE_DURATION, .fallback = 5000,
      .maximum = FAILURE_MS, AT(failure_ms),
      .says = "life of a failure (SERVFAIL, NOTIMP); 0: not kept" },
    { .key = "keep_ttl", .type = CORE_BOOLEAN, AT(keep_ttl),
      .says = "TTLs are not counted down" },
    { .key = "prefetch", .type = CORE_INTEGER, .maximum = UINT16_MAX,
      AT(prefetch),
      .says = "hits after which an answer is renewed before its end; 0: "
              "never" },
    { .key = "prefetch_pause", .type = CORE_DURATION, .fallback = 60 * 1000,
      .minimum = 1, .maximum = LONGEST_MS, AT(prefetch_pause_ms),
      .says = "hits count only with no longer pause between them" },
    { .key = "prefetch_percentage", .type = CORE_INTEGER, .fallback = 10,
      .maximum = 100, AT(prefetch_percentage),
      .says = "part of its life left when it is renewed" },
    { .key = "serve_stale", .type = CORE_DURATION, .maximum = LONGEST_MS,
      AT(stale_ms),
      .says = "how long after its end an answer may still be used; 0: not at "
              "all" },
    { .key = "stale_mode", .type = CORE_CHOICE, .choices = stale_modes,
      AT(stale_mode),
      .says = "ask first and use what is stale when that fails, or use it at "
              "once and ask meanwhile" },
    { .key = "stale_wait", .type = CORE_DURATION, .fallback = 1800,
      .maximum = 60 * 1000, AT(stale_wait_ms),
      .says = "how long asking first may take; 0: half of the asker's "
              "patience" },
    { .key = "stale_ttl", .type = CORE_SECONDS, .fallback = 30,
      .maximum = LONGEST_SECONDS, AT(stale_ttl),
      .says = "TTL of a stale answer" },
    { .key = "stale_recheck", .type = CORE_DURATION, .fallback = 30 * 1000,
      .maximum = FAILURE_MS, AT(stale_recheck_ms),
      .says = "how long nobody is asked again after a failure" },
    { .key = "stale_prefer_positive", .type = CORE_BOOLEAN,
      AT(stale_prefer_positive),
      .says = "a negative answer does not displace a positive one that may "
              "still be used" },
    { .type = CORE_END },
};

size_t
policy_denial_capacity(const struct policy *self)
{
    return (size_t) (self->capacity / 100 * self->denial_share);
}

size_t
policy_success_capacity(const struct policy *self)
{
    return (size_t) self->capacity - policy_denial_capacity(self);
}

static bool
is_listed(const struct core_list *zones, const uint8_t *name)
{
    const uint8_t *const *items = zones->items;

    for (size_t i = 0; i < zones->count; i++)
        if (core_name_is_below(name, items[i]))
            return true;
    return false;
}

bool
policy_covers(const struct policy *self, const uint8_t *qname)
{
    return self->zones.count == 0 || is_listed(&self->zones, qname);
}

bool
policy_keeps(const struct policy *self, enum image_kind kind,
             const uint8_t *qname)
{
    switch (kind) {
    case IMAGE_POSITIVE:
        return !is_listed(&self->success_disable, qname);
    case IMAGE_NEGATIVE:
        return !is_listed(&self->denial_disable, qname);
    case IMAGE_FAILURE:
        break;
    }
    return true;
}

/* Where the two contradict each other, the upper limit counts. */
static int64_t
between(int64_t value, int64_t least, int64_t most)
{
    if (value < least)
        value = least;
    return value > most ? most : value;
}

int64_t
policy_lifetime(const struct policy *self, const struct scrubbed *scrubbed)
{
    int64_t ttl = scrubbed->ttl_lowest;

    switch (scrubbed->image.kind) {
    case IMAGE_POSITIVE:
        return 1000 * between(ttl, self->success_minimum_ttl,
                              self->success_ttl);
    case IMAGE_NEGATIVE:
        if (self->soa_minimum && scrubbed->soa_minimum < ttl)
            ttl = scrubbed->soa_minimum;
        return 1000 * between(ttl, self->denial_minimum_ttl, self->denial_ttl);
    case IMAGE_FAILURE:
        break;
    }
    return self->failure_ms;
}
