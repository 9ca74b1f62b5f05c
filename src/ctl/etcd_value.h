/*
 * etcd_value - services as the keys of an etcd hold them
 *
 * A value is a JSON object of what is said of a service.  A record of a zone
 * file becomes one too, at a name of its own below that of the record, so that
 * several may answer for it.
 */

#ifndef CTL_ETCD_VALUE_H
#define CTL_ETCD_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "coredns/fault.h"

/*
 * Adds a field ("host", "port"...) whose value is that text; false when it is
 * no text of such a field, for example a port that is no number.
 */
bool
    etcd_value_add(json_t *value, const char *field, const char *text);

/* The object as text; yours.  It ends. */
char *
    etcd_value_end(json_t **value_p);

/* A service: both are lent. */
typedef bool etcd_value_put(void *owner, const char *name, const char *value);

struct etcd_value_counts {
    size_t put;
    size_t left_out;
};

/*
 * Reads a zone file and calls put for each service that it makes, until that
 * returns false.  What has no place in a service - SOA, NS and types unknown
 * there, names with a label "*" - is told to notices, a line each.  Returns -1
 * and a fault when the file is no zone.
 */
int
    etcd_value_import(const char *path, etcd_value_put *put, void *owner,
                      struct etcd_value_counts *counts, FILE *notices,
                      struct core_fault *fault);

#endif
