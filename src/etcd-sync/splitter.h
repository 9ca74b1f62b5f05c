/*
 * splitter - messages cut out of a stream of JSON objects
 *
 * The gateway of etcd sends one object behind the other, in pieces of any
 * size.  Only braces, brackets and strings are looked at; what is inside is
 * for the reader of the message, which gets each as one whole text.
 */

#ifndef ETCD_SYNC_SPLITTER_H
#define ETCD_SYNC_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct splitter splitter_t;

/* message is called with each object; it must not end the splitter. */
splitter_t *
    splitter_new(size_t limit,
                 void (*message)(void *owner, const char *text, size_t size),
                 void *owner);

void
    splitter_destroy(splitter_t **self_p);

/* Takes more of the stream.  False when a message is larger than limit, or
   when something else than an object begins: the stream is lost then. */
bool
    splitter_feed(splitter_t *self, const char *bytes, size_t size);

/* After a failure: a message was too large. */
bool
    splitter_is_full(const splitter_t *self);

/* Forgets what was begun. */
void
    splitter_reset(splitter_t *self);

#endif
