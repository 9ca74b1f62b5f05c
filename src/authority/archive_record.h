/*
 * archive_record - how an archive lies on disk
 *
 * Behind the magic stand records: the size of the body (32 bits), the kind,
 * and the body, in the form of the feed (coredns-feed(7)).
 */

#ifndef AUTHORITY_ARCHIVE_RECORD_H
#define AUTHORITY_ARCHIVE_RECORD_H

#define ARCHIVE_MAGIC "CDNA\0\0\0\1"    /* and the version */
#define ARCHIVE_MAGIC_SIZE 8
#define RECORD_SIZE 5                   /* size and kind */

enum record_kind {
    RECORD_WHOLE = 1,                   /* zone, options */
    RECORD_PART = 2,                    /* zone; options, if they changed */
    RECORD_CHANGE = 3,                  /* one change */
    RECORD_COMMIT = 4,                  /* version */
    RECORD_ABANDON = 5,
    RECORD_REMOVE = 6,                  /* zone */
};

#endif
