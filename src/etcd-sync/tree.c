/*
 * tree - the keys, one node for each part of a path
 *
 * Children lie in sorted arrays: a load comes in order and only appends, and a
 * single key that comes into the middle of 200,000 moves less than a megabyte.
 * Room for them doubles, so that a node need not say how much it has.
 */

#include "etcd-sync/tree.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

struct tree {
    struct tree_node *root;
    size_t count;
};

/* ---- children ------------------------------------------------------------ */

static int
compare_part(const struct tree_node *node, const uint8_t *part, size_t size)
{
    size_t shorter = node->part_size < size ? node->part_size : size;
    int order = memcmp(node->part, part, shorter);

    return order != 0 ? order
        : (node->part_size > size) - (node->part_size < size);
}

/* Where the part is among the children, or would be. */
static uint32_t
find_place(const struct tree_node *node, const uint8_t *part, size_t size)
{
    uint32_t low = 0, high = node->child_count;

    /* A load comes in order. */
    if (high > 0 && compare_part(node->children[high - 1], part, size) < 0)
        return high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (compare_part(node->children[middle], part, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct tree_node *
tree_child_from(const struct tree_node *node, const uint8_t *part,
                size_t size)
{
    uint32_t place = find_place(node, part, size);

    return place < node->child_count ? node->children[place] : NULL;
}

static struct tree_node *
find_child(const struct tree_node *node, const uint8_t *part, size_t size)
{
    struct tree_node *child = tree_child_from(node, part, size);

    return child != NULL && compare_part(child, part, size) == 0 ? child
        : NULL;
}

static struct tree_node *
add_child(tree_t *self, struct tree_node *parent, const uint8_t *part,
          size_t size)
{
    uint32_t place = find_place(parent, part, size);
    struct tree_node *node = core_allocate(sizeof *node + size);

    node->parent = parent;
    node->part_size = (uint8_t) size;
    memcpy(node->part, part, size);
    if ((parent->flags & TREE_NAMELESS) != 0 || !tree_is_label(part, size))
        node->flags = TREE_NAMELESS;
    if ((parent->child_count & (parent->child_count - 1)) == 0)
        parent->children = core_reallocate(
            parent->children, (2 * (size_t) parent->child_count + 1)
            * sizeof *parent->children);
    memmove(parent->children + place + 1, parent->children + place,
            (parent->child_count - place) * sizeof *parent->children);
    parent->children[place] = node;
    parent->child_count++;
    self->count++;
    return node;
}

static void
free_node(struct tree_node *node)
{
    free(node->children);
    free(node->service);
    free(node);
}

/* ---- life ---------------------------------------------------------------- */

tree_t *
tree_new(void)
{
    tree_t *self = core_allocate(sizeof *self);

    self->root = core_allocate(sizeof *self->root);
    return self;
}

void
tree_destroy(tree_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;

    struct tree_node *node = (*self_p)->root;

    /* From the leaves up: nodes without children end, and lead back. */
    while (node != NULL) {
        struct tree_node *parent = node->parent;

        if (node->child_count > 0) {
            node = node->children[--node->child_count];
            continue;
        }
        free_node(node);
        node = parent;
    }
    free(*self_p);
    *self_p = NULL;
}

struct tree_node *
tree_root(tree_t *self)
{
    return self->root;
}

size_t
tree_count(const tree_t *self)
{
    return self->count;
}

/* ---- paths --------------------------------------------------------------- */

/* The next part of a path; false behind the last. */
static bool
next_part(const char **at, const char *end, const uint8_t **part,
          size_t *size)
{
    const char *slash;

    if (*at > end)
        return false;
    slash = memchr(*at, '/', (size_t) (end - *at));
    if (slash == NULL)
        slash = end;
    *part = (const uint8_t *) *at;
    *size = (size_t) (slash - *at);
    *at = slash + 1;
    return true;
}

static bool
is_fit(const char *path, size_t size)
{
    const char *at = path;
    const uint8_t *part;
    size_t part_size;
    unsigned depth = 0;

    while (next_part(&at, path + size, &part, &part_size))
        if (part_size > TREE_PART_SIZE || ++depth > TREE_DEPTH)
            return false;
    return true;
}

struct tree_node *
tree_add(tree_t *self, const char *path, size_t size)
{
    struct tree_node *node = self->root;
    const char *at = path;
    const uint8_t *part;
    size_t part_size;

    if (!is_fit(path, size))
        return NULL;
    while (next_part(&at, path + size, &part, &part_size)) {
        struct tree_node *child = find_child(node, part, part_size);

        node = child != NULL ? child : add_child(self, node, part, part_size);
    }
    return node;
}

struct tree_node *
tree_find(tree_t *self, const char *path, size_t size)
{
    struct tree_node *node = self->root;
    const char *at = path;
    const uint8_t *part;
    size_t part_size;

    while (node != NULL && next_part(&at, path + size, &part, &part_size))
        node = find_child(node, part, part_size);
    return node;
}

struct tree_node *
tree_find_name(tree_t *self, const uint8_t *name)
{
    struct tree_node *node = self->root;

    for (unsigned i = core_name_labels(name); node != NULL && i > 0; i--) {
        const uint8_t *label = core_name_skip(name, i - 1);

        node = find_child(node, label + 1, *label);
    }
    return node == NULL || (node->flags & TREE_NAMELESS) != 0 ? NULL : node;
}

/* ---- changes ------------------------------------------------------------- */

void
tree_set_service(struct tree_node *node, struct service **service_p)
{
    uint32_t before = node->service != NULL;
    uint32_t after = *service_p != NULL;

    free(node->service);
    node->service = *service_p;
    *service_p = NULL;
    if (before == after)
        return;
    for (node = node->parent; node != NULL; node = node->parent)
        node->below += after - before;
}

static bool
is_held(const struct tree_node *node)
{
    return node->parent == NULL || node->service != NULL
        || node->child_count > 0
        || (node->flags & (TREE_BAD | TREE_ZONE | TREE_LOCAL | TREE_DIRTY
                           | TREE_HELD)) != 0;
}

void
tree_prune(tree_t *self, struct tree_node *node)
{
    while (!is_held(node)) {
        struct tree_node *parent = node->parent;
        uint32_t place = find_place(parent, node->part, node->part_size);

        assert(parent->children[place] == node);
        parent->child_count--;
        memmove(parent->children + place, parent->children + place + 1,
                (parent->child_count - place) * sizeof *parent->children);
        free_node(node);
        self->count--;
        node = parent;
    }
}

/* The node behind this one and all below it. */
static struct tree_node *
next_beside(const struct tree_node *top, const struct tree_node *node)
{
    while (node != top) {
        const struct tree_node *parent = node->parent;
        uint32_t place = find_place(parent, node->part, node->part_size) + 1;

        if (place < parent->child_count)
            return parent->children[place];
        node = parent;
    }
    return NULL;
}

struct tree_node *
tree_next(const struct tree_node *top, const struct tree_node *node)
{
    return node->child_count > 0 ? node->children[0] : next_beside(top, node);
}

struct tree_node *
tree_behind(const struct tree_node *top, const char *path, size_t size)
{
    const struct tree_node *node = top;
    const char *at = path;
    const uint8_t *part;
    size_t part_size;

    while (size > 0 && next_part(&at, path + size, &part, &part_size)) {
        struct tree_node *child = tree_child_from(node, part, part_size);

        if (child == NULL)
            return next_beside(top, node);
        if (compare_part(child, part, part_size) != 0)
            return child;
        node = child;
    }
    return tree_next(top, node);
}

size_t
tree_path(const struct tree_node *top, const struct tree_node *node,
          char path[TREE_PATH_SIZE])
{
    size_t size = 0, at;

    for (const struct tree_node *up = node; up != top; up = up->parent)
        size += up->part_size + (up->parent != top ? 1U : 0U);
    at = size;
    for (; node != top; node = node->parent) {
        at -= node->part_size;
        memcpy(path + at, node->part, node->part_size);
        if (node->parent != top)
            path[--at] = '/';
    }
    return size;
}

/* ---- names --------------------------------------------------------------- */

unsigned
tree_depth(const struct tree_node *node)
{
    unsigned depth = 0;

    for (; node->parent != NULL; node = node->parent)
        depth++;
    return depth;
}

bool
tree_name(const struct tree_node *node, uint8_t name[CORE_NAME_SIZE])
{
    size_t size = 0;

    if ((node->flags & TREE_NAMELESS) != 0)
        return false;
    for (; node->parent != NULL; node = node->parent) {
        if (size + node->part_size + 2 > CORE_NAME_SIZE)
            return false;
        name[size++] = node->part_size;
        memcpy(name + size, node->part, node->part_size);
        size += node->part_size;
    }
    name[size] = 0;
    return true;
}

static bool
add_labels(const struct tree_node *node, uint8_t *name, size_t *size)
{
    const uint8_t *at = node->part;
    const uint8_t *end = node->part + node->part_size;

    for (;;) {
        const uint8_t *dot = memchr(at, '.', (size_t) (end - at));
        size_t length = (size_t) ((dot == NULL ? end : dot) - at);

        if (length == 0 || length > CORE_LABEL_SIZE
            || *size + length + 2 > CORE_NAME_SIZE)
            return false;
        name[(*size)++] = (uint8_t) length;
        memcpy(name + *size, at, length);
        *size += length;
        if (dot == NULL)
            return true;
        at = dot + 1;
    }
}

bool
tree_target(const struct tree_node *node, uint8_t name[CORE_NAME_SIZE])
{
    size_t size = 0;

    for (; node->parent != NULL; node = node->parent)
        if (!add_labels(node, name, &size))
            return false;
    name[size] = 0;
    return true;
}

bool
tree_is_label(const uint8_t *part, size_t size)
{
    if (size == 0 || size > CORE_LABEL_SIZE
        || (size == 1 && part[0] == '*')
        || (size == 3 && memcmp(part, "any", 3) == 0))
        return false;
    for (size_t i = 0; i < size; i++)
        if (part[i] == '.' || isupper(part[i]))
            return false;
    return true;
}
