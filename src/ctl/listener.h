/*
 * listener - the sockets that clients talk to, and files that outlive a stage
 *
 * Only the supervisor opens them, for it alone may be root; it keeps them open
 * while the stage that uses them comes and goes.
 */

#ifndef CTL_LISTENER_H
#define CTL_LISTENER_H

#include <stdbool.h>

#include "coredns/fault.h"
#include "coredns/handover.h"

#include "ctl/plan.h"

/* Descriptors of before. */
struct listener_donor {
    const struct core_handover *descriptors;    /* NULL: there are none */
    bool is_same_process;               /* else its memory is not ours */
};

/*
 * Opens what a process of that stage listens to, named as stage.h says, into
 * self.  What the donor holds for the same address is duplicated and not opened
 * again.  On a fault, -1, self is empty.
 */
int
    listener_open(struct core_handover *self, const struct plan_stage *stage,
                  struct listener_donor donor, struct core_fault *fault);

/*
 * Has no more packets come by these sockets, which a process goes on reading:
 * what comes from here on goes to others that listen at the same place.  Then
 * closes them as below.
 */
void
    listener_retire(struct core_handover *self);

/* Closes all of them; self is empty then. */
void
    listener_close(struct core_handover *self);

#endif
