/*
 * zone_entry - a zone file and what is published of it
 */

#include "file-sync/zone_entry.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "file-sync/difference.h"

#define WRITING_US 500000
#define FAULTS_LOGGED 20                /* of one file */

struct zone_entry {
    struct zone_entry_settings settings;
    char *path;
    const struct zone_entry_home *home;
    struct core_zone_name origin;
    uint8_t **fall;                     /* copies of the names */
    size_t fall_count;
    version_t *version;
    struct file_stamp stamp;            /* of the main file, last time */
    bool announced;
    bool announced_failed;
    char *wrong;                        /* the first fault; NULL: none */
};

/* ---- settings ------------------------------------------------------------ */

static void
free_settings(zone_entry_t *self)
{
    for (size_t i = 0; i < self->fall_count; i++)
        free(self->fall[i]);
    free(self->fall);
    free(self->path);
}

static void
copy_settings(zone_entry_t *self, const struct zone_entry_settings *settings)
{
    const uint8_t *const *names = settings->fallthrough.items;
    size_t count = settings->fallthrough.count < CORE_FEED_FALL
        ? settings->fallthrough.count : CORE_FEED_FALL;

    self->settings = *settings;
    self->path = core_copy_text(settings->path);
    self->settings.path = self->path;
    self->fall_count = count;
    self->fall = core_allocate(count * sizeof *self->fall);
    for (size_t i = 0; i < count; i++) {
        size_t size = core_name_size(names[i]);

        self->fall[i] = core_allocate(size);
        memcpy(self->fall[i], names[i], size);
    }
}

zone_entry_t *
zone_entry_new(const struct zone_entry_settings *settings,
               const struct zone_entry_home *home)
{
    zone_entry_t *self = core_allocate(sizeof *self);

    self->home = home;
    self->origin.size = (uint16_t) core_name_size(settings->id.name);
    memcpy(self->origin.bytes, settings->id.name, self->origin.size);
    copy_settings(self, settings);
    return self;
}

void
zone_entry_destroy(zone_entry_t **self_p)
{
    assert(self_p);

    zone_entry_t *self = *self_p;

    if (self == NULL)
        return;
    if (self->announced)
        core_publisher_remove(self->home->publisher, &self->settings.id);
    version_release(&self->version);
    free_settings(self);
    free(self->wrong);
    free(self);
    *self_p = NULL;
}

const struct core_zone_id *
zone_entry_id(const zone_entry_t *self)
{
    return &self->settings.id;
}

unsigned
zone_entry_group(const zone_entry_t *self)
{
    return self->settings.group;
}

int64_t
zone_entry_reload_ms(const zone_entry_t *self)
{
    return self->settings.reload_ms;
}

const char *
zone_entry_path(const zone_entry_t *self, size_t index)
{
    if (index == 0)
        return self->path;
    return self->version != NULL && index < version_files(self->version)
        ? text_file_path(version_file(self->version, index)) : NULL;
}

/* ---- publishing ---------------------------------------------------------- */

/* Announces the zone, or that it is not what it was. */
static void
renew(zone_entry_t *self)
{
    struct core_zone_options options = {
        .flags = (uint16_t) ((self->fall_count > 0 ? CORE_ZONE_FALLTHROUGH : 0)
                             | (self->version == NULL ? CORE_ZONE_FAILED : 0)),
        .fall_count = (unsigned) self->fall_count,
        .fall = (const uint8_t *const *) self->fall,
        .reason = self->version == NULL ? self->wrong : NULL,
    };

    self->announced = true;
    self->announced_failed = self->version == NULL;
    core_publisher_renew(self->home->publisher, &self->settings.id, &options);
    self->home->counters->renewals++;
}

static void
publish_record(zone_entry_t *self, const struct zone_record *record,
               enum core_change_kind kind)
{
    core_publisher_change(self->home->publisher, &(struct core_change) {
        .kind = kind, .owner = record->owner, .type = record->type,
        .ttl = record->ttl, .count = 1, .rdatas = record->rdatas,
        .rdatas_size = record->rdatas_size,
    });
    self->home->counters->changes++;
}

