/*
 * serial - the serial of a zone that changes by itself
 */

#include "lib/serial.h"

bool
serial_is_later(uint32_t left, uint32_t right)
{
    return left != right && left - right < 1u << 31;
}

bool
serial_change(struct serial *self, uint32_t now_seconds)
{
    /* The clock may have stepped back. */
    self->is_open = !serial_is_later(now_seconds, self->value);
    if (!self->is_open)
        self->value = now_seconds;
    return !self->is_open;
}

bool
serial_settle(struct serial *self, uint32_t now_seconds)
{
    return self->is_open && serial_change(self, now_seconds);
}
