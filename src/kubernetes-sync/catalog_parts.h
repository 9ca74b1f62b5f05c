/*
 * catalog_parts - what the files of the catalog share
 */

#ifndef KUBERNETES_SYNC_CATALOG_PARTS_H
#define KUBERNETES_SYNC_CATALOG_PARTS_H

#include "kubernetes-sync/catalog.h"

#define NO_SPACE UINT32_MAX
#define OWN_SLICES 64                   /* with our addresses, at most */

struct catalog {
    struct catalog_options options;
    struct catalog_hooks hooks;
    void *owner;
    uint64_t secret;
    uint8_t generations[OBJECT_KINDS];
    shelf_t *spaces;                    /* its places are their numbers */
    shelf_t *services;                  /* and imports */
    shelf_t *slices;
    pods_t *pods[2];
    uint32_t own[OWN_SLICES];           /* places of slices */
    size_t own_count;
    bool is_own_hidden;
};

/* A hash of the texts, which may be NULL. */
uint64_t
    catalog_hash(const catalog_t *self, unsigned kind, uint32_t space,
                 const char *name, size_t size);

void
    catalog_before(const catalog_t *self, enum catalog_thing thing,
                   uint32_t number);
void
    catalog_after(const catalog_t *self, enum catalog_thing thing,
                  uint32_t number);

/*
 * Between these two the apex knows of no service of ours: a change of such a
 * service, or of its namespace, is one of the apex as well, and one thing is
 * told before and after at a time.
 */
void
    catalog_hide_own(catalog_t *self);
void
    catalog_show_own(catalog_t *self);

/* The number of a namespace; NO_SPACE when it is unknown. */
uint32_t
    catalog_find_space(const catalog_t *self, const char *name);

/* The same, made when it is not there; NO_SPACE when there are too many. */
uint32_t
    catalog_take_space(catalog_t *self, const char *name);

/* The API has the namespace, or has it not. */
enum catalog_result
    catalog_set_space(catalog_t *self, uint32_t number, bool is_there);

/* ---- catalog_service.c --------------------------------------------------- */

uint32_t
    catalog_find_service(const catalog_t *self, uint32_t space,
                         const char *name, bool is_import);

/* The place of a service, made as one that is not there if need be. */
uint32_t
    catalog_take_service(catalog_t *self, uint32_t space, const char *name,
                         bool is_import);

struct service *
    catalog_service(const catalog_t *self, uint32_t place);

/* What a service makes is about to change; it has changed. */
void
    catalog_before_service(catalog_t *self, uint32_t place);
void
    catalog_after_service(catalog_t *self, uint32_t place);

/* Forgets a service that the API has not and no slice names. */
void
    catalog_tidy_service(catalog_t *self, uint32_t place);

/* True when endpoints of the service are to be kept. */
bool
    catalog_keeps(const catalog_t *self, const struct service *service);

enum catalog_result
    catalog_put_service(catalog_t *self, const struct object *object);
enum catalog_result
    catalog_remove_service(catalog_t *self, uint32_t place);

/* ---- catalog_slice.c ----------------------------------------------------- */

uint32_t
    catalog_find_slice(const catalog_t *self, uint32_t space,
                       const char *name);

/* The slice without its endpoints. */
void
    catalog_drop_slice(catalog_t *self, uint32_t place);

enum catalog_result
    catalog_put_slice(catalog_t *self, const struct object *object);
enum catalog_result
    catalog_remove_slice(catalog_t *self, uint32_t place);

/* ---- catalog_pod.c ------------------------------------------------------- */

enum catalog_result
    catalog_put_pod(catalog_t *self, const struct object *object);
enum catalog_result
    catalog_remove_pod(catalog_t *self, const struct object *object);
size_t
    catalog_sweep_pods(catalog_t *self, uint8_t generation);

/* The key of a pod. */
uint64_t
    catalog_pod_key(const catalog_t *self, const struct object *object);

#endif
