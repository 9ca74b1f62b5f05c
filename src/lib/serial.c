/*
 * serial - the serial of a zone that changes by itself
 */

#include "lib/serial.h"

/* RFC 1982: the clock may have stepped back. */
static bool
is_later(uint32_t left, uint32_t right)
{
    return left != right && left - right < 1u << 31;
}

bool
serial_change(struct serial *self, uint32_t now_seconds)
{
    self->is_open = !is_later(now_seconds, self->value);
    if (!self->is_open)
        self->value = now_seconds;
    return !self->is_open;
}

bool
serial_settle(struct serial *self, uint32_t now_seconds)
{
    return self->is_open && serial_change(self, now_seconds);
}
