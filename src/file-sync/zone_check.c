/*
 * zone_check - whether the records of a zone belong together
 *
 * Records are known by their hash.  The owners of CNAMEs are gathered the
 * first time over, and only a zone that has some is gone over again: so a
 * plain zone costs one look-up a record, and that only when it is kept.
 */

#include "file-sync/zone_check.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "file-sync/hash_bag.h"

#define CORE_KEY 25
#define OCTETS_A_RECORD 32
#define LATE 16                         /* records on their way to memory */
#define DNAMES 32                       /* looked at for what is below them */

struct zone_check {
    struct core_zone_name origin;
    uint64_t seed;
    hash_bag_t *records;                /* NULL: not kept */
    uint64_t late[LATE];                /* hashes of the last ones */
    size_t count;                       /* of all */
    hash_bag_t *cnames;                 /* owners; each CNAME once */
    struct core_zone_name *dnames;
    size_t dname_count;
    unsigned soas;
    uint8_t soa[2 + 2 * CORE_NAME_SIZE + 20];
    size_t soa_size;                    /* rdata of the first one */
    uint32_t serial;
    bool has_ns;
    bool has_nsec3;
    int nsec3param_line;                /* 0: there is none */
    bool mixed;
    size_t outside;                     /* records that were left out */
    uint64_t last_rrset;                /* hash of owner and type */
    uint32_t last_ttl;
};

zone_check_t *
zone_check_new(const struct core_zone_name *origin, enum zone_check_kind kind,
               size_t octets)
{
    zone_check_t *self = core_allocate(sizeof *self);

    self->origin = *origin;
    self->seed = hash_seed();
    self->cnames = hash_bag_new(0);
    if (kind == ZONE_CHECK_KEPT)
        self->records = hash_bag_new(octets / OCTETS_A_RECORD);
    return self;
}

void
zone_check_destroy(zone_check_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    hash_bag_destroy(&(*self_p)->records);
    hash_bag_destroy(&(*self_p)->cnames);
    free((*self_p)->dnames);
    free(*self_p);
    *self_p = NULL;
}

/* ---- hashes -------------------------------------------------------------- */

static uint64_t
owner_hash(const zone_check_t *self, const struct zone_record *record)
{
    return hash_octets(self->seed, record->owner, record->owner_size);
}

static uint64_t
rrset_hash(const zone_check_t *self, const struct zone_record *record)
{
    return (owner_hash(self, record) ^ record->type) * 0x9e3779b97f4a7c15u;
}

static uint64_t
record_hash(const zone_check_t *self, const struct zone_record *record)
{
    return hash_octets(rrset_hash(self, record), record->rdatas,
                       record->rdatas_size);
}

/* ---- one record ---------------------------------------------------------- */

static void
add_error(struct zone_faults *faults, const struct zone_record *record,
          const char *text)
{
    char owner[CORE_NAME_TEXT_SIZE];

    faults->error_count++;
    core_faults_add(faults->errors, record->path, record->line, "%s: %s",
                    core_name_to_text(owner, record->owner), text);
}

static void
add_warning(struct zone_faults *faults, const struct zone_record *record,
            const char *text)
{
    char owner[CORE_NAME_TEXT_SIZE];

    if (faults->warnings != NULL)
        core_faults_add(faults->warnings, record->path, record->line,
                        "%s: %s", core_name_to_text(owner, record->owner),
                        text);
}

static bool
is_at_apex(const struct zone_record *record,
           const struct core_zone_name *origin)
{
    return record->owner_size == origin->size
        && memcmp(record->owner, origin->bytes, origin->size) == 0;
}

/* Both names are small.  The end of the owner must be the origin, and start
   where a label does. */
static bool
is_inside(const struct zone_record *record, const struct core_zone_name *origin)
{
    size_t above = (size_t) record->owner_size - origin->size;
    size_t offset = 0;

    if (record->owner_size < origin->size
        || memcmp(record->owner + above, origin->bytes, origin->size) != 0)
        return false;
    while (offset < above)
        offset += 1u + record->owner[offset];
    return offset == above;
}

