/*
 * hosts_entry - a hosts file, with lines of the configuration, and what is
 * published of both
 */

#ifndef FILE_SYNC_HOSTS_ENTRY_H
#define FILE_SYNC_HOSTS_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "coredns/feed.h"
#include "file-sync/hostsfile.h"
#include "file-sync/settings.h"

typedef struct hosts_entry hosts_entry_t;

/* settings are copied. */
hosts_entry_t *
    hosts_entry_new(const struct hosts_settings *settings, uint16_t layer,
                    core_publisher_t *publisher);

/* Also removes its zones from the publisher. */
void
    hosts_entry_destroy(hosts_entry_t **self_p);

/* NULL when there is no file. */
const char *
    hosts_entry_path(const hosts_entry_t *self);
int64_t
    hosts_entry_reload_ms(const hosts_entry_t *self);
uint16_t
    hosts_entry_layer(const hosts_entry_t *self);

/* True when those settings would change nothing. */
bool
    hosts_entry_is(const hosts_entry_t *self,
                   const struct hosts_settings *settings);

bool
    hosts_entry_is_outdated(const hosts_entry_t *self);

/* Reads the file and publishes what is different. */
void
    hosts_entry_load(hosts_entry_t *self);

/* How many addresses it has. */
size_t
    hosts_entry_entries(const hosts_entry_t *self);

/* The index of the zone of that name; -1 when it has none. */
int
    hosts_entry_find(const hosts_entry_t *self, const uint8_t *name);

/* Reads a zone; NULL when nothing has been loaded. */
hostsfile_reader_t *
    hosts_entry_read(hosts_entry_t *self, size_t zone);

/* A line for each zone, as zone_entry_print() writes them. */
void
    hosts_entry_print(const hosts_entry_t *self, FILE *file);

#endif
