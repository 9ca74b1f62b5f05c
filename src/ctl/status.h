/*
 * status - the verb status: what runs and how it is
 */

#ifndef CTL_STATUS_H
#define CTL_STATUS_H

#include <jansson.h>

#include "ctl/grammar.h"
#include "ctl/table.h"

#define STATUS_SCHEMA "corednsctl.status/1"

int
    status_run(const struct request *request);

enum status_columns { STATUS_OF_HOST, STATUS_WITH_HOSTS };

/* A table of processes; with or without the column of the host. */
table_t *
    status_table_new(enum status_columns columns);

/* Adds all stages of a status, of that host (may be NULL without the column);
   what is no status says that the host does not answer. */
void
    status_table_add(table_t *table, const char *host, const json_t *status);

#endif