bool
zone_type_joins_cname(uint16_t type)
{
    return type == CORE_CNAME || type == CORE_RRSIG || type == CORE_NSEC
        || type == CORE_SIG || type == CORE_NXT || type == CORE_KEY;
}

bool
zone_record_belongs(const struct zone_record *record,
                    const struct core_zone_name *origin)
{
    return is_inside(record, origin)
        && (record->type != CORE_SOA || is_at_apex(record, origin));
}

static void
note_dname(zone_check_t *self, const struct zone_record *record)
{
    struct core_zone_name *dname;

    if (self->dname_count == DNAMES)
        return;
    self->dnames = core_reallocate(self->dnames, (self->dname_count + 1)
                                   * sizeof *self->dnames);
    dname = &self->dnames[self->dname_count++];
    dname->size = record->owner_size;
    memcpy(dname->bytes, record->owner, record->owner_size);
}

/* A second SOA is wrong, unless it is the first one again: transfers that were
   saved as text end with it. */
static void
note_soa(zone_check_t *self, const struct zone_record *record,
         struct zone_faults *faults)
{
    if (self->soas == 0) {
        assert(record->rdatas_size <= sizeof self->soa);
        memcpy(self->soa, record->rdatas, record->rdatas_size);
        self->soa_size = record->rdatas_size;
        self->serial = core_read32(record->rdatas + record->rdatas_size - 20);
        self->soas = 1;
    } else if (self->soa_size != record->rdatas_size
               || memcmp(self->soa, record->rdatas, self->soa_size) != 0) {
        self->soas++;
        add_error(faults, record, "a second SOA record");
    }
}

static void
note_cname(zone_check_t *self, const struct zone_record *record,
           struct zone_faults *faults)
{
    /* Each different CNAME counts: the same one twice is no fault. */
    uint64_t owner = owner_hash(self, record);
    uint64_t own = record_hash(self, record) ^ 1;

    if (hash_bag_count(self->cnames, own) > 0)
        return;
    hash_bag_add(self->cnames, own);
    if (hash_bag_add(self->cnames, owner) > 1)
        add_error(faults, record, "a second CNAME record");
}

/* Records of an RRset mostly stand together, so looking at neighbours is
   enough for a warning. */
static void
note_ttl(zone_check_t *self, const struct zone_record *record,
         struct zone_faults *faults)
{
    uint64_t rrset = rrset_hash(self, record);

    if (rrset == self->last_rrset && record->ttl != self->last_ttl) {
        add_warning(faults, record, "records of one type differ in their TTL; "
                    "the least one counts");
        self->mixed = true;
    }
    self->last_rrset = rrset;
    self->last_ttl = record->ttl;
}

/* Adds the record's hash a little later: by then its place has come from main
   memory, which takes as long as reading the record. */
static void
keep_late(zone_check_t *self, const struct zone_record *record)
{
    size_t place = self->count % LATE;
    uint64_t hash = record_hash(self, record);

    if (self->count >= LATE)
        hash_bag_add(self->records, self->late[place]);
    self->late[place] = hash;
    hash_bag_expect(self->records, hash);
}

static void
keep_last(zone_check_t *self)
{
    size_t late = self->count < LATE ? self->count : LATE;

    for (size_t i = 0; i < late; i++)
        hash_bag_add(self->records, self->late[i]);
}

bool
zone_check_record(zone_check_t *self, const struct zone_record *record,
                  struct zone_faults *faults)
{
    if (!is_inside(record, &self->origin)) {
        self->outside++;
        add_warning(faults, record, "outside of the zone, left out");
        return false;
    }
    if (record->type == CORE_SOA && !is_at_apex(record, &self->origin)) {
        add_error(faults, record, "SOA record is not at the apex");
        return false;
    }
    if (self->records != NULL)
        keep_late(self, record);
    self->count++;
    note_ttl(self, record, faults);
    if (record->type == CORE_SOA)
        note_soa(self, record, faults);
    else if (record->type == CORE_NS && is_at_apex(record, &self->origin))
        self->has_ns = true;
    else if (record->type == CORE_CNAME)
        note_cname(self, record, faults);
    else if (record->type == CORE_DNAME)
        note_dname(self, record);
    else if (record->type == CORE_NSEC3)
        self->has_nsec3 = true;
    else if (record->type == CORE_NSEC3PARAM)
        self->nsec3param_line = record->line;
    return true;
}

