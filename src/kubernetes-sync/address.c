/*
 * address - an address of IPv4 or IPv6, and the names made of it
 */

#include "kubernetes-sync/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

bool
address_read(struct address *self, const char *text)
{
    memset(self, 0, sizeof *self);
    if (inet_pton(AF_INET, text, self->bytes) == 1)
        self->size = 4;
    else if (inet_pton(AF_INET6, text, self->bytes) == 1)
        self->size = 16;
    return self->size != 0;
}

bool
address_equal(const struct address *left, const struct address *right)
{
    return left->size == right->size
        && memcmp(left->bytes, right->bytes, left->size) == 0;
}

char *
address_label(const struct address *self, char text[CORE_LABEL_SIZE + 1])
{
    inet_ntop(self->size == 4 ? AF_INET : AF_INET6, self->bytes, text,
              CORE_LABEL_SIZE + 1);
    for (char *at = text; *at != '\0'; at++)
        if (*at == '.' || *at == ':')
            *at = '-';
    return text;
}

static size_t
write_four(const uint8_t *bytes, uint8_t *name)
{
    size_t size = 0;

    for (int i = 3; i >= 0; i--) {
        int digits = sprintf((char *) name + size + 1, "%u", bytes[i]);

        name[size] = (uint8_t) digits;
        size += 1 + (size_t) digits;
    }
    return size;
}

static size_t
write_sixteen(const uint8_t *bytes, uint8_t *name)
{
    static const char digits[] = "0123456789abcdef";
    size_t size = 0;

    for (int i = 15; i >= 0; i--)
        for (int shift = 0; shift <= 4; shift += 4) {
            name[size++] = 1;
            name[size++] = (uint8_t) digits[bytes[i] >> shift & 15];
        }
    return size;
}

void
address_reverse(const struct address *self, uint8_t name[CORE_NAME_SIZE])
{
    static const uint8_t four[] = "\7in-addr\4arpa";
    static const uint8_t sixteen[] = "\3ip6\4arpa";

    if (self->size == 4)
        memcpy(name + write_four(self->bytes, name), four, sizeof four);
    else
        memcpy(name + write_sixteen(self->bytes, name), sixteen,
               sizeof sixteen);
}