static void
publish_changes(zone_entry_t *self, const struct changes *changes)
{
    const zone_check_t *check = version_check(self->version);
    struct zone_record record;

    core_publisher_begin(self->home->publisher, &self->settings.id);
    for (size_t i = 0; i < record_list_count(changes->removed); i++) {
        record_list_at(changes->removed, i, &record);
        if (changes_is_removal(changes, check, &record))
            publish_record(self, &record, CORE_CHANGE_REMOVE);
    }
    for (size_t i = 0; i < record_list_count(changes->added); i++) {
        record_list_at(changes->added, i, &record);
        publish_record(self, &record, CORE_CHANGE_ADD);
    }
    core_publisher_commit(self->home->publisher);
}

/* Puts a version in the place of the one before.  changes say how it differs;
   NULL: in all, or nobody knows. */
static void
take_version(zone_entry_t *self, version_t *version,
             const struct changes *changes)
{
    bool was_served = self->announced && !self->announced_failed;

    version_release(&self->version);
    self->version = version;
    if (changes != NULL && was_served)
        publish_changes(self, changes);
    else
        renew(self);
}

/* ---- faults -------------------------------------------------------------- */

static void
log_faults(enum core_log_level level, const core_faults_t *faults)
{
    size_t count = core_faults_count(faults);

    for (size_t i = 0; i < count && i < FAULTS_LOGGED; i++)
        core_log_fault(level, core_faults_at(faults, i));
    if (count > FAULTS_LOGGED)
        core_log(level, "%s: and %zu more like these",
                 core_faults_at(faults, 0)->path, count - FAULTS_LOGGED);
}

/* The file is wrong: says so, unless it has been said. */
static void
refuse(zone_entry_t *self, const core_faults_t *errors)
{
    char line[CORE_FAULT_LINE_SIZE];

    core_fault_format(core_faults_at(errors, 0), line);
    self->home->counters->refused++;
    if (self->wrong == NULL || strcmp(self->wrong, line) != 0) {
        log_faults(CORE_LOG_ERROR, errors);
        if (self->version != NULL)
            core_log(CORE_LOG_WARNING, "%s: serial %" PRIu32
                     " goes on being served", self->path,
                     version_serial(self->version));
        free(self->wrong);
        self->wrong = core_copy_text(line);
        if (self->version == NULL)
            renew(self);
    }
}

static void
accept(zone_entry_t *self, const core_faults_t *warnings)
{
    log_faults(CORE_LOG_WARNING, warnings);
    if (self->wrong != NULL)
        core_log(CORE_LOG_NOTICE, "%s: is right, serial %" PRIu32,
                 self->path, version_serial(self->version));
    free(self->wrong);
    self->wrong = NULL;
    self->home->counters->loads++;
}

/* ---- loading ------------------------------------------------------------- */

/* One attempt to read the file. */
struct attempt {
    text_file_t *text;
    struct zone_faults faults;
    struct changes changes;
};

/* True when the file has been touched but not changed. */
static bool
is_same(version_t *version, text_file_t *text)
{
    text_file_t *old = version_file(version, 0);
    size_t size = text_file_size(text);
    bool same;

    if (version_files(version) > 1 || text_file_size(old) != size)
        return false;
    same = memcmp(text_file_map(old), text_file_map(text), size) == 0;
    text_file_unmap(old);
    text_file_unmap(text);
    return same;
}

/* Reads all of the text. */
static version_t *
load_all(zone_entry_t *self, struct attempt *attempt)
{
    return version_load(&attempt->text, &self->origin, self->home->folder,
                        &attempt->faults);
}

/* A large zone that has a version: only what differs is read. */
static void
load_difference(zone_entry_t *self, struct attempt *attempt)
{
    struct zone_context *marks = NULL;
    size_t mark_count = 0;
    enum difference found = difference_of_text(self->version, attempt->text,
                                               &attempt->changes, &marks,
                                               &mark_count);
    version_t *version = found == DIFFERENCE_CHANGES
        ? version_follow(self->version, &attempt->text, &marks, mark_count)
        : load_all(self, attempt);

    if (version != NULL)
        take_version(self, version, found == DIFFERENCE_CHANGES
                     || (found == DIFFERENCE_UNPROVEN
                         && version_check(version) != NULL)
                     ? &attempt->changes : NULL);
}

