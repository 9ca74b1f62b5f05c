/*
 * framing - whole messages out of a stream of octets
 *
 * On a stream each message stands behind its length in two octets (RFC 1035
 * section 4.2.2).  Octets come in any pieces; the buffer is there only while
 * it holds something, so an idle connection has none.
 */

#ifndef FRONTEND_FRAMING_H
#define FRONTEND_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAMING_LIMIT 4096              /* octets of a message that are kept */
#define FRAMING_BUFFER (2 * (2 + FRAMING_LIMIT))

/* To be zeroed at the start. */
struct framing {
    uint8_t *bytes;                     /* NULL: nothing is held */
    size_t start;                       /* of what was not taken yet */
    size_t end;
    size_t skip;                        /* octets of a message that is over */
};

/* Room for what comes next, never 0. */
uint8_t *
    framing_room(struct framing *self, size_t *size);

/* So many octets were put there. */
void
    framing_added(struct framing *self, size_t size);

/*
 * The next whole message, lent until the next framing_room(); false when there
 * is none yet.  Of one that is longer than FRAMING_LIMIT only that much is
 * given, and the rest is passed over.
 */
bool
    framing_next(struct framing *self, const uint8_t **message, size_t *size);

/* True when part of a message has come. */
bool
    framing_is_halfway(const struct framing *self);

/* Gives back the buffer when it holds nothing. */
void
    framing_pack(struct framing *self);

/* Gives back the buffer whatever it holds. */
void
    framing_end(struct framing *self);

#endif
