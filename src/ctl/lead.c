/*
 * lead - telling a process that its queries go elsewhere
 *
 * What its command line would say if it were started anew is what it is told.
 */

#include "ctl/lead.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#include "ctl/arguments.h"

#define LIMIT_MS 10000

struct lead {
    core_control_done *done;
    void *owner;
    unsigned open;                      /* answers to come, and 1 while it is
                                           being begun */
    int exit_code;
    char *text;                         /* of the first failure, or NULL */
};

static void
count_down(struct lead *self)
{
    if (--self->open > 0)
        return;
    self->done(self->owner, self->exit_code,
               self->text == NULL ? "" : self->text);
    free(self->text);
    free(self);
}

static void
take_answer(void *owner, int exit_code, const char *text)
{
    struct lead *self = owner;

    if (exit_code != 0 && self->text == NULL) {
        self->exit_code = exit_code;
        self->text = core_copy_text(text);
    }
    count_down(self);
}

void
lead_process(void *context, core_loop_t *loop, const char *run_directory,
             const process_t *process, core_control_done *done, void *owner)
{
    struct lead *self = core_allocate(sizeof *self);
    char *const *argument = process_spec(process)->arguments;
    char endpoint[PLAN_ENDPOINT_SIZE];

    plan_endpoint(run_directory, process_name(process), "control", endpoint);
    self->done = done;
    self->owner = owner;
    self->open = 1;
    for (; *argument != NULL; argument++) {
        if (strcmp(*argument, ARGUMENT_NEXT) != 0)
            continue;

        char *name = core_copy_text(*++argument);
        char *endpoints = strchr(name, '=');

        *endpoints++ = '\0';            /* ours always have a name */

        const char *const words[] = { "next", name, endpoints, NULL };

        self->open++;
        core_control_ask_later(context, loop, endpoint, words, LIMIT_MS,
                               take_answer, self);
        free(name);
    }
    count_down(self);
}
