/*
 * feed - zones of RRsets on their way from a source to the authorities
 *
 * coredns-feed(7) specifies the frames octet by octet.  The pattern is the
 * Clone of the ZeroMQ guide (chapter 5): changes on a PUB socket, snapshots on
 * request from a ROUTER, with what that pattern lacks: an epoch for each life
 * of the source, recovery from a gap, credit, and zones that are replaced as a
 * whole.
 *
 * A zone is known by its layer and its name.  Layers are the order in which
 * one source's data are tried (hosts before files, the first file of a name
 * before the second); most sources have only layer 0.  The zones of one layer
 * are no data to answer from: they say who is to be asked for them.
 *
 * Publisher: announces zones, sends changes, and is asked for the contents of
 * a zone when somebody wants a snapshot; it keeps no records itself.
 * Subscriber: calls back with zones and changes, in order, each exactly once;
 * gaps, restarts of the source and silence are its own business.
 */

#ifndef COREDNS_FEED_H
#define COREDNS_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/loop.h"
#include "coredns/name.h"

#define CORE_FEED_MAGIC "CDNF"
#define CORE_FEED_VERSION 1
#define CORE_FEED_FRAME_SIZE (256 * 1024)   /* octets of a frame, at most */
#define CORE_FEED_SNAPSHOT_ROOM (80 * 1024) /* least room that
                                               core_snapshot_hooks.next gets:
                                               any one record fits */
#define CORE_FEED_TRANSACTION_SIZE (512 * 1024) /* octets; a larger one is
                                               announced by a renewal */
#define CORE_FEED_FALL 256                  /* names in `fall`, at most */

/*
 * Zones of this layer hold TXT records at their top: each is a server to be
 * asked for the names of the zone, as `to` of coredns-forward(8) has it.  They
 * are for those who ask others; authorities never hear of them.
 */
#define CORE_FEED_UPSTREAMS 0xffff

struct core_zone_id {
    uint16_t layer;
    uint8_t name[CORE_NAME_SIZE];           /* small letters */
};

enum core_zone_flag {
    CORE_ZONE_FAILED = 0x0001,      /* there are no data: answer SERVFAIL */
    CORE_ZONE_STALE = 0x0002,       /* the source is away; data may be old */
    CORE_ZONE_HOSTS = 0x0004,       /* bare addresses, not a real zone: no
                                       SOA, no cuts; a wildcard covers one
                                       label; unknown name: next layer or
                                       SERVFAIL; known name without the type:
                                       NODATA without SOA */
    CORE_ZONE_FALLTHROUGH = 0x0008, /* unknown names below one of `fall` go to
                                       the next layer, source or stage */
    CORE_ZONE_FALL_UNSUPPORTED = 0x0010, /* so do types it has not */
    CORE_ZONE_PENDING = 0x0020,     /* with FAILED: the source has no data yet;
                                       who has older data of the zone goes on
                                       with them, and with older zones that
                                       the source has not named yet */
    CORE_ZONE_ECHO = 0x0040,        /* a wildcard with the address 0.0.0.0
                                       stands for what its label spells:
                                       10-1-2-3, 2001-db8--1 */
    CORE_ZONE_LABELS = 0x0080,      /* a label "*" or "any" of a query stands
                                       for any one label */
    CORE_ZONE_SINGLE = 0x0100,      /* a wildcard stands for one label */
};

/* What a zone is besides its records. */
struct core_zone_options {
    uint16_t flags;                         /* enum core_zone_flag */
    unsigned fall_count;                    /* with FALLTHROUGH: the names; 0
                                               means all of the zone */
    const uint8_t *const *fall;             /* wire names, small letters */
    const char *reason;                     /* why FAILED or STALE; or NULL */
};

enum core_change_kind {
    CORE_CHANGE_PUT = 1,            /* this is the whole RRset from here on */
    CORE_CHANGE_ADD = 2,            /* these records join the RRset */
    CORE_CHANGE_REMOVE = 3,         /* these records leave the RRset */
    CORE_CHANGE_DELETE = 4,         /* the RRset goes; type ANY: the name */
    CORE_CHANGE_NAME = 5,           /* the name exists, even without records;
                                       type 0 */
};

/*
 * One change: an RRset (class IN), or a part of it.  An RRset has one TTL (RFC
 * 2181 section 5.2): PUT sets it, ADD lowers it to the given one when that is
 * less, REMOVE leaves it.  Adding a record that is there already adds nothing;
 * only PUT may bring one twice (a hosts file does).
 */
struct core_change {
    enum core_change_kind kind;
    const uint8_t *owner;                   /* wire, any case */
    uint16_t type;
    uint32_t ttl;                           /* at most 2^31 - 1 */
    uint16_t count;                         /* of records; 0: DELETE, NAME */
    const uint8_t *rdatas;                  /* each: size (16 bits, network
                                               order), then the octets */
    size_t rdatas_size;
};

/* ---- a frame of changes, for both sides ---------------------------------- */

/* Appends a change to a buffer; returns octets written, 0 when out of room. */
size_t
    core_change_write(uint8_t *bytes, size_t limit,
                      const struct core_change *change);

/* Reads one; returns octets read, 0 when it is broken.  Checks everything but
   the inside of rdata.  The change is lent from bytes. */
size_t
    core_change_read(const uint8_t *bytes, size_t size,
                     struct core_change *change);

