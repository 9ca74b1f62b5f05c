/*
 * wires - the verbs wires and names: which stages there are, and how wired
 *
 * The drawing is a tree that begins at each stage nobody sends to.  Chains may
 * meet again, so a stage that was drawn before is only named.
 */

#include "ctl/wires.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/hosts.h"
#include "ctl/message.h"
#include "ctl/toolkit.h"

#define WIRES_SCHEMA "corednsctl.wires/1"
#define PREFIX_SIZE 256

static const char *const wire_words[] = {
    [WIRE_NEXT] = "next", [WIRE_SOURCE] = "source", [WIRE_LOOKUP] = "lookup",
};

/* ---- the tree ------------------------------------------------------------ */

struct drawing {
    const struct plan *plan;
    FILE *file;
    bool *was_drawn;                    /* by index of the stage */
};

static size_t
index_of(const struct drawing *self, const struct plan_stage *stage)
{
    return (size_t)(stage - self->plan->stages);
}

/* True when no wire but a lookup leads to the stage. */
static bool
is_head(const struct plan *plan, const struct plan_stage *stage)
{
    for (size_t i = 0; i < plan->stage_count; i++)
        if (plan_has_wire(&plan->stages[i], WIRE_NEXT, stage)
            || plan_has_wire(&plan->stages[i], WIRE_SOURCE, stage))
            return false;
    return true;
}

/* Name, count of instances, program when it has another name. */
static void
draw_stage(const struct drawing *self, const struct plan_stage *stage)
{
    fputs(stage->name, self->file);
    if (stage->instances > 1)
        fprintf(self->file, " x%u", stage->instances);
    if (strncmp(stage->program, PROGRAM_PREFIX, strlen(PROGRAM_PREFIX)) != 0
        || strcmp(stage->program + strlen(PROGRAM_PREFIX), stage->name) != 0)
        fprintf(self->file, " (%s)", stage->program);
    if (stage->replaced != NULL)
        fprintf(self->file, " in the place of %s", stage->replaced);
    if (stage->before != NULL)
        fputs(" inserted", self->file);
    if (stage->is_here)
        return;
    fputs(" @", self->file);
    for (size_t i = 0; i < self->plan->host_count; i++)
        if (hosts_runs(self->plan, &self->plan->hosts[i], stage))
            fprintf(self->file, " %s", self->plan->hosts[i].name);
}

static void
draw_head(const struct drawing *self, const struct plan_stage *stage)
{
    draw_stage(self, stage);
    for (size_t i = 0; i < stage->listen_count; i++)
        fprintf(self->file, "%s %s%s%s", i == 0 ? "  <-" : ",",
                stage->listen[i].text,
                stage->listen[i].udp ? "/udp" : "",
                stage->listen[i].tcp ? "/tcp" : "");
    fputc('\n', self->file);
}

/* Where the wire ends; yours. */
static char *
endpoints_of(const struct plan *plan, const struct plan_wire *wire)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    if (file == NULL)
        abort();
    hosts_write_wire(plan, wire, file);
    fclose(file);
    return text;
}

/* The first endpoint of it; what is between other hosts is their business. */
static void
draw_endpoint(const struct drawing *self, const struct plan_stage *stage,
              const struct plan_wire *wire)
{
    if (!stage->is_here) {
        fputc('\n', self->file);
        return;
    }

    char *endpoints = endpoints_of(self->plan, wire);

    fprintf(self->file, "  %.*s\n", (int) strcspn(endpoints, ","), endpoints);
    free(endpoints);
}

/* Draws what the stage leads to, each line behind prefix. */
static void
draw_wires(const struct drawing *self, const struct plan_stage *stage,
           const char *prefix)
{
    self->was_drawn[index_of(self, stage)] = true;
    for (size_t i = 0; i < stage->wire_count; i++) {
        const struct plan_wire *wire = &stage->wires[i];
        bool is_last = i + 1 == stage->wire_count;
        bool was_drawn = self->was_drawn[index_of(self, wire->to)];
        char deeper[PREFIX_SIZE];

        fprintf(self->file, "%s%s-- %s: ", prefix, is_last ? "`" : "|",
                wire_words[wire->kind]);
        draw_stage(self, wire->to);
        if (was_drawn)
            fputs(" (see above)", self->file);
        draw_endpoint(self, stage, wire);
        snprintf(deeper, sizeof deeper, "%s%s   ", prefix,
                 is_last ? " " : "|");
        if (wire->kind != WIRE_LOOKUP && !was_drawn)
            draw_wires(self, wire->to, deeper);
    }
}

void
wires_draw(const struct plan *plan, FILE *file)
{
    struct drawing drawing = {
        .plan = plan, .file = file,
        .was_drawn = core_allocate((plan->stage_count + 1) * sizeof (bool)),
    };

    for (size_t i = 0; i < plan->stage_count; i++)
        if (is_head(plan, &plan->stages[i])) {
            draw_head(&drawing, &plan->stages[i]);
            draw_wires(&drawing, &plan->stages[i], "");
        }
    free(drawing.was_drawn);
}

/* ---- dot ----------------------------------------------------------------- */

