/*
 * dump - an entry of the store, for people
 */

#ifndef CACHE_DUMP_H
#define CACHE_DUMP_H

#include <stdint.h>
#include <stdio.h>

#include "lib/entry.h"

/*
 * Writes a line "NAME CLASS TYPE [do] [cd] KIND STATE RCODE ttl=N size=N
 * hits=N" and behind it the records, each on a line that begins with a tab and
 * the first letters of its section.  What does not print is escaped.
 */
void
    dump_write(const struct entry *entry, int64_t stale_ms, int64_t now_ms,
               FILE *file);

#endif
