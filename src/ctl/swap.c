/*
 * swap - the verbs swap, insert and remove: programs put on the wires by hand
 *
 * The program is found here, where the user is; the supervisor does the rest.
 */

#include "ctl/swap.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/control.h"
#include "coredns/stage.h"

#include "ctl/message.h"
#include "ctl/order.h"
#include "ctl/resolve.h"

struct words {
    const char *list[CORE_CONTROL_ARGUMENTS + 1];   /* ended by NULL */
    size_t count;
};

static bool
add(struct words *self, const char *word)
{
    if (self->count == CORE_CONTROL_ARGUMENTS)
        return false;
    self->list[self->count++] = word;
    return true;
}

/* Gives the order, with the folder we are in and the program behind "--". */
static int
give(const struct request *request, struct words *words)
{
    char here[PATH_MAX] = "/";
    char *program;
    int code;

    if (request->command == NULL || *request->command == NULL)
        return message_fail(CORE_EXIT_USAGE,
                            "needs a program: %s ... -- program [word ...]",
                            request->verb->name);
    program = resolve_command(*request->command);
    if (program == NULL)
        return message_fail(CORE_EXIT_USAGE, "there is no program %s",
                            *request->command);

    bool has_room = getcwd(here, sizeof here) != NULL
        && add(words, here) && add(words, program);

    for (char *const *word = request->command + 1; *word != NULL; word++)
        has_room = has_room && add(words, *word);
    code = has_room ? order_give(request, words->list)
        : message_fail(CORE_EXIT_USAGE, "more than %d words",
                       CORE_CONTROL_ARGUMENTS);
    free(program);
    return code;
}

int
swap_run(const struct request *request)
{
    struct words words = { .count = 0 };

    if ((request->options & OPTION_BACK) != 0) {
        if (request->command != NULL)
            return message_fail(CORE_EXIT_USAGE,
                                "--back needs no program");
        return order_give(request, (const char *const []) {
            "swap-back", request->argument, NULL
        });
    }
    add(&words, "swap");
    add(&words, request->argument);
    return give(request, &words);
}

int
insert_run(const struct request *request)
{
    const char *before = request_value(request, OPTION_BEFORE);
    struct words words = { .count = 0 };

    if (before == NULL)
        return message_fail(CORE_EXIT_USAGE, "needs --before stage");
    add(&words, "insert");
    add(&words, request->argument);
    add(&words, before);
    add(&words, "0");
    return give(request, &words);
}

int
remove_run(const struct request *request)
{
    return order_give(request, (const char *const []) {
        "remove", request->argument, NULL
    });
}
