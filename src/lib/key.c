/*
 * key - what an answer is kept under: the whole question
 *
 * SipHash with one round a word and three at the end: strong enough against
 * chosen names, as no hash is ever shown to anybody, and a few nanoseconds for
 * a name of usual length.  DO and CD are not hashed: the at most four keys of
 * one question are told apart by comparing, and a reply, which has no DO bit,
 * still finds its question by hash.
 */

#include "lib/key.h"

#include <assert.h>
#include <string.h>
#include <sys/random.h>

#include "coredns/name.h"
#include "coredns/rrtype.h"
#include "lib/lower.h"

#define WORD sizeof (uint64_t)
#define META_TYPES 128                  /* RFC 6895 section 3.1: to 255 */

/* ---- which queries ------------------------------------------------------- */

static bool
has_client_subnet(const struct core_edns *edns)
{
    const uint8_t *value;
    size_t offset = 0;
    uint16_t code, size;

    while (core_edns_option(edns, &offset, &code, &value, &size))
        if (code == CORE_OPTION_ECS && size > 2 && value[2] > 0)
            return true;
    return false;
}

bool
key_covers(const struct core_message *query)
{
    return core_message_opcode(query) == CORE_OPCODE_QUERY
        && (query->flags & CORE_QR) == 0
        && query->qclass != CORE_CLASS_ANY
        && query->qclass != CORE_CLASS_NONE
        && (query->qtype < META_TYPES || query->qtype >= CORE_ANY)
        && query->qtype != CORE_OPT && query->tsig_offset == 0
        && (query->edns.options_size == 0
            || !has_client_subnet(&query->edns));
}

/* ---- the secret ---------------------------------------------------------- */

struct key_secret
key_secret_new(void)
{
    struct key_secret secret;
    ssize_t size = getrandom(&secret, sizeof secret, 0);

    assert(size == sizeof secret);      /* so few octets always come whole */
    return secret;
}

/* ---- SipHash-1-3 --------------------------------------------------------- */

struct state {
    uint64_t a, b, c, d;
};

static inline uint64_t
rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void
mix(struct state *state)
{
    state->a += state->b;
    state->b = rotate(state->b, 13) ^ state->a;
    state->a = rotate(state->a, 32);
    state->c += state->d;
    state->d = rotate(state->d, 16) ^ state->c;
    state->a += state->d;
    state->d = rotate(state->d, 21) ^ state->a;
    state->c += state->b;
    state->b = rotate(state->b, 17) ^ state->c;
    state->c = rotate(state->c, 32);
}

/* octets are padded with zeros to whole words; the size is hashed too. */
static uint64_t
hash_words(const uint8_t *octets, size_t size,
           const struct key_secret *secret)
{
    struct state state = {
        .a = secret->words[0] ^ UINT64_C(0x736f6d6570736575),
        .b = secret->words[1] ^ UINT64_C(0x646f72616e646f6d),
        .c = secret->words[0] ^ UINT64_C(0x6c7967656e657261),
        .d = secret->words[1] ^ UINT64_C(0x7465646279746573),
    };
    uint64_t word;

    for (size_t i = 0; i < size; i += WORD) {
        memcpy(&word, octets + i, WORD);
        state.d ^= word;
        mix(&state);
        state.a ^= word;
    }
    word = (uint64_t) size << 56;
    state.d ^= word;
    mix(&state);
    state.a ^= word;
    state.c ^= 0xff;
    mix(&state);
    mix(&state);
    mix(&state);
    return state.a ^ state.b ^ state.c ^ state.d;
}

/* ---- keys ---------------------------------------------------------------- */

void
key_of_name(struct key *self, const uint8_t *name, uint16_t type,
            uint16_t rclass, uint8_t bits, const struct key_secret *secret)
{
    size_t size = core_name_size(name);
    uint8_t *question = self->question;

    self->size = (uint16_t) (size + KEY_FIXED_SIZE);
    self->bits = bits;

    /* The words that the name and what stands behind it end in. */
    memset(question + size / WORD * WORD, 0, 2 * WORD);
    memcpy(question, name, size);
    for (size_t i = 0; i < size; i += WORD) {
        uint64_t word;

        memcpy(&word, question + i, WORD);
        word = lower_word(word);
        memcpy(question + i, &word, WORD);
    }
    core_write16(question + size, type);
    core_write16(question + size + 2, rclass);
    self->hash = hash_words(question, self->size, secret);
}

void
key_of_query(struct key *self, const struct core_message *query,
             const struct key_secret *secret)
{
    unsigned bits = (query->edns.dnssec_ok ? KEY_DNSSEC_OK : 0)
        | ((query->flags & CORE_CD) != 0 ? KEY_CHECKING_DISABLED : 0);

    key_of_name(self, query->qname, query->qtype, query->qclass,
                (uint8_t) bits, secret);
}

void
key_of_question(struct key *self, const uint8_t *question, size_t size,
                uint8_t bits, const struct key_secret *secret)
{
    key_of_name(self, question,
                core_read16(question + size - KEY_FIXED_SIZE),
                core_read16(question + size - 2), bits, secret);
}

bool
key_same_question(const struct key *left, const struct key *right)
{
    return left->hash == right->hash && left->size == right->size
        && memcmp(left->question, right->question, left->size) == 0;
}

bool
key_equal(const struct key *left, const struct key *right)
{
    return left->bits == right->bits && key_same_question(left, right);
}
