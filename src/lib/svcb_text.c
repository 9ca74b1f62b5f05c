/*
 * svcb_text - the parameters of SVCB and HTTPS records as words (RFC 9460)
 *
 * A value is a text without quotes, what means something else in a zone file
 * behind a backslash.  In a list a comma is behind one of its own, which is
 * then written with a backslash as well (appendix A.1).
 */

#include "lib/svcb_text.h"

#include <arpa/inet.h>
#include <string.h>

#include "coredns/message.h"
#include "lib/svcb_key.h"

typedef bool write_value(struct core_sheet *sheet, const uint8_t *value,
                         size_t size);

static void
write_key(struct core_sheet *sheet, unsigned key)
{
    const char *name = svcb_key_name(key);

    if (name != NULL) {
        core_sheet_text(sheet, name);
        return;
    }
    core_sheet_text(sheet, "key");
    core_sheet_number(sheet, key);
}

static void
write_octet(struct core_sheet *sheet, uint8_t octet)
{
    if (octet > ' ' && octet < 0x7f && strchr("\\\"();,", octet) == NULL) {
        core_sheet_mark(sheet, (char) octet);
        return;
    }
    core_sheet_mark(sheet, '\\');
    core_sheet_digits(sheet, octet, 3);
}

static bool
write_plain(struct core_sheet *sheet, const uint8_t *value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        write_octet(sheet, value[i]);
    return true;
}

static bool
write_nothing(struct core_sheet *sheet, const uint8_t *value, size_t size)
{
    (void) sheet, (void) value;
    return size == 0;
}

static bool
write_mandatory(struct core_sheet *sheet, const uint8_t *value, size_t size)
{
    unsigned last = 0;

    for (size_t i = 0; i + 1 < size; i += 2) {
        unsigned key = core_read16(value + i);

        if (key <= last || key == UINT16_MAX)
            return false;
        if (i > 0)
            core_sheet_mark(sheet, ',');
        write_key(sheet, key);
        last = key;
    }
    return size > 0 && size % 2 == 0;
}

static bool
write_protocols(struct core_sheet *sheet, const uint8_t *value, size_t size)
{
    for (size_t i = 0; i < size; i += 1u + value[i]) {
        if (value[i] == 0 || value[i] > size - i - 1)
            return false;
        if (i > 0)
            core_sheet_mark(sheet, ',');
        for (unsigned j = 1; j <= value[i]; j++) {
            uint8_t octet = value[i + j];

            if (octet == ',' || octet == '\\')
                core_sheet_text(sheet, "\\\\");
            if (octet == ',')
                core_sheet_mark(sheet, ',');
            else
                write_octet(sheet, octet);
        }
    }
    return size > 0;
}

static bool
write_port(struct core_sheet *sheet, const uint8_t *value, size_t size)
{
    if (size != 2)
        return false;
    core_sheet_number(sheet, core_read16(value));
    return true;
}

static bool
write_addresses(struct core_sheet *sheet, int family, const uint8_t *value,
                size_t size)
{
    size_t step = family == AF_INET ? 4 : 16;
    char text[INET6_ADDRSTRLEN];

    if (size == 0 || size % step != 0)
        return false;
    for (size_t i = 0; i < size; i += step) {
        if (i > 0)
            core_sheet_mark(sheet, ',');
        inet_ntop(family, value + i, text, sizeof text);
        core_sheet_text(sheet, text);
    }
    return true;
}

static bool
write_ipv4(struct core_sheet *sheet, const uint8_t *value, size_t size)
{
    return write_addresses(sheet, AF_INET, value, size);
}

static bool
write_ipv6(struct core_sheet *sheet, const uint8_t *value, size_t size)
{
    return write_addresses(sheet, AF_INET6, value, size);
}

static bool
write_base64(struct core_sheet *sheet, const uint8_t *value, size_t size)
{
    core_sheet_base64(sheet, value, size);
    return size > 0;
}

static write_value *const writers[] = {
    [SVCB_MANDATORY] = write_mandatory, [SVCB_ALPN] = write_protocols,
    [SVCB_NO_DEFAULT_ALPN] = write_nothing, [SVCB_PORT] = write_port,
    [SVCB_IPV4HINT] = write_ipv4, [SVCB_ECH] = write_base64,
    [SVCB_IPV6HINT] = write_ipv6, [SVCB_DOHPATH] = write_plain,
    [SVCB_OHTTP] = write_nothing,
};

static bool
write_parameter(struct core_sheet *sheet, unsigned key, const uint8_t *value,
                size_t size)
{
    write_value *write = key < sizeof writers / sizeof *writers
        ? writers[key] : write_plain;

    write_key(sheet, key);
    if (write == write_nothing || size == 0)
        return write(sheet, value, size);
    core_sheet_mark(sheet, '=');
    return write(sheet, value, size);
}

/* A reader wants every key that is said to be mandatory (section 8). */
static bool
has_key(const uint8_t *parameters, size_t size, unsigned wanted)
{
    for (size_t i = 0; i < size; i += 4u + core_read16(parameters + i + 2))
        if (core_read16(parameters + i) == wanted)
            return true;
    return false;
}

static bool
has_mandatory(const uint8_t *parameters, size_t size)
{
    if (size == 0 || core_read16(parameters) != SVCB_MANDATORY)
        return true;
    for (size_t i = 0; i < core_read16(parameters + 2); i += 2)
        if (!has_key(parameters, size, core_read16(parameters + 4 + i)))
            return false;
    return true;
}

bool
svcb_text(struct core_sheet *sheet, const uint8_t *parameters, size_t size)
{
    int last = -1;
    unsigned count = 0;

    for (size_t i = 0; i < size;) {
        int key;
        size_t value_size;

        if (size - i < 4)
            return false;
        key = core_read16(parameters + i);
        value_size = core_read16(parameters + i + 2);
        if (key <= last || key == UINT16_MAX || value_size > size - i - 4
            || value_size > SVCB_VALUE_SIZE / 2 || count++ == SVCB_PARAMETERS)
            return false;
        if (i > 0)
            core_sheet_mark(sheet, ' ');
        if (!write_parameter(sheet, (unsigned) key, parameters + i + 4,
                             value_size))
            return false;
        last = key;
        i += 4 + value_size;
    }
    return has_mandatory(parameters, size);
}
