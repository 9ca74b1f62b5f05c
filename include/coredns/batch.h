/*
 * batch - the frame that travels on a pipe: many DNS messages in one
 *
 * coredns-pipe(7) specifies it octet by octet; this class reads and writes it.
 * All numbers are little-endian.  Everything read is checked as if a stranger
 * had sent it: a reader never leaves the frame, whatever is in it.
 */

#ifndef COREDNS_BATCH_H
#define COREDNS_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORE_BATCH_MAGIC "CDNP"
#define CORE_BATCH_VERSION 1
#define CORE_BATCH_HEADER_SIZE 16
#define CORE_RECORD_HEADER_SIZE 56
#define CORE_TRAIL_SIZE 4096            /* of one record, at most */
#define CORE_BATCH_RECORDS 1024         /* in one batch, at most */
#define CORE_BATCH_SIZE (1024 * 1024)   /* octets of one batch, at most */

/*
 * Every kind of batch.                  sender -> receiver
 */
enum core_batch_kind {
    CORE_BATCH_QUERIES = 1,             /* stage -> its next stage */
    CORE_BATCH_REPLIES = 2,             /* a stage -> the one that asked it */
    CORE_BATCH_CHANGES = 3,             /* a stage -> those in front of it that
                                           have sent it one: names whose data
                                           are others from now on, each as a
                                           NOTIFY (RFC 1996) */
};

enum core_record_flag {
    CORE_RECORD_MORE = 0x0001,          /* reply: a part of it; the next one is
                                           to be asked for (a zone transfer) */
    CORE_RECORD_RETURNED = 0x0002,      /* reply: nobody took the query; the
                                           message is the query, unchanged */
    CORE_RECORD_RESENT = 0x0004,        /* query: may have been seen before */
    CORE_RECORD_INTERNAL = 0x0008,      /* query: a look-up of a stage */
    CORE_RECORD_TRACE = 0x0010,         /* query: each stage adds a hop */
};

enum core_transport {
    CORE_UDP = 1, CORE_TCP = 2, CORE_DOT = 3, CORE_DOH = 4, CORE_DOQ = 5,
    CORE_INTERNAL = 6,                  /* a look-up of a stage */
};

/* Kinds of trail items; a stage hands on the ones it does not know. */
enum core_trail_kind {
    CORE_TRAIL_SERVER = 1,              /* query: address the client used */
    CORE_TRAIL_ROUTE = 2,               /* query: zone of the route, wire */
    CORE_TRAIL_TSIG = 3,                /* query: verified key name, wire */
    CORE_TRAIL_HOP = 4,                 /* both: a stop of a traced query */
    CORE_TRAIL_EDE = 5,                 /* reply: info code, then text */
    CORE_TRAIL_ANSWERED_BY = 6,         /* reply: name of the stage */
    CORE_TRAIL_SOURCE = 7,              /* reply: local data: epoch, sequence
                                           and zone it was made from */
    CORE_TRAIL_DEPTH = 8,               /* query: look-ups on top of another */
    CORE_TRAIL_SCOPE = 9,               /* reply: enum core_scope: a change
                                           of that will be told */
    CORE_TRAIL_PART = 10,               /* number of a part (4 octets), then a
                                           bookmark;  reply: of this part, and
                                           where the next one begins; query:
                                           of the part that is asked for */
};

/* Octets of a bookmark, at most. */
#define CORE_BOOKMARK_SIZE 384

/* Parts of a reply that is too long for one message (coredns-pipe(7)). */
struct core_part {
    uint32_t number;                    /* the first is 0 */
    const uint8_t *bookmark;            /* lent; whatever its writer needs */
    size_t bookmark_size;               /* 0: begin; in a reply: the end */
};

/* What a reply from local data depends on; nothing else went into it. */
enum core_scope {
    CORE_SCOPE_ZONES = 1,               /* any of the data */
    CORE_SCOPE_NAME = 2,                /* the records at its question's name */
};

