/*
 * tree - the keys, one node for each part of a path
 *
 * The key "/skydns/test/skydns/a" is the node "a" below "skydns" below "test"
 * below the root: the labels of a.skydns.test in the order from the root.
 * What is in front (the setting `path`) is not in the tree.  A node is there
 * as long as it has a service, a bad value, a mark of its owner, or nodes
 * below.
 *
 * Readers may look at the fields; only this class changes those above the
 * line.
 */

#ifndef ETCD_SYNC_TREE_H
#define ETCD_SYNC_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/name.h"
#include "etcd-sync/service.h"

#define TREE_DEPTH 127                  /* parts of a path, at most */
#define TREE_PART_SIZE 255              /* octets of a part */
#define TREE_PATH_SIZE (TREE_DEPTH * (TREE_PART_SIZE + 1))

enum tree_flag {
    TREE_NAMELESS = 0x01,               /* no name in a query leads here */
    TREE_BAD = 0x02,                    /* its value is a bad one */
    TREE_ZONE = 0x04,                   /* a zone begins here; stays */
    TREE_DIRTY = 0x08,                  /* waits to be published; stays */
    TREE_LOCAL = 0x20,                  /* it stands for another name; stays */
    TREE_TOO_LARGE = 0x40,              /* an RRset of its name was left out */
    TREE_TOO_MANY_HOSTS = 0x80,         /* a host of its name was left out */
    TREE_HELD = 0x10,                   /* is being published; stays */
};

struct leased;

struct tree_node {
    struct tree_node *parent;           /* NULL: the root */
    struct tree_node **children;        /* sorted by their parts */
    struct service *service;            /* or NULL */
    uint32_t child_count;
    uint32_t below;                     /* services below, its own not */
    /* ---- */
    struct leased *leased;              /* see leases.h; or NULL */
    uint64_t published;                 /* hash of its records; 0: not known */
    uint32_t load;                      /* the last one that saw it */
    uint8_t flags;                      /* enum tree_flag */
    uint8_t part_size;
    uint8_t part[];
};

typedef struct tree tree_t;

tree_t *
    tree_new(void);

/* Ends all nodes and their services. */
void
    tree_destroy(tree_t **self_p);

struct tree_node *
    tree_root(tree_t *self);

/* Nodes there are, the root not counted. */
size_t
    tree_count(const tree_t *self);

/*
 * The node of a path ("test/skydns/a"), made with all above it when it is not
 * there.  NULL for a path that is too deep or has too long a part.
 */
struct tree_node *
    tree_add(tree_t *self, const char *path, size_t size);

/* The same without making anything: NULL when there is none. */
struct tree_node *
    tree_find(tree_t *self, const char *path, size_t size);

/* The node that a name in small letters leads to, or NULL. */
struct tree_node *
    tree_find_name(tree_t *self, const uint8_t *name);

/* Gives the node a service (or none), taken over; the old one ends. */
void
    tree_set_service(struct tree_node *node, struct service **service_p);

/* Ends the node, and those above it, as far as nothing holds them. */
void
    tree_prune(tree_t *self, struct tree_node *node);

/*
 * The node behind this one in the order of keys, among those below top; the
 * first one for top itself; NULL at the end.
 */
struct tree_node *
    tree_next(const struct tree_node *top, const struct tree_node *node);

/* The same for the path below top of a node that may be gone; none: top. */
struct tree_node *
    tree_behind(const struct tree_node *top, const char *path, size_t size);

/* Writes the path of a node below top, without a NUL; returns its size. */
size_t
    tree_path(const struct tree_node *top, const struct tree_node *node,
              char path[TREE_PATH_SIZE]);

/* The child whose part is the first not less than that, or NULL. */
struct tree_node *
    tree_child_from(const struct tree_node *node, const uint8_t *part,
                    size_t size);

/* Writes the name that leads to the node; false when there is none. */
bool
    tree_name(const struct tree_node *node, uint8_t name[CORE_NAME_SIZE]);

/* Writes the name that stands for the node as a target: dots in parts divide
   labels, large letters stay.  False when that makes no name. */
bool
    tree_target(const struct tree_node *node, uint8_t name[CORE_NAME_SIZE]);

/* Parts in the path of the node. */
unsigned
    tree_depth(const struct tree_node *node);

/* Says whether the part is a label that a query may have, and that means
   itself there. */
bool
    tree_is_label(const uint8_t *part, size_t size);

#endif
