/*
 * intake - the array that recvmmsg() fills, kept beside the slots
 *
 * Messages are received straight into slots.  The array itself (lengths,
 * addresses) lies in the same memory file, so a query that the kernel has
 * handed over is on record before the process executes another instruction.
 */

#ifndef FRONTEND_INTAKE_H
#define FRONTEND_INTAKE_H

#include <stdbool.h>

#include "frontend/inflight.h"

#define INTAKE_BATCH 64

typedef struct intake intake_t;

/* Takes up the array in the area of slots. */
intake_t *
    intake_new(inflight_t *slots);

void
    intake_destroy(intake_t **self_p);

/*
 * Takes what a process before this one had received and not yet looked at: its
 * slots become LIVE, as by intake_take().  All others that were RECEIVING are
 * free then.  To be called once, before anything else.
 */
void
    intake_recover(intake_t *self);

/*
 * Receives from a socket.  Returns how many messages came, at most
 * INTAKE_BATCH; 0 when there were none, -1 when no slot was free to receive
 * into.  *more says that the socket may hold further ones.
 */
int
    intake_receive(intake_t *self, int fd, uint32_t listener, bool *more);

/*
 * Takes message i of the last intake_receive(): its slot is LIVE with peer,
 * control, size and origin set.  INFLIGHT_NONE when it is too large or no
 * large slot is free.
 */
uint32_t
    intake_take(intake_t *self, int i);

#endif
