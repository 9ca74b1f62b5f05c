/*
 * environment - "${NAME}" in the strings of a configuration
 *
 * A variable that is not set is a fault: a server that starts with an empty
 * address or path because of a misspelt variable is worse than one that does
 * not start.
 */

#include "lib/environment.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/memory.h"

#define HOST_SIZE 256

static bool
starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool
is_variable_name(const char *name)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    return *name != '\0' && name[strspn(name, letters)] == '\0'
        && !(*name >= '0' && *name <= '9');
}

/* The value of a variable, or NULL.  Shells know HOSTNAME, but do not hand it
   down. */
static const char *
find_value(const char *name, char host[HOST_SIZE])
{
    const char *value = getenv(name);

    if (value == NULL && strcmp(name, "HOSTNAME") == 0
        && gethostname(host, HOST_SIZE) == 0)
        value = host;
    return value;
}

/* Writes what stands between "${" and "}" means. */
static int
put_variable(FILE *out, char *inner, struct core_fault *fault)
{
    char *fallback = strstr(inner, ":-");
    char host[HOST_SIZE];

    if (fallback != NULL) {
        *fallback = '\0';
        fallback += strlen(":-");
    }
    if (!is_variable_name(inner)) {
        core_fault_set(fault, NULL, 0, "${%s}: not the name of a variable; "
                       "a plain ${ is written $${", inner);
        return -1;
    }
    const char *value = find_value(inner, host);

    if (fallback != NULL && (value == NULL || *value == '\0'))
        value = fallback;
    if (value == NULL) {
        core_fault_set(fault, NULL, 0,
                       "the environment variable %s is not set", inner);
        return -1;
    }
    fputs(value, out);
    return 0;
}

/* Handles the "${...}" at text; returns what comes after it, or NULL. */
static const char *
expand_one(FILE *out, const char *text, struct core_fault *fault)
{
    const char *end = strchr(text, '}');

    if (end == NULL) {
        core_fault_set(fault, NULL, 0,
                       "${ without }; a plain ${ is written $${");
        return NULL;
    }
    char *inner = core_copy_text(text + 2);

    inner[end - text - 2] = '\0';

    int rc = put_variable(out, inner, fault);

    free(inner);
    return rc == 0 ? end + 1 : NULL;
}

char *
core_environment_expand(const char *text, struct core_fault *fault)
{
    char *expanded = NULL;
    size_t size;
    FILE *out = open_memstream(&expanded, &size);

    assert(out && text && fault);
    while (text != NULL && *text != '\0') {
        if (starts_with(text, "$${")) {
            fputs("${", out);
            text += 3;
        } else if (starts_with(text, "${")) {
            text = expand_one(out, text, fault);
        } else {
            putc(*text++, out);
        }
    }
    fclose(out);
    if (text == NULL) {
        free(expanded);
        return NULL;
    }
    return expanded;
}

char *
core_environment_protect(const char *text)
{
    char *protected = NULL;
    size_t size;
    FILE *out = open_memstream(&protected, &size);

    assert(out && text);
    for (; *text != '\0'; text++) {
        if (starts_with(text, "${"))
            putc('$', out);
        putc(*text, out);
    }
    fclose(out);
    return protected;
}
