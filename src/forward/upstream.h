/*
 * upstream - what is known of one upstream server: how fast, how well
 *
 * Traffic is judged first.  Each reply says that the server is alive and how
 * long it takes; a query that it leaves unanswered while it answers others was
 * a hard question, not a failure.  Only when nothing at all comes back since a
 * query was sent does it count as failing, and only then is it probed, until
 * anything comes back.
 *
 * The class holds no sockets and reads no clock.
 */

#ifndef FORWARD_UPSTREAM_H
#define FORWARD_UPSTREAM_H

#include <stdbool.h>
#include <stdint.h>

#define UPSTREAM_LOOP_MS 60000          /* how long one that leads back to us
                                           is left alone */
#define UPSTREAM_HABIT_MS 600000        /* how long its habits are believed */

struct upstream_policy {
    unsigned max_fails;                 /* 0: never down, never probed */
    int64_t probe_interval_ms;
};

struct upstream {
    struct upstream_policy policy;
    int64_t srtt_us;                    /* smoothed; 0: nothing known */
    int64_t rttvar_us;
    unsigned fails;                     /* since the last reply */
    int64_t replied_ms;                 /* the last time; 0: never */
    int64_t probe_ms;                   /* when to probe next; 0: no need */
    int64_t looped_until_ms;
    bool knows_edns;                    /* it has sent an OPT record */
    int64_t plain_until_ms;             /* does not understand EDNS */
    int64_t folds_until_ms;             /* does not keep the case of names */
};

void
    upstream_start(struct upstream *self,
                   const struct upstream_policy *policy);

/* Something came back; rtt_us is negative when it tells nothing of speed. */
void
    upstream_replied(struct upstream *self, int64_t rtt_us, int64_t now_ms);

/* A query sent at sent_ms got no reply in time. */
void
    upstream_silent(struct upstream *self, int64_t sent_ms, int64_t now_ms);

/* It refused a connection or a packet, or ended a connection. */
void
    upstream_failed(struct upstream *self, int64_t now_ms);

bool
    upstream_is_down(const struct upstream *self);

/* It leads back to this server: not to be asked for a while. */
void
    upstream_looped(struct upstream *self, int64_t now_ms);
bool
    upstream_is_looped(const struct upstream *self, int64_t now_ms);

/*
 * How long to wait before another server is asked as well: about the time
 * within which 99 of 100 replies come (RFC 6298 section 2).
 */
int64_t
    upstream_patience_ms(const struct upstream *self);

/* True when a probe is to be sent; counts it as sent. */
bool
    upstream_wants_probe(struct upstream *self, int64_t now_ms);

#endif
