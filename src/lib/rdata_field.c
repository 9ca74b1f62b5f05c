/*
 * rdata_field - the kinds of fields that rdata is made of
 */

#include "lib/rdata_field.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "coredns/message.h"
#include "lib/rdata_octets.h"
#include "lib/svcb.h"
#include "lib/type_word.h"


/* ---- names and numbers --------------------------------------------------- */

static bool
read_name(struct core_rdata_reader *self, enum core_name_case letters)
{
    const struct core_word *word = rdata_take_word(self);
    uint8_t name[CORE_NAME_SIZE];
    int size = word->is_quoted ? -1
        : core_name_word(name, word, self->origin, letters);

    return size == -1 ? rdata_fail(self, word, "not a domain name")
        : rdata_put(self, name, (size_t) size);
}

static bool
read_any_name(struct core_rdata_reader *self)
{
    return read_name(self, CORE_NAME_AS_IT_IS);
}

static bool
read_small_name(struct core_rdata_reader *self)
{
    return read_name(self, CORE_NAME_SMALL);
}

static bool
read_8(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    uint32_t number;

    return core_word_number(word, UINT8_MAX, &number) ? rdata_put8(self, number)
        : rdata_fail(self, word, "not a number up to 255");
}

static bool
read_16(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    uint32_t number;

    return core_word_number(word, UINT16_MAX, &number) ? rdata_put16(self,
                            number)
        : rdata_fail(self, word, "not a number up to 65535");
}

static bool
read_32(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    uint32_t number;

    return core_word_number(word, UINT32_MAX, &number) ? rdata_put32(self,
                            number)
        : rdata_fail(self, word, "not a number up to 4294967295");
}

static bool
read_seconds(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    uint32_t seconds;

    return core_word_seconds(word, &seconds) ? rdata_put32(self, seconds)
        : rdata_fail(self, word, "not a time");
}

/* YYYYMMDDHHmmSS in UTC, or seconds since 1970 (RFC 4034 section 3.2). */
static bool
read_time(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    char text[15] = "";
    struct tm tm = { .tm_sec = 0 };
    uint32_t number;
    char *end;

    if (word->size != 14)
        return core_word_number(word, UINT32_MAX, &number)
            ? rdata_put32(self, number)
            : rdata_fail(self, word, "not a time of a signature");
    memcpy(text, word->text, 14);
    end = strptime(text, "%Y%m%d%H%M%S", &tm);
    if (end == NULL || *end != '\0')
        return rdata_fail(self, word, "not a time of a signature");
    return rdata_put32(self, (uint32_t) timegm(&tm));
}


static bool
read_type(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    int type = core_type_word(word);

    return type != -1 ? rdata_put16(self, (unsigned) type)
        : rdata_fail(self, word, "not a record type");
}

/* A mnemonic from a table, or a number. */
struct mnemonic {
    const char *text;
    unsigned number;
};

static int
find_mnemonic(const struct mnemonic *table, const struct core_word *word,
              uint32_t maximum)
{
    uint32_t number;

    for (; table->text != NULL; table++)
        if (core_word_is(word, table->text))
            return (int) table->number;
    return core_word_number(word, maximum, &number) ? (int) number : -1;
}

static bool
read_algorithm(struct core_rdata_reader *self)
{
    static const struct mnemonic algorithms[] = {
        { "RSAMD5", 1 }, { "DH", 2 }, { "DSA", 3 }, { "ECC", 4 },
        { "RSASHA1", 5 }, { "DSA-NSEC3-SHA1", 6 },
        { "RSASHA1-NSEC3-SHA1", 7 }, { "NSEC3RSASHA1", 7 },
        { "RSASHA256", 8 }, { "RSASHA512", 10 }, { "ECC-GOST", 12 },
        { "ECDSAP256SHA256", 13 }, { "ECDSAP384SHA384", 14 },
        { "ED25519", 15 }, { "ED448", 16 }, { "INDIRECT", 252 },
        { "PRIVATEDNS", 253 }, { "PRIVATEOID", 254 }, { NULL, 0 },
    };
    const struct core_word *word = rdata_take_word(self);
    int number = find_mnemonic(algorithms, word, UINT8_MAX);

    return number != -1 ? rdata_put8(self, (unsigned) number)
        : rdata_fail(self, word, "not an algorithm");
}

