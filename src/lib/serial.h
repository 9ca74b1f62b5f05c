/*
 * serial - the serial of a zone that changes by itself
 *
 * It is the time of the last change, in seconds, so that it needs no memory
 * and goes on growing when the process is started anew.  When more than one
 * change comes in a second, those that have read the zone in between cannot
 * tell: so it moves once more in the next second.
 */

#ifndef LIB_SERIAL_H
#define LIB_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

struct serial {
    uint32_t value;
    bool is_open;                       /* there were changes since it moved */
};

/* Says whether left is later than right (RFC 1982). */
bool
    serial_is_later(uint32_t left, uint32_t right);

/* The zone changes; true when the serial has moved. */
bool
    serial_change(struct serial *self, uint32_t now_seconds);

/* Nothing changes; true when the serial has moved because of changes before. */
bool
    serial_settle(struct serial *self, uint32_t now_seconds);

#endif
