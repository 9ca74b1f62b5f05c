/*
 * listing - the zones as an operator sees them
 */

#ifndef AUTHORITY_LISTING_H
#define AUTHORITY_LISTING_H

#include <stdio.h>

#include "authority/zones.h"

/* One line a zone: name, source, layer, serial, names, flags. */
void
    listing_write(const zones_t *zones, const char *const *source_names,
                  FILE *output);

/*
 * All that is known of the zones of that name (text, the final dot may be
 * missing).  Returns how many there are.
 */
unsigned
    listing_show(const zones_t *zones, const char *const *source_names,
                 const char *name, FILE *output);

#endif
