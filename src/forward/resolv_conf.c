/*
 * resolv_conf - the name servers of a file such as /etc/resolv.conf
 *
 * The C library reads the same lines, but keeps three servers and tells of no
 * mistake; who forwards wants all of them and to know.
 */

#include "forward/resolv_conf.h"

#include <stdlib.h>
#include <string.h>

#include "lib/source_file.h"

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

/* Reads the text, which is changed for it. */
static int
read_servers(struct resolv_conf *self, char *text, const char *path,
             struct core_fault *fault)
{
    char *line;

    for (int number = 1; (line = strsep(&text, "\n")) != NULL; number++) {
        const char *address = find_address(line);
        struct target *server = &self->servers[self->count];

        if (address == NULL || self->count == RESOLV_CONF_SERVERS)
            continue;
        if (target_from_text(server, address, fault) == -1
            || server->kind != TARGET_ADDRESS) {
            core_fault_set(fault, path, number, "not an address: %s",
                           address);
            return -1;
        }
        self->count++;
    }
    return 0;
}

int
resolv_conf_read(struct resolv_conf *self, const char *path,
                 struct core_fault *fault)
{
    struct core_source_file file;
    const char *reason = core_source_file_read(&file, path);
    int rc = -1;

    self->count = 0;
    if (reason != NULL)
        core_fault_set(fault, path, 0, "cannot read: %s", reason);
    else
        rc = read_servers(self, file.text, path, fault);
    free(file.text);
    if (rc == 0 && self->count == 0) {
        core_fault_set(fault, path, 0, "names no server");
        rc = -1;
    }
    return rc;
}