static bool
read_certificate(struct core_rdata_reader *self)
{
    static const struct mnemonic kinds[] = {
        { "PKIX", 1 }, { "SPKI", 2 }, { "PGP", 3 }, { "IPKIX", 4 },
        { "ISPKI", 5 }, { "IPGP", 6 }, { "ACPKIX", 7 }, { "IACPKIX", 8 },
        { "URI", 253 }, { "OID", 254 }, { NULL, 0 },
    };
    const struct core_word *word = rdata_take_word(self);
    int number = find_mnemonic(kinds, word, UINT16_MAX);

    return number != -1 ? rdata_put16(self, (unsigned) number)
        : rdata_fail(self, word, "not a kind of certificate");
}

/* ---- addresses ----------------------------------------------------------- */

/* Four numbers without leading zeros, which some read as octal. */
static bool
read_ipv4(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    const char *at = word->text;
    const char *end = at + word->size;
    uint8_t address[4];

    for (unsigned i = 0; i < 4; i++) {
        unsigned value = 0;
        const char *first = at;

        while (at < end && *at >= '0' && *at <= '9' && at - first < 3)
            value = value * 10 + (unsigned) (*at++ - '0');
        if (at == first || value > 255 || (*first == '0' && at - first > 1)
            || (i < 3 ? at == end || *at++ != '.' : at != end))
            return rdata_fail(self, word, "not an IPv4 address");
        address[i] = (uint8_t) value;
    }
    return rdata_put(self, address, sizeof address);
}

static bool
read_ipv6(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    char text[INET6_ADDRSTRLEN];
    uint8_t address[16];

    if (word->size >= sizeof text)
        return rdata_fail(self, word, "not an IPv6 address");
    memcpy(text, word->text, word->size);
    text[word->size] = '\0';
    if (inet_pton(AF_INET6, text, address) != 1)
        return rdata_fail(self, word, "not an IPv6 address");
    return rdata_put(self, address, sizeof address);
}

/* An address or a name, as its kind says (RFC 4025 section 2.5). */
static bool
read_gateway_of(struct core_rdata_reader *self, unsigned kind)
{
    switch (kind) {
    case 0:
        if (self->word->size == 1 && *self->word->text == '.') {
            rdata_take_word(self);
            return true;
        }
        return rdata_fail(self, self->word, "not \".\", for no gateway");
    case 1:
        return read_ipv4(self);
    case 2:
        return read_ipv6(self);
    case 3:
        return read_any_name(self);
    default:
        return rdata_fail(self, self->word - 1, "not a kind of gateway");
    }
}

/* Its kind is the second octet: precedence, kind, algorithm. */
static bool
read_gateway(struct core_rdata_reader *self)
{
    return read_gateway_of(self, self->bytes[1]);
}

/* A bit and a kind in one octet, then the relay (RFC 8777 section 4.2). */
static bool
read_relay(struct core_rdata_reader *self)
{
    uint32_t optional, kind;

    if (self->left < 3)
        return rdata_fail(self, NULL, "too few words");
    if (!core_word_number(rdata_take_word(self), 1, &optional)
        || !core_word_number(rdata_take_word(self), 3, &kind))
        return rdata_fail(self, self->word - 1, "not a kind of relay");
    return rdata_put8(self, optional << 7 | kind)
        && read_gateway_of(self, kind);
}


/* "00-11-22..": two digits each, with the same mark between them. */
static bool
read_eui(struct core_rdata_reader *self, unsigned count)
{
    const struct core_word *word = rdata_take_word(self);

    if (word->size != 3 * count - 1)
        return rdata_fail(self, word, "not a hardware address");
    for (unsigned i = 0; i < count; i++) {
        int high = rdata_hex_digit(word->text[3 * i]);
        int low = rdata_hex_digit(word->text[3 * i + 1]);

        if (high == -1 || low == -1
            || (i + 1 < count && word->text[3 * i + 2] != '-'))
            return rdata_fail(self, word, "not a hardware address");
        if (!rdata_put8(self, (unsigned) (high << 4 | low)))
            return false;
    }
    return true;
}

