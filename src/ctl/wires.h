/*
 * wires - the verbs wires and names: which stages there are, and how wired
 */

#ifndef CTL_WIRES_H
#define CTL_WIRES_H

#include <stdio.h>

#include "ctl/grammar.h"
#include "ctl/plan.h"

int
    wires_run(const struct request *request);
int
    names_run(const struct request *request);

/* Draws the plan as a tree for people. */
void
    wires_draw(const struct plan *plan, FILE *file);

/* Writes it in the language of dot(1). */
void
    wires_dot(const struct plan *plan, FILE *file);

/* Writes it as JSON; corednsctl(8) has the schema. */
void
    wires_json(const struct plan *plan, FILE *file);

#endif
