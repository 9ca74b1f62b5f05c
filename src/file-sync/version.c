/*
 * version - a zone as its file said it at one moment
 *
 * Included files are read when the zone is loaded and stay with the version,
 * found by their path: what a subscriber gets later is what was checked.
 */

#include "file-sync/version.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define FILES 256                       /* of a zone, at most */

struct version {
    unsigned kept;                      /* times */
    struct core_zone_name origin;
    text_file_t **files;
    struct zone_text *texts;            /* of the files, while mapped */
    size_t file_count;
    unsigned mapped;
    uint32_t serial;
    size_t records;
    bool mixed;
    zone_check_t *check;                /* of a large zone */
    struct zone_context *marks;
    size_t mark_count;
    size_t mark_capacity;
};

struct version_reader {
    version_t *version;
    zonefile_t *zonefile;
    struct zone_record record;          /* that did not fit in a frame */
    bool has_record;
};

/* Reads the files of a version while it is being made. */
struct loading {
    version_t *version;
    const char *folder;
    zonefile_t *zonefile;
    struct zone_faults *faults;
};

/* ---- files --------------------------------------------------------------- */

static void
add_file(version_t *self, text_file_t *file)
{
    self->files = core_reallocate(self->files, (self->file_count + 1)
                                  * sizeof *self->files);
    self->files[self->file_count++] = file;
}

static void
view_file(version_t *self, size_t index)
{
    text_file_t *file = self->files[index];

    self->texts[index] = (struct zone_text) {
        text_file_path(file), text_file_map(file), text_file_size(file)
    };
}

static void
map(version_t *self)
{
    if (self->mapped++ > 0)
        return;
    self->texts = core_allocate(FILES * sizeof *self->texts);
    for (size_t i = 0; i < self->file_count; i++)
        view_file(self, i);
}

static void
unmap(version_t *self)
{
    assert(self->mapped > 0);
    if (--self->mapped > 0)
        return;
    for (size_t i = 0; i < self->file_count; i++)
        text_file_unmap(self->files[i]);
    free(self->texts);
    self->texts = NULL;
}

static const struct zone_text *
find_text(const version_t *self, const char *path)
{
    for (size_t i = 0; i < self->file_count; i++)
        if (strcmp(self->texts[i].path, path) == 0)
            return &self->texts[i];
    return NULL;
}

/* For a version that is complete: all included files are there. */
static const struct zone_text *
include_kept(void *owner, const char *path, struct core_fault *fault)
{
    const struct zone_text *text = find_text(owner, path);

    if (text == NULL)
        core_fault_set(fault, path, 0, "not read when the zone was");
    return text;
}

static const struct zone_text *
include_read(void *owner, const char *path, struct core_fault *fault)
{
    struct loading *loading = owner;
    version_t *self = loading->version;
    const struct zone_text *known = find_text(self, path);
    text_file_t *file;

    if (known != NULL)
        return known;
    if (self->file_count == FILES) {
        core_fault_set(fault, path, 0, "more than %d files", FILES);
        return NULL;
    }
    file = text_file_read(path, loading->folder, fault);
    if (file == NULL)
        return NULL;
    add_file(self, file);
    view_file(self, self->file_count - 1);
    return &self->texts[self->file_count - 1];
}

/* ---- loading ------------------------------------------------------------- */

/* A large zone gets a mark each so many octets, for difference.h. */
static void
set_mark(version_t *self, const zonefile_t *zonefile)
{
    size_t last = self->mark_count == 0 ? 0
        : self->marks[self->mark_count - 1].offset;

    if (zonefile_offset(zonefile) < last + VERSION_MARK_OCTETS
        || !zonefile_is_between(zonefile))
        return;
    self->marks = core_grow(self->marks, self->mark_count,
                            &self->mark_capacity, sizeof *self->marks);
    zonefile_context(zonefile, &self->marks[self->mark_count++]);
}

static void
start_reading(struct loading *loading)
{
    version_t *self = loading->version;

    zonefile_start(loading->zonefile, &self->texts[0], &self->origin,
                   include_read, loading);
}

/* Goes over all records once; every fault counts. */
static void
check_once(struct loading *loading, zone_check_t *check, bool marks)
{
    struct zone_record record;
    struct core_fault fault;

    start_reading(loading);
    for (;;) {
        if (marks)
            set_mark(loading->version, loading->zonefile);
        switch (zonefile_next(loading->zonefile, &record, &fault)) {
        case ZONEFILE_RECORD:
            zone_check_record(check, &record, loading->faults);
            break;
        case ZONEFILE_FAULT:
            loading->faults->error_count++;
            core_faults_copy(loading->faults->errors, &fault);
            break;
        case ZONEFILE_END:
            return;
        }
    }
}

static void
check_again(struct loading *loading, zone_check_t *check)
{
    struct zone_record record;
    struct core_fault fault;
    enum zonefile_next next;

    start_reading(loading);
    while ((next = zonefile_next(loading->zonefile, &record, &fault))
           != ZONEFILE_END)
        if (next == ZONEFILE_RECORD
            && zone_record_belongs(&record, &loading->version->origin))
            zone_check_record_again(check, &record, loading->faults);
}

