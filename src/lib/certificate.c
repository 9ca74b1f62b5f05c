/*
 * certificate - keys in a certificate of czmq's zcert
 *
 * czmq would read it, too; but it brings ten other libraries along, and half of
 * the stages have no other use for it.
 */

#include "lib/certificate.h"

#include <string.h>

#include <zmq.h>

#define SECTION "curve"
#define INDENT 4                        /* of what stands below a section */
#define KEY_TEXT_SIZE 40                /* of a key in Z85 */

/* The line has that word at that place, and the word ends there. */
static bool
has_word(const char *line, size_t indent, const char *word)
{
    size_t size = strlen(word);

    return strspn(line, " ") == indent
        && strncmp(line + indent, word, size) == 0
        && strchr(" =\t\r\n", line[indent + size]) != NULL;
}

static const char *
next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line == '\0' ? line : line + 1;
}

/* A comment or a line of blanks: it neither begins nor ends anything. */
static bool
is_empty(const char *line)
{
    return strchr("#\r\n", line[strspn(line, " \t")]) != NULL;
}

/* The first line below the section that has the name; NULL: there is none. */
static const char *
find_line(const char *text, const char *name)
{
    bool is_inside = false;

    for (; *text != '\0'; text = next_line(text)) {
        if (is_empty(text))
            continue;
        if (*text != ' ')
            is_inside = has_word(text, 0, SECTION);
        else if (is_inside && has_word(text, INDENT, name))
            return text + INDENT + strlen(name);
    }
    return NULL;
}

bool
certificate_key(const char *text, const char *name,
                uint8_t key[CERTIFICATE_KEY_SIZE])
{
    const char *value = find_line(text, name);
    char copy[KEY_TEXT_SIZE + 1];
    bool is_key;

    if (value == NULL)
        return false;
    value += strspn(value, " \t");
    if (*value != '=')
        return false;
    value++;
    value += strspn(value, " \t");
    if (*value != '"' || strcspn(value + 1, "\"\r\n") != KEY_TEXT_SIZE
        || value[1 + KEY_TEXT_SIZE] != '"')
        return false;
    memcpy(copy, value + 1, KEY_TEXT_SIZE);
    copy[KEY_TEXT_SIZE] = '\0';
    is_key = zmq_z85_decode(key, copy) != NULL;
    explicit_bzero(copy, sizeof copy);
    return is_key;
}
