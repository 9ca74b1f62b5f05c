/*
 * misfits - keys that have no place in the tree: too deep, or too long a part
 *
 * What they hold is not read; they are kept to be counted and shown.  Of a key
 * that is longer than 255 octets these are kept, with its size and a hash:
 * etcd's may have a million.
 */

#ifndef ETCD_SYNC_MISFITS_H
#define ETCD_SYNC_MISFITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MISFITS_LIMIT 1000              /* of more nothing is known */
#define MISFITS_SHOWN 255

struct misfit {
    size_t size;                        /* of the whole key */
    uint64_t hash;
    uint32_t load;                      /* the last one that saw it */
    uint8_t shown_size;
    char shown[MISFITS_SHOWN];
};

typedef struct misfits misfits_t;

misfits_t *
    misfits_new(void);

void
    misfits_destroy(misfits_t **self_p);

/* Notes a key, as seen in that load; false when it was known. */
bool
    misfits_add(misfits_t *self, const char *key, size_t size, uint32_t load);

/* Forgets a key, if it is known. */
void
    misfits_remove(misfits_t *self, const char *key, size_t size);

/* Forgets those that were last seen in another load. */
void
    misfits_sweep(misfits_t *self, uint32_t load);

size_t
    misfits_count(const misfits_t *self);

const struct misfit *
    misfits_at(const misfits_t *self, size_t index);

#endif
