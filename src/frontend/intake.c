/*
 * intake - the array that recvmmsg() fills, kept beside the slots
 *
 * An entry is armed when it has a slot: then its length is 0 and the kernel
 * may fill it at any time.  A message longer than a small slot runs over into
 * an area of the entry's own and is put together in a large slot afterwards.
 *
 * The pointers in the array mean nothing to another process; all it needs is
 * which slot each entry has and what length the kernel wrote.
 */

#include "frontend/intake.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "coredns/batch.h"
#include "coredns/memory.h"

#define NOT_ARMED 0                     /* slot numbers are kept plus one */

struct array {
    struct mmsghdr entries[INTAKE_BATCH];
    struct iovec parts[INTAKE_BATCH][2];
    uint32_t slots[INTAKE_BATCH];
    uint32_t listener;                  /* all of them came from */
    uint8_t overflow[INTAKE_BATCH][INFLIGHT_LARGE - INFLIGHT_SMALL];
};

_Static_assert(sizeof (struct array) <= INFLIGHT_INTAKE,
               "the array fits in its room");

struct intake {
    struct array *array;                /* in the memory file */
    inflight_t *slots;
};

intake_t *
intake_new(inflight_t *slots)
{
    intake_t *self = core_allocate(sizeof *self);

    self->array = inflight_intake(slots);
    self->slots = slots;
    return self;
}

void
intake_destroy(intake_t **self_p)
{
    assert(self_p);
    free(*self_p);
    *self_p = NULL;
}

static bool
arm(intake_t *self, int i)
{
    uint32_t number = inflight_take(self->slots, INFLIGHT_SMALL);

    if (number == INFLIGHT_NONE)
        return false;

    struct array *array = self->array;
    struct inflight_slot *slot = inflight_at(self->slots, number);
    struct msghdr *header = &array->entries[i].msg_hdr;

    array->entries[i].msg_len = 0;
    array->parts[i][0] = (struct iovec) { slot->message, INFLIGHT_SMALL };
    array->parts[i][1] = (struct iovec) {
        array->overflow[i], sizeof array->overflow[i]
    };
    header->msg_name = &slot->peer;
    header->msg_namelen = sizeof slot->peer;
    header->msg_control = slot->control;
    header->msg_controllen = sizeof slot->control;
    header->msg_iov = array->parts[i];
    header->msg_iovlen = 2;
    header->msg_flags = 0;
    __atomic_store_n(&array->slots[i], number + 1, __ATOMIC_RELEASE);
    return true;
}

int
intake_receive(intake_t *self, int fd, uint32_t listener, bool *more)
{
    struct array *array = self->array;
    int armed = 0;

    *more = false;
    while (armed < INTAKE_BATCH
           && (array->slots[armed] != NOT_ARMED || arm(self, armed)))
        armed++;
    if (armed == 0)
        return -1;
    array->listener = listener;

    int count = recvmmsg(fd, array->entries, (unsigned) armed, MSG_DONTWAIT,
                         NULL);

    if (count <= 0)
        return 0;
    *more = count == armed;
    return count;
}

/* Puts a message that ran over together in a large slot. */
static uint32_t
enlarge(intake_t *self, uint32_t number, int i, size_t size)
{
    uint32_t large = inflight_take(self->slots, INFLIGHT_LARGE);

    if (large == INFLIGHT_NONE)
        return INFLIGHT_NONE;

    struct inflight_slot *from = inflight_at(self->slots, number);
    struct inflight_slot *to = inflight_at(self->slots, large);

    to->peer = from->peer;
    memcpy(to->control, from->control, sizeof to->control);
    memcpy(to->message, from->message, INFLIGHT_SMALL);
    memcpy(to->message + INFLIGHT_SMALL, self->array->overflow[i],
           size - INFLIGHT_SMALL);
    return large;
}

uint32_t
intake_take(intake_t *self, int i)
{
    struct array *array = self->array;
    const struct mmsghdr *entry = &array->entries[i];
    uint32_t received = array->slots[i] - 1;
    uint32_t number = received;
    size_t size = entry->msg_len;

    if ((entry->msg_hdr.msg_flags & MSG_TRUNC) != 0 || size > INFLIGHT_LARGE)
        number = INFLIGHT_NONE;
    else if (size > INFLIGHT_SMALL)
        number = enlarge(self, received, i, size);
    if (number != INFLIGHT_NONE) {
        struct inflight_slot *slot = inflight_at(self->slots, number);

        slot->size = (uint16_t) size;
        slot->control_size = (uint8_t) entry->msg_hdr.msg_controllen;
        slot->origin = array->listener;
        slot->listener = (uint8_t) array->listener;
        slot->transport = CORE_UDP;
        slot->record_flags = 0;
        slot->arrived_us = 0;
        slot->deadline_ms = 0;
        inflight_keep(self->slots, number);
    }
    if (number != received)
        inflight_release(self->slots, received);
    __atomic_store_n(&array->slots[i], NOT_ARMED, __ATOMIC_RELEASE);
    return number;
}

/* True when the entry is one that a process left behind, with a message. */
static bool
is_left_behind(const intake_t *self, int i)
{
    uint32_t number = self->array->slots[i] - 1;

    return self->array->slots[i] != NOT_ARMED
        && number < inflight_slots(self->slots)
        && inflight_room(self->slots, number) == INFLIGHT_SMALL
        && inflight_at(self->slots, number)->state == INFLIGHT_RECEIVING
        && self->array->entries[i].msg_len > 0
        && self->array->entries[i].msg_hdr.msg_controllen <= INFLIGHT_CONTROL;
}

void
intake_recover(intake_t *self)
{
    for (int i = 0; i < INTAKE_BATCH; i++) {
        if (is_left_behind(self, i))
            (void) intake_take(self, i);
        self->array->slots[i] = NOT_ARMED;
    }
    inflight_reclaim(self->slots);
}
