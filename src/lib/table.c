/*
 * table - a piece of a neighbour's answer table, to be looked at
 *
 * A look at an entry: where the index says, a copy of it is taken; when the
 * guard has not moved and the index still says the same, the copy is of one
 * piece and was under that hash.  The index is asked once more between guard
 * and copy: it may have let go of the place and taken it again, for the same
 * question, while the entry there is being written anew.  Everything else is
 * judged by the copy.
 */

#include "lib/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "coredns/memory.h"
#include "lib/entry.h"
#include "lib/guard.h"
#include "lib/table_layout.h"

#define PROBES 64                       /* slots looked at for one question */
#define TRIES 3                         /* when it changes under our eyes */
#define HEADER_WORDS (sizeof (struct entry) / GUARD_WORD)

struct table {
    const uint8_t *memory;
    size_t size;
    const struct table_head *head;
    const struct index_slot *slots;
    size_t slots_most;
    struct key_secret secret;
    uint64_t copy[(ENTRY_SIZE_MOST + GUARD_WORD) / GUARD_WORD];
};

enum look {
    LOOK_FOUND,
    LOOK_NOTHING,
    LOOK_MOVED,                         /* it was being changed */
};

/* ---- life ---------------------------------------------------------------- */

static bool
is_table(const struct table_head *head, size_t size)
{
    return head->magic == TABLE_MAGIC && head->size == size
        && head->index % sizeof (struct index_slot) == 0
        && head->index >= sizeof *head && head->index < size
        && head->index_most > 0
        && head->index_most <= (size - head->index)
                               / sizeof (struct index_slot);
}

table_t *
table_of_memory(const void *memory, size_t size, struct core_fault *fault)
{
    table_t *self;

    if (!is_table(memory, size)) {
        core_fault_set(fault, NULL, 0, "not an answer table of this version");
        return NULL;
    }
    self = core_allocate(sizeof *self);
    self->memory = memory;
    self->size = size;
    self->head = memory;
    self->slots = (const void *) (self->memory + self->head->index);
    self->slots_most = self->head->index_most;
    self->secret = self->head->secret;
    return self;
}

table_t *
table_new(int descriptor, struct core_fault *fault)
{
    int seals = fcntl(descriptor, F_GET_SEALS);
    struct stat status;
    void *memory;

    /* Memory that shrinks would take its reader with it. */
    if (seals == -1 || (seals & F_SEAL_SHRINK) == 0) {
        core_fault_set(fault, NULL, 0, "an answer table without a seal");
        return NULL;
    }
    if (fstat(descriptor, &status) == -1
        || status.st_size < (off_t) sizeof (struct table_head)) {
        core_fault_set(fault, NULL, 0, "too small for an answer table");
        return NULL;
    }
    memory = mmap(NULL, (size_t) status.st_size, PROT_READ, MAP_SHARED,
                  descriptor, 0);
    if (memory == MAP_FAILED) {
        core_fault_set(fault, NULL, 0, "cannot map an answer table: %s",
                       strerror(errno));
        return NULL;
    }

    table_t *self = table_of_memory(memory, (size_t) status.st_size, fault);

    if (self == NULL)
        munmap(memory, (size_t) status.st_size);
    return self;
}

void
table_destroy(table_t **self_p)
{
    table_t *self = *self_p;

    if (self == NULL)
        return;
    munmap((void *) (uintptr_t) self->memory, self->size);
    table_release(self_p);
}