static void
check_all(struct loading *loading)
{
    version_t *self = loading->version;
    size_t size = text_file_size(self->files[0]);
    bool large = size > TEXT_FILE_IN_MEMORY;
    zone_check_t *check = zone_check_new(&self->origin, large
                                         ? ZONE_CHECK_KEPT : ZONE_CHECK_ONCE,
                                         size);

    check_once(loading, check, large);
    zone_check_apex(check, text_file_path(self->files[0]), loading->faults);
    if (zone_check_wants_more(check))
        check_again(loading, check);
    self->serial = zone_check_serial(check);
    self->records = zone_check_records(check);
    self->mixed = zone_check_is_mixed(check);
    if (large && self->file_count == 1)
        self->check = check;
    else
        zone_check_destroy(&check);
}

version_t *
version_load(text_file_t **text_p, const struct core_zone_name *origin,
             const char *folder, struct zone_faults *faults)
{
    version_t *self = core_allocate(sizeof *self);
    struct loading loading = {
        .version = self, .folder = folder, .faults = faults,
        .zonefile = zonefile_new(),
    };
    size_t before = faults->error_count;

    self->kept = 1;
    self->origin = *origin;
    add_file(self, *text_p);
    *text_p = NULL;                     /* now the version's */
    map(self);
    check_all(&loading);
    unmap(self);
    zonefile_destroy(&loading.zonefile);
    if (faults->error_count > before)
        version_release(&self);
    return self;
}

version_t *
version_follow(version_t *old, text_file_t **text_p,
               struct zone_context **marks_p, size_t mark_count)
{
    version_t *self = core_allocate(sizeof *self);

    assert(old->check != NULL);
    self->kept = 1;
    self->origin = old->origin;
    add_file(self, *text_p);
    *text_p = NULL;
    self->check = old->check;
    old->check = NULL;
    self->serial = zone_check_serial(self->check);
    self->records = zone_check_records(self->check);
    self->mixed = zone_check_is_mixed(self->check);
    self->marks = *marks_p;
    *marks_p = NULL;
    self->mark_count = mark_count;
    self->mark_capacity = mark_count;
    return self;
}

version_t *
version_keep(version_t *self)
{
    self->kept++;
    return self;
}

void
version_release(version_t **self_p)
{
    assert(self_p);

    version_t *self = *self_p;

    *self_p = NULL;
    if (self == NULL || --self->kept > 0)
        return;
    for (size_t i = 0; i < self->file_count; i++)
        text_file_destroy(&self->files[i]);
    free(self->files);
    zone_check_destroy(&self->check);
    free(self->marks);
    free(self);
}

/* ---- what is known ------------------------------------------------------- */

size_t
version_files(const version_t *self)
{
    return self->file_count;
}

text_file_t *
version_file(const version_t *self, size_t index)
{
    return self->files[index];
}

const struct core_zone_name *
version_origin(const version_t *self)
{
    return &self->origin;
}

uint32_t
version_serial(const version_t *self)
{
    return self->serial;
}

size_t
version_records(const version_t *self)
{
    return self->records;
}

bool
version_is_mixed(const version_t *self)
{
    return self->mixed;
}

zone_check_t *
version_check(const version_t *self)
{
    return self->check;
}

const struct zone_context *
version_marks(const version_t *self, size_t *count)
{
    *count = self->mark_count;
    return self->marks;
}

/* ---- reading it once more ------------------------------------------------ */

version_reader_t *
version_read(version_t *version)
{
    version_reader_t *self = core_allocate(sizeof *self);

    self->version = version_keep(version);
    map(version);
    self->zonefile = zonefile_new();
    zonefile_start(self->zonefile, &version->texts[0], &version->origin,
                   include_kept, version);
    return self;
}

void
version_reader_destroy(version_reader_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    zonefile_destroy(&(*self_p)->zonefile);
    unmap((*self_p)->version);
    version_release(&(*self_p)->version);
    free(*self_p);
    *self_p = NULL;
}

bool
version_reader_next(version_reader_t *self, struct zone_record *record)
{
    struct core_fault fault;
    enum zonefile_next next;

    while ((next = zonefile_next(self->zonefile, record, &fault))
           != ZONEFILE_END)
        if (next == ZONEFILE_RECORD
            && zone_record_belongs(record, &self->version->origin))
            return true;
    return false;
}

size_t
version_reader_write(version_reader_t *self, uint8_t *bytes, size_t limit)
{
    size_t size = 0;

    for (;;) {
        if (!self->has_record
            && !version_reader_next(self, &self->record))
            return size;

        size_t used = core_change_write(
            bytes + size, limit - size, &(struct core_change) {
                .kind = CORE_CHANGE_ADD, .owner = self->record.owner,
                .type = self->record.type, .ttl = self->record.ttl,
                .count = 1, .rdatas = self->record.rdatas,
                .rdatas_size = self->record.rdatas_size,
            });

        self->has_record = used == 0;
        if (used == 0)
            return size;
        size += used;
    }
}
