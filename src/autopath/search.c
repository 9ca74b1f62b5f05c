/*
 * search - the names that a resolver's search path makes of one
 */

#include "autopath/search.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE 4096
#define BLANKS " \t\r\n"

static void
add(struct search_domains *self, const uint8_t *domain)
{
    if (self->count < SEARCH_DOMAINS)
        memcpy(self->items[self->count++], domain, core_name_size(domain));
}

/* ---- the file ------------------------------------------------------------ */

static int
read_line(struct search_domains *self, char *line, const char *path,
          int number, struct core_fault *fault)
{
    char *rest = line;
    const char *word = strtok_r(rest, BLANKS, &rest);
    uint8_t name[CORE_NAME_SIZE];

    if (word == NULL
        || (strcmp(word, "search") != 0 && strcmp(word, "domain") != 0))
        return 0;
    self->count = 0;
    while ((word = strtok_r(NULL, BLANKS, &rest)) != NULL) {
        if (core_name_from_text(name, word, NULL) == -1) {
            core_fault_set(fault, path, number, "not a domain name: %s", word);
            return -1;
        }
        core_name_lower(name);
        add(self, name);
    }
    return 0;
}

int
search_read(struct search_domains *self, const char *path,
            struct core_fault *fault)
{
    FILE *file = fopen(path, "re");
    char line[LINE_SIZE];
    int rc = 0;

    self->count = 0;
    if (file == NULL) {
        core_fault_set(fault, path, 0, "cannot read: %s", strerror(errno));
        return -1;
    }
    for (int number = 1; rc == 0 && fgets(line, sizeof line, file) != NULL;
         number++)
        rc = read_line(self, line, path, number, fault);
    fclose(file);
    return rc;
}

/* ---- names --------------------------------------------------------------- */

static bool
begin(struct search *self, const uint8_t *name)
{
    unsigned labels = core_name_labels(name);
    unsigned domain_labels = core_name_labels(self->domains.items[0]);

    if (labels <= domain_labels)
        return false;
    self->base = labels - domain_labels;
    memcpy(self->name, name, core_name_size(name));
    return true;
}

bool
search_begin(struct search *self, const uint8_t *name,
             const struct search_domains *domains)
{
    if (domains->count == 0 || !core_name_is_below(name, domains->items[0]))
        return false;
    self->domains = *domains;
    return begin(self, name);
}

bool
search_begin_in_cluster(struct search *self, const uint8_t *name,
                        const uint8_t *zone,
                        const struct search_domains *host)
{
    static const uint8_t svc[] = "\3svc";
    unsigned labels = core_name_labels(name);
    unsigned zone_labels = core_name_labels(zone);
    const uint8_t *domain;

    if (labels < zone_labels + 3 || !core_name_is_below(name, zone))
        return false;
    domain = core_name_skip(name, labels - zone_labels - 2);
    if (!core_name_label_equal(core_name_skip(domain, 1), svc))
        return false;
    self->domains.count = 0;
    for (unsigned i = 0; i < 3; i++)
        add(&self->domains, core_name_skip(domain, i));
    for (unsigned i = 0; i < host->count; i++)
        add(&self->domains, host->items[i]);
    return begin(self, name);
}

/* The address as a label: 10-1-2-3, 2001-db8--1. */
static void
write_label(const uint8_t client[16], bool is_four, uint8_t *label)
{
    char text[INET6_ADDRSTRLEN];

    inet_ntop(is_four ? AF_INET : AF_INET6, is_four ? client + 12 : client,
              text, sizeof text);
    label[0] = (uint8_t) strlen(text);
    for (unsigned i = 0; i < label[0]; i++)
        label[1 + i] = (uint8_t) (text[i] == '.' || text[i] == ':' ? '-'
                                  : text[i]);
    label[1 + label[0]] = 0;
}

bool
search_pod(const struct search *self, const uint8_t *zone,
           const uint8_t client[16], uint8_t name[CORE_NAME_SIZE],
           bool *is_four)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    static const uint8_t pod[] = "\3pod";
    uint8_t label[INET6_ADDRSTRLEN + 2];
    uint8_t below[CORE_NAME_SIZE], space[CORE_NAME_SIZE];

    *is_four = memcmp(client, mapped, sizeof mapped) == 0;
    write_label(client, *is_four, label);
    return core_name_join(below, pod, 1, zone) != -1
        && core_name_join(space, self->domains.items[0], 1, below) != -1
        && core_name_join(name, label, 1, space) != -1;
}

bool
search_step(const struct search *self, unsigned step,
            uint8_t name[CORE_NAME_SIZE])
{
    static const uint8_t root[] = "";

    if (step > self->domains.count)
        return false;
    if (core_name_join(name, self->name, self->base,
                       step == self->domains.count ? root
                       : self->domains.items[step]) == -1)
        name[0] = 0;
    return true;
}