static void
write_dot_stage(const struct plan_stage *stage, FILE *file)
{
    static const char *const styles[] = {
        [WIRE_NEXT] = "", [WIRE_SOURCE] = " [dir=back, style=dashed]",
        [WIRE_LOOKUP] = " [style=dotted, constraint=false]",
    };

    fprintf(file, "    \"%s\" [shape=box];\n", stage->name);
    for (size_t i = 0; i < stage->listen_count; i++)
        fprintf(file, "    \"%s%s%s\" [shape=plaintext];\n"
                "    \"%s%s%s\" -> \"%s\";\n",
                stage->listen[i].text, stage->listen[i].udp ? "/udp" : "",
                stage->listen[i].tcp ? "/tcp" : "",
                stage->listen[i].text, stage->listen[i].udp ? "/udp" : "",
                stage->listen[i].tcp ? "/tcp" : "", stage->name);
    for (size_t i = 0; i < stage->wire_count; i++)
        fprintf(file, "    \"%s\" -> \"%s\"%s;\n", stage->name,
                stage->wires[i].to->name, styles[stage->wires[i].kind]);
}

void
wires_dot(const struct plan *plan, FILE *file)
{
    fputs("digraph coredns {\n    rankdir=LR;\n", file);
    for (size_t i = 0; i < plan->stage_count; i++)
        write_dot_stage(&plan->stages[i], file);
    fputs("}\n", file);
}

/* ---- JSON ---------------------------------------------------------------- */

static json_t *
json_of_wire(const struct plan *plan, const struct plan_stage *stage,
             const struct plan_wire *wire)
{
    json_t *endpoints = json_array();
    char *list = stage->is_here ? endpoints_of(plan, wire) : NULL;
    char *rest = list;

    for (char *one; (one = strsep(&rest, ",")) != NULL;)
        json_array_append_new(endpoints, json_string(one));
    free(list);
    return json_pack("{ss ss so}", "kind", wire_words[wire->kind], "to",
                     wire->to->name, "endpoints", endpoints);
}

/* The hosts that run the stage; null: there is but one. */
static json_t *
json_of_hosts(const struct plan *plan, const struct plan_stage *stage)
{
    json_t *hosts = plan->host_count == 0 ? json_null() : json_array();

    for (size_t i = 0; i < plan->host_count; i++)
        if (hosts_runs(plan, &plan->hosts[i], stage))
            json_array_append_new(hosts, json_string(plan->hosts[i].name));
    return hosts;
}

static json_t *
json_of_stage(const struct plan *plan, const struct plan_stage *stage)
{
    json_t *listen = json_array();
    json_t *wires = json_array();

    for (size_t i = 0; i < stage->listen_count; i++)
        json_array_append_new(listen, json_pack("{ss sb sb}",
                              "address", stage->listen[i].text,
                              "udp", stage->listen[i].udp,
                              "tcp", stage->listen[i].tcp));
    for (size_t i = 0; i < stage->wire_count; i++)
        json_array_append_new(wires, json_of_wire(plan, stage,
                                                  &stage->wires[i]));
    return json_pack("{ss ss ss? ss? si so so so}", "name", stage->name,
                     "program", stage->program, "replaces", stage->replaced,
                     "before", stage->before, "instances",
                     (int) stage->instances, "hosts",
                     json_of_hosts(plan, stage), "listen", listen, "wires",
                     wires);
}

void
wires_json(const struct plan *plan, FILE *file)
{
    json_t *stages = json_array();

    for (size_t i = 0; i < plan->stage_count; i++)
        json_array_append_new(stages, json_of_stage(plan, &plan->stages[i]));

    json_t *root = json_pack("{ss ss so}", "schema", WIRES_SCHEMA,
                             "run_directory", plan->run_directory, "stages",
                             stages);

    json_dumpf(root, file, JSON_INDENT(2));
    fputc('\n', file);
    json_decref(root);
}

/* ---- the verb ------------------------------------------------------------ */

int
wires_run(const struct request *request)
{
    struct toolkit toolkit;
    int code = CORE_EXIT_DONE;

    toolkit_plan_patched(&toolkit, request->config_path,
                         request->run_directory);
    for (size_t i = 0; i < core_faults_count(toolkit.faults); i++)
        code = message_fault(CORE_EXIT_CONFIG,
                             core_faults_at(toolkit.faults, i));
    if (code == CORE_EXIT_DONE) {
        if ((request->options & OPTION_DOT) != 0)
            wires_dot(toolkit.plan, stdout);
        else if ((request->options & OPTION_JSON) != 0)
            wires_json(toolkit.plan, stdout);
        else
            wires_draw(toolkit.plan, stdout);
    }
    toolkit_end(&toolkit);
    return code;
}

int
names_run(const struct request *request)
{
    struct toolkit toolkit;
    int code = CORE_EXIT_CONFIG;

    toolkit_plan_patched(&toolkit, request->config_path,
                         request->run_directory);
    if (toolkit.plan != NULL) {
        for (size_t i = 0; i < toolkit.plan->stage_count; i++)
            printf("%s\n", toolkit.plan->stages[i].name);
        code = CORE_EXIT_DONE;
    }
    else
        toolkit_is_there(&toolkit);     /* says why */
    toolkit_end(&toolkit);
    return code;
}
