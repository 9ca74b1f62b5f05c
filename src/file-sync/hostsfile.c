/*
 * hostsfile - addresses and names as /etc/hosts has them
 *
 * All records lie in one row, sorted by zone, owner and type; those of one
 * RRset keep the order of their lines.  Block lists of several hundred
 * thousand names are hosts files too, so an item is small and what it says is
 * in one growing row of octets.
 */

#include "file-sync/hostsfile.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "file-sync/hostsfile_parts.h"

#define ADDRESS_SIZE 64                 /* of its text */

/* A line on its way. */
struct line {
    uint8_t address[16];
    unsigned size;                      /* 4 or 16 */
    const char *path;
    int number;
    core_faults_t *warnings;
};

static const struct core_zone_name arpa_zones[HOSTSFILE_ADDED_ZONES] = {
    { 14, "\7in-addr\4arpa" }, { 10, "\3ip6\4arpa" },
};

static const struct core_zone_name root = { 1, "" };

/* ---- zones --------------------------------------------------------------- */

size_t
hostsfile_zones(const hostsfile_t *self)
{
    return self->options.zone_count + self->added_count;
}

const struct core_zone_name *
hostsfile_zone(const hostsfile_t *self, size_t zone)
{
    size_t named = self->options.zone_count;

    return zone < named ? &self->options.zones[zone]
        : &self->added[zone - named];
}

bool
hostsfile_zone_is_reverse(const hostsfile_t *self, size_t zone)
{
    return zone >= self->options.zone_count;
}

/* The nearest zone above the name; -1 when there is none. */
static int
find_zone(const hostsfile_t *self, const uint8_t *name)
{
    int nearest = -1;
    unsigned most = 0;

    for (size_t i = 0; i < hostsfile_zones(self); i++) {
        const uint8_t *zone = hostsfile_zone(self, i)->bytes;
        unsigned labels = core_name_labels(zone);

        if ((nearest == -1 || labels > most)
            && core_name_is_below(name, zone)) {
            nearest = (int) i;
            most = labels;
        }
    }
    return nearest;
}

hostsfile_t *
hostsfile_new(const struct hostsfile_options *options)
{
    hostsfile_t *self = core_allocate(sizeof *self);
    size_t zones_size = options->zone_count * sizeof *options->zones;
    struct core_zone_name *zones = core_allocate(zones_size);

    if (zones_size > 0)
        memcpy(zones, options->zones, zones_size);
    self->options = *options;
    self->options.zones = zones;
    self->zones = zones;
    self->kept = 1;
    for (unsigned i = 0; options->reverse && i < HOSTSFILE_ADDED_ZONES; i++)
        if (find_zone(self, arpa_zones[i].bytes) == -1)
            self->added[self->added_count++] = arpa_zones[i];
    return self;
}

hostsfile_t *
hostsfile_keep(hostsfile_t *self)
{
    self->kept++;
    return self;
}

void
hostsfile_release(hostsfile_t **self_p)
{
    assert(self_p);

    hostsfile_t *self = *self_p;

    *self_p = NULL;
    if (self == NULL || --self->kept > 0)
        return;
    free(self->zones);
    free(self->bytes);
    free(self->items);
    free(self);
}

size_t
hostsfile_entries(const hostsfile_t *self)
{
    return self->entries;
}

/* ---- lines --------------------------------------------------------------- */

static void
warn(const struct line *line, const char *text, const struct core_word *word)
{
    if (line->warnings != NULL)
        core_faults_add(line->warnings, line->path, line->number,
                        "%s, left out: %.*s", text,
                        word->size > 64 ? 64 : (int) word->size, word->text);
}

static void
add_record(hostsfile_t *self, const uint8_t *owner, size_t owner_size,
           uint16_t type, const uint8_t *rdata, size_t rdata_size)
{
    int zone = find_zone(self, owner);

    if (zone == -1)
        return;
    if (self->capacity - self->size < owner_size + rdata_size) {
        self->capacity = 2 * self->capacity + owner_size + rdata_size;
        self->bytes = core_reallocate(self->bytes, self->capacity);
    }
    if (self->count == self->item_capacity)
        self->items = core_grow(self->items, self->count,
                                &self->item_capacity, sizeof *self->items);
    self->items[self->count] = (struct hosts_item) {
        .zone = (uint32_t) zone, .order = (uint32_t) self->count,
        .offset = self->size, .owner_size = (uint16_t) owner_size,
        .rdata_size = (uint16_t) rdata_size, .type = type,
    };
    self->count++;
    memcpy(self->bytes + self->size, owner, owner_size);
    memcpy(self->bytes + self->size + owner_size, rdata, rdata_size);
    self->size += owner_size + rdata_size;
}

