/*
 * page - the status page: how all processes are, for a person with a browser
 */

#ifndef HEALTH_PAGE_H
#define HEALTH_PAGE_H

#include <stdint.h>
#include <stdio.h>

#include "health/roster.h"

/* Writes the page as HTML; whatever is in the roster, it stays text. */
void
    page_write(const roster_t *roster, int64_t now_ms, FILE *file);

#endif
