/*
 * type_word - a word of zone text as a record type or a class
 */

#include "lib/type_word.h"

#include <string.h>
#include <strings.h>

#include "coredns/rrtype.h"

/* The letters of a word in one number, small ones made large, so that common
   types are found by one comparison. */
static uint64_t
pack(const char *text, size_t size)
{
    uint64_t packed = 0;

    for (size_t i = 0; i < size; i++) {
        uint8_t c = (uint8_t) text[i];

        packed = packed << 8 | (c >= 'a' && c <= 'z' ? c & 0xdfu : c);
    }
    return packed;
}

#define P1(a) ((uint64_t) (a))
#define P2(a, b) (P1(a) << 8 | (b))
#define P3(a, b, c) (P2(a, b) << 8 | (c))
#define P4(a, b, c, d) (P3(a, b, c) << 8 | (d))
#define P5(a, b, c, d, e) (P4(a, b, c, d) << 8 | (e))

int
core_type_word(const struct core_word *word)
{
    char text[CORE_RRTYPE_TEXT_SIZE];

    if (word->size >= sizeof text || word->is_quoted)
        return -1;
    switch (word->size <= 5 ? pack(word->text, word->size) : 0) {
    case P1('A'):
        return CORE_A;
    case P2('N', 'S'):
        return CORE_NS;
    case P2('M', 'X'):
        return CORE_MX;
    case P3('T', 'X', 'T'):
        return CORE_TXT;
    case P3('P', 'T', 'R'):
        return CORE_PTR;
    case P4('A', 'A', 'A', 'A'):
        return CORE_AAAA;
    case P5('C', 'N', 'A', 'M', 'E'):
        return CORE_CNAME;
    case P5('R', 'R', 'S', 'I', 'G'):
        return CORE_RRSIG;
    default:
        memcpy(text, word->text, word->size);
        text[word->size] = '\0';
        return core_rrtype_from_text(text);
    }
}

int
core_class_word(const struct core_word *word)
{
    struct core_word digits = {
        .text = word->text + 5, .size = word->size - 5
    };
    uint32_t number;

    if (word->is_quoted)
        return -1;
    switch (word->size == 2 ? pack(word->text, 2) : 0) {
    case P2('I', 'N'):
        return CORE_IN;
    case P2('C', 'S'):
        return 2;
    case P2('C', 'H'):
        return CORE_CH;
    case P2('H', 'S'):
        return CORE_HS;
    default:
        return word->size >= 6 && strncasecmp(word->text, "CLASS", 5) == 0
            && core_word_number(&digits, UINT16_MAX, &number)
            ? (int) number : -1;
    }
}
