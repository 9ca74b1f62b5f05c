/*
 * hosts_endpoint - the endpoints between hosts, and on each of them
 *
 * A feed that is reached from elsewhere has those endpoints alone, also for its
 * own host: what is published once is not much.
 */

#include "ctl/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/arguments.h"

/* "192.0.2.1:5391", "[2001:db8::1]:5391". */
static void
write_place(FILE *file, const struct plan_host *host, unsigned port)
{
    bool is_ipv6 = strchr(host->address, ':') != NULL;

    fprintf(file, is_ipv6 ? "[%s]:%u" : "%s:%u", host->address, port);
}

/* To connect to a host from this one. */
static void
write_remote(FILE *file, const struct plan *plan,
             const struct plan_host *host, unsigned port, const char *folder)
{
    if (plan->is_insecure)
        fputs("tcp://", file);
    else
        fprintf(file, "curve://%s:%s@", plan->here->name, host->name);
    write_place(file, host, port);
    if (!plan->is_insecure)
        fputs(folder, file);
}

/* To bind at this host. */
static void
write_bound(FILE *file, const struct plan *plan, unsigned port,
            const char *folder)
{
    if (plan->is_insecure)
        fputs("tcp://", file);
    else
        fprintf(file, "curve://%s@", plan->here->name);
    write_place(file, plan->here, port);
    if (!plan->is_insecure)
        fputs(folder, file);
}

static void
write_local(FILE *file, const struct plan *plan,
            const struct plan_stage *stage, unsigned instance,
            const char *suffix)
{
    char endpoint[PLAN_ENDPOINT_SIZE];
    char *name = arguments_name(stage, instance);

    plan_endpoint(plan->run_directory, name, suffix, endpoint);
    fputs(endpoint, file);
    free(name);
}

static unsigned
port_of(const struct plan_stage *stage, unsigned instance,
        const char *suffix)
{
    return stage->port + (strcmp(suffix, "pipe") == 0 ? instance
                          : strcmp(suffix, "snapshot") == 0);
}

/* Folder of the keys that the stages read. */
static void
write_folder(const struct plan *plan, char folder[PLAN_ENDPOINT_SIZE])
{
    snprintf(folder, PLAN_ENDPOINT_SIZE, "%s/" HOSTS_KEYS,
             plan->run_directory);
}

/* The endpoints of a stage on another host, or on this one by the network. */
static void
write_by_network(const struct plan *plan, const struct plan_wire *wire,
                 const struct plan_host *host, const char **comma, FILE *file)
{
    static const char *const feeds[] = { "feed", "snapshot" };
    char folder[PLAN_ENDPOINT_SIZE];

    write_folder(plan, folder);
    for (unsigned i = 0; i < hosts_ports(wire->to); i++) {
        const char *suffix = wire->kind == WIRE_SOURCE ? feeds[i] : "pipe";

        fputs(*comma, file);
        write_remote(file, plan, host, port_of(wire->to, i, suffix), folder);
        *comma = ",";
    }
}

void
hosts_write_wire(const struct plan *plan, const struct plan_wire *wire,
                 FILE *file)
{
    const struct plan_stage *to = wire->to;
    bool is_source = wire->kind == WIRE_SOURCE;
    const char *comma = "";

    if (to->is_here && is_source && !to->serves_others) {
        write_local(file, plan, to, 0, "feed");
        fputc(',', file);
        write_local(file, plan, to, 0, "snapshot");
        return;
    }
    if (to->is_here && !is_source) {
        for (unsigned i = 0; i < to->instances; i++) {
            fputs(comma, file);
            write_local(file, plan, to, i, "pipe");
            comma = ",";
        }
        return;
    }
    /* A host without an address is a fault, which is told elsewhere. */
    for (size_t i = 0; i < plan->host_count; i++)
        if (plan->hosts[i].address != NULL
            && (to->is_here ? &plan->hosts[i] == plan->here
                : hosts_runs(plan, &plan->hosts[i], to)))
            write_by_network(plan, wire, &plan->hosts[i], &comma, file);
}

void
hosts_write_own(const struct plan *plan, const struct plan_stage *stage,
                unsigned instance, const char *suffix, FILE *file)
{
    bool is_pipe = strcmp(suffix, "pipe") == 0;
    char folder[PLAN_ENDPOINT_SIZE];

    if (is_pipe || !stage->serves_others)
        write_local(file, plan, stage, instance, suffix);
    if (!stage->serves_others)
        return;
    if (is_pipe)
        fputc(',', file);
    write_folder(plan, folder);
    write_bound(file, plan, port_of(stage, instance, suffix), folder);
}

void
hosts_control(const struct plan *plan, const struct plan_host *host,
              const char *folder, char endpoint[PLAN_ENDPOINT_SIZE])
{
    FILE *file = fmemopen(endpoint, PLAN_ENDPOINT_SIZE, "w");

    if (file == NULL)
        abort();
    write_remote(file, plan, host, host->port, folder);
    fclose(file);
}

void
hosts_own_control(const struct plan *plan, char endpoint[PLAN_ENDPOINT_SIZE])
{
    FILE *file = fmemopen(endpoint, PLAN_ENDPOINT_SIZE, "w");
    char folder[PLAN_ENDPOINT_SIZE];

    if (file == NULL)
        abort();
    write_folder(plan, folder);
    write_bound(file, plan, plan->here->port, folder);
    fclose(file);
}
