/*
 * sheet - text that is written into a place of fixed size
 */

#include "lib/sheet.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include "coredns/name.h"

#define NUMBER_DIGITS 20

/* Room for a piece of that size, or NULL: then the sheet is full. */
static char *
room(struct core_sheet *self, size_t size)
{
    if (self->is_full || self->size > self->limit
        || size > self->limit - self->size) {
        self->is_full = true;
        return NULL;
    }
    return self->text + self->size;
}

void
core_sheet_add(struct core_sheet *self, const void *octets, size_t size)
{
    char *place = room(self, size);

    if (place == NULL || size == 0)
        return;
    memcpy(place, octets, size);
    self->size += size;
}

void
core_sheet_text(struct core_sheet *self, const char *text)
{
    core_sheet_add(self, text, strlen(text));
}

void
core_sheet_mark(struct core_sheet *self, char mark)
{
    core_sheet_add(self, &mark, 1);
}

void
core_sheet_digits(struct core_sheet *self, uint64_t number, unsigned digits)
{
    char text[NUMBER_DIGITS];
    unsigned at = NUMBER_DIGITS;

    do {
        text[--at] = (char) ('0' + number % 10);
        number /= 10;
    } while (at > 0 && (number > 0 || NUMBER_DIGITS - at < digits));
    core_sheet_add(self, text + at, NUMBER_DIGITS - at);
}

void
core_sheet_number(struct core_sheet *self, uint64_t number)
{
    core_sheet_digits(self, number, 1);
}

/* The octets as digits that stand for so many bits each, the highest first. */
static void
add_coded(struct core_sheet *self, const uint8_t *octets, size_t size,
          unsigned width, const char *digits)
{
    size_t text_size = (size * 8 + width - 1) / width;
    char *place = room(self, text_size);

    if (place == NULL)
        return;
    for (size_t i = 0; i < text_size; i++) {
        size_t bit = i * width;
        unsigned two = (unsigned) octets[bit / 8] << 8;

        if (bit / 8 + 1 < size)
            two |= octets[bit / 8 + 1];
        *place++ = digits[two >> (16 - width - bit % 8)
                          & ((1u << width) - 1)];
    }
    self->size += text_size;
}

void
core_sheet_hex(struct core_sheet *self, const uint8_t *octets, size_t size)
{
    add_coded(self, octets, size, 4, "0123456789abcdef");
}

void
core_sheet_base32(struct core_sheet *self, const uint8_t *octets, size_t size)
{
    add_coded(self, octets, size, 5, "0123456789abcdefghijklmnopqrstuv");
}

void
core_sheet_base64(struct core_sheet *self, const uint8_t *octets, size_t size)
{
    static const char *const padding[] = { "", "==", "=" };

    if (room(self, (size + 2) / 3 * 4) == NULL)
        return;
    add_coded(self, octets, size, 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
              "abcdefghijklmnopqrstuvwxyz0123456789+/");
    core_sheet_text(self, padding[size % 3]);
}

void
core_sheet_name(struct core_sheet *self, const uint8_t *name)
{
    char text[CORE_NAME_TEXT_SIZE];

    core_sheet_text(self, core_name_to_text(text, name));
}

static void
add_octet(struct core_sheet *self, uint8_t octet)
{
    char text[2] = { '\\', (char) octet };

    if (octet < ' ' || octet >= 0x7f) {
        core_sheet_mark(self, '\\');
        core_sheet_digits(self, octet, 3);
    }
    else if (octet == '"' || octet == '\\')
        core_sheet_add(self, text, sizeof text);
    else
        core_sheet_mark(self, (char) octet);
}

void
core_sheet_quoted(struct core_sheet *self, const uint8_t *octets, size_t size)
{
    core_sheet_mark(self, '"');
    for (size_t i = 0; i < size; i++)
        add_octet(self, octets[i]);
    core_sheet_mark(self, '"');
}

void
core_sheet_address(struct core_sheet *self, const uint8_t address[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    bool is_ipv4 = memcmp(address, mapped, sizeof mapped) == 0;
    char text[INET6_ADDRSTRLEN];

    inet_ntop(is_ipv4 ? AF_INET : AF_INET6,
              address + (is_ipv4 ? sizeof mapped : 0), text, sizeof text);
    core_sheet_text(self, text);
}

void
core_sheet_time(struct core_sheet *self, int64_t real_us)
{
    time_t seconds = (time_t) (real_us / 1000000);
    struct tm tm;

    if (real_us < 0 || gmtime_r(&seconds, &tm) == NULL) {
        core_sheet_mark(self, '-');     /* a time that nobody meant */
        return;
    }

    const struct {
        int number;
        unsigned digits;
        const char *behind;
    } parts[] = {
        { tm.tm_year + 1900, 4, "-" }, { tm.tm_mon + 1, 2, "-" },
        { tm.tm_mday, 2, "T" }, { tm.tm_hour, 2, ":" },
        { tm.tm_min, 2, ":" }, { tm.tm_sec, 2, "." },
        { (int) (real_us % 1000000), 6, "Z" },
    };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        core_sheet_digits(self, (uint64_t) parts[i].number, parts[i].digits);
        core_sheet_text(self, parts[i].behind);
    }
}
