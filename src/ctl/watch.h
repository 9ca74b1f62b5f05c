/*
 * watch - reads the configuration again when its files have changed
 *
 * Asked for by the top-level setting `reload`.  Files are looked at from time
 * to time, not waited for: a change that reaches many hosts at once must not
 * make all of them reload in the same moment.  Links are followed, so that the
 * turned link of a ConfigMap is a change too.
 */

#ifndef CTL_WATCH_H
#define CTL_WATCH_H

struct house;

typedef struct watch watch_t;

/* Looks at nothing yet. */
watch_t *
    watch_new(struct house *house);
void
    watch_destroy(watch_t **self_p);

/* Goes by the configuration and the plan that the house has now. */
void
    watch_follow(watch_t *self);

/* What was last seen is what runs; anything else is a change. */
void
    watch_settle(watch_t *self);

#endif
