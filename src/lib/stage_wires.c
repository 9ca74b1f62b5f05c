/*
 * stage_wires - where queries go, and leading them elsewhere while they flow
 *
 * The command line says where each wire leads; the verb `next` says so anew:
 * when another program is put on a wire, or a next stage has more instances.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "life.h"

/* Started by hand, a lone wire needs no name. */
static struct stage_wire *
find_wire(const core_life_t *life, const char *kind, const char *name)
{
    for (size_t i = 0; i < life->options.wire_count; i++) {
        struct stage_wire *wire = &life->options.wires[i];

        if (strcmp(wire->kind, kind) == 0
            && (name == NULL || wire->name[0] == '\0'
                || strcmp(wire->name, name) == 0))
            return wire;
    }
    return NULL;
}

const char *
core_life_wire(const core_life_t *life, const char *kind, const char *name)
{
    const struct stage_wire *wire = find_wire(life, kind, name);

    return wire == NULL ? NULL : wire->endpoint;
}

core_outlet_t *
core_life_outlet(core_life_t *life, const char *name, core_pipe_batch *replies,
                 void (*returned)(void *owner, core_outlet_t *outlet,
                                  unsigned instance),
                 void *owner, struct core_fault *fault)
{
    struct stage_wire *wire = find_wire(life, "next", name);

    if (wire == NULL) {
        core_fault_set(fault, NULL, 0, "no wire to the next stage %s", name);
        return NULL;
    }
    wire->outlet = core_outlet_new(life->context, life->loop, wire->name,
                                   wire->endpoint, life->identity, replies,
                                   returned, owner, fault);
    return wire->outlet;
}

void
core_life_outlet_destroy(core_life_t *life, core_outlet_t **outlet_p)
{
    for (size_t i = 0; i < life->options.wire_count; i++)
        if (life->options.wires[i].outlet == *outlet_p)
            life->options.wires[i].outlet = NULL;
    core_outlet_destroy(outlet_p);
}

void
wires_free(core_life_t *life)
{
    for (size_t i = 0; i < life->options.wire_count; i++)
        free(life->options.wires[i].led_to);
    free(life->options.wires);
}

/* ---- the verb next ------------------------------------------------------- */

static const char *
word_for(const struct stage_wire *wire)
{
    return wire->name[0] == '\0' ? "next" : wire->name;
}

static void
tell_wire(const struct stage_wire *wire, FILE *output)
{
    if (wire->outlet == NULL) {
        fprintf(output, "%s %s not used\n", word_for(wire), wire->endpoint);
        return;
    }
    for (unsigned i = 0; i < core_outlet_instances(wire->outlet); i++)
        fprintf(output, "%s %s %s\n", word_for(wire),
                core_outlet_endpoint(wire->outlet, i),
                core_outlet_is_reachable(wire->outlet, i) ? "reachable"
                : "away");
}

/* Queries go the new way. */
static void
take_led(void *owner)
{
    core_call_t *call = owner;

    core_call_end(&call, CORE_EXIT_DONE);
}

static int
lead(struct stage_wire *wire, const char *endpoints, core_call_t *call)
{
    struct core_fault fault;
    char *led_to = core_copy_text(endpoints);
    bool is_open = wire->outlet != NULL;

    if (is_open && core_outlet_lead(wire->outlet, led_to, take_led, call,
                                    &fault) == -1) {
        fprintf(core_call_output(call), "%s\n", fault.text);
        free(led_to);
        return CORE_EXIT_USAGE;
    }
    free(wire->led_to);
    wire->endpoint = wire->led_to = led_to;
    return is_open ? CORE_CALL_LATER : CORE_EXIT_DONE;
}

int
wires_run_next(void *owner, core_call_t *call)
{
    core_life_t *life = owner;
    const char *name = core_call_argument(call, 0);
    const char *endpoints = core_call_argument(call, 1);

    for (size_t i = 0; i < life->options.wire_count; i++) {
        struct stage_wire *wire = &life->options.wires[i];

        if (strcmp(wire->kind, "next") != 0)
            continue;
        if (name == NULL)
            tell_wire(wire, core_call_output(call));
        else if (endpoints != NULL && strcmp(word_for(wire), name) == 0)
            return lead(wire, endpoints, call);
    }
    if (name == NULL)
        return CORE_EXIT_DONE;
    fprintf(core_call_output(call), endpoints == NULL
            ? "next takes nothing, or a name and endpoints\n"
            : "no next stage is called %s\n", name);
    return CORE_EXIT_USAGE;
}
