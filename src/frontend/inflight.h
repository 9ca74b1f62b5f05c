/*
 * inflight - the queries in flight, in memory that outlives the process
 *
 * A slot holds one query from its arrival until its reply was sent: where it
 * came from, and its octets as they came.  Slots lie in an area that the
 * caller maps; when it is a file that somebody keeps open, the next process
 * finds every slot as this one left it, at whatever instruction that was.
 *
 * There are many small slots and some large ones.  Free ones are used last in,
 * first out, so that memory that was never needed is never touched.
 */

#ifndef FRONTEND_INFLIGHT_H
#define FRONTEND_INFLIGHT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INFLIGHT_NONE UINT32_MAX
#define INFLIGHT_SMALL 256              /* octets of message */
#define INFLIGHT_LARGE 4096
#define INFLIGHT_CONTROL 40             /* room for one in6_pktinfo */
#define INFLIGHT_INTAKE (62 * 4096)     /* for intake.c */

enum inflight_state {
    INFLIGHT_FREE,
    INFLIGHT_RECEIVING,     /* the kernel may write into it at any time */
    INFLIGHT_LIVE,          /* holds a query that is not answered yet */
};

/* How far a slot's query is; a new process starts over. */
enum inflight_progress {
    INFLIGHT_ANSWERED = 0x01,           /* the reply waits to be sent */
    INFLIGHT_STREAMING = 0x02,          /* parts of the reply were sent */
    INFLIGHT_TRANSFER = 0x04,           /* of a zone: takes its time, and its
                                           records have an order */
    INFLIGHT_UNREACHABLE = 0x08,        /* nobody took it the last time */
    INFLIGHT_ROUTED = 0x10,             /* it was sent down its route */
};

struct inflight_slot {
    uint32_t state;                     /* enum inflight_state */
    uint32_t generation;                /* of this use of the slot */
    int64_t arrived_us;                 /* since 1970 */
    int64_t deadline_ms;                /* monotonic; 0: not set yet */
    uint32_t origin;                    /* listener, connection or look-up */
    uint32_t origin_generation;
    uint16_t size;                      /* of the message */
    uint16_t question_end;              /* offset; 12 without a question */
    uint16_t limit;                     /* octets of the reply, at most */
    uint16_t payload;                   /* the EDNS size that is told */
    uint16_t record_flags;              /* enum core_record_flag */
    uint8_t asked;                      /* enum reply_asked */
    uint8_t transport;                  /* enum core_transport */
    uint32_t zone;                      /* from here on: of this process */
    uint16_t client_payload;            /* the EDNS size it came with, or 0 */
    uint8_t listener;                   /* where it came in */
    uint8_t progress;                   /* enum inflight_progress */
    uint8_t attempts;                   /* sent again after silence */
    uint8_t returns;                    /* sent again because nobody took it */
    uint8_t control_size;
    struct sockaddr_in6 peer;           /* or sockaddr_in */
    uint8_t control[INFLIGHT_CONTROL]   /* the address it was sent to */
        __attribute__((aligned(8)));
    uint8_t message[];
};

typedef struct inflight inflight_t;

/* How large an area for so many small slots must be. */
size_t
    inflight_area_size(uint32_t slots);

/*
 * Takes up the area (page-aligned, of inflight_area_size() octets).  When it
 * holds slots of the same geometry and key they are kept; else all start free.
 * key stands for whatever gives `origin` its meaning.
 */
inflight_t *
    inflight_new(void *area, uint32_t slots, uint64_t key);

/* Makes every RECEIVING slot free: none of those found at the start held a
   whole message. */
void
    inflight_reclaim(inflight_t *self);

/* Ends the view; the area stays as it is. */
void
    inflight_destroy(inflight_t **self_p);

/* Small and large ones together: slots are numbered from 0. */
uint32_t
    inflight_slots(const inflight_t *self);

struct inflight_slot *
    inflight_at(const inflight_t *self, uint32_t slot);

/* Octets of message that the slot has room for. */
size_t
    inflight_room(const inflight_t *self, uint32_t slot);

/* A free slot with that much room, in the state RECEIVING; or INFLIGHT_NONE. */
uint32_t
    inflight_take(inflight_t *self, size_t room);

/* The slot holds a query (everything in it is set) and is LIVE. */
void
    inflight_keep(inflight_t *self, uint32_t slot);

/* The slot is free; what comes for it later has another generation. */
void
    inflight_release(inflight_t *self, uint32_t slot);

/* LIVE slots: how many; the oldest; the one that became LIVE after it. */
uint32_t
    inflight_count(const inflight_t *self);
uint32_t
    inflight_oldest(const inflight_t *self);
uint32_t
    inflight_after(const inflight_t *self, uint32_t slot);

/* INFLIGHT_INTAKE octets in the area for the array that recvmmsg() fills. */
void *
    inflight_intake(const inflight_t *self);

/*
 * Names this use of a slot in 64 bits, for the record's id; table tells apart
 * two of these objects.
 */
uint64_t
    inflight_id(const inflight_t *self, uint32_t slot, unsigned table);

unsigned
    inflight_id_table(uint64_t id);

/* The slot if it is LIVE and in the same use still, or INFLIGHT_NONE. */
uint32_t
    inflight_find(const inflight_t *self, uint64_t id);

#endif
