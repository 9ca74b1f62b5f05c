/*
 * remote - what a supervisor can be asked from other hosts
 *
 * They may look, and say to stages what does not outlive the moment: forget a
 * name, log more.  What starts, stops or changes anything is said on the host
 * itself.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/stage.h"
#include "lib/zap.h"

#include "ctl/hosts.h"
#include "ctl/parts.h"

#define PATIENCE_MS 10000               /* a dump of a large cache */

static int
run_status(void *owner, core_call_t *call)
{
    roll_call(owner, call);
    return CORE_CALL_LATER;
}

static void
take_answer(void *owner, int exit_code, const char *text)
{
    core_call_t *call = owner;

    if (exit_code == -1) {
        fputs("it does not answer\n", core_call_output(call));
        exit_code = CORE_EXIT_NOT_RUNNING;
    }
    else
        fputs(text, core_call_output(call));
    core_call_end(&call, exit_code);
}

/* Words that change nothing but what is forgotten or logged. */
static bool
is_harmless(const core_call_t *call)
{
    static const char *const verbs[] = {
        "status", "flush", "dump", "stats", "zones", "log", "metrics", NULL
    };
    const char *verb = core_call_argument(call, 1);

    for (const char *const *one = verbs; *one != NULL; one++)
        if (strcmp(*one, verb) == 0)
            return true;
    return strcmp(verb, "next") == 0 && core_call_count(call) == 2;
}

static int
run_ask(void *owner, core_call_t *call)
{
    struct house *self = owner;
    const char *words[CORE_CONTROL_ARGUMENTS + 1];
    const char *name = core_call_argument(call, 0);
    char endpoint[PLAN_ENDPOINT_SIZE];
    int count = core_call_count(call);

    if (count < 2 || !is_harmless(call)) {
        fputs("not to be asked from another host\n", core_call_output(call));
        return CORE_EXIT_USAGE;
    }
    if (house_find(self, name) == NULL) {
        fprintf(core_call_output(call), "no process is called %s\n", name);
        return CORE_EXIT_USAGE;
    }
    for (int i = 1; i < count; i++)
        words[i - 1] = core_call_argument(call, i);
    words[count - 1] = NULL;
    plan_endpoint(self->run_directory, name, "control", endpoint);
    core_control_ask_later(self->context, self->loop, endpoint, words,
                           PATIENCE_MS, take_answer, call);
    return CORE_CALL_LATER;
}

static const struct core_verb verb_table[] = {
    { "status", run_status, "how all processes are, as JSON" },
    { "ask", run_ask, "PROCESS VERB [WORD...]: says it to a stage" },
    { NULL, NULL, NULL },
};

int
remote_open(struct house *self, const struct plan *plan,
            struct core_fault *fault)
{
    char endpoint[PLAN_ENDPOINT_SIZE];
    char *folder;

    if (plan->here == NULL)
        return 0;
    folder = house_path(self, "keys");
    if (!plan->is_insecure)
        self->zap = zap_new(self->context, self->loop, folder, fault);
    free(folder);
    if (!plan->is_insecure && self->zap == NULL)
        return -1;
    /* Who has no address is not asked from afar. */
    if (plan->here->address == NULL)
        return 0;
    hosts_own_control(plan, endpoint);
    self->remote = core_control_new(self->context, self->loop, endpoint,
                                    fault);
    if (self->remote == NULL)
        return -1;
    core_control_verbs(self->remote, verb_table, self);
    return 0;
}

void
remote_close(struct house *self)
{
    core_control_destroy(&self->remote);
    zap_destroy(&self->zap);
}
