/*
 * changes - records that leave a zone and records that join it
 *
 * Most edits of a zone that was right cannot make it wrong, and that can be
 * seen from the edit and what is known of the zone.  Where it cannot, nothing
 * is assumed: the zone is read again.
 */

#include "file-sync/changes.h"

#include "coredns/rrtype.h"
#include "file-sync/hash_bag.h"

void
changes_start(struct changes *self)
{
    self->removed = record_list_new();
    self->added = record_list_new();
}

void
changes_end(struct changes *self)
{
    record_list_destroy(&self->removed);
    record_list_destroy(&self->added);
}

/* ---- whether they leave the zone right ----------------------------------- */

/* Owners that lose or get a CNAME. */
struct owners {
    uint64_t seed;
    hash_bag_t *losing;
    hash_bag_t *getting;
};

static uint64_t
hash_owner(const struct owners *owners, const struct zone_record *record)
{
    return hash_octets(owners->seed, record->owner, record->owner_size);
}

static void
gather_cnames(const struct owners *owners, const record_list_t *list,
              hash_bag_t *bag)
{
    struct zone_record record;

    for (size_t i = 0; i < record_list_count(list); i++) {
        record_list_at(list, i, &record);
        if (record.type == CORE_CNAME)
            hash_bag_add(bag, hash_owner(owners, &record));
    }
}

/* A zone that was right stays so when a CNAME takes the place of another one,
   and other data come where none is.  For all else the whole must be seen. */
static bool
cname_is_proven(const struct owners *owners, const zone_check_t *check,
                const struct zone_record *added)
{
    uint64_t owner = hash_owner(owners, added);
    bool loses = hash_bag_count(owners->losing, owner) > 0;

    if (added->type == CORE_CNAME)
        return loses && hash_bag_count(owners->getting, owner) == 1;
    if (zone_type_joins_cname(added->type))
        return true;
    return hash_bag_count(owners->getting, owner) == 0
        && (loses || !zone_check_has_cname(check, added));
}

static bool
cnames_are_proven(const struct changes *changes, const zone_check_t *check)
{
    struct owners owners = {
        .seed = hash_seed(), .losing = hash_bag_new(0),
        .getting = hash_bag_new(0),
    };
    struct zone_record record;
    bool proven = true;

    gather_cnames(&owners, changes->removed, owners.losing);
    gather_cnames(&owners, changes->added, owners.getting);
    for (size_t i = 0; proven && i < record_list_count(changes->added); i++) {
        record_list_at(changes->added, i, &record);
        proven = cname_is_proven(&owners, check, &record);
    }
    hash_bag_destroy(&owners.losing);
    hash_bag_destroy(&owners.getting);
    return proven;
}

static size_t
count_type(const record_list_t *list, uint16_t type)
{
    struct zone_record record;
    size_t count = 0;

    for (size_t i = 0; i < record_list_count(list); i++) {
        record_list_at(list, i, &record);
        count += record.type == type;
    }
    return count;
}

/* Removed copies that are not all there are of a CNAME or SOA leave one. */
static bool
removals_are_proven(const struct changes *changes, const zone_check_t *check)
{
    struct zone_record record;
    size_t index;

    for (size_t i = 0; i < record_list_count(changes->removed); i++) {
        record_list_at(changes->removed, i, &record);
        if ((record.type == CORE_SOA || record.type == CORE_CNAME)
            && zone_check_copies(check, &record)
            != record_list_find(changes->removed, &record, &index))
            return false;
    }
    return true;
}

bool
changes_are_proven(const struct changes *self, const zone_check_t *check)
{
    size_t lost = count_type(self->removed, CORE_SOA);
    size_t got = count_type(self->added, CORE_SOA);

    return lost == got && lost <= 1
        && count_type(self->removed, CORE_NSEC3) == 0
        && count_type(self->added, CORE_NSEC3PARAM) == 0
        && removals_are_proven(self, check)
        && cnames_are_proven(self, check);
}

void
changes_apply(const struct changes *self, zone_check_t *check)
{
    struct zone_record record;

    for (size_t i = 0; i < record_list_count(self->removed); i++) {
        record_list_at(self->removed, i, &record);
        zone_check_remove(check, &record);
    }
    for (size_t i = 0; i < record_list_count(self->added); i++) {
        record_list_at(self->added, i, &record);
        zone_check_add(check, &record);
    }
}

bool
changes_is_removal(const struct changes *self, const zone_check_t *check,
                   const struct zone_record *removed)
{
    size_t index;

    return check == NULL || record_list_find(self->added, removed, &index)
        >= zone_check_copies(check, removed);
}
