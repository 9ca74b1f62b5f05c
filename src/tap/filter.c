/*
 * filter - which queries and replies are shown
 */

#include "tap/filter.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "coredns/rcode.h"
#include "coredns/rrtype.h"

struct numbers {
    uint16_t *items;
    size_t count;
};

struct filter {
    const struct filter_settings *settings;
    struct numbers types, rcodes;
};

static void
read_words(struct numbers *numbers, const struct core_list *list,
           int (*read)(const char *word), const char *what,
           core_faults_t *faults)
{
    const char *const *words = list->items;

    numbers->items = core_allocate(list->count * sizeof *numbers->items);
    for (size_t i = 0; i < list->count; i++) {
        int number = read(words[i]);

        if (number == -1)
            core_faults_add(faults, NULL, 0, what, i, words[i]);
        else
            numbers->items[numbers->count++] = (uint16_t) number;
    }
}

static bool
holds(const struct numbers *numbers, unsigned number)
{
    for (size_t i = 0; i < numbers->count; i++)
        if (numbers->items[i] == number)
            return true;
    return numbers->count == 0;
}

filter_t *
filter_new(const struct filter_settings *settings, core_faults_t *faults)
{
    filter_t *self = core_allocate(sizeof *self);
    size_t before = core_faults_count(faults);

    self->settings = settings;
    read_words(&self->types, &settings->types, core_rrtype_from_text,
               "types[%zu]: not a type: %s", faults);
    read_words(&self->rcodes, &settings->rcodes, core_rcode_from_name,
               "rcodes[%zu]: not an rcode: %s", faults);
    if (core_faults_count(faults) > before)
        filter_destroy(&self);
    return self;
}

void
filter_destroy(filter_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->types.items);
    free((*self_p)->rcodes.items);
    free(*self_p);
    *self_p = NULL;
}

static bool
shows_name(const filter_t *self, const uint8_t *name)
{
    const struct core_list *list = &self->settings->names;
    const uint8_t *const *names = list->items;

    for (size_t i = 0; i < list->count; i++)
        if (core_name_is_below(name, names[i]))
            return true;
    return list->count == 0;
}

static bool
shows_client(const filter_t *self, const uint8_t client[16])
{
    const struct core_list *list = &self->settings->clients;
    const struct core_network *networks = list->items;

    for (size_t i = 0; i < list->count; i++)
        if (core_network_contains(&networks[i], client))
            return true;
    return list->count == 0;
}

bool
filter_shows(const filter_t *self, const struct core_message *message,
             const struct core_record *record)
{
    return holds(&self->types, message->qtype)
        && shows_name(self, message->qname)
        && shows_client(self, record->client);
}

bool
filter_has_rcodes(const filter_t *self)
{
    return self->rcodes.count > 0;
}

bool
filter_shows_rcode(const filter_t *self, unsigned rcode)
{
    return holds(&self->rcodes, rcode);
}
