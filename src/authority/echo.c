/*
 * echo - names that spell their address
 */

#include "authority/echo.h"

#include <arpa/inet.h>
#include <string.h>

#include "coredns/rrtype.h"

#define DOTS 3                          /* in an IPv4 address */

unsigned
echo_address(const uint8_t *label, uint8_t address[16])
{
    char text[CORE_LABEL_SIZE + 1];
    unsigned dashes = 0;
    bool is_double = false;

    for (unsigned i = 0; i < label[0]; i++) {
        text[i] = (char) label[1 + i];
        if (text[i] == '\0')
            return 0;
        is_double |= i > 0 && text[i] == '-' && text[i - 1] == '-';
        dashes += text[i] == '-';
    }
    text[label[0]] = '\0';

    bool is_four = dashes == DOTS && !is_double;

    for (char *at = text; (at = strchr(at, '-')) != NULL;)
        *at = is_four ? '.' : ':';
    if (inet_pton(is_four ? AF_INET : AF_INET6, text, address) != 1)
        return 0;
    return is_four ? 4 : 16;
}

/* The TTL of what stands for addresses; false when the wildcard is another. */
static bool
find_mark(const struct node *node, struct rrset *rrset)
{
    static const uint8_t mark[4] = { 0 };

    return node_find(node, CORE_A, rrset)
        && memcmp(rrset_first(rrset), mark, sizeof mark) == 0;
}

bool
echo_is_wildcard(const struct node *node)
{
    struct rrset mark;

    return find_mark(node, &mark);
}

bool
echo_is_mark(const struct link *link)
{
    static const uint8_t star[] = "\1*";
    struct rrset mark;

    return (link->zone->flags & CORE_ZONE_ECHO) != 0
        && core_name_label_equal(link->name, star)
        && find_mark(link->found.node, &mark);
}

enum echo_result
echo_answer(struct answer *answer, const struct link *link)
{
    uint16_t qtype = answer->query->qtype;
    uint8_t address[16];
    struct rrset mark;
    unsigned size;
    uint16_t type;

    if ((link->zone->flags & CORE_ZONE_ECHO) == 0
        || !find_mark(link->found.node, &mark))
        return ECHO_NONE;
    if (core_name_labels(link->name) != link->found.shared + 1)
        return ECHO_NO_NAME;
    size = echo_address(link->name, address);
    if (size == 0)
        return ECHO_NO_NAME;
    type = size == 4 ? CORE_A : CORE_AAAA;
    if (qtype != type && qtype != CORE_ANY)
        return ECHO_NO_TYPE;
    reply_record(&answer->reply, CORE_ANSWER, link->name, type, mark.ttl,
                 address, size);
    return ECHO_ANSWERED;
}
