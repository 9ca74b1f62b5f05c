/*
 * changes - data of ours are others: all that may keep our replies are told
 *
 * What was composed of the old data leaves first, and everything made of the
 * new later; so whoever keeps replies need only drop what it has when it is
 * told.  Names are gathered until the end of the loop's round; when there are
 * many of them, everything has changed.
 */

#include "life.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"

#define NAMES_MOST 256                  /* told one by one */

struct changes {
    core_batch_t *batch;
    unsigned count;                     /* of names in it */
    bool is_all;
};

void
changes_new(core_life_t *life)
{
    life->changes = core_allocate(sizeof *life->changes);
    life->changes->batch = core_batch_new();
    core_batch_start(life->changes->batch, CORE_BATCH_CHANGES);
}

void
changes_destroy(core_life_t *life)
{
    if (life->changes == NULL)
        return;
    core_batch_destroy(&life->changes->batch);
    free(life->changes);
    life->changes = NULL;
}

/* A NOTIFY for all there is at the name. */
static void
add_name(core_batch_t *batch, const uint8_t *name)
{
    uint8_t message[CORE_HEADER_SIZE + CORE_NAME_SIZE + 4] = { 0 };
    size_t size = core_name_size(name);
    struct core_record record = { .message = message };

    core_write16(message + 2, CORE_OPCODE_NOTIFY << 11);
    core_write16(message + 4, 1);
    memcpy(message + CORE_HEADER_SIZE, name, size);
    core_write16(message + CORE_HEADER_SIZE + size, CORE_ANY);
    core_write16(message + CORE_HEADER_SIZE + size + 2, CORE_IN);
    record.message_size = CORE_HEADER_SIZE + size + 4;
    core_batch_add(batch, &record);
}

void
changes_add_all(core_batch_t *batch)
{
    static const uint8_t root[] = { 0 };

    core_batch_start(batch, CORE_BATCH_CHANGES);
    add_name(batch, root);
}

void
core_life_changed(core_life_t *life, const uint8_t *name)
{
    struct changes *changes = life->changes;

    if (changes == NULL || changes->is_all)
        return;
    life_flush_late(life);
    if (name == NULL || *name == 0 || changes->count == NAMES_MOST)
        changes->is_all = true;
    else {
        add_name(changes->batch, name);
        changes->count++;
    }
}

void
changes_flush(void *owner)
{
    core_life_t *life = owner;
    struct changes *changes = life->changes;

    if (changes->is_all)
        changes_add_all(changes->batch);
    if (changes->is_all || changes->count > 0) {
        core_inlet_tell(life->inlet, changes->batch);
        core_batch_start(changes->batch, CORE_BATCH_CHANGES);
        changes->count = 0;
        changes->is_all = false;
    }
    core_inlet_tell_again(life->inlet);
}

/* ---- changes behind us --------------------------------------------------- */

static void
handle(core_life_t *life, const uint8_t *name)
{
    if (life->stage->handle_change != NULL)
        life->stage->handle_change(life->version.state, name);
    core_life_changed(life, name);
}

void
changes_take(void *owner, const struct core_envelope *envelope,
             struct core_batch_reader *reader)
{
    core_life_t *life = owner;
    struct core_record record;
    struct core_message message;

    (void) envelope;
    while (core_batch_next(reader, &record)) {
        bool is_name = core_message_parse(&message, record.message,
                                          record.message_size)
            == CORE_PARSE_OK && message.qname != NULL && *message.qname != 0;

        handle(life, is_name ? message.qname : NULL);
    }
}

void
changes_lost(void *owner)
{
    handle(owner, NULL);
}