static bool
read_eui48(struct core_rdata_reader *self)
{
    return read_eui(self, 6);
}

static bool
read_eui64(struct core_rdata_reader *self)
{
    return read_eui(self, 8);
}

/* Four groups of up to four hex digits (RFC 6742). */
static bool
read_locator(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    const char *at = word->text;
    const char *end = at + word->size;

    for (unsigned i = 0; i < 4; i++) {
        unsigned value = 0;
        const char *first = at;

        while (at < end && rdata_hex_digit(*at) != -1 && at - first < 4)
            value = value << 4 | (unsigned) rdata_hex_digit(*at++);
        if (at == first || (i < 3 ? at == end || *at++ != ':' : at != end))
            return rdata_fail(self, word, "not four groups of hex digits");
        if (!rdata_put16(self, value))
            return false;
    }
    return true;
}

/* ---- texts --------------------------------------------------------------- */

static bool
read_string(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    uint8_t octets[255];
    int size = rdata_unescape(octets, sizeof octets, word->text, word->size);

    if (size == -1)
        return rdata_fail(self, word,
                          "broken escape, or more than 255 octets");
    return rdata_put8(self, (unsigned) size)
        && rdata_put(self, octets, (size_t) size);
}

static bool
read_strings(struct core_rdata_reader *self)
{
    while (self->left > 0)
        if (!read_string(self))
            return false;
    return true;
}

/* One text without a length in front. */
static bool
read_text(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    int size = rdata_unescape(self->bytes + self->size,
                              CORE_RDATA_SIZE - self->size, word->text,
                              word->size);

    if (size == -1)
        return rdata_fail(self, word, "broken escape, or text too long");
    self->size += (size_t) size;
    return true;
}

/* Letters and digits behind their length (RFC 8659 section 4.1). */
static bool
read_tag(struct core_rdata_reader *self)
{
    const struct core_word *word = self->word;

    for (uint32_t i = 0; i < word->size; i++) {
        char c = word->text[i] | 0x20;

        if (!(c >= 'a' && c <= 'z')
            && !(word->text[i] >= '0' && word->text[i] <= '9'))
            return rdata_fail(self, word, "not a tag");
    }
    return word->size > 0 ? read_string(self)
        : rdata_fail(self, word, "not a tag");
}

/* -------------------------------------------------------------------------- */

static bool (*const readers[128])(struct core_rdata_reader *self) = {
    [FIELD_NAME] = read_any_name, [FIELD_SMALL_NAME] = read_small_name,
    [FIELD_8] = read_8, [FIELD_16] = read_16, [FIELD_32] = read_32,
    [FIELD_SECONDS] = read_seconds, [FIELD_TIME] = read_time,
    [FIELD_TYPE] = read_type, [FIELD_ALGORITHM] = read_algorithm,
    [FIELD_CERTIFICATE] = read_certificate, [FIELD_IPV4] = read_ipv4,
    [FIELD_IPV6] = read_ipv6, [FIELD_STRING] = read_string,
    [FIELD_STRINGS] = read_strings, [FIELD_TEXT] = read_text,
    [FIELD_TAG] = read_tag, [FIELD_HEX] = rdata_read_hex,
    [FIELD_BASE64] = rdata_read_base64, [FIELD_SALT] = rdata_read_salt,
    [FIELD_HASH] = rdata_read_hash, [FIELD_TYPES] = rdata_read_types,
    [FIELD_EUI48] = read_eui48, [FIELD_EUI64] = read_eui64,
    [FIELD_LOCATOR] = read_locator, [FIELD_PARAMETERS] = svcb_read,
    [FIELD_GATEWAY] = read_gateway, [FIELD_RELAY] = read_relay,
    [FIELD_KEY] = rdata_read_key,
};

bool
rdata_field_read(struct core_rdata_reader *self, char letter)
{
    return readers[(unsigned char) letter](self);
}
