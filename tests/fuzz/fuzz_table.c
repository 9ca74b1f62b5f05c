/*
 * fuzz_table - an answer table with other octets than its owner would write
 *
 * Each four octets of the input put one octet somewhere that matters: in the
 * head, in the slot of the question that is looked for, or in its entry.
 * Whoever looks stays within the memory, and what he finds is an answer to the
 * question; the sanitizer watches the first, for a copy of the memory ends
 * where the table does.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cache/stress.h"
#include "coredns/memory.h"
#include "lib/table_layout.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define NUMBER 1
#define RDATA 60
#define HOT_HEAD 96                     /* octets in front of the guards */
#define HOT_ENTRY 256

static const struct key_secret secret = { { 1, 2 } };
static uint8_t *whole;                  /* a table with one answer */
static size_t whole_size;
static size_t slot_at, entry_at;
static uint8_t query[STRESS_RECORD];
static struct core_message message;

static void
find_places(const struct table_head *head, const struct key *key)
{
    const struct index_slot *slots = (const void *) (whole + head->index);
    size_t slot = index_home(index_tag(key->hash), head->index_size);

    slot_at = head->index + slot * sizeof *slots;
    entry_at = (size_t) (uint32_t) slots[slot].word * ENTRY_UNIT;
    assert(entry_at != 0);
}

static void
make_table(void)
{
    static uint8_t bytes[CORE_MESSAGE_SIZE];
    struct core_fault fault;
    store_t *store = store_new(STORE_SIZE_LEAST, &secret, &fault);
    uint8_t name[CORE_NAME_SIZE];
    uint16_t place;
    struct image image = {
        .kind = IMAGE_POSITIVE, .message = bytes, .places = &place,
        .place_count = 1,
        .message_size = (uint16_t) stress_message(bytes, NUMBER, 0, RDATA),
    };
    struct key key;
    const struct table_head *head;

    assert(store != NULL);
    stress_name(NUMBER, name);
    key_of_name(&key, name, STRESS_TYPE, CORE_IN, 0, &secret);
    place = (uint16_t) (key.size + CORE_HEADER_SIZE + 6);
    store_put(store, &key, &image, 3600000, 0);
    head = store_head(store);
    whole_size = head->size;
    whole = core_allocate(whole_size);
    memcpy(whole, head, whole_size);
    find_places((const void *) whole, &key);
    store_destroy(&store);

    size_t size = stress_message(query, NUMBER, 0, 0);

    assert(core_message_parse(&message, query, size) == CORE_PARSE_OK);
}

/* Where one octet goes. */
static size_t
place_of(const uint8_t *step)
{
    size_t at = (size_t) step[1] << 8 | step[2];

    switch (step[0] % 3) {
    case 0:
        return at % HOT_HEAD;
    case 1:
        return slot_at + at % sizeof (struct index_slot);
    default:
        return entry_at + at % HOT_ENTRY;
    }
}

static void
look(table_t *table)
{
    struct table_answer answer;

    if (!table_find(table, &message, 1000, &answer))
        return;
    assert(answer.message_size >= message.question_end);
    assert(memcmp(answer.message + CORE_HEADER_SIZE,
                  query + CORE_HEADER_SIZE,
                  message.question_end - CORE_HEADER_SIZE) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct core_fault fault;
    uint8_t *memory;
    table_t *table;

    if (whole == NULL)
        make_table();
    memory = core_allocate(whole_size);
    memcpy(memory, whole, whole_size);

    /* The head is looked at once when it is mapped, and may change later. */
    table = table_of_memory(memory, whole_size, &fault);
    assert(table != NULL);
    for (size_t i = 0; i + 4 <= size; i += 4)
        memory[place_of(bytes + i)] = bytes[i + 3];
    look(table);
    table_release(&table);
    table = table_of_memory(memory, whole_size, &fault);
    if (table != NULL)
        look(table);
    table_release(&table);
    free(memory);
    return 0;
}