void
zone_check_apex(zone_check_t *self, const char *path,
                struct zone_faults *faults)
{
    char origin[CORE_NAME_TEXT_SIZE];

    if (self->records != NULL)
        keep_last(self);
    core_name_to_text(origin, self->origin.bytes);
    if (self->soas == 0 && faults->error_count == 0) {
        faults->error_count++;
        core_faults_add(faults->errors, path, 0, "%s: no SOA record%s", origin,
                        self->outside > 0 ? ": is this the file of another "
                        "zone?" : "");
    } else if (self->soas > 0 && !self->has_ns && faults->warnings != NULL) {
        core_faults_add(faults->warnings, path, 0,
                        "%s: no NS record at the apex", origin);
    }

    /* It promises proofs of denial that are not there. */
    if (self->nsec3param_line != 0 && !self->has_nsec3) {
        faults->error_count++;
        core_faults_add(faults->errors, path, self->nsec3param_line,
                        "%s: NSEC3PARAM record, but no NSEC3 records", origin);
    }
}

/* ---- the second time over ------------------------------------------------ */

bool
zone_check_wants_more(const zone_check_t *self)
{
    return self->dname_count > 0 || hash_bag_size(self->cnames) > 0;
}

static bool
is_below(const struct zone_record *record, const struct core_zone_name *above)
{
    return record->owner_size > above->size
        && core_name_is_below(record->owner, above->bytes);
}

void
zone_check_record_again(zone_check_t *self, const struct zone_record *record,
                        struct zone_faults *faults)
{
    if (!zone_type_joins_cname(record->type)
        && zone_check_has_cname(self, record))
        add_error(faults, record, "CNAME record beside other data");
    for (size_t i = 0; i < self->dname_count; i++) {
        if (is_below(record, &self->dnames[i])) {
            add_warning(faults, record, "below a DNAME record, which hides "
                        "it");
            break;
        }
    }
}

/* ---- what was found ------------------------------------------------------ */

uint32_t
zone_check_serial(const zone_check_t *self)
{
    return self->serial;
}

size_t
zone_check_records(const zone_check_t *self)
{
    return self->count;
}

bool
zone_check_is_mixed(const zone_check_t *self)
{
    return self->mixed;
}

/* ---- changes ------------------------------------------------------------- */

bool
zone_check_has_cname(const zone_check_t *self,
                     const struct zone_record *record)
{
    return hash_bag_count(self->cnames, owner_hash(self, record)) > 0;
}

static void
forget_cname(zone_check_t *self, const struct zone_record *record)
{
    hash_bag_remove(self->cnames, record_hash(self, record) ^ 1);
    hash_bag_remove(self->cnames, owner_hash(self, record));
}

unsigned
zone_check_copies(const zone_check_t *self, const struct zone_record *record)
{
    return hash_bag_count(self->records, record_hash(self, record));
}

void
zone_check_remove(zone_check_t *self, const struct zone_record *record)
{
    self->count--;
    if (hash_bag_remove(self->records, record_hash(self, record)) > 0)
        return;
    if (record->type == CORE_CNAME)
        forget_cname(self, record);
    else if (record->type == CORE_SOA)
        self->soas--;
}

void
zone_check_add(zone_check_t *self, const struct zone_record *record)
{
    struct zone_faults ignored = { .errors = NULL };

    self->count++;
    hash_bag_add(self->records, record_hash(self, record));
    if (record->type == CORE_CNAME)
        note_cname(self, record, &ignored);
    else if (record->type == CORE_SOA)
        note_soa(self, record, &ignored);
}
