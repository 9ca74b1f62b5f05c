/*
 * mend - what was put on the wires by hand and has ended is taken out
 *
 * A swapped program that dies gives its place back; an inserted one goes when
 * it dies, or when the process it was lent to has ended.
 */

#ifndef CTL_MEND_H
#define CTL_MEND_H

struct house;

typedef struct mend mend_t;

mend_t *
    mend_new(struct house *house);
void
    mend_destroy(mend_t **self_p);

/* The house has another plan: watches the processes its patches are lent to. */
void
    mend_follow(mend_t *self);

/* Something has changed: looks for what has ended, as soon as nothing else is
   done. */
void
    mend_look(mend_t *self);

#endif
