/*
 * zone_check - whether the records of a zone belong together
 *
 * What makes a zone wrong: no SOA record or several, one that is not at the
 * apex, a CNAME beside other data (RFC 1034 section 3.6.2), NSEC3PARAM without
 * NSEC3.  What is only worth a warning: records outside of the zone (they are
 * left out), no NS at the apex, records below a DNAME, records of one RRset
 * with different TTLs.
 *
 * A check goes once over all records, and a second time over those of a zone
 * that has CNAME or DNAME records.  Afterwards it can be kept for a large zone
 * and asked about single changes.
 */

#ifndef FILE_SYNC_ZONE_CHECK_H
#define FILE_SYNC_ZONE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "file-sync/zonefile.h"

typedef struct zone_check zone_check_t;

/* True when a zone of that origin can hold the record.  zone_check_record()
   asks this and more. */
bool
    zone_record_belongs(const struct zone_record *record,
                        const struct core_zone_name *origin);

/* True for what may stand beside a CNAME (RFC 4034 section 3, RFC 3007), and
   for the CNAME itself. */
bool
    zone_type_joins_cname(uint16_t type);

/* Either may be NULL: then what would be added is forgotten. */
struct zone_faults {
    core_faults_t *errors;
    core_faults_t *warnings;
    size_t error_count;
};

enum zone_check_kind {
    ZONE_CHECK_ONCE,                    /* of one text, then forgotten */
    ZONE_CHECK_KEPT,                    /* changes will follow */
};

/* octets: of the zone's text, to know about how many records to expect. */
zone_check_t *
    zone_check_new(const struct core_zone_name *origin,
                   enum zone_check_kind kind,
                   size_t octets);
void
    zone_check_destroy(zone_check_t **self_p);

/* The first time over: false when the record is not part of the zone (or is
   wrong). */
bool
    zone_check_record(zone_check_t *self, const struct zone_record *record,
                      struct zone_faults *faults);

/* All records have been seen once.  path is that of the main file.  That there
   is no SOA record is not said of a text with other errors: it may be in
   one of them. */
void
    zone_check_apex(zone_check_t *self, const char *path,
                    struct zone_faults *faults);

/* True when the second time is needed. */
bool
    zone_check_wants_more(const zone_check_t *self);

void
    zone_check_record_again(zone_check_t *self,
                            const struct zone_record *record,
                            struct zone_faults *faults);

uint32_t
    zone_check_serial(const zone_check_t *self);

/* Records that belong to the zone, each counted as often as it stands there. */
size_t
    zone_check_records(const zone_check_t *self);

/* True when RRsets with several TTLs were seen: then a change of one record is
   not a change of one record. */
bool
    zone_check_is_mixed(const zone_check_t *self);

/* ---- changes of a zone whose check was kept ------------------------------ */

/* How many copies of the record there are. */
unsigned
    zone_check_copies(const zone_check_t *self,
                      const struct zone_record *record);

/* Takes a copy out. */
void
    zone_check_remove(zone_check_t *self, const struct zone_record *record);

void
    zone_check_add(zone_check_t *self, const struct zone_record *record);

/* True when that owner has a CNAME record. */
bool
    zone_check_has_cname(const zone_check_t *self,
                         const struct zone_record *record);

#endif