void
table_release(table_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

bool
table_is_open(const table_t *self)
{
    return __atomic_load_n(&self->head->is_closed, __ATOMIC_RELAXED) == 0;
}

/* ---- looking ------------------------------------------------------------- */

/* Copies the entry as far as it says it goes; false when it cannot be one. */
static bool
copy_entry(table_t *self, uint32_t position)
{
    size_t offset = (size_t) position * ENTRY_UNIT;
    const struct entry *copy = (const void *) self->copy;
    size_t needed;

    if (offset + sizeof *copy > self->size)
        return false;
    guard_read(self->copy, self->memory + offset, HEADER_WORDS);
    if (copy->state == ENTRY_DEAD
        || !entry_is_sound(copy, sizeof self->copy))
        return false;
    needed = (entry_length(copy) + GUARD_WORD - 1) / GUARD_WORD;
    if (needed * GUARD_WORD > self->size - offset)
        return false;
    guard_read(self->copy + HEADER_WORDS,
               self->memory + offset + sizeof *copy, needed - HEADER_WORDS);
    return true;
}

static bool
says(const table_t *self, size_t slot, uint64_t word)
{
    return __atomic_load_n(&self->slots[slot].word, __ATOMIC_ACQUIRE) == word;
}

/* Takes a copy of what lies where a slot says. */
static enum look
look_at(table_t *self, size_t slot, uint64_t word)
{
    uint32_t position = (uint32_t) word;
    const uint32_t *guard =
        &self->head->guards[position / TABLE_GUARD_UNITS % TABLE_GUARDS];
    uint32_t seen = guard_look(guard);

    if (!says(self, slot, word))
        return LOOK_MOVED;

    bool is_entry = copy_entry(self, position);

    if (!guard_holds(guard, seen) || !says(self, slot, word))
        return LOOK_MOVED;
    return is_entry ? LOOK_FOUND : LOOK_NOTHING;
}

static enum look
look(table_t *self, const struct key *key, uint32_t *position)
{
    uint32_t tag = index_tag(key->hash);
    uint64_t slot_count = __atomic_load_n(&self->head->index_size,
                                          __ATOMIC_ACQUIRE);
    size_t slot = index_home(tag, slot_count);

    if (slot_count == 0 || slot_count > self->slots_most)
        return LOOK_NOTHING;
    for (unsigned i = 0; i < PROBES; i++) {
        uint64_t word = __atomic_load_n(&self->slots[slot].word,
                                        __ATOMIC_ACQUIRE);

        if ((uint32_t) word == 0)
            return LOOK_NOTHING;
        if (word >> 32 == tag) {
            enum look found = look_at(self, slot, word);

            *position = (uint32_t) word;
            if (found == LOOK_MOVED
                || (found == LOOK_FOUND
                    && entry_matches((const void *) self->copy, key)))
                return found;
        }
        slot = slot + 1 == slot_count ? 0 : slot + 1;
    }
    return LOOK_NOTHING;
}

/* ---- judging ------------------------------------------------------------- */

/* Its owner is to be asked, who then renews it (see should_renew() there). */
static bool
is_due(const table_t *self, const struct entry *entry, uint32_t left,
       int64_t now_ms)
{
    const struct table_policy *policy = &self->head->policy;
    uint32_t hits = __atomic_load_n(&policy->prefetch, __ATOMIC_RELAXED);
    uint64_t percentage = __atomic_load_n(&policy->prefetch_percentage,
                                          __ATOMIC_RELAXED);

    return hits > 0 && entry->hits >= hits && entry_is_due(entry, now_ms)
        && left <= (entry_first_ttl(entry) * percentage + 99) / 100;
}

static bool
is_current(const table_t *self, const struct entry *entry)
{
    const struct entry_version *version = &entry->version;

    if (entry->state != ENTRY_LOCAL)
        return entry->stored_ms > __atomic_load_n(&self->head->since_ms,
                                                  __ATOMIC_ACQUIRE);
    return version->slot < TABLE_VERSIONS
        && __atomic_load_n(&self->head->away_ms, __ATOMIC_ACQUIRE) == 0
        && __atomic_load_n(&self->head->versions[version->slot],
                           __ATOMIC_ACQUIRE) == version->value;
}

/* Writes the TTL into the copy's message, behind the question; false when a
   place is none. */
static bool
write_ttls(const struct image *image, uint8_t *message, size_t question_end,
           uint32_t ttl)
{
    for (unsigned i = 0; i < image->place_count; i++) {
        if (image->places[i] < question_end
            || image->places[i] + 4u > image->message_size)
            return false;
        core_write32(message + image->places[i], ttl);
    }
    return true;
}

/* Makes what was copied a reply; false when it is no good. */
static bool
make_reply(table_t *self, const struct core_message *query, int64_t now_ms,
           struct table_answer *answer)
{
    const struct entry *entry = (const void *) self->copy;
    struct image image = entry_image(entry);
    uint32_t left = entry_ttl(entry, now_ms);

    answer->message = (uint8_t *) self->copy
        + (image.message - (const uint8_t *) self->copy);
    answer->message_size = image.message_size;
    answer->is_local = entry->state == ENTRY_LOCAL;
    answer->is_positive = image.kind == IMAGE_POSITIVE;
    if (left == 0 || image.kind == IMAGE_FAILURE || !is_current(self, entry))
        return false;
    if (answer->is_local)
        return true;
    if (is_due(self, entry, left, now_ms))
        return false;
    if (__atomic_load_n(&self->head->policy.keep_ttl, __ATOMIC_RELAXED) != 0)
        left = entry_first_ttl(entry);

    uint16_t flags = image_flags_for(&image, query);

    core_write16(answer->message + 2,
                 (uint16_t) (CORE_QR | flags | image_rcode(&image)));
    return write_ttls(&image, answer->message, query->question_end, left);
}

bool
table_find(table_t *self, const struct core_message *query, int64_t now_ms,
           struct table_answer *answer)
{
    enum look found = LOOK_MOVED;
    struct key key;

    if (!table_is_open(self))
        return false;
    key_of_query(&key, query, &self->secret);
    for (unsigned i = 0; i < TRIES && found == LOOK_MOVED; i++)
        found = look(self, &key, &answer->position);
    answer->tag = index_tag(key.hash);
    return found == LOOK_FOUND && make_reply(self, query, now_ms, answer);
}