/* The name under which an address is looked up. */
static size_t
reverse_name(uint8_t name[CORE_NAME_SIZE], const struct line *line)
{
    static const char digits[] = "0123456789abcdef";
    size_t size = 0;

    for (unsigned i = line->size; line->size == 4 && i-- > 0;) {
        int length = snprintf((char *) name + size + 1, 4, "%u",
                              line->address[i]);

        name[size] = (uint8_t) length;
        size += 1 + (size_t) length;
    }
    for (unsigned i = line->size; line->size == 16 && i-- > 0;) {
        const uint8_t octet = line->address[i];

        name[size] = 1;
        name[size + 1] = (uint8_t) digits[octet & 15];
        name[size + 2] = 1;
        name[size + 3] = (uint8_t) digits[octet >> 4];
        size += 4;
    }

    const struct core_zone_name *arpa = &arpa_zones[line->size == 16];

    memcpy(name + size, arpa->bytes, arpa->size);
    return size + arpa->size;
}

static void
add_name(hostsfile_t *self, const struct line *line,
         const struct core_word *word)
{
    uint8_t name[CORE_NAME_SIZE], reverse[CORE_NAME_SIZE];
    int size = word->size == 1 && *word->text == '@' ? -1
        : core_name_word(name, word, &root, CORE_NAME_SMALL);

    if (size == -1) {
        warn(line, "not a domain name", word);
        return;
    }

    /* As elsewhere, zones are for names: those outside have no addresses, and
       no address has them. */
    bool inside = false;

    for (size_t i = 0; i < self->options.zone_count && !inside; i++)
        inside = core_name_is_below(name, self->options.zones[i].bytes);
    if (!inside)
        return;
    add_record(self, name, (size_t) size,
               line->size == 4 ? CORE_A : CORE_AAAA, line->address,
               line->size);
    if (self->options.reverse)
        add_record(self, reverse, reverse_name(reverse, line), CORE_PTR, name,
                   (size_t) size);
}

/* Reads an address; one of the kind ::ffff:192.0.2.1 is an IPv4 address, and
   a scope ("%eth0") means nothing here. */
static bool
read_address(struct line *line, const struct core_word *word)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    char text[ADDRESS_SIZE];

    if (word->size >= sizeof text)
        return false;
    memcpy(text, word->text, word->size);
    text[word->size] = '\0';
    if (strlen(text) != word->size)
        return false;
    line->size = 4;
    if (inet_pton(AF_INET, text, line->address) == 1)
        return true;
    text[strcspn(text, "%")] = '\0';
    line->size = 16;
    if (inet_pton(AF_INET6, text, line->address) != 1)
        return false;
    if (memcmp(line->address, mapped, sizeof mapped) == 0) {
        memmove(line->address, line->address + 12, 4);
        line->size = 4;
    }
    return true;
}

/* The next word of a line; size 0 at its end. */
static struct core_word
next_word(const char **at, const char *end)
{
    const char *start;

    while (*at < end && strchr(" \t\r\v\f", **at) != NULL && **at != '\0')
        (*at)++;
    start = *at;
    while (*at < end && (**at == '\0' || strchr(" \t\r\v\f", **at) == NULL))
        (*at)++;
    return (struct core_word) { .text = start,
            .size = (uint32_t) (*at - start) };
}

static void
add_line(hostsfile_t *self, struct line *line, const char *at,
         const char *end)
{
    const char *comment = memchr(at, '#', (size_t) (end - at));
    struct core_word address;

    if (comment != NULL)
        end = comment;
    address = next_word(&at, end);
    if (address.size == 0)
        return;
    if (!read_address(line, &address)) {
        warn(line, "not an address", &address);
        return;
    }

    struct core_word word = next_word(&at, end);

    self->entries += word.size > 0;
    for (; word.size > 0; word = next_word(&at, end))
        add_name(self, line, &word);
}

void
hostsfile_add(hostsfile_t *self, const char *text, size_t size,
              const char *path, int line_number, core_faults_t *warnings)
{
    struct line line = {
        .path = path, .number = line_number, .warnings = warnings,
    };
    const char *end = text + size;

    for (; text < end; line.number++) {
        const char *newline = memchr(text, '\n', (size_t) (end - text));
        const char *line_end = newline == NULL ? end : newline;

        add_line(self, &line, text, line_end);
        text = line_end + (newline != NULL);
    }
}

/* ---- order --------------------------------------------------------------- */

static int
compare_items(const void *left, const void *right, void *bytes)
{
    const struct hosts_item *l = left, *r = right;
    int order;

    if (l->zone != r->zone)
        return l->zone < r->zone ? -1 : 1;
    order = hostsfile_compare(bytes, l, bytes, r);
    return order != 0 ? order : (l->order > r->order) - (l->order < r->order);
}

void
hostsfile_close(hostsfile_t *self)
{
    if (self->count > 1)
        qsort_r(self->items, self->count, sizeof *self->items, compare_items,
                self->bytes);
}