/* A small one: both are read. */
static void
load_whole(zone_entry_t *self, struct attempt *attempt)
{
    version_t *version = load_all(self, attempt);

    if (version == NULL)
        return;

    bool known = self->version != NULL
        && difference_of_versions(self->version, version, &attempt->changes)
        == DIFFERENCE_CHANGES
        && record_list_count(attempt->changes.removed)
        + record_list_count(attempt->changes.added)
        <= version_records(version);

    take_version(self, version, known ? &attempt->changes : NULL);
}

/* Reads the file; false when it is what it was. */
static bool
read_file(zone_entry_t *self, struct attempt *attempt)
{
    struct core_fault fault;

    attempt->text = text_file_read(self->path, self->home->folder, &fault);
    if (attempt->text == NULL) {
        attempt->faults.error_count++;
        core_faults_copy(attempt->faults.errors, &fault);
    } else if (self->version == NULL) {
        load_whole(self, attempt);
    } else if (is_same(self->version, attempt->text)) {
        return false;
    } else if (version_check(self->version) != NULL) {
        load_difference(self, attempt);
    } else {
        load_whole(self, attempt);
    }
    return true;
}

void
zone_entry_load(zone_entry_t *self)
{
    struct attempt attempt = {
        .faults = { core_faults_new(), core_faults_new(), 0 },
    };

    changes_start(&attempt.changes);
    file_stamp_read(&self->stamp, self->path);

    bool differs = read_file(self, &attempt);

    if (attempt.faults.error_count > 0)
        refuse(self, attempt.faults.errors);
    else if (differs || self->wrong != NULL)
        accept(self, attempt.faults.warnings);
    text_file_destroy(&attempt.text);
    changes_end(&attempt.changes);
    core_faults_destroy(&attempt.faults.errors);
    core_faults_destroy(&attempt.faults.warnings);
}

bool
zone_entry_is_outdated(const zone_entry_t *self)
{
    struct file_stamp stamp;

    if (self->wrong != NULL)
        return true;
    file_stamp_read(&stamp, self->path);
    if (!file_stamp_equal(&stamp, &self->stamp))
        return true;
    for (size_t i = 1; self->version != NULL
         && i < version_files(self->version); i++) {
        text_file_t *file = version_file(self->version, i);

        file_stamp_read(&stamp, text_file_path(file));
        if (!file_stamp_equal(&stamp, text_file_stamp(file)))
            return true;
    }
    return false;
}

bool
zone_entry_is_being_written(const zone_entry_t *self, int64_t now_us)
{
    struct file_stamp stamp;
    int64_t age_us;

    file_stamp_read(&stamp, self->path);
    age_us = now_us - stamp.modified_ns / 1000;
    return stamp.exists && age_us >= 0 && age_us < WRITING_US;
}

static bool
fall_is_equal(const zone_entry_t *self, const struct core_list *fallthrough)
{
    const uint8_t *const *names = fallthrough->items;

    if (self->fall_count != fallthrough->count)
        return false;
    for (size_t i = 0; i < self->fall_count; i++)
        if (!core_name_equal(self->fall[i], names[i]))
            return false;
    return true;
}

void
zone_entry_set(zone_entry_t *self, const struct zone_entry_settings *settings)
{
    bool same_file = strcmp(self->path, settings->path) == 0;
    bool same_options = fall_is_equal(self, &settings->fallthrough);

    free_settings(self);
    copy_settings(self, settings);
    if (!same_file)
        self->stamp = (struct file_stamp) { .exists = false };
    if (!same_options && self->announced)
        renew(self);
}

/* ---- what is known ------------------------------------------------------- */

bool
zone_entry_is_wrong(const zone_entry_t *self)
{
    return self->wrong != NULL;
}

version_t *
zone_entry_version(const zone_entry_t *self)
{
    return self->version;
}

void
zone_entry_print(const zone_entry_t *self, FILE *file)
{
    char origin[CORE_NAME_TEXT_SIZE];
    const char *state = self->wrong == NULL
        ? (self->version == NULL ? "loading" : "right")
        : self->version == NULL ? "failed" : "outdated";

    core_name_to_text(origin, self->settings.id.name);
    if (self->version == NULL)
        fprintf(file, "%s %u - %s 0 %s\n", origin, self->settings.id.layer,
                state, self->path);
    else
        fprintf(file, "%s %u %" PRIu32 " %s %zu %s\n", origin,
                self->settings.id.layer, version_serial(self->version), state,
                version_records(self->version), self->path);
}
