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

enum etcd_value_outcome {
    ETCD_VALUE_PUT,
    ETCD_VALUE_REFUSED,                 /* this one: others may be put */
    ETCD_VALUE_ENDS,                    /* no other is wanted */
};

/* Puts a service: name and value are lent.  Of one that is refused *why_p is
   the cause, which is taken over. */
typedef enum etcd_value_outcome
    etcd_value_put(void *owner, const char *name, const char *value,
                   char **why_p);

struct etcd_value_counts {
    size_t put;
    size_t left_out;
};

/*
 * Reads a zone file and calls put for each service that it makes, until that
 * ends it.  Each record that is not put has a line in notices with the cause:
 * it is of a type unknown there; put has refused it; or the answer would be
 * another one, as 0 stands for the default of a priority, weight or TTL (equal
 * weights of 0 are put, without one).  Returns -1 and a fault when the file is
 * no zone.
 */
int
    etcd_value_import(const char *path, etcd_value_put *put, void *owner,
                      struct etcd_value_counts *counts, FILE *notices,
                      struct core_fault *fault);

#endif
