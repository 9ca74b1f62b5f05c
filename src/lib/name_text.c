/*
 * name - domain names as text, in the notation of zone files
 *
 * RFC 1035 section 5.1 and RFC 4343 section 2.1: \DDD is the octet with that
 * decimal number, \X is X itself.  What means something else in a zone file
 * must stand behind a backslash, in both directions.
 */

#include "coredns/name.h"

#include <string.h>

/* Octets that stand for themselves only behind a backslash. */
static const char special[] = ".;\"\\()@$";

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * Reads what follows a backslash.  Returns the octets of text it took, or 0
 * for a bad escape.
 */
static size_t
read_escape(const char *text, uint8_t *octet)
{
    if (!is_digit(text[0])) {
        *octet = (uint8_t) text[0];
        return text[0] != '\0';
    }
    if (!is_digit(text[1]) || !is_digit(text[2]))
        return 0;

    int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + text[2] - '0';

    *octet = (uint8_t) value;
    return value <= UINT8_MAX ? 3 : 0;
}

/* Says whether an octet may stand in a name without a backslash. */
static bool
is_plain(char c)
{
    return (unsigned char) c > ' ' && c != 0x7f && strchr(";\"()", c) == NULL;
}

/*
 * Reads one label and writes it behind its length, at most limit octets.
 * Returns the octets of text it took, or 0 for what is no label.
 */
static size_t
read_label(uint8_t *label, size_t limit, const char *text)
{
    size_t used = 0;
    size_t length = 0;

    while (text[used] != '\0' && text[used] != '.') {
        uint8_t octet = (uint8_t) text[used];
        size_t escape = 0;

        if (length == CORE_LABEL_SIZE || length + 1 >= limit)
            return 0;
        if (text[used] == '\\') {
            escape = read_escape(text + used + 1, &octet);
            if (escape == 0)
                return 0;
        } else if (!is_plain(text[used])) {
            return 0;
        }
        used += 1 + escape;
        label[++length] = octet;
    }
    label[0] = (uint8_t) length;
    return length > 0 ? used : 0;
}

/* Ends a name of size octets with that of origin, or the root for NULL. */
static int
append_origin(uint8_t *name, size_t size, const uint8_t *origin)
{
    static const uint8_t root[] = { 0 };

    if (origin == NULL)
        origin = root;

    size_t origin_size = core_name_size(origin);

    if (size + origin_size > CORE_NAME_SIZE)
        return -1;
    memmove(name + size, origin, origin_size);
    return (int) (size + origin_size);
}

int
core_name_from_text(uint8_t name[CORE_NAME_SIZE], const char *text,
                    const uint8_t *origin)
{
    size_t size = 0;

    if (strcmp(text, ".") == 0)
        return append_origin(name, 0, NULL);
    if (strcmp(text, "@") == 0)
        return origin == NULL ? -1 : append_origin(name, 0, origin);
    do {
        /* One octet is kept free for the root. */
        size_t used = read_label(name + size, CORE_NAME_SIZE - 1 - size, text);

        if (used == 0)
            return -1;
        size += name[size] + 1u;
        text += used;
        if (*text == '.' && *++text == '\0')
            return append_origin(name, size, NULL);
    } while (*text != '\0');
    return append_origin(name, size, origin);
}

/* Writes an octet as zone files need it and returns what is behind it. */
static char *
write_octet(char *text, uint8_t octet)
{
    if (octet > ' ' && octet < 0x7f) {
        if (strchr(special, octet) != NULL)
            *text++ = '\\';
        *text++ = (char) octet;
        return text;
    }
    *text++ = '\\';
    *text++ = (char) ('0' + octet / 100);
    *text++ = (char) ('0' + octet / 10 % 10);
    *text++ = (char) ('0' + octet % 10);
    return text;
}

char *
core_name_to_text(char text[CORE_NAME_TEXT_SIZE], const uint8_t *name)
{
    char *end = text;

    if (*name == 0)
        *end++ = '.';
    while (*name != 0) {
        for (unsigned i = 1; i <= *name; i++)
            end = write_octet(end, name[i]);
        *end++ = '.';
        name += *name + 1;
    }
    *end = '\0';
    return text;
}
