/*
 * patching - a plan changed by what was put on the wires by hand
 *
 * A swapped program has all that the stage's own has: name, wires, sockets.
 * What is inserted is one more stage, and whoever sent queries to the stage
 * behind it sends them there, under the old name.
 */

#include "ctl/patching.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

static void
swap_program(struct plan_stage *stage, const struct patch *patch)
{
    free(stage->replaced);
    stage->replaced = stage->program;
    stage->program = core_copy_text(patch->command[0]);
    stage->patch = patch;
    stage->restarts = false;            /* its own comes back instead */
}

/* Puts a stage behind another in the order, tail first. */
static void
put_in_order(struct plan *plan, struct plan_stage *stage,
             const struct plan_stage *behind)
{
    size_t place = plan->order_count;

    while (place > 0 && plan->order[place - 1] != behind) {
        plan->order[place] = plan->order[place - 1];
        place--;
    }
    plan->order[place] = stage;
    plan->order_count++;
}

/* All queries for `to` go to `stage` first. */
static void
lead_to(struct plan *plan, struct plan_stage *stage,
        const struct plan_stage *to)
{
    for (size_t i = 0; i < plan->stage_count; i++) {
        struct plan_stage *other = &plan->stages[i];

        for (size_t j = 0; other != stage && j < other->wire_count; j++)
            if (other->wires[j].kind == WIRE_NEXT
                && other->wires[j].to == to)
                other->wires[j].to = stage;
    }
}

/* Adds a stage of one process that is in no file. */
static struct plan_stage *
add_stage(struct plan *plan, const core_config_t *config,
          const struct patch *patch)
{
    struct plan_stage *stage = &plan->stages[plan->stage_count++];

    *stage = (struct plan_stage) {
        .name = core_copy_text(patch->name),
        .program = core_copy_text(patch->command[0]),
        .user = core_copy_text(plan->user), .group_of = plan->user,
        .instances = 1, .kill_ms = PLAN_KILL_MS, .has_pipe = true,
        .is_here = true,
        .settings = core_copy_text(""), .patch = patch,
        .place = core_config_root(config),
    };
    return stage;
}

static void
insert(struct plan *plan, const core_config_t *config,
       struct plan_stage *to, const struct patch *patch)
{
    struct plan_stage *stage = add_stage(plan, config, patch);

    stage->before = patch->before;
    stage->wires = core_allocate(sizeof *stage->wires);
    stage->wires[stage->wire_count++] = (struct plan_wire) {
        WIRE_NEXT, to, to->name
    };
    lead_to(plan, stage, to);
    put_in_order(plan, stage, to);
}

/* It has the wires of the stage that lead on, and nobody leads to it. */
static void
try_out(struct plan *plan, const core_config_t *config,
        const struct plan_stage *stage, const struct patch *patch)
{
    struct plan_stage *trial = add_stage(plan, config, patch);

    trial->wires = core_allocate((stage->wire_count + 1)
                                 * sizeof *trial->wires);
    memcpy(trial->wires, stage->wires,
           stage->wire_count * sizeof *trial->wires);
    trial->wire_count = stage->wire_count;
    put_in_order(plan, trial, stage);
}

/* True when it can be done in this plan. */
static bool
has_place(const struct plan *plan, const struct patch *patch)
{
    const struct plan_stage *stage = plan_stage(plan, patch->kind == PATCH_SWAP
                                                ? patch->name
                                                : patch->before);

    if (stage == NULL)
        return false;
    return patch->kind == PATCH_SWAP
        || (stage->has_pipe && plan_stage(plan, patch->name) == NULL);
}

/* Room for all of them first: stages and patches are pointed at. */
static void
make_room(struct plan *plan, size_t count)
{
    plan->patches.list = core_allocate(count * sizeof *plan->patches.list);
    plan->patches.capacity = count;
    plan->order = core_reallocate(plan->order, (plan->order_count + count + 1)
                                  * sizeof *plan->order);
}

void
patching_do(struct plan *plan, const core_config_t *config,
            const struct patches *patches)
{
    if (patches->count == 0)
        return;
    make_room(plan, patches->count);
    for (size_t i = 0; i < patches->count; i++) {
        const struct patch *patch = &patches->list[i];

        if (!has_place(plan, patch))
            continue;
        patches_put(&plan->patches, patch);
        patch = &plan->patches.list[plan->patches.count - 1];
        if (patch->kind == PATCH_SWAP)
            swap_program(plan_stage(plan, patch->name), patch);
        else if (patch->kind == PATCH_TRIAL)
            try_out(plan, config, plan_stage(plan, patch->before), patch);
        else
            insert(plan, config, plan_stage(plan, patch->before), patch);
    }
}
