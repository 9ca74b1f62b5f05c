/*
 * rdata_text - rdata as the words behind a type, in the notation of zone files
 *
 * A field that is not as its kind says ends the attempt: then all of the rdata
 * is written as octets instead.
 */

#include "lib/rdata_text.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include "coredns/message.h"
#include "coredns/name.h"
#include "coredns/rrtype.h"
#include "lib/rdata_layout.h"
#include "lib/svcb_text.h"

/* What is left to be written. */
struct text_reader {
    struct core_sheet *sheet;
    const uint8_t *rdata;               /* all of it */
    const uint8_t *at;
    size_t left;
};

typedef bool write_field(struct text_reader *self);

/* The next octets, or NULL when there are not so many. */
static const uint8_t *
take(struct text_reader *self, size_t size)
{
    const uint8_t *octets = self->at;

    if (size > self->left)
        return NULL;
    self->at += size;
    self->left -= size;
    return octets;
}

/* ---- names and numbers --------------------------------------------------- */

static bool
write_name(struct text_reader *self)
{
    int size = core_name_check(self->at, self->left);

    if (size == -1)
        return false;
    core_sheet_name(self->sheet, take(self, (size_t) size));
    return true;
}

static bool
write_number(struct text_reader *self, size_t size)
{
    const uint8_t *octets = take(self, size);
    uint32_t number = 0;

    if (octets == NULL)
        return false;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | octets[i];
    core_sheet_number(self->sheet, number);
    return true;
}

static bool
write_8(struct text_reader *self)
{
    return write_number(self, 1);
}

static bool
write_16(struct text_reader *self)
{
    return write_number(self, 2);
}

static bool
write_32(struct text_reader *self)
{
    return write_number(self, 4);
}

static bool
write_time(struct text_reader *self)
{
    const uint8_t *octets = take(self, 4);
    time_t time;
    struct tm tm;
    char text[16];

    if (octets == NULL)
        return false;
    time = (time_t) core_read32(octets);
    gmtime_r(&time, &tm);
    strftime(text, sizeof text, "%Y%m%d%H%M%S", &tm);
    core_sheet_text(self->sheet, text);
    return true;
}

static bool
write_type(struct text_reader *self)
{
    const uint8_t *octets = take(self, 2);
    char text[CORE_RRTYPE_TEXT_SIZE];

    if (octets == NULL)
        return false;
    core_sheet_text(self->sheet,
                    core_rrtype_to_text(text, core_read16(octets)));
    return true;
}

/* ---- addresses ----------------------------------------------------------- */

static bool
write_address(struct text_reader *self, int family, size_t size)
{
    const uint8_t *octets = take(self, size);
    char text[INET6_ADDRSTRLEN];

    if (octets == NULL)
        return false;
    inet_ntop(family, octets, text, sizeof text);
    core_sheet_text(self->sheet, text);
    return true;
}

static bool
write_ipv4(struct text_reader *self)
{
    return write_address(self, AF_INET, 4);
}

static bool
write_ipv6(struct text_reader *self)
{
    return write_address(self, AF_INET6, 16);
}

static bool
write_gateway_of(struct text_reader *self, unsigned kind)
{
    static write_field *const kinds[] = {
        NULL, write_ipv4, write_ipv6, write_name
    };

    if (kind == 0)
        core_sheet_mark(self->sheet, '.');
    return kind == 0 || (kind < sizeof kinds / sizeof *kinds
                         && kinds[kind](self));
}

static bool
write_gateway(struct text_reader *self)
{
    return write_gateway_of(self, self->rdata[1]);
}

static bool
write_relay(struct text_reader *self)
{
    const uint8_t *octet = take(self, 1);

    if (octet == NULL)
        return false;
    core_sheet_text(self->sheet, (*octet & 0x80) != 0 ? "1 " : "0 ");
    core_sheet_number(self->sheet, *octet & 0x7fu);
    core_sheet_mark(self->sheet, ' ');
    return write_gateway_of(self, *octet & 0x7fu);
}

static bool
write_eui(struct text_reader *self, size_t size)
{
    const uint8_t *octets = take(self, size);

    for (size_t i = 0; octets != NULL && i < size; i++) {
        if (i > 0)
            core_sheet_mark(self->sheet, '-');
        core_sheet_hex(self->sheet, octets + i, 1);
    }
    return octets != NULL;
}

static bool
write_eui48(struct text_reader *self)
{
    return write_eui(self, 6);
}

static bool
write_eui64(struct text_reader *self)
{
    return write_eui(self, 8);
}

static bool
write_locator(struct text_reader *self)
{
    const uint8_t *octets = take(self, 8);

    for (size_t i = 0; octets != NULL && i < 8; i += 2) {
        if (i > 0)
            core_sheet_mark(self->sheet, ':');
        core_sheet_hex(self->sheet, octets + i, 2);
    }
    return octets != NULL;
}

/* ---- texts --------------------------------------------------------------- */

/* The octets behind their length, or NULL. */
static const uint8_t *
take_string(struct text_reader *self, size_t *size)
{
    const uint8_t *length = take(self, 1);

    if (length == NULL)
        return NULL;
    *size = *length;
    return take(self, *size);
}

static bool
write_string(struct text_reader *self)
{
    size_t size;
    const uint8_t *octets = take_string(self, &size);

    if (octets == NULL)
        return false;
    core_sheet_quoted(self->sheet, octets, size);
    return true;
}

static bool
write_strings(struct text_reader *self)
{
    while (write_string(self)) {
        if (self->left == 0)
            return true;
        core_sheet_mark(self->sheet, ' ');
    }
    return false;
}

