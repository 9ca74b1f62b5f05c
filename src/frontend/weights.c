/*
 * weights - how often each address of a name is to come first
 *
 * The names are a tree of the C library, in canonical order; those with weights
 * are few, and so are the addresses of each, which are a list.
 */

#include "frontend/weights.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <search.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "coredns/memory.h"
#include "coredns/name.h"

#define LONGEST 255                     /* weight */

struct address {
    uint8_t bytes[16];
    uint8_t size;
    uint8_t weight;
};

struct weighted_name {
    uint8_t name[CORE_NAME_SIZE];
    struct address *addresses;
    size_t count, capacity;
};

struct weights {
    char *path;
    struct stat known;                  /* the file as it was last looked at */
    void *names;                        /* tree of struct weighted_name */
};

/* ---- the tree ------------------------------------------------------------ */

_Static_assert(offsetof(struct weighted_name, name) == 0,
               "a name is compared with one that has weights as it is");

static int
compare_names(const void *left, const void *right)
{
    return core_name_compare(left, right);
}

static void
destroy_name(void *owner)
{
    struct weighted_name *item = owner;

    free(item->addresses);
    free(item);
}

/* Puts an item in, in place of the one of the same name. */
static void
put_name(void **names, struct weighted_name *item)
{
    struct weighted_name **place = tsearch(item, names, compare_names);

    if (*place != item)
        destroy_name(*place);
    *place = item;
}

/* ---- reading ------------------------------------------------------------- */

/* The address in text; false when it is none. */
static bool
read_address(struct address *address, const char *text)
{
    address->size = strchr(text, ':') == NULL ? 4 : 16;
    return inet_pton(address->size == 4 ? AF_INET : AF_INET6, text,
                     address->bytes) == 1;
}

static bool
read_weight(struct address *address, const char *text)
{
    char *end;
    long weight = strtol(text, &end, 10);

    address->weight = (uint8_t) weight;
    return *text >= '0' && *text <= '9' && *end == '\0' && weight >= 1
        && weight <= LONGEST;
}

/* The item that the following addresses belong to; what is wrong, or NULL. */
static const char *
start_name(void **names, const char *text, struct weighted_name **current)
{
    struct weighted_name *item = core_allocate(sizeof *item);
    struct address address;

    if (read_address(&address, text)
        || core_name_from_text(item->name, text, NULL) == -1) {
        free(item);
        return "expected a domain name, or an address and its weight";
    }
    core_name_lower(item->name);
    put_name(names, item);
    *current = item;
    return NULL;
}

static const char *
add_address(struct weighted_name *item, const char *text, const char *weight)
{
    struct address address = { .size = 0 };

    if (!read_address(&address, text))
        return "not an address";
    if (!read_weight(&address, weight))
        return "not a weight from 1 to 255";
    if (item == NULL)
        return "there is no domain name above";
    item->addresses = core_grow(item->addresses, item->count, &item->capacity,
                                sizeof *item->addresses);
    item->addresses[item->count++] = address;
    return NULL;
}

/* What is wrong with a line, or NULL. */
static const char *
read_line(void **names, char *line, struct weighted_name **current)
{
    static const char blanks[] = " \t\r\n";
    char *rest;

    line[strcspn(line, "#")] = '\0';

    const char *first = strtok_r(line, blanks, &rest);
    const char *second = first == NULL ? NULL : strtok_r(NULL, blanks, &rest);

    if (first == NULL)
        return NULL;
    if (second == NULL)
        return start_name(names, first, current);
    if (strtok_r(NULL, blanks, &rest) != NULL)
        return "more than an address and its weight";
    return add_address(*current, first, second);
}

/* Reads a tree of names; -1 and a fault when something is wrong. */
static int
read_file(void **names, const char *path, struct core_fault *fault)
{
    FILE *file = fopen(path, "r");
    struct weighted_name *current = NULL;
    const char *wrong = NULL;
    char *line = NULL;
    size_t size = 0;

    *names = NULL;
    if (file == NULL) {
        core_fault_set(fault, path, 0, "cannot open: %s", strerror(errno));
        return -1;
    }
    for (int number = 1; wrong == NULL && getline(&line, &size, file) != -1;
         number++) {
        wrong = read_line(names, line, &current);
        if (wrong != NULL)
            core_fault_set(fault, path, number, "%s", wrong);
    }
    free(line);
    fclose(file);
    if (wrong == NULL)
        return 0;
    tdestroy(*names, destroy_name);
    return -1;
}

/* ---- life ---------------------------------------------------------------- */

weights_t *
weights_new(const char *path)
{
    weights_t *self = core_allocate(sizeof *self);

    self->path = core_copy_text(path);
    return self;
}

weights_t *
weights_load(const char *path, struct core_fault *fault)
{
    weights_t *self = weights_new(path);

    if (weights_refresh(self, fault) == -1)
        weights_destroy(&self);
    return self;
}

void
weights_destroy(weights_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    tdestroy((*self_p)->names, destroy_name);
    free((*self_p)->path);
    free(*self_p);
    *self_p = NULL;
}

static bool
is_same_file(const struct stat *left, const struct stat *right)
{
    return left->st_ino == right->st_ino && left->st_size == right->st_size
        && left->st_mtim.tv_sec == right->st_mtim.tv_sec
        && left->st_mtim.tv_nsec == right->st_mtim.tv_nsec;
}

int
weights_refresh(weights_t *self, struct core_fault *fault)
{
    struct stat status = { .st_ino = 0 };

    if (stat(self->path, &status) == 0
        && is_same_file(&status, &self->known))
        return 0;
    self->known = status;

    void *names;

    if (read_file(&names, self->path, fault) == -1)
        return -1;
    tdestroy(self->names, destroy_name);
    self->names = names;
    return 0;
}

unsigned
weights_find(const weights_t *self, const uint8_t *name,
             const uint8_t *address, size_t address_size)
{
    struct weighted_name *const *place = tfind(name, &self->names,
                                               compare_names);
    const struct weighted_name *item = place == NULL ? NULL : *place;

    for (size_t i = 0; item != NULL && i < item->count; i++)
        if (item->addresses[i].size == address_size
            && memcmp(item->addresses[i].bytes, address, address_size) == 0)
            return item->addresses[i].weight;
    return 1;
}