/*
 * Cuts a change with many records: part becomes its first ones, as many as
 * core_change_write() can write into limit octets; rest keeps the others, and
 * adds them where the whole would have been put.  False when there is nothing
 * left or not even one fits.
 */
bool
    core_change_cut(struct core_change *rest, struct core_change *part,
                    size_t limit);

/* True when what is inside the rdatas is sound as far as composing an answer
   needs it: names where the type has names, addresses of their size. */
bool
    core_change_is_sound(const struct core_change *change);

/* ---- publisher ----------------------------------------------------------- */

typedef struct core_publisher core_publisher_t;

/*
 * A subscriber wants a zone: open returns something to read it from, as it is
 * at this moment, whatever changes later; NULL: it is empty.  (What changes
 * later may show in it where all changes are of kind ADD, REMOVE, NAME or
 * DELETE of a name: they are published behind it, and say the same again.)
 * next writes changes of kind ADD, PUT or NAME through core_change_write() into
 * bytes until it is nearly full, and returns the octets written; 0 at the end.
 * limit is at least CORE_FEED_SNAPSHOT_ROOM; core_change_cut() helps with
 * RRsets that are larger.  close ends it (it is not called for NULL).
 */
struct core_snapshot_hooks {
    void *(*open)(void *owner, const struct core_zone_id *zone);
    size_t (*next)(void *snapshot, uint8_t *bytes, size_t limit);
    void (*close)(void *snapshot);
};

/* With feed_endpoint NULL nobody listens, and nothing is published. */
core_publisher_t *
    core_publisher_new(void *context, core_loop_t *loop,
                       const char *feed_endpoint,
                       const char *snapshot_endpoint,
                       const struct core_snapshot_hooks *hooks, void *owner,
                       struct core_fault *fault);
void
    core_publisher_destroy(core_publisher_t **self_p);

/*
 * Says that a zone exists and has the contents that hooks->open would give
 * from here on: subscribers fetch it and put it in place of what they have in
 * one step.  Also for new options or flags.
 */
void
    core_publisher_renew(core_publisher_t *self,
                         const struct core_zone_id *zone,
                         const struct core_zone_options *options);

/* Gives a zone that was announced other options; its records stay. */
void
    core_publisher_options(core_publisher_t *self,
                           const struct core_zone_id *zone,
                           const struct core_zone_options *options);

/*
 * A transaction: all its changes take effect at once, or none.  Call begin,
 * change (any number), commit; the zone must have been announced.  At commit
 * hooks->open must already give the new contents: what is larger than
 * CORE_FEED_TRANSACTION_SIZE is fetched from there.
 */
void
    core_publisher_begin(core_publisher_t *self,
                         const struct core_zone_id *zone);
void
    core_publisher_change(core_publisher_t *self,
                          const struct core_change *change);
void
    core_publisher_commit(core_publisher_t *self);

/* The zone is no longer served by this source. */
void
    core_publisher_remove(core_publisher_t *self,
                          const struct core_zone_id *zone);

/*
 * Says that all zones that will come have been announced once: subscribers are
 * complete when they have them.
 */
void
    core_publisher_complete(core_publisher_t *self);

/*
 * Ends the publishing, not the data: what is called from here on is told to
 * nobody, so a source that goes leaves its zones with the authorities.
 */
void
    core_publisher_retire(core_publisher_t *self);

/* ---- subscriber ---------------------------------------------------------- */

typedef struct core_subscriber core_subscriber_t;

/*
 * All are called from the loop, for one source.  `zone` calls:
 *   begin    a transaction starts; whole says that the zone's present contents
 *            are to be replaced by what follows (build beside, swap in commit);
 *            options are given then, and when they change; NULL: they stay
 *   change   one change of it
 *   commit   it takes effect; `version` grows with each change of a zone, over
 *            restarts of the source too, and is the same for all subscribers
 *   abandon  it is not completed: forget what came since begin
 *   remove   the zone is gone
 * `synced` is called each time the subscriber has become, or ceased to be,
 * complete and up to date; reason says why not.  A gap that is mended within
 * seconds is not worth a word.  `known`, which may be NULL, is called in front
 * of that and often later, but not while a zone is PENDING: all zones of the
 * source were told of, those of its former life that it has no more removed.
 * Owners of changes lie in their zone, and rdatas are sound
 * (core_change_is_sound()).
 */
struct core_subscriber_hooks {
    void (*begin)(void *owner, const struct core_zone_id *zone,
                  const struct core_zone_options *options, bool whole);
    void (*change)(void *owner, const struct core_change *change);
    void (*commit)(void *owner, uint64_t version);
    void (*abandon)(void *owner);
    void (*remove)(void *owner, const struct core_zone_id *zone);
    void (*synced)(void *owner, bool complete, const char *reason);
    void (*known)(void *owner);
    bool for_upstreams;                     /* of zones of the layer
                                               CORE_FEED_UPSTREAMS alone;
                                               false: of all others */
};

/* endpoints: "FEED,SNAPSHOT". */
core_subscriber_t *
    core_subscriber_new(void *context, core_loop_t *loop,
                        const char *endpoints, const char *identity,
                        const struct core_subscriber_hooks *hooks,
                        void *owner, struct core_fault *fault);
void
    core_subscriber_destroy(core_subscriber_t **self_p);

#endif
