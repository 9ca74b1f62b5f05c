/*
 * catalogue_report - what is not served as it stands in the store
 */

#include "etcd-sync/catalogue_parts.h"
#include "etcd-sync/selection.h"

/* What a node has that is to be told, as operators see it. */
static const struct {
    uint8_t flag;
    const char *word;
} words[] = {
    { TREE_TOO_LARGE, "rrset-too-large" },
    { TREE_TOO_MANY_HOSTS, "host-left-out" },
};

void
catalogue_note_left_out(catalogue_t *self, struct tree_node *node,
                        unsigned left_out)
{
    const uint8_t all = TREE_TOO_LARGE | TREE_TOO_MANY_HOSTS;

    self->counters.too_large -= (node->flags & TREE_TOO_LARGE) != 0;
    self->counters.too_many_hosts -= (node->flags & TREE_TOO_MANY_HOSTS) != 0;
    node->flags = (uint8_t) ((node->flags & ~all) | (left_out & all));
    self->counters.too_large += (node->flags & TREE_TOO_LARGE) != 0;
    self->counters.too_many_hosts += (node->flags & TREE_TOO_MANY_HOSTS) != 0;
}

/* A stranger may have chosen it: what does not print, or would part words, is
   written as \DDD. */
static void
print_key(const char *key, size_t size, FILE *file)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char octet = (unsigned char) key[i];

        if (octet <= ' ' || octet == '\\' || octet > '~')
            fprintf(file, "\\%03u", octet);
        else
            fputc(octet, file);
    }
}

/* Lines with what is wrong, so many at most. */
struct report {
    const catalogue_t *catalogue;
    size_t left;
    const char *behind;
    FILE *file;
};

static void
print_bad_key(struct report *self, const struct tree_node *node)
{
    const catalogue_t *catalogue = self->catalogue;
    char path[TREE_PATH_SIZE];

    self->left--;
    print_key(catalogue->prefix, catalogue->prefix_size, self->file);
    print_key(path, tree_path(tree_root(catalogue->tree), node, path),
              self->file);
    fprintf(self->file, "%s bad-value\n", self->behind);
}

/* The beginning of a key that has no place. */
static void
print_misfit(struct report *self, const struct misfit *misfit)
{
    const catalogue_t *catalogue = self->catalogue;

    self->left--;
    print_key(catalogue->prefix, catalogue->prefix_size, self->file);
    print_key(misfit->shown, misfit->shown_size, self->file);
    fprintf(self->file, "%s%s bad-key\n",
            misfit->shown_size < misfit->size ? "..." : "", self->behind);
}

static void
print_name(struct report *self, const struct tree_node *node,
           const char *word)
{
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];

    if (self->left == 0 || !tree_name(node, name))
        return;
    self->left--;
    fprintf(self->file, "%s%s %s\n", core_name_to_text(text, name),
            self->behind, word);
}

static void
print_node(struct report *self, const struct tree_node *node)
{
    if ((node->flags & TREE_BAD) != 0)
        print_bad_key(self, node);
    if (node->below > SELECTION_LIMIT
        && zones_of(self->catalogue->zones, node) != NULL)
        print_name(self, node, "too-many-services");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((node->flags & words[i].flag) != 0)
            print_name(self, node, words[i].word);
}

void
catalogue_print_bad(const catalogue_t *self, size_t limit, const char *behind,
                    FILE *file)
{
    const struct catalogue_counters *counters = &self->counters;
    const struct tree_node *root = tree_root(self->tree);
    struct report report = { self, limit, behind, file };

    for (size_t i = 0; i < misfits_count(self->misfits) && report.left > 0;
         i++)
        print_misfit(&report, misfits_at(self->misfits, i));
    if (counters->bad + counters->too_wide + counters->too_large
        + counters->too_many_hosts == 0)
        return;
    for (const struct tree_node *node = root;
         node != NULL && report.left > 0; node = tree_next(root, node))
        print_node(&report, node);
}
