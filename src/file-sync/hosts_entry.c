/*
 * hosts_entry - a hosts file, with lines of the configuration, and what is
 * published of both
 *
 * Settings are compared as one text that says all of them: those of a reload
 * mostly are what they were, and then nothing must move.
 */

#include "file-sync/hosts_entry.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "file-sync/text_file.h"

#define WARNINGS_LOGGED 20

struct hosts_entry {
    uint16_t layer;
    core_publisher_t *publisher;
    char *canonical;                    /* all settings as one text */
    char *path;
    char *lines;                        /* those of the configuration */
    int64_t reload_ms;
    struct core_zone_name *zones;
    struct hostsfile_options options;
    struct core_zone_name *fall;
    size_t fall_count;
    bool unsupported;
    hostsfile_t *hosts;                 /* what is published; or NULL */
    struct file_stamp stamp;
    bool unreadable;                    /* and it has been said */
};

/* ---- settings ------------------------------------------------------------ */

static void
print_names(FILE *file, const struct core_list *list)
{
    const uint8_t *const *names = list->items;
    char text[CORE_NAME_TEXT_SIZE];

    for (size_t i = 0; i < list->count; i++)
        fprintf(file, " %s", core_name_to_text(text, names[i]));
    fprintf(file, "\n");
}

static char *
join_lines(const struct core_list *list)
{
    const char *const *lines = list->items;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    for (size_t i = 0; i < list->count; i++)
        fprintf(file, "%s\n", lines[i]);
    fclose(file);
    return text;
}

static char *
canonical(const struct hosts_settings *settings)
{
    char *lines = join_lines(&settings->lines);
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    fprintf(file, "%s\n%" PRId64 " %d %d %" PRId64 "\n",
            settings->file == NULL ? "" : settings->file,
            settings->ttl_seconds, settings->reverse,
            settings->fallthrough_unsupported, settings->reload_ms);
    print_names(file, &settings->zones);
    print_names(file, &settings->fallthrough);
    fprintf(file, "%s", lines);
    fclose(file);
    free(lines);
    return text;
}

static struct core_zone_name *
copy_names(const struct core_list *list, size_t *count)
{
    const uint8_t *const *names = list->items;
    struct core_zone_name *copies = core_allocate((list->count + 1)
                                             * sizeof *copies);

    for (size_t i = 0; i < list->count; i++) {
        copies[i].size = (uint16_t) core_name_size(names[i]);
        memcpy(copies[i].bytes, names[i], copies[i].size);
    }
    *count = list->count;
    return copies;
}

hosts_entry_t *
hosts_entry_new(const struct hosts_settings *settings, uint16_t layer,
                core_publisher_t *publisher)
{
    hosts_entry_t *self = core_allocate(sizeof *self);
    size_t zone_count;

    self->layer = layer;
    self->publisher = publisher;
    self->canonical = canonical(settings);
    self->path = core_copy_text(settings->file);
    self->lines = join_lines(&settings->lines);
    self->reload_ms = settings->reload_ms;
    self->zones = copy_names(&settings->zones, &zone_count);
    if (zone_count == 0)
        self->zones[zone_count++].size = 1;     /* the root */
    self->options = (struct hostsfile_options) {
        .zones = self->zones, .zone_count = zone_count,
        .ttl = (uint32_t) settings->ttl_seconds, .reverse = settings->reverse,
    };
    self->fall = copy_names(&settings->fallthrough, &self->fall_count);
    if (self->fall_count > CORE_FEED_FALL)
        self->fall_count = CORE_FEED_FALL;
    self->unsupported = settings->fallthrough_unsupported;
    return self;
}

static void
zone_id(const hosts_entry_t *self, size_t zone, struct core_zone_id *id)
{
    const struct core_zone_name *name = hostsfile_zone(self->hosts, zone);

    id->layer = self->layer;
    memcpy(id->name, name->bytes, name->size);
}

void
hosts_entry_destroy(hosts_entry_t **self_p)
{
    assert(self_p);

    hosts_entry_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; self->hosts != NULL
         && i < hostsfile_zones(self->hosts); i++) {
        struct core_zone_id id;

        zone_id(self, i, &id);
        core_publisher_remove(self->publisher, &id);
    }
    hostsfile_release(&self->hosts);
    free(self->canonical);
    free(self->path);
    free(self->lines);
    free(self->zones);
    free(self->fall);
    free(self);
    *self_p = NULL;
}

const char *
hosts_entry_path(const hosts_entry_t *self)
{
    return self->path;
}

int64_t
hosts_entry_reload_ms(const hosts_entry_t *self)
{
    return self->reload_ms;
}

uint16_t
hosts_entry_layer(const hosts_entry_t *self)
{
    return self->layer;
}

bool
hosts_entry_is(const hosts_entry_t *self,
               const struct hosts_settings *settings)
{
    char *text = canonical(settings);
    bool same = strcmp(text, self->canonical) == 0;

    free(text);
    return same;
}

/* ---- publishing ---------------------------------------------------------- */

