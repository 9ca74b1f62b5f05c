/*
 * traced - a traced query that came back: its stops, and its answer
 */

#ifndef CTL_TRACED_H
#define CTL_TRACED_H

#include <stdio.h>

#include "coredns/batch.h"

/* Writes the stops as a table and the answer in zone notation. */
void
    traced_write(const struct core_record *reply, FILE *file);

/* Writes all of it as JSON; corednsctl(8) has the schema. */
void
    traced_write_json(const struct core_record *reply, FILE *file);

#endif
