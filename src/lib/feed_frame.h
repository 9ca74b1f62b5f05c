/*
 * feed_frame - what the frames of a feed are made of
 *
 * coredns-feed(7) specifies them octet by octet.  A frame is a header and a
 * body; all numbers are little-endian, names are in wire format.  Nothing here
 * trusts what it reads: a reader returns 0 or false for what is broken and
 * never leaves the octets it was given.
 */

#ifndef LIB_FEED_FRAME_H
#define LIB_FEED_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "coredns/feed.h"

#define FEED_HEADER_SIZE 32
#define FEED_SECTION_SIZE 8             /* of a section's header */
#define FEED_REASON_SIZE 512            /* octets of a zone's reason, its NUL
                                           included */
#define FEED_OPTIONS_SIZE \
    (6 + CORE_FEED_FALL * CORE_NAME_SIZE + FEED_REASON_SIZE)
#define FEED_ZONE_SIZE (2 + CORE_NAME_SIZE)
#define FEED_CREDIT 16                  /* frames a subscriber may be owed */

/*
 * Every kind of frame.                 sender -> receiver: body
 */
enum feed_kind {
    FEED_CHANGE = 1,                    /* PUB -> SUB: zone, changes; as many
                                           frames as the transaction needs */
    FEED_RENEW = 2,                     /* PUB -> SUB: zone... */
    FEED_REMOVE = 3,                    /* PUB -> SUB: zone... */
    FEED_BEAT = 4,                      /* PUB -> SUB: nothing */
    FEED_OPTIONS = 5,                   /* PUB -> SUB: zone, options */
    FEED_WANT = 16,                     /* DEALER -> ROUTER: zone... */
    FEED_CREDIT_MORE = 17,              /* DEALER -> ROUTER: nothing */
    FEED_SNAPSHOT = 32,                 /* ROUTER -> DEALER: section... */
    FEED_ABSENT = 33,                   /* ROUTER -> DEALER: nothing; there is
                                           no such request */
};

enum feed_flag {
    FEED_COMPLETE = 0x0001,             /* all zones have been announced */
    FEED_MORE = 0x0002,                 /* CHANGE: not the last frame */
    FEED_ONLY = 0x0004,                 /* WANT: these zones, nothing else */
    FEED_ALL = 0x0008,                  /* WANT: whatever is known */
    FEED_FOR_UPSTREAMS = 0x0010,        /* WANT: of the layer of upstreams,
                                           and not of all others */
};

/* Sections of a SNAPSHOT frame. */
enum feed_section_kind {
    FEED_LIST = 1,                      /* zone...: all there are, in parts */
    FEED_ZONE = 2,                      /* zone, sequence, options */
    FEED_RECORDS = 3,                   /* changes of the zone before */
    FEED_END = 4,                       /* the zone is whole */
    FEED_DONE = 5,                      /* sequence, flags: the end of it all */
};

/* Flags of a DONE section. */
enum feed_done_flag {
    FEED_DONE_COMPLETE = 0x01,          /* all zones have been announced */
    FEED_DONE_LISTED = 0x02,            /* LIST named every zone there is */
};

struct feed_header {
    enum feed_kind kind;
    uint16_t flags;                     /* enum feed_flag */
    uint64_t epoch;
    uint64_t sequence;
    uint32_t count;                     /* WANT, CREDIT_MORE: frames */
    uint32_t request;                   /* of which WANT this is part */
};

struct feed_section {
    enum feed_section_kind kind;
    uint8_t flags;
    const uint8_t *bytes;               /* lent */
    size_t size;
};

/* Zone options with room for what they point to. */
struct feed_options {
    struct core_zone_options options;
    const uint8_t *fall[CORE_FEED_FALL];    /* lent from the frame */
    char reason[FEED_REASON_SIZE];
};

void
    feed_header_write(uint8_t bytes[FEED_HEADER_SIZE],
                      const struct feed_header *header);
bool
    feed_header_read(const uint8_t *bytes, size_t size,
                     struct feed_header *header);

/* Zone ids: octets written or read, 0 when out of room or broken. */
size_t
    feed_zone_write(uint8_t *bytes, size_t limit,
                    const struct core_zone_id *zone);
size_t
    feed_zone_read(const uint8_t *bytes, size_t size,
                   struct core_zone_id *zone);

/* Options; those that exceed a limit are cut to it. */
size_t
    feed_options_write(uint8_t bytes[FEED_OPTIONS_SIZE],
                       const struct core_zone_options *options);
size_t
    feed_options_read(const uint8_t *bytes, size_t size,
                      struct feed_options *options);

/* The header of a section whose body of that size stands behind it. */
void
    feed_section_write(uint8_t bytes[FEED_SECTION_SIZE],
                       enum feed_section_kind kind, uint8_t flags,
                       size_t size);
size_t
    feed_section_read(const uint8_t *bytes, size_t size,
                      struct feed_section *section);

static inline uint16_t
feed_get16(const uint8_t *bytes)
{
    return (uint16_t) (bytes[0] | bytes[1] << 8);
}

static inline uint32_t
feed_get32(const uint8_t *bytes)
{
    return (uint32_t) bytes[3] << 24 | (uint32_t) bytes[2] << 16
        | (uint32_t) bytes[1] << 8 | bytes[0];
}

static inline uint64_t
feed_get64(const uint8_t *bytes)
{
    return (uint64_t) feed_get32(bytes + 4) << 32 | feed_get32(bytes);
}

static inline void
feed_put16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t) value;
    bytes[1] = (uint8_t) (value >> 8);
}

static inline void
feed_put32(uint8_t *bytes, uint32_t value)
{
    feed_put16(bytes, (uint16_t) value);
    feed_put16(bytes + 2, (uint16_t) (value >> 16));
}

static inline void
feed_put64(uint8_t *bytes, uint64_t value)
{
    feed_put32(bytes, (uint32_t) value);
    feed_put32(bytes + 4, (uint32_t) (value >> 32));
}

#endif
