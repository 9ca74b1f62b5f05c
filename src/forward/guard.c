/*
 * guard - finds out whether an upstream leads back to this server
 *
 * CoreDNS sends one such query at its start and exits when it comes back; its
 * name was predictable once, so anyone could end the server
 * (CVE-2026-26018).  Here suspicion comes first, the label has 96 random bits
 * and lives for seconds, and the worst that can follow is that one upstream is
 * left alone for a minute.
 */

#include "forward/guard.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define TOKENS 16                       /* known at a time */
#define LIFE_MS 5000
#define LABEL_SIZE 24                   /* 96 bits, as hexadecimal digits */

struct token {
    const void *suspect;                /* NULL: free */
    int64_t born_ms;
    uint8_t label[1 + LABEL_SIZE];
};

struct guard {
    generator_t *generator;
    struct token tokens[TOKENS];
};

guard_t *
guard_new(generator_t *generator)
{
    guard_t *self = core_allocate(sizeof *self);

    self->generator = generator;
    return self;
}

void
guard_destroy(guard_t **self_p)
{
    assert(self_p);
    free(*self_p);
    *self_p = NULL;
}

static struct token *
find_oldest(guard_t *self)
{
    struct token *oldest = self->tokens;

    for (struct token *token = self->tokens; token < self->tokens + TOKENS;
         token++)
        if (token->suspect == NULL || token->born_ms < oldest->born_ms) {
            oldest = token;
            if (token->suspect == NULL)
                break;
        }
    return oldest;
}

void
guard_name(guard_t *self, const uint8_t *base, const void *suspect,
           int64_t now_ms, uint8_t name[CORE_NAME_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    struct token *token = find_oldest(self);
    uint8_t bytes[LABEL_SIZE / 2];

    assert(suspect != NULL);
    generator_fill(self->generator, bytes, sizeof bytes);
    token->suspect = suspect;
    token->born_ms = now_ms;
    token->label[0] = LABEL_SIZE;
    for (unsigned i = 0; i < sizeof bytes; i++) {
        token->label[1 + 2 * i] = (uint8_t) digits[bytes[i] >> 4];
        token->label[2 + 2 * i] = (uint8_t) digits[bytes[i] & 15];
    }

    /* A base that is too long gives up labels in front. */
    while (core_name_size(base) + sizeof token->label > CORE_NAME_SIZE)
        base = core_name_skip(base, 1);
    memcpy(name, token->label, sizeof token->label);
    memcpy(name + sizeof token->label, base, core_name_size(base));
}

const void *
guard_find(guard_t *self, const uint8_t *name, int64_t now_ms)
{
    if (name[0] != LABEL_SIZE)
        return NULL;
    for (struct token *token = self->tokens; token < self->tokens + TOKENS;
         token++)
        if (token->suspect != NULL && now_ms - token->born_ms < LIFE_MS
            && core_name_label_equal(token->label, name)) {
            const void *suspect = token->suspect;

            token->suspect = NULL;
            return suspect;
        }
    return NULL;
}
