/*
 * roster - all files that the configuration names, and which are due
 *
 * Knows the zone files, the folders full of them and the hosts files; is told
 * of changes, looks for them now and then, and has what is due read, a little
 * in each round of the loop.
 */

#ifndef FILE_SYNC_ROSTER_H
#define FILE_SYNC_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "coredns/feed.h"
#include "coredns/loop.h"
#include "file-sync/settings.h"
#include "file-sync/zone_entry.h"

typedef struct roster roster_t;

/* What there is, for the one who asks. */
struct roster_counts {
    uint64_t zones;                     /* those of hosts files not counted */
    uint64_t wrong;                     /* whose file is wrong or missing */
    uint64_t records;
    uint64_t hosts_entries;             /* addresses in hosts files */
};

/* folder: see text_file_read(); lent, may be NULL. */
roster_t *
    roster_new(core_loop_t *loop, const char *folder);

/* Ends it, and removes its zones from the publisher: core_publisher_retire()
   before keeps them with the authorities. */
void
    roster_destroy(roster_t **self_p);

/* The hooks of the publisher, whose owner is the roster. */
extern const struct core_snapshot_hooks roster_snapshot_hooks;

/*
 * Starts publishing.  loaded is called once, when every file that was named
 * has been looked at.
 */
void
    roster_start(roster_t *self, core_publisher_t *publisher,
                 void (*loaded)(void *owner), void *owner);

/*
 * Takes the settings, and looks at every file.  What is no longer named is
 * removed, what is new is added, and what is the same is read again when its
 * file has changed.  Returns -1 and a fault, with nothing changed, when a
 * pattern is wrong.
 */
int
    roster_set(roster_t *self, const struct file_sync_settings *settings,
               struct core_fault *fault);

void
    roster_count(const roster_t *self, struct roster_counts *counts);

const struct zone_counters *
    roster_counters(const roster_t *self);

/* A line for each zone; name (wire, or NULL) is the only one wanted.  Returns
   how many were written. */
size_t
    roster_print(const roster_t *self, const uint8_t *name, FILE *file);

#endif
