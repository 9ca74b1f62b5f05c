/*
 * model - what a reader knows of the zones, as text
 *
 * A line for each record, "owner ttl type rdata", or "owner EXIST"; sorted.
 */

#ifndef TESTS_ETCD_SYNC_MODEL_H
#define TESTS_ETCD_SYNC_MODEL_H

#include <assert.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "etcd-sync/catalogue.h"

struct model {
    char **lines;
    size_t count;
    size_t capacity;
    char *text;                         /* lent by model_text() */
};

static inline void
model_clear(struct model *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->lines[i]);
    free(self->lines);
    free(self->text);
    memset(self, 0, sizeof *self);
}

static inline void
model_remove_name(struct model *self, const char *owner)
{
    size_t kept = 0;
    size_t size = strlen(owner);

    for (size_t i = 0; i < self->count; i++)
        if (strncmp(self->lines[i], owner, size) == 0
            && self->lines[i][size] == ' ')
            free(self->lines[i]);
        else
            self->lines[kept++] = self->lines[i];
    self->count = kept;
}

static inline void
model_add_line(struct model *self, char *line)
{
    self->lines = core_grow(self->lines, self->count, &self->capacity,
                            sizeof *self->lines);
    self->lines[self->count++] = line;
}

/* One record as a line of text, which is the caller's. */
static inline char *
model_record(const struct core_change *change, const uint8_t *rdata,
             size_t size)
{
    size_t owner_size = core_name_size(change->owner);
    uint8_t *wire = core_allocate(owner_size + 10 + size);
    size_t position = 0;
    ldns_rr *rr = NULL;
    char *text, *blank;

    memcpy(wire, change->owner, owner_size);
    core_write16(wire + owner_size, change->type);
    core_write16(wire + owner_size + 2, CORE_IN);
    core_write32(wire + owner_size + 4, change->ttl);
    core_write16(wire + owner_size + 8, (uint16_t) size);
    memcpy(wire + owner_size + 10, rdata, size);
    assert(ldns_wire2rr(&rr, wire, owner_size + 10 + size, &position,
                        LDNS_SECTION_ANSWER) == LDNS_STATUS_OK);
    text = ldns_rr2str(rr);
    text[strcspn(text, "\n")] = '\0';
    while ((blank = strchr(text, '\t')) != NULL)
        *blank = ' ';
    blank = strstr(text, " IN ");
    memmove(blank, blank + 3, strlen(blank + 3) + 1);
    ldns_rr_free(rr);
    free(wire);
    return text;
}

static inline void
model_apply(void *owner, const struct core_change *change)
{
    struct model *self = owner;
    char name[CORE_NAME_TEXT_SIZE];
    const uint8_t *rdata = change->rdatas;
    char *line;

    core_name_to_text(name, change->owner);
    if (change->kind == CORE_CHANGE_DELETE) {
        assert(change->type == CORE_ANY);
        model_remove_name(self, name);
    } else if (change->kind == CORE_CHANGE_NAME) {
        assert(asprintf(&line, "%s EXIST", name) != -1);
        model_add_line(self, line);
    }
    for (unsigned i = 0; i < change->count; i++) {
        size_t size = core_read16(rdata);

        line = model_record(change, rdata + 2, size);
        /* The SOA alone is put again and again. */
        if (change->type != CORE_SOA)
            model_add_line(self, line);
        else
            free(line);
        rdata += 2 + size;
    }
}

/* All records of a zone; small pieces, so that RRsets are cut. */
static inline void
model_read(struct model *self, catalogue_t *catalogue,
           const struct core_zone_id *zone, size_t room)
{
    catalogue_reader_t *reader = catalogue_read(catalogue, zone);
    uint8_t *bytes = core_allocate(room);
    size_t size;

    while ((size = catalogue_reader_write(reader, bytes, room)) > 0)
        for (size_t offset = 0; offset < size;) {
            struct core_change change;
            size_t used = core_change_read(bytes + offset, size - offset,
                                           &change);

            assert(used > 0 && core_change_is_sound(&change));
            model_apply(self, &change);
            offset += used;
        }
    free(bytes);
    catalogue_reader_destroy(&reader);
}

static inline int
model_compare(const void *left, const void *right)
{
    return strcmp(*(char *const *) left, *(char *const *) right);
}

/* All lines, each once, in order; lent until the next call. */
static inline const char *
model_text(struct model *self)
{
    size_t size = 1;
    char *at;

    if (self->count > 0)
        qsort(self->lines, self->count, sizeof *self->lines, model_compare);
    for (size_t i = 0; i < self->count; i++)
        size += strlen(self->lines[i]) + 1;
    free(self->text);
    self->text = at = core_allocate(size);
    for (size_t i = 0; i < self->count; i++)
        if (i == 0 || strcmp(self->lines[i], self->lines[i - 1]) != 0)
            at += sprintf(at, "%s\n", self->lines[i]);
    return self->text;
}

/* The catalogue of zones given as text, ended by NULL. */
static inline catalogue_t *
model_catalogue(const char *const *zones)
{
    uint8_t names[8][CORE_NAME_SIZE];
    const uint8_t *list[8];
    size_t count = 0;

    for (; zones[count] != NULL; count++) {
        assert(core_name_from_text(names[count], zones[count], NULL) != -1);
        list[count] = names[count];
    }
    return catalogue_new(&(struct catalogue_settings) {
        .path = "/skydns", .zones = list, .zone_count = count,
        .lease_limits = { .least_seconds = 30, .most_seconds = 86400 },
    });
}

static inline enum catalogue_result
model_put(catalogue_t *catalogue, const char *key, const char *value)
{
    struct core_fault fault;

    return catalogue_put(catalogue, &(struct catalogue_key) {
        .key = key, .key_size = strlen(key), .value = value,
        .value_size = strlen(value),
    }, 0, &fault);
}

/* Of what is published, only the changes go anywhere. */
static inline void
model_begin(void *owner, const struct core_zone_id *zone)
{
    (void) owner;
    (void) zone;
}

static inline void
model_end(void *owner)
{
    (void) owner;
}

static inline void
model_zone(void *owner, const struct core_zone_id *zone,
           const struct core_zone_options *options)
{
    (void) owner;
    (void) zone;
    (void) options;
}

/* The catalogue publishes to the model from here on. */
static inline void
model_listen(catalogue_t *catalogue, struct model *model)
{
    catalogue_publish_to(catalogue, &(struct catalogue_sink) {
        .begin = model_begin, .change = model_apply, .commit = model_end,
        .zone = model_zone, .owner = model,
    }, 1);
}

static inline void
model_flush(catalogue_t *catalogue)
{
    while (catalogue_flush(catalogue, 1, CATALOGUE_ALL, NULL))
        ;
}

#endif
