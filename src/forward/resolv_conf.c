/*
 * resolv_conf - the name servers of a file such as /etc/resolv.conf
 *
 * The C library reads the same lines, but keeps three servers and tells of no
 * mistake; who forwards wants all of them and to know.
 */

#include "forward/resolv_conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"

/* The address on a nameserver line, cut out of it; NULL on any other. */
static const char *
find_address(char *line)
{
    static const char word[] = "nameserver";

    line += strspn(line, BLANKS);
    if (strncmp(line, word, strlen(word)) != 0
        || strchr(" \t", line[strlen(word)]) == NULL)
        return NULL;
    line += strlen(word);
    line += strspn(line, BLANKS);
    line[strcspn(line, BLANKS "#;")] = '\0';
    return line;
}

static int
read_servers(struct resolv_conf *self, FILE *file, const char *path,
             struct core_fault *fault)
{
    char *line = NULL;
    size_t line_size = 0;
    int rc = 0;

    for (int number = 1; getline(&line, &line_size, file) != -1; number++) {
        const char *address = find_address(line);
        struct target *server = &self->servers[self->count];

        if (address == NULL || self->count == RESOLV_CONF_SERVERS)
            continue;
        if (target_from_text(server, address, fault) == -1
            || server->kind != TARGET_ADDRESS) {
            core_fault_set(fault, path, number, "not an address: %s",
                           address);
            rc = -1;
            break;
        }
        self->count++;
    }
    free(line);
    return rc;
}

int
resolv_conf_read(struct resolv_conf *self, const char *path,
                 struct core_fault *fault)
{
    FILE *file = fopen(path, "re");

    self->count = 0;
    if (file == NULL) {
        core_fault_set(fault, path, 0, "cannot open: %s", strerror(errno));
        return -1;
    }

    int rc = read_servers(self, file, path, fault);

    if (rc == 0 && ferror(file)) {
        core_fault_set(fault, path, 0, "cannot read: %s", strerror(errno));
        rc = -1;
    }
    fclose(file);
    if (rc == 0 && self->count == 0) {
        core_fault_set(fault, path, 0, "names no server");
        rc = -1;
    }
    return rc;
}