static bool
write_text(struct text_reader *self)
{
    size_t size = self->left;

    core_sheet_quoted(self->sheet, take(self, size), size);
    return true;
}

static bool
write_tag(struct text_reader *self)
{
    size_t size;
    const uint8_t *octets = take_string(self, &size);

    if (octets == NULL || size == 0)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!((octets[i] | 0x20) >= 'a' && (octets[i] | 0x20) <= 'z')
            && !(octets[i] >= '0' && octets[i] <= '9'))
            return false;
    core_sheet_add(self->sheet, octets, size);
    return true;
}

/* ---- octets -------------------------------------------------------------- */

static bool
write_hex(struct text_reader *self)
{
    size_t size = self->left;

    core_sheet_hex(self->sheet, take(self, size), size);
    return size > 0;
}

static bool
write_key(struct text_reader *self)
{
    size_t size = self->left;

    core_sheet_base64(self->sheet, take(self, size), size);
    return true;
}

static bool
write_base64(struct text_reader *self)
{
    return self->left > 0 && write_key(self);
}

static bool
write_salt(struct text_reader *self)
{
    size_t size;
    const uint8_t *octets = take_string(self, &size);

    if (octets == NULL)
        return false;
    if (size == 0)
        core_sheet_mark(self->sheet, '-');
    core_sheet_hex(self->sheet, octets, size);
    return true;
}

static bool
write_hash(struct text_reader *self)
{
    size_t size;
    const uint8_t *octets = take_string(self, &size);

    if (octets == NULL || size == 0)
        return false;
    core_sheet_base32(self->sheet, octets, size);
    return true;
}

/* The types of one window (RFC 4034 section 4.1.2). */
static void
write_window(struct core_sheet *sheet, unsigned window, const uint8_t *bits,
             size_t size, bool is_first)
{
    char text[CORE_RRTYPE_TEXT_SIZE];

    for (unsigned i = 0; i < size * 8; i++) {
        if ((bits[i / 8] & 0x80u >> i % 8) == 0)
            continue;
        if (!is_first)
            core_sheet_mark(sheet, ' ');
        is_first = false;
        core_sheet_text(sheet, core_rrtype_to_text(
            text, (uint16_t) (window << 8 | i)));
    }
}

static bool
write_types(struct text_reader *self)
{
    int last = -1;

    while (self->left > 0) {
        const uint8_t *head = take(self, 2);
        const uint8_t *bits;

        if (head == NULL || head[0] <= last || head[1] == 0 || head[1] > 32)
            return false;
        bits = take(self, head[1]);
        if (bits == NULL || bits[head[1] - 1] == 0)
            return false;
        write_window(self->sheet, head[0], bits, head[1], last == -1);
        last = head[0];
    }
    return true;
}

static bool
write_parameters(struct text_reader *self)
{
    size_t size = self->left;

    return svcb_text(self->sheet, take(self, size), size);
}

/* -------------------------------------------------------------------------- */

static write_field *const writers[128] = {
    [FIELD_NAME] = write_name, [FIELD_SMALL_NAME] = write_name,
    [FIELD_8] = write_8, [FIELD_16] = write_16, [FIELD_32] = write_32,
    [FIELD_SECONDS] = write_32, [FIELD_TIME] = write_time,
    [FIELD_TYPE] = write_type, [FIELD_ALGORITHM] = write_8,
    [FIELD_CERTIFICATE] = write_16, [FIELD_IPV4] = write_ipv4,
    [FIELD_IPV6] = write_ipv6, [FIELD_STRING] = write_string,
    [FIELD_STRINGS] = write_strings, [FIELD_TEXT] = write_text,
    [FIELD_TAG] = write_tag, [FIELD_HEX] = write_hex,
    [FIELD_BASE64] = write_base64, [FIELD_SALT] = write_salt,
    [FIELD_HASH] = write_hash, [FIELD_TYPES] = write_types,
    [FIELD_EUI48] = write_eui48, [FIELD_EUI64] = write_eui64,
    [FIELD_LOCATOR] = write_locator, [FIELD_PARAMETERS] = write_parameters,
    [FIELD_GATEWAY] = write_gateway, [FIELD_RELAY] = write_relay,
    [FIELD_KEY] = write_key,
};

static bool
write_fields(struct text_reader *self, const char *fields)
{
    for (const char *field = fields; *field != '\0'; field++) {
        bool may_be_none = *field == FIELD_TYPES || *field == FIELD_KEY
            || *field == FIELD_PARAMETERS;

        if (field > fields && !(may_be_none && self->left == 0))
            core_sheet_mark(self->sheet, ' ');
        if (!writers[(unsigned char) *field](self))
            return false;
    }
    return self->left == 0;
}

static void
write_generic(struct core_sheet *sheet, const uint8_t *rdata, size_t size)
{
    core_sheet_text(sheet, "\\# ");
    core_sheet_number(sheet, size);
    if (size > 0)
        core_sheet_mark(sheet, ' ');
    core_sheet_hex(sheet, rdata, size);
}

void
core_rdata_text(struct core_sheet *sheet, uint16_t type, const uint8_t *rdata,
                size_t size)
{
    struct text_reader reader = {
        .sheet = sheet, .rdata = rdata, .at = rdata, .left = size,
    };
    const char *fields = rdata_layout(type);
    size_t start = sheet->size;

    if (sheet->is_full
        || (fields != NULL && size > 0 && write_fields(&reader, fields)))
        return;
    core_sheet_rewind(sheet, start);
    write_generic(sheet, rdata, size);
}
