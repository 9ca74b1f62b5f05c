/*
 * rdata_octets - octets that are written as hex, base64, base32 or types
 */

#include "lib/rdata_octets.h"

#include <string.h>

#include "lib/type_word.h"

const struct core_word *
rdata_take_word(struct core_rdata_reader *self)
{
    self->left--;
    return self->word++;
}

/* ---- digits -------------------------------------------------------------- */

int
rdata_hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool
put_hex(struct core_rdata_reader *self, const char *text, size_t size)
{
    if (size % 2 != 0)
        return false;
    for (size_t i = 0; i < size; i += 2) {
        int high = rdata_hex_digit(text[i]);
        int low = rdata_hex_digit(text[i + 1]);

        if (high == -1 || low == -1
            || !rdata_put8(self, (unsigned) (high << 4 | low)))
            return false;
    }
    return true;
}

/* All words that are left; a word may end within an octet. */
bool
rdata_read_hex(struct core_rdata_reader *self)
{
    int high = -1;

    while (self->left > 0) {
        const struct core_word *word = rdata_take_word(self);

        for (uint32_t i = 0; i < word->size; i++) {
            int digit = rdata_hex_digit(word->text[i]);

            if (digit == -1)
                return rdata_fail(self, word, "not hex digits");
            if (high == -1)
                high = digit;
            else if (!rdata_put8(self, (unsigned) (high << 4 | digit)))
                return false;
            else
                high = -1;
        }
    }
    return high == -1 || rdata_fail(self, self->word - 1,
                                    "half an octet of hex digits");
}

static int
base64_digit(char digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26;
    if (digit >= '0' && digit <= '9')
        return digit - '0' + 52;
    return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

/* All words that are left, as one text; the padding may be missing. */
bool
rdata_read_base64(struct core_rdata_reader *self)
{
    uint32_t bits = 0;
    unsigned count = 0;                 /* bits that wait for their octet */
    bool padded = false;

    while (self->left > 0) {
        const struct core_word *word = rdata_take_word(self);

        for (uint32_t i = 0; i < word->size; i++) {
            int digit = base64_digit(word->text[i]);

            if (word->text[i] == '=' && (count == 4 || count == 2 || padded)) {
                padded = true;
                continue;
            }
            if (digit == -1 || padded)
                return rdata_fail(self, word, "not base64");
            bits = bits << 6 | (uint32_t) digit;
            count += 6;
            if (count >= 8) {
                count -= 8;
                if (!rdata_put8(self, bits >> count & 0xff))
                    return false;
            }
        }
    }
    return count != 6 || rdata_fail(self, self->word - 1, "not base64");
}

/* As base64, but there may be none. */
bool
rdata_read_key(struct core_rdata_reader *self)
{
    return self->left == 0 || rdata_read_base64(self);
}

/* Hex digits behind their length; "-" is none (RFC 5155 section 3.3). */
bool
rdata_read_salt(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);

    if (word->size == 1 && *word->text == '-')
        return rdata_put8(self, 0);
    return (word->size <= 510 && rdata_put8(self, word->size / 2)
            && put_hex(self, word->text, word->size))
        || rdata_fail(self, word, "not a salt");
}

static int
base32_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'v' ? digit - 'a' + 10 : -1;
}

/* Base 32 with extended hex digits, behind its length (RFC 5155). */
bool
rdata_read_hash(struct core_rdata_reader *self)
{
    const struct core_word *word = rdata_take_word(self);
    uint32_t bits = 0;
    unsigned count = 0;

    if (word->size > 408 || !rdata_put8(self, word->size * 5 / 8))
        return rdata_fail(self, word, "not a hash");
    for (uint32_t i = 0; i < word->size; i++) {
        int digit = base32_digit(word->text[i]);

        if (digit == -1)
            return rdata_fail(self, word, "not a hash");
        bits = bits << 5 | (uint32_t) digit;
        count += 5;
        if (count < 8)
            continue;
        count -= 8;
        if (!rdata_put8(self, bits >> count & 0xff))
            return false;
    }
    return true;
}

/* ---- sets of types, RFC 4034 section 4.1.2 ------------------------------- */

static bool
put_window(struct core_rdata_reader *self, unsigned window,
           const uint8_t bits[32])
{
    unsigned size = 32;

    while (size > 0 && bits[size - 1] == 0)
        size--;
    return size == 0
        || (rdata_put8(self, window) && rdata_put8(self, size)
            && rdata_put(self, bits, size));
}

bool
rdata_read_types(struct core_rdata_reader *self)
{
    uint8_t bits[256][32];
    bool used[256] = { false };

    while (self->left > 0) {
        const struct core_word *word = rdata_take_word(self);
        int type = core_type_word(word);

        if (type == -1)
            return rdata_fail(self, word, "not a record type");
        if (!used[type >> 8])
            memset(bits[type >> 8], 0, 32);
        used[type >> 8] = true;
        bits[type >> 8][(type & 255) / 8] |= (uint8_t) (0x80 >> type % 8);
    }
    for (unsigned window = 0; window < 256; window++)
        if (used[window] && !put_window(self, window, bits[window]))
            return false;
    return true;
}
