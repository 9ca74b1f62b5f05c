/*
 * splitter - cuts single objects out of a stream of JSON
 *
 * A list of hundreds of megabytes and a watch that never ends are read alike:
 * octets come in any portions, objects go out one by one, whole, and no more
 * than one is ever held.  What is inside an object is not looked at: that is
 * for a parser of JSON.
 */

#ifndef KUBERNETES_SYNC_SPLITTER_H
#define KUBERNETES_SYNC_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPLITTER_OBJECT_SIZE (4 * 1024 * 1024)  /* of one object, at most: the
                                                   API has none of 2 MiB */

typedef struct splitter splitter_t;

enum splitter_mode {
    SPLITTER_LIST,                      /* one object: the elements of its
                                           member "items" are cut out, and its
                                           other members */
    SPLITTER_STREAM,                    /* objects behind each other */
};

/* An element or an object (key NULL), or another member's value; lent for the
   call.  Returning false ends the reading. */
typedef bool splitter_taken(void *owner, const char *key, const char *bytes,
                            size_t size);

splitter_t *
    splitter_new(enum splitter_mode mode, splitter_taken *taken, void *owner);
void
    splitter_destroy(splitter_t **self_p);

/* Reads on.  Returns NULL, or what is wrong; then nothing more is read. */
const char *
    splitter_read(splitter_t *self, const char *bytes, size_t size);

/* True when what was read ends where a list or an object ends. */
bool
    splitter_is_whole(const splitter_t *self);

#endif