/* Zones for addresses that nobody named must not hide those of others. */
static void
renew(hosts_entry_t *self, size_t zone)
{
    const uint8_t *fall[CORE_FEED_FALL];
    struct core_zone_id id;
    struct core_zone_options options = {
        .flags = CORE_ZONE_HOSTS, .fall = fall,
    };

    for (size_t i = 0; i < self->fall_count; i++)
        fall[i] = self->fall[i].bytes;
    if (hostsfile_zone_is_reverse(self->hosts, zone)) {
        options.flags |= CORE_ZONE_FALLTHROUGH | CORE_ZONE_FALL_UNSUPPORTED;
    } else if (self->fall_count > 0) {
        options.flags |= CORE_ZONE_FALLTHROUGH;
        options.fall_count = (unsigned) self->fall_count;
        if (self->unsupported)
            options.flags |= CORE_ZONE_FALL_UNSUPPORTED;
    }
    zone_id(self, zone, &id);
    core_publisher_renew(self->publisher, &id, &options);
}

static void
publish_change(void *owner, const struct core_change *change)
{
    core_publisher_change(((hosts_entry_t *) owner)->publisher, change);
}

/* Takes the place of what there was. */
static void
take(hosts_entry_t *self, hostsfile_t *hosts)
{
    hostsfile_t *old = self->hosts;

    self->hosts = hosts;
    for (size_t i = 0; i < hostsfile_zones(hosts); i++) {
        struct core_zone_id id;

        if (old == NULL) {
            renew(self, i);
            continue;
        }
        zone_id(self, i, &id);
        core_publisher_begin(self->publisher, &id);
        hostsfile_difference(old, hosts, i, publish_change, self);
        core_publisher_commit(self->publisher);
    }
    hostsfile_release(&old);
}

/* ---- loading ------------------------------------------------------------- */

bool
hosts_entry_is_outdated(const hosts_entry_t *self)
{
    struct file_stamp stamp;

    if (self->path == NULL)
        return self->hosts == NULL;
    file_stamp_read(&stamp, self->path);
    return self->hosts == NULL || !file_stamp_equal(&stamp, &self->stamp);
}

static void
log_warnings(const core_faults_t *warnings)
{
    size_t count = core_faults_count(warnings);

    for (size_t i = 0; i < count && i < WARNINGS_LOGGED; i++)
        core_log_fault(CORE_LOG_WARNING, core_faults_at(warnings, i));
    if (count > WARNINGS_LOGGED)
        core_log(CORE_LOG_WARNING, "%s: and %zu more like these",
                 core_faults_at(warnings, 0)->path, count - WARNINGS_LOGGED);
}

/* Adds the file's lines; false when it cannot be read and what there was
   stays.  A file that is not there has no lines. */
static bool
add_file(hosts_entry_t *self, hostsfile_t *hosts, core_faults_t *warnings)
{
    struct core_fault fault;
    text_file_t *file;

    file_stamp_read(&self->stamp, self->path);
    file = text_file_read(self->path, NULL, &fault);
    if (file == NULL) {
        if (!self->unreadable)
            core_log_fault(CORE_LOG_WARNING, &fault);
        self->unreadable = true;
        return self->hosts == NULL || !self->stamp.exists;
    }
    self->unreadable = false;
    hostsfile_add(hosts, text_file_map(file), text_file_size(file),
                  self->path, 1, warnings);
    text_file_unmap(file);
    text_file_destroy(&file);
    return true;
}

void
hosts_entry_load(hosts_entry_t *self)
{
    core_faults_t *warnings = core_faults_new();
    hostsfile_t *hosts = hostsfile_new(&self->options);
    bool read = self->path == NULL || add_file(self, hosts, warnings);

    hostsfile_add(hosts, self->lines, strlen(self->lines), "inline", 1,
                  warnings);
    hostsfile_close(hosts);
    if (read) {
        log_warnings(warnings);
        take(self, hostsfile_keep(hosts));
    }
    hostsfile_release(&hosts);
    core_faults_destroy(&warnings);
}

/* ---- what is known ------------------------------------------------------- */

size_t
hosts_entry_entries(const hosts_entry_t *self)
{
    return self->hosts == NULL ? 0 : hostsfile_entries(self->hosts);
}

int
hosts_entry_find(const hosts_entry_t *self, const uint8_t *name)
{
    for (size_t i = 0; self->hosts != NULL
         && i < hostsfile_zones(self->hosts); i++)
        if (core_name_equal(hostsfile_zone(self->hosts, i)->bytes, name))
            return (int) i;
    return -1;
}

hostsfile_reader_t *
hosts_entry_read(hosts_entry_t *self, size_t zone)
{
    return self->hosts == NULL ? NULL : hostsfile_read(self->hosts, zone);
}

void
hosts_entry_print(const hosts_entry_t *self, FILE *file)
{
    char name[CORE_NAME_TEXT_SIZE];

    for (size_t i = 0; self->hosts != NULL
         && i < hostsfile_zones(self->hosts); i++)
        fprintf(file, "%s %u - %s %zu %s\n",
                core_name_to_text(name, hostsfile_zone(self->hosts, i)->bytes),
                self->layer, self->unreadable ? "outdated" : "right",
                hostsfile_entries(self->hosts),
                self->path == NULL ? "inline" : self->path);
}
