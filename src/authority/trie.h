/*
 * trie - things by domain name, in canonical order
 *
 * A qp-trie: a branch stands only where names part, so a search makes few
 * steps, and all of what a name server asks comes from one walk: the thing of
 * that name, those of the names above it, how many labels exist at all (which
 * makes the closest encloser, empty non-terminals included), and the name in
 * front of one that does not exist (RFC 4034 section 4).
 *
 * Things belong to the caller.  Each holds its name (wire format, any case)
 * at the same offset, which the trie is told once.
 */

#ifndef AUTHORITY_TRIE_H
#define AUTHORITY_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authority/key.h"
#include "authority/slab.h"

typedef struct trie trie_t;

/* What is found on the way to a name. */
struct trie_path {
    void *match;                /* the thing of that name, or NULL */
    unsigned shared;            /* labels of the longest name that exists and
                                   ends the one that was asked: itself, a name
                                   above it, or an empty non-terminal */
    unsigned count;
    void *above[CORE_NAME_LABELS + 1];  /* things of names above it, the
                                           nearest to the root first */
};

/* The trie takes its memory from the slab and ends with it, or before. */
trie_t *
    trie_new(slab_t *slab, size_t name_offset);

/* Gives the memory back to the slab; the things are left alone. */
void
    trie_destroy(trie_t **self_p);

size_t
    trie_count(const trie_t *self);

/* Where a name is or would be; good until the trie changes. */
struct trie_spot {
    void *match;                        /* the thing of that very name; NULL:
                                           there is none */
    const struct twig *near;            /* private to the class */
};

struct trie_spot
    trie_look(const trie_t *self, const struct key *key);

/* Puts a thing there, in place of the match. */
void
    trie_put_at(trie_t *self, const struct key *key,
                const struct trie_spot *spot, void *thing);

/* The thing of that very name, or NULL. */
void *
    trie_find(const trie_t *self, const struct key *key);

void
    trie_search(const trie_t *self, const struct key *key,
                struct trie_path *path);

/* The thing with the greatest name that is less than that; NULL when there is
   none.  trie_last() is the greatest of all. */
void *
    trie_before(const trie_t *self, const struct key *key);
void *
    trie_last(const trie_t *self);

/* The thing with the smallest name that is greater; trie_first(): of all. */
void *
    trie_after(const trie_t *self, const struct key *key);
void *
    trie_first(const trie_t *self);

/* The thing of that very name, or else the one that trie_after() finds. */
void *
    trie_from(const trie_t *self, const struct key *key);

/* Puts a thing in; returns the one of the same name that it replaces. */
void *
    trie_put(trie_t *self, const struct key *key, void *thing);

/* Takes a thing out and returns it; NULL when there is none. */
void *
    trie_remove(trie_t *self, const struct key *key);

/*
 * Calls visit for each thing in order, until it returns false.  The trie must
 * not change meanwhile.
 */
void
    trie_walk(const trie_t *self, bool (*visit)(void *owner, void *thing),
              void *owner);

#endif
