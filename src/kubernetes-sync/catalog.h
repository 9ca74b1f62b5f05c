/*
 * catalog - the namespaces, services, slices and pods of a cluster
 *
 * No more is kept of an object than answers need.  The endpoints of a service
 * with a cluster IP are not, unless asked for; those of a slice that came
 * before its service are, until it is known what the service is.
 *
 * What is to change is told before and after: whoever makes records of it
 * compares.  A list marks what it names (catalog_begin()), and what it did not
 * name is gone at its end (catalog_sweep()).
 */

#ifndef KUBERNETES_SYNC_CATALOG_H
#define KUBERNETES_SYNC_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kubernetes-sync/object.h"
#include "kubernetes-sync/pods.h"
#include "kubernetes-sync/shelf.h"

#define CATALOG_SPACES 65535

typedef struct catalog catalog_t;

struct space {                          /* a namespace */
    bool is_there;                      /* the API has it */
    uint8_t generation;
    char name[];
};

struct service {
    uint32_t slices;                    /* its first one; SHELF_NONE: none */
    uint32_t ready;                     /* endpoints of all slices */
    uint16_t space;
    uint8_t generation;
    bool is_there;                      /* the API has it; otherwise slices
                                           name it */
    bool is_import;
    uint8_t name_size;
    uint16_t spec_size;
    char bytes[];                       /* name, spec */
};

struct slice {
    uint32_t next;                      /* of the service */
    uint32_t service;
    uint32_t spec_size;
    uint16_t space;
    uint16_t ready;                     /* endpoints */
    uint8_t generation;
    bool is_dropped;                    /* its endpoints are not kept */
    bool is_own;                        /* it had an address of ours */
    uint8_t name_size;
    uint8_t cluster_size;
    char bytes[];                       /* name, cluster, spec */
};

/* What changes: the number of a space or the place of a service or pod. */
enum catalog_thing {
    CATALOG_APEX, CATALOG_SPACE, CATALOG_SERVICE, CATALOG_POD,
};

struct catalog_hooks {
    void (*before)(void *owner, enum catalog_thing thing, uint32_t number);
    void (*after)(void *owner, enum catalog_thing thing, uint32_t number);
    /* A pod is the first, or was the last, with its address there. */
    void (*pod)(void *owner, uint16_t space, const struct address *address,
                bool comes);
    /* The endpoints of a service were not kept, and are needed: its slices
       must be read again. */
    void (*lacks)(void *owner, const char *space, const char *service);
};

struct catalog_options {
    bool no_endpoints;                  /* keep none at all */
    bool all_endpoints;                 /* keep those of cluster IPs too */
    const char *const *spaces;          /* only these namespaces; lent */
    size_t space_count;                 /* 0: all */
    const struct address *own;          /* our addresses; lent */
    size_t own_count;
};

enum catalog_result { CATALOG_SAME, CATALOG_CHANGED };

catalog_t *
    catalog_new(const struct catalog_options *options,
                const struct catalog_hooks *hooks, void *owner);
void
    catalog_destroy(catalog_t **self_p);

/* The object is there, as it is; or it is gone (only kind, space, name and
   service matter then). */
enum catalog_result
    catalog_put(catalog_t *self, const struct object *object);
enum catalog_result
    catalog_remove(catalog_t *self, const struct object *object);

/* Told of an object that is gone; a pod has no name here. */
typedef void catalog_swept(void *owner, enum object_kind kind,
                           const char *space, const char *name);

/* Begins to mark; ends what was not marked since, and tells of each (swept may
   be NULL). */
void
    catalog_begin(catalog_t *self, enum object_kind kind);
void
    catalog_sweep(catalog_t *self, enum object_kind kind,
                  catalog_swept *swept, void *owner);

/* True when the object is marked, so it was put since catalog_begin(). */
bool
    catalog_is_marked(const catalog_t *self, const struct object *object);

/* Marks the object, if it is there, whatever it is like. */
void
    catalog_mark(catalog_t *self, const struct object *object);

/* True when the object is there with dropped endpoints: what a second reading
   of its slice may fill in. */
bool
    catalog_is_dropped(const catalog_t *self, const struct object *object);

/* True when the slice belongs to a headless service with a selector. */
bool
    catalog_is_selected_headless(const catalog_t *self,
                                 const struct object *slice);

/* ---- for those who make records ------------------------------------------ */

/* Namespaces are numbered from 0. */
unsigned
    catalog_spaces(const catalog_t *self);
const struct space *
    catalog_space(const catalog_t *self, unsigned number);

/* True when names of that namespace exist. */
bool
    catalog_is_visible(const catalog_t *self, unsigned number);

const shelf_t *
    catalog_services(const catalog_t *self);
const struct slice *
    catalog_slice(const catalog_t *self, uint32_t place);

/* Pods with addresses of IPv4 (0) and IPv6 (1). */
const pods_t *
    catalog_pods(const catalog_t *self, unsigned family);

/* Services that have our addresses among their endpoints: places into list,
   at most limit; returns how many. */
size_t
    catalog_own(const catalog_t *self, uint32_t *list, size_t limit);

static inline const uint8_t *
service_spec(const struct service *self)
{
    return (const uint8_t *) self->bytes + self->name_size;
}

static inline const uint8_t *
slice_spec(const struct slice *self)
{
    return (const uint8_t *) self->bytes + self->name_size
        + self->cluster_size;
}

/* How many of each there are. */
struct catalog_counts {
    uint64_t spaces, services, imports, slices, endpoints, pods;
};

void
    catalog_count(const catalog_t *self, struct catalog_counts *counts);

#endif
