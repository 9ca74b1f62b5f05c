/*
 * kubeconfig - the file with which kubectl finds its cluster
 *
 * YAML, read by libyaml.  What it asks for and we have not (programs that make
 * credentials, passwords) is refused by its name, not left out.
 */

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "coredns/memory.h"
#include "kubernetes-sync/access.h"

struct reading {
    yaml_document_t document;
    const char *path;
    struct core_fault *fault;
};

/* ---- YAML ---------------------------------------------------------------- */

/* The value of a key in a mapping; NULL when there is none. */
static yaml_node_t *
member(struct reading *self, const yaml_node_t *node, const char *key)
{
    if (node == NULL || node->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        yaml_node_t *name = yaml_document_get_node(&self->document,
                                                   pair->key);

        if (name->type == YAML_SCALAR_NODE
            && strcmp((const char *) name->data.scalar.value, key) == 0)
            return yaml_document_get_node(&self->document, pair->value);
    }
    return NULL;
}

/* The text of a member; NULL when there is none. */
static const char *
text_of(struct reading *self, const yaml_node_t *node, const char *key)
{
    const yaml_node_t *value = member(self, node, key);
    const char *text;

    if (value == NULL || value->type != YAML_SCALAR_NODE)
        return NULL;
    text = (const char *) value->data.scalar.value;
    return *text == '\0' || strcmp(text, "null") == 0 ? NULL : text;
}

/* The part of that name in a list of named parts: clusters, users. */
static yaml_node_t *
named(struct reading *self, const char *list, const char *name,
      const char *part)
{
    const yaml_node_t *node =
        member(self, yaml_document_get_root_node(&self->document), list);

    if (node == NULL || node->type != YAML_SEQUENCE_NODE)
        return NULL;
    for (yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        const yaml_node_t *entry = yaml_document_get_node(&self->document,
                                                          *item);
        const char *text = text_of(self, entry, "name");

        if (text != NULL && strcmp(text, name) == 0)
            return member(self, entry, part);
    }
    return NULL;
}

/* ---- what it says -------------------------------------------------------- */

/* A path, relative to the folder of the file. */
static char *
path_of(const struct reading *self, const char *text)
{
    const char *slash = strrchr(self->path, '/');
    char *path;

    if (*text == '/' || slash == NULL)
        return core_copy_text(text);
    if (asprintf(&path, "%.*s/%s", (int) (slash - self->path), self->path,
                 text) == -1)
        abort();
    return path;
}

/* Octets in base64; -1 when they are not. */
static int
decode(struct access_item *item, const char *text)
{
    size_t size = strlen(text);
    size_t pads = 0;
    int decoded;

    while (pads < 2 && size > pads && text[size - 1 - pads] == '=')
        pads++;
    item->octets = core_allocate(size + 1);
    decoded = EVP_DecodeBlock((unsigned char *) item->octets,
                              (const unsigned char *) text, (int) size);
    if (decoded < (int) pads)
        return -1;
    item->size = (size_t) decoded - pads;
    return 0;
}

/* An item that is a path at one key, or octets at another. */
static int
read_item(struct reading *self, const yaml_node_t *node, const char *key,
          const char *data_key, struct access_item *item)
{
    const char *path = text_of(self, node, key);
    const char *octets = text_of(self, node, data_key);

    if (octets != NULL && decode(item, octets) == -1) {
        core_fault_set(self->fault, self->path, 0, "%s: not in base64",
                       data_key);
        return -1;
    }
    if (octets == NULL && path != NULL)
        item->path = path_of(self, path);
    return 0;
}

static int
read_cluster(struct reading *self, struct access *access,
             const yaml_node_t *node)
{
    const char *server = text_of(self, node, "server");
    const char *unchecked = text_of(self, node, "insecure-skip-tls-verify");

    if (server == NULL) {
        core_fault_set(self->fault, self->path, 0, "the cluster of the context "
                       "has no server");
        return -1;
    }
    access->url = core_copy_text(server);
    access->is_unchecked = unchecked != NULL && strcmp(unchecked, "true") == 0;
    access->server_name =
        core_copy_text(text_of(self, node, "tls-server-name"));
    access->proxy = core_copy_text(text_of(self, node, "proxy-url"));
    return read_item(self, node, "certificate-authority",
                     "certificate-authority-data", &access->authority);
}

static int
read_user(struct reading *self, struct access *access,
          const yaml_node_t *node)
{
    static const char *const unknown[] = {
        "exec", "auth-provider", "username", "password", "as",
    };
    const char *token = text_of(self, node, "token");
    const char *token_path = text_of(self, node, "tokenFile");

    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (member(self, node, unknown[i]) != NULL) {
            core_fault_set(self->fault, self->path, 0, "users: %s is not "
                           "supported: use a token or a certificate",
                           unknown[i]);
            return -1;
        }
    if (token_path != NULL)
        access->token_path = path_of(self, token_path);
    else
        access->token = core_copy_text(token);
    if (read_item(self, node, "client-certificate", "client-certificate-data",
                  &access->certificate) == -1)
        return -1;
    return read_item(self, node, "client-key", "client-key-data",
                     &access->key);
}

static int
read_document(struct reading *self, struct access *access,
              const char *context)
{
    const yaml_node_t *root = yaml_document_get_root_node(&self->document);
    const yaml_node_t *node;
    const char *cluster, *user;

    if (root != NULL && root->type != YAML_MAPPING_NODE) {
        core_fault_set(self->fault, self->path, 0, "no kubeconfig: it is not "
                       "made of keys and values");
        return -1;
    }
    if (context == NULL)
        context = text_of(self, root, "current-context");
    if (context == NULL) {
        core_fault_set(self->fault, self->path, 0, "there is no "
                       "current-context");
        return -1;
    }
    node = named(self, "contexts", context, "context");
    cluster = text_of(self, node, "cluster");
    if (cluster == NULL) {
        core_fault_set(self->fault, self->path, 0, "there is no context %s "
                       "with a cluster", context);
        return -1;
    }
    if (read_cluster(self, access, named(self, "clusters", cluster,
                                         "cluster")) == -1)
        return -1;
    user = text_of(self, node, "user");
    return user == NULL ? 0
        : read_user(self, access, named(self, "users", user, "user"));
}

int
access_read_kubeconfig(struct access *access, const char *octets, size_t size,
                       const char *path, const char *context,
                       struct core_fault *fault)
{
    struct reading reading = { .path = path, .fault = fault };
    yaml_parser_t parser;
    int rc = -1;

    if (!yaml_parser_initialize(&parser))
        abort();
    yaml_parser_set_input_string(&parser, (const unsigned char *) octets,
                                 size);
    if (!yaml_parser_load(&parser, &reading.document)) {
        core_fault_set(fault, path, (int) parser.problem_mark.line + 1,
                       "not YAML: %s", parser.problem == NULL ? "broken"
                       : parser.problem);
    } else {
        rc = read_document(&reading, access, context);
        yaml_document_delete(&reading.document);
    }
    yaml_parser_delete(&parser);
    return rc;
}