struct core_record {
    uint64_t id;                        /* given by whoever began the query */
    int64_t arrived_us;                 /* since 1970, at the frontend */
    uint32_t left_ms;                   /* how long the asker still waits */
    uint16_t flags;                     /* enum core_record_flag */
    uint8_t transport;                  /* enum core_transport */
    uint8_t client[16];                 /* IPv4 as ::ffff:a.b.c.d */
    uint16_t client_port;
    const uint8_t *message;             /* lent from the frame */
    size_t message_size;
    const uint8_t *trail;               /* lent from the frame */
    size_t trail_size;
};

#define CORE_CLIENT_TEXT_SIZE 46        /* with its NUL */

/* "192.0.2.7" or "2001:db8::7". */
char *
    core_client_to_text(char text[CORE_CLIENT_TEXT_SIZE],
                        const uint8_t client[16]);

/* Reads a frame. */
struct core_batch_reader {
    const uint8_t *bytes;
    size_t size;
    size_t offset;
    unsigned left;
    enum core_batch_kind kind;
};

/* False when the frame is no batch of ours; nothing can be read then. */
bool
    core_batch_open(struct core_batch_reader *self, const void *bytes,
                    size_t size);

/*
 * The next record; false at the end, or where the frame is broken (then
 * self->left is not 0).
 */
bool
    core_batch_next(struct core_batch_reader *self,
                    struct core_record *record);

/* Writes a frame into a buffer that it owns and reuses. */
typedef struct core_batch core_batch_t;

core_batch_t *
    core_batch_new(void);

void
    core_batch_destroy(core_batch_t **self_p);

/* Empties the batch and sets what it will hold. */
void
    core_batch_start(core_batch_t *self, enum core_batch_kind kind);

unsigned
    core_batch_count(const core_batch_t *self);

/* True when a record of that size would no longer fit: send it first. */
bool
    core_batch_is_full(const core_batch_t *self, size_t message_size);

/* Adds a record with its message and trail copied. */
void
    core_batch_add(core_batch_t *self, const struct core_record *record);

/*
 * Adds a record whose message is composed in place: reserve gives room for
 * that many octets (valid until the next call), commit says how many were
 * used.  A reserve without commit leaves nothing behind.
 */
uint8_t *
    core_batch_reserve(core_batch_t *self, size_t message_limit);
void
    core_batch_commit(core_batch_t *self, const struct core_record *record,
                      size_t message_size);

/* The finished frame; lent until the next core_batch_start(). */
const void *
    core_batch_frame(core_batch_t *self, size_t *size);

/* Puts an item behind those in trail; returns the new size, or the old one
   when it does not fit in CORE_TRAIL_SIZE. */
size_t
    core_trail_add(uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size,
                   enum core_trail_kind kind, const void *value,
                   size_t value_size);

/* A stop of a traced query; times count from when it came to the toolkit. */
struct core_hop {
    const char *name;                   /* of the process */
    const char *verdict;                /* "passed", "answered"; "back": its
                                           reply came by */
    int64_t in_us, out_us;
    const char *reason;                 /* why; "" when there is none */
};

#define CORE_HOP_SIZE 320               /* octets of its text; more is cut */

/* Adds a stop; the new size. */
size_t
    core_trail_hop(uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size,
                   const struct core_hop *hop);

/* Adds what makes a reply one from local data, of no zone and version in
   particular. */
size_t
    core_trail_local(uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size);

/* Copies a trail without the items of that kind; the new size. */
size_t
    core_trail_without(uint8_t copy[CORE_TRAIL_SIZE], const uint8_t *trail,
                       size_t trail_size, enum core_trail_kind kind);

/* Adds an item PART. */
size_t
    core_trail_add_part(uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size,
                        const struct core_part *part);

/* Reads it; false when there is none that is sound.  Lent from the trail. */
bool
    core_trail_part(const uint8_t *trail, size_t trail_size,
                    struct core_part *part);

/* The first item of that kind: its value and size, or NULL. */
const uint8_t *
    core_trail_find(const uint8_t *trail, size_t trail_size,
                    enum core_trail_kind kind, size_t *value_size);

#endif
