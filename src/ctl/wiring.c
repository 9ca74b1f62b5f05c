/*
 * wiring - which stage the keys next, sources and lookup name
 *
 * The order is that of a walk along next and sources that notes a stage after
 * all it leads to.  lookup is left out of it: an authority that asks the whole
 * server, head included, is the usual case and no loop.
 */

#include "ctl/wiring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

enum mark { UNSEEN, ON_THE_WAY, DONE };

struct walk {
    struct plan *plan;
    const core_config_t *config;
    core_faults_t *faults;
};

static void
fault_unknown(const struct walk *walk, core_place_t *place, const char *name)
{
    size_t count = walk->plan->stage_count;
    const char **names = core_allocate((count + 1) * sizeof *names);

    for (size_t i = 0; i < count; i++)
        names[i] = walk->plan->stages[i].name;

    const char *near = core_nearest(name, names);

    core_config_fault(walk->config, walk->faults, place, near == NULL
                      ? "no stage is called %s"
                      : "no stage is called %s; did you mean %s", name, near);
    free(names);
}

static void
add_wire(const struct walk *walk, struct plan_stage *stage,
         enum wire_kind kind, core_place_t *place)
{
    const char *name = core_place_text(walk->config, place);

    if (name == NULL) {
        core_config_fault(walk->config, walk->faults, place,
                          "must be the name of a stage");
        return;
    }

    struct plan_stage *to = plan_stage(walk->plan, name);

    if (to == NULL) {
        fault_unknown(walk, place, name);
        return;
    }
    if (kind == WIRE_SOURCE)
        to->has_feed = true;
    else
        to->has_pipe = true;
    if (plan_has_wire(stage, kind, to))
        return;
    stage->wires = core_reallocate(stage->wires, (stage->wire_count + 1)
                                   * sizeof *stage->wires);
    stage->wires[stage->wire_count++] = (struct plan_wire) {
        kind, to, to->name
    };
}

/* The value of a key that names stages: one name, or a list of them. */
static void
read_names(const struct walk *walk, struct plan_stage *stage,
           enum wire_kind kind, core_place_t *place)
{
    if (place == NULL)
        return;
    if (core_place_text(walk->config, place) != NULL
        || core_place_count(place) == 0)
        add_wire(walk, stage, kind, place);
    for (size_t i = 0; i < core_place_count(place); i++)
        add_wire(walk, stage, kind, core_place_at(place, i));
}

/* Every `next` of the group, at any depth. */
static void
read_next(const struct walk *walk, struct plan_stage *stage,
          core_place_t *place)
{
    for (size_t i = 0; i < core_place_count(place); i++) {
        core_place_t *member = core_place_at(place, i);
        const char *key = core_place_key(member);

        if (key != NULL && strcmp(key, "next") == 0)
            read_names(walk, stage, WIRE_NEXT, member);
        else
            read_next(walk, stage, member);
    }
}

/* A source has its two endpoints once, and takes no queries. */
static void
check_sources(const struct walk *walk, const struct plan_stage *stage)
{
    for (size_t i = 0; i < stage->wire_count; i++) {
        const struct plan_wire *wire = &stage->wires[i];

        if (wire->kind != WIRE_SOURCE && wire->to->has_feed)
            core_config_fault(walk->config, walk->faults, stage->place,
                              "%s is a source: it takes no queries",
                              wire->to->name);
    }
    if (stage->has_feed && stage->instances > 1)
        core_config_fault(walk->config, walk->faults,
                          core_place_member(stage->place, "instances"),
                          "a source has one instance");
}

/* Notes the stage behind all it leads to. */
static void
visit(const struct walk *walk, struct plan_stage *stage)
{
    struct plan *plan = walk->plan;

    stage->mark = ON_THE_WAY;
    for (size_t i = 0; i < stage->wire_count; i++) {
        struct plan_wire *wire = &stage->wires[i];

        if (wire->kind == WIRE_LOOKUP)
            continue;
        if (wire->to->mark == ON_THE_WAY)
            core_config_fault(walk->config, walk->faults, stage->place,
                              "the way through %s leads back to it",
                              wire->to->name);
        else if (wire->to->mark == UNSEEN)
            visit(walk, wire->to);
    }
    stage->mark = DONE;
    plan->order[plan->order_count++] = stage;
}

void
wiring_find(struct plan *plan, const core_config_t *config,
            core_faults_t *faults)
{
    struct walk walk = { plan, config, faults };

    for (size_t i = 0; i < plan->stage_count; i++) {
        struct plan_stage *stage = &plan->stages[i];

        read_next(&walk, stage, stage->place);
        read_names(&walk, stage, WIRE_SOURCE,
                   core_place_member(stage->place, "sources"));
        read_names(&walk, stage, WIRE_LOOKUP,
                   core_place_member(stage->place, "lookup"));
    }
    for (size_t i = 0; i < plan->stage_count; i++)
        check_sources(&walk, &plan->stages[i]);
    plan->order = core_allocate((plan->stage_count + 1)
                                * sizeof *plan->order);

    /* Feeds first: whoever needs them finds them on their way up. */
    for (size_t i = 0; i < plan->stage_count; i++)
        if (plan->stages[i].has_feed && plan->stages[i].mark == UNSEEN)
            visit(&walk, &plan->stages[i]);
    for (size_t i = 0; i < plan->stage_count; i++)
        if (plan->stages[i].mark == UNSEEN)
            visit(&walk, &plan->stages[i]);
}
