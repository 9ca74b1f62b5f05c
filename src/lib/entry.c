/*
 * entry - an answer in the store: an image and what is known of it
 *
 * Times other than the first are kept as milliseconds after it: 32 bits hold
 * 49 days, more than any lifetime that can be configured.
 */

#include "lib/entry.h"

#include <assert.h>
#include <string.h>

#include "coredns/name.h"

_Static_assert(sizeof (struct entry) == 32, "an entry's header has no holes");

static uint8_t *
places_of(struct entry *self)
{
    return (uint8_t *) (self + 1);
}

static const uint8_t *
message_of(const struct entry *self)
{
    return (const uint8_t *) (self + 1)
        + self->place_count * sizeof (uint16_t);
}

/* Milliseconds since it came, as many as 32 bits hold. */
static uint32_t
age_of(const struct entry *self, int64_t now_ms)
{
    int64_t age_ms = now_ms - self->stored_ms;

    if (age_ms < 0)
        return 0;
    return age_ms < UINT32_MAX ? (uint32_t) age_ms : UINT32_MAX;
}

size_t
entry_size(const struct image *image)
{
    return sizeof (struct entry) + image->place_count * sizeof (uint16_t)
        + image->message_size;
}

void
entry_fill(struct entry *self, const struct image *image, uint8_t bits,
           const struct entry_version *version, int64_t lifetime_ms,
           int64_t now_ms)
{
    size_t places_size = image->place_count * sizeof (uint16_t);
    size_t used = entry_size(image) % ENTRY_UNIT;
    uint8_t *places = places_of(self);

    assert(lifetime_ms > 0 && lifetime_ms < UINT32_MAX);
    self->state = version == NULL ? ENTRY_LIVE : ENTRY_LOCAL;
    self->kind = (uint8_t) image->kind;
    self->message_size = image->message_size;
    self->place_count = image->place_count;
    self->stored_ms = now_ms;
    self->lifetime_ms = (uint32_t) lifetime_ms;
    self->retry_ms = 0;
    self->hit_ms = 0;
    if (version != NULL)
        self->version = *version;
    self->hits = 0;
    self->uses = 0;
    self->bits = bits;
    if (places_size > 0)
        memcpy(places, image->places, places_size);
    memcpy(places + places_size, image->message, image->message_size);
    if (used > 0)
        memset(places + places_size + image->message_size, 0,
               ENTRY_UNIT - used);
}

size_t
entry_length(const struct entry *self)
{
    return sizeof *self + self->place_count * sizeof (uint16_t)
        + self->message_size;
}

bool
entry_is_sound(const struct entry *self, size_t size)
{
    size_t length = entry_length(self);

    return length <= size && length <= (size_t) self->units * ENTRY_UNIT
        && self->message_size >= CORE_HEADER_SIZE
        && self->place_count <= ENTRY_PLACES && self->stored_ms >= 0;
}

struct image
entry_image(const struct entry *self)
{
    return (struct image) {
        .kind = (enum image_kind) self->kind,
        .message = message_of(self),
        .message_size = self->message_size,
        .place_count = self->place_count,
        .places = (const uint16_t *) (self + 1),
    };
}

const uint8_t *
entry_question(const struct entry *self, size_t *size)
{
    const uint8_t *question = message_of(self) + CORE_HEADER_SIZE;

    *size = core_name_size(question) + KEY_FIXED_SIZE;
    return question;
}

bool
entry_matches(const struct entry *self, const struct key *key)
{
    return self->bits == key->bits
        && self->message_size >= CORE_HEADER_SIZE + (size_t) key->size
        && memcmp(message_of(self) + CORE_HEADER_SIZE, key->question,
                  key->size) == 0;
}

bool
entry_is_fresh(const struct entry *self, int64_t now_ms)
{
    return age_of(self, now_ms) < self->lifetime_ms;
}

bool
entry_is_gone(const struct entry *self, int64_t stale_ms, int64_t now_ms)
{
    if (self->kind == IMAGE_FAILURE || self->state == ENTRY_LOCAL
        || stale_ms == 0)
        return !entry_is_fresh(self, now_ms);
    return now_ms - self->stored_ms > self->lifetime_ms + stale_ms;
}

uint32_t
entry_ttl(const struct entry *self, int64_t now_ms)
{
    uint32_t age_ms = age_of(self, now_ms);

    return age_ms < self->lifetime_ms
        ? (self->lifetime_ms - age_ms + 999) / 1000 : 0;
}

uint32_t
entry_first_ttl(const struct entry *self)
{
    return self->lifetime_ms / 1000;
}

bool
entry_is_due(const struct entry *self, int64_t now_ms)
{
    return age_of(self, now_ms) >= self->retry_ms;
}

/*
 * Others may be reading what is changed below: each of these is true by
 * itself, and is read as a whole or not at all.
 */
#define SET(field, value) \
    __atomic_store_n(&(field), (value), __ATOMIC_RELAXED)

void
entry_postpone(struct entry *self, int64_t pause_ms, int64_t now_ms)
{
    int64_t retry_ms = age_of(self, now_ms) + pause_ms;

    if (self->state == ENTRY_LIVE)
        SET(self->retry_ms, retry_ms < UINT32_MAX ? (uint32_t) retry_ms
                                                  : UINT32_MAX);
}

void
entry_use(struct entry *self, uint8_t most)
{
    if (self->uses < most)
        SET(self->uses, (uint8_t) (self->uses + 1));
}

void
entry_hit(struct entry *self, int64_t pause_ms, int64_t now_ms)
{
    uint32_t age_ms = age_of(self, now_ms);

    if (self->state != ENTRY_LIVE)
        return;
    if (age_ms - self->hit_ms > pause_ms)
        SET(self->hits, 0);
    if (self->hits < UINT16_MAX)
        SET(self->hits, (uint16_t) (self->hits + 1));
    SET(self->hit_ms, age_ms);
}
