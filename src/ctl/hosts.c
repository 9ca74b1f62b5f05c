/*
 * hosts - which stage runs on which host
 *
 * Ports are those of the file: `port` of a stage is that of its first instance,
 * or of a feed's changes with its snapshots behind it.  hosts_endpoint.c makes
 * endpoints of them.
 */

#include "ctl/hosts.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "coredns/memory.h"

#define CONTROL_PORT 5390               /* of a host, unless it says another */
#define NAME_LIMIT 15                   /* what a routing id has room for */
#define FEED_PORTS 2                    /* changes and snapshots */
#define HOSTS_MANY "*"

/* ---- the top of the file ------------------------------------------------- */

/* "ADDRESS", "ADDRESS:PORT", "[ADDRESS]:PORT"; false when it is none. */
static bool
read_address(struct plan_host *host, const char *text)
{
    unsigned char bytes[16];
    bool has_brackets = *text == '[';
    const char *first = text + has_brackets;
    size_t size = strcspn(first, has_brackets ? "]" : "");
    const char *colon = strchr(text, ':');

    if (!has_brackets && colon != NULL && strchr(colon + 1, ':') == NULL)
        size = (size_t)(colon - text);  /* IPv4 and a port */

    const char *rest = first + size + (has_brackets && first[size] == ']');
    char *end = NULL;
    long port = *rest == ':' ? strtol(rest + 1, &end, 10) : CONTROL_PORT;

    if (port < 1 || port > 65535 || (end != NULL && *end != '\0')
        || (end == NULL && *rest != '\0'))
        return false;
    host->address = strndup(first, size);
    host->port = (unsigned) port;
    return inet_pton(AF_INET, host->address, bytes) == 1
        || inet_pton(AF_INET6, host->address, bytes) == 1;
}

/* An address, or "*": machines that come and go have none that others could
   know. */
static bool
read_place(struct plan_host *host, const char *text)
{
    return strcmp(text, HOSTS_MANY) == 0 || read_address(host, text);
}

static void
read_host(struct plan *plan, const core_config_t *config, core_place_t *place,
          core_faults_t *faults)
{
    struct plan_host *host = &plan->hosts[plan->host_count];
    const char *text = core_place_text(config, place);

    if (strlen(core_place_key(place)) > NAME_LIMIT) {
        core_config_fault(config, faults, place, "the name is longer than %d "
                          "characters", NAME_LIMIT);
        return;
    }
    plan->host_count++;
    host->name = core_copy_text(core_place_key(place));
    if (text == NULL || !read_place(host, text))
        core_config_fault(config, faults, place,
                          "must be an address, with a port or without: %s",
                          text == NULL ? "" : text);
}

static const struct plan_host *
find_host(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->host_count; i++)
        if (strcmp(plan->hosts[i].name, name) == 0)
            return &plan->hosts[i];
    return NULL;
}

static void
fault_unknown(const struct plan *plan, const core_config_t *config,
              core_place_t *place, const char *name, core_faults_t *faults)
{
    const char *names[PLAN_HOSTS + 1] = { NULL };

    for (size_t i = 0; i < plan->host_count; i++)
        names[i] = plan->hosts[i].name;

    const char *near = core_nearest(name, names);

    core_config_fault(config, faults, place, near == NULL
                      ? "no host is called %s"
                      : "no host is called %s; did you mean %s", name, near);
}

/* Which of the hosts this is: the one that was named, or the only one with an
   address of this machine. */
static void
find_here(struct plan *plan, const core_config_t *config, core_place_t *place,
          const struct plan_options *options, core_faults_t *faults)
{
    size_t found = 0;

    if (options->host != NULL) {
        plan->here = find_host(plan, options->host);
        if (plan->here == NULL)
            fault_unknown(plan, config, place, options->host, faults);
        return;
    }
    for (size_t i = 0; i < plan->host_count; i++)
        if (plan->hosts[i].address != NULL
            && options->is_own_address != NULL
            && options->is_own_address(plan->hosts[i].address)) {
            plan->here = &plan->hosts[i];
            found++;
        }
    if (found != 1)
        core_config_fault(config, faults, place, found == 0
                          ? "none of these addresses is this machine's: say "
                          "which host it is by --host"
                          : "several of these addresses are this machine's: "
                          "say which host it is by --host");
}

void
hosts_read(struct plan *plan, const core_config_t *config,
           const struct plan_options *options, core_faults_t *faults)
{
    core_place_t *root = core_config_root(config);
    core_place_t *place = core_place_member(root, "hosts");
    core_place_t *keys = core_place_member(root, "keys");
    core_place_t *insecure = core_place_member(root, "insecure");
    const char *folder = keys == NULL ? HOSTS_KEYS
        : core_place_text(config, keys);
    size_t count = core_place_count(place);

    if (folder == NULL || *folder == '\0')
        core_config_fault(config, faults, keys, "must be a text");
    else if (*folder == '/')
        plan->keys = core_copy_text(folder);
    else if (asprintf(&plan->keys, "%s/%s", core_config_directory(config),
                      folder) == -1)
        abort();
    plan->machine = options->machine;
    plan->is_insecure = insecure != NULL && config_setting_get_bool(insecure);
    if (place == NULL)
        return;
    if (!core_place_is_group(place) || count == 0 || count > PLAN_HOSTS) {
        core_config_fault(config, faults, place,
                          "must be a group of at most %d addresses: "
                          "hosts: { a = \"192.0.2.1\"; };", PLAN_HOSTS);
        return;
    }
    plan->hosts = core_allocate(count * sizeof *plan->hosts);
    for (size_t i = 0; i < count; i++)
        read_host(plan, config, core_place_at(place, i), faults);
    find_here(plan, config, place, options, faults);
}

/* ---- a stage ------------------------------------------------------------- */

static uint64_t
bit_of(const struct plan *plan, const struct plan_host *host)
{
    return (uint64_t) 1 << (host - plan->hosts);
}

bool
hosts_runs(const struct plan *plan, const struct plan_host *host,
           const struct plan_stage *stage)
{
    return (stage->hosts & bit_of(plan, host)) != 0;
}

static void
add_host(const struct plan *plan, const core_config_t *config,
         struct plan_stage *stage, core_place_t *place, core_faults_t *faults)
{
    const char *name = core_place_text(config, place);
    const struct plan_host *host = name == NULL ? NULL
        : find_host(plan, name);

    if (host != NULL)
        stage->hosts |= bit_of(plan, host);
    else if (name == NULL)
        core_config_fault(config, faults, place, "must be a host's name");
    else
        fault_unknown(plan, config, place, name, faults);
}

void
hosts_read_stage(const struct plan *plan, const core_config_t *config,
                 struct plan_stage *stage, core_faults_t *faults)
{
    core_place_t *place = core_place_member(stage->place, "host");
    core_place_t *port = core_place_member(stage->place, "port");
    int number = port == NULL ? 0 : config_setting_get_int(port);

    /* What is no port is told by the program, which has it in its table. */
    stage->port = number < 0 || number > 65535 ? 0 : (unsigned) number;
    if (place == NULL)
        stage->hosts = UINT64_MAX;
    else if (core_place_is_list(place))
        for (size_t i = 0; i < core_place_count(place); i++)
            add_host(plan, config, stage, core_place_at(place, i), faults);
    else
        add_host(plan, config, stage, place, faults);
    stage->is_here = plan->here == NULL ? plan->host_count == 0
        : hosts_runs(plan, plan->here, stage);
}

/* ---- ports --------------------------------------------------------------- */

unsigned
hosts_ports(const struct plan_stage *stage)
{
    return stage->has_feed ? FEED_PORTS : stage->instances;
}

/* The host that needs the wire and does not run what it leads to, or NULL. */
static const struct plan_host *
find_stranger(const struct plan *plan, const struct plan_stage *from,
              const struct plan_stage *to)
{
    for (size_t i = 0; i < plan->host_count; i++)
        if (hosts_runs(plan, &plan->hosts[i], from)
            && !hosts_runs(plan, &plan->hosts[i], to))
            return &plan->hosts[i];
    return NULL;
}

/* Another stage of the same host with one of its ports, or NULL. */
static const struct plan_stage *
find_collision(const struct plan *plan, const struct plan_stage *stage)
{
    for (size_t i = 0; i < plan->stage_count; i++) {
        const struct plan_stage *other = &plan->stages[i];

        if (other != stage && other->serves_others && other->port != 0
            && (other->hosts & stage->hosts) != 0
            && other->port < stage->port + hosts_ports(stage)
            && stage->port < other->port + hosts_ports(other))
            return other;
    }
    return NULL;
}

static void
check_ports(const struct plan *plan, const core_config_t *config,
            const struct plan_stage *stage, core_faults_t *faults)
{
    core_place_t *place = core_place_member(stage->place, "port");
    const struct plan_stage *other;

    if (stage->port == 0 || !stage->serves_others)
        return;
    if (stage->port + hosts_ports(stage) - 1 > 65535)
        core_config_fault(config, faults, place, "%u ports from there on are "
                          "needed", hosts_ports(stage));
    other = find_collision(plan, stage);
    if (other != NULL && other < stage)
        core_config_fault(config, faults, place, "its ports are those of %s, "
                          "on the same host", other->name);
    for (size_t i = 0; i < plan->host_count; i++)
        if (hosts_runs(plan, &plan->hosts[i], stage)
            && plan->hosts[i].port >= stage->port
            && plan->hosts[i].port < stage->port + hosts_ports(stage))
            core_config_fault(config, faults, place, "port %u is that of the "
                              "supervisor of %s", plan->hosts[i].port,
                              plan->hosts[i].name);
}

/* The first of the hosts with the stage that has no address, or NULL. */
static const struct plan_host *
find_many(const struct plan *plan, const struct plan_stage *stage)
{
    for (size_t i = 0; i < plan->host_count; i++)
        if (plan->hosts[i].address == NULL
            && hosts_runs(plan, &plan->hosts[i], stage))
            return &plan->hosts[i];
    return NULL;
}

static void
find_served(const struct plan *plan, const core_config_t *config,
            const struct plan_stage *from, struct plan_stage *to,
            core_faults_t *faults)
{
    const struct plan_host *stranger = find_stranger(plan, from, to);
    const struct plan_host *many = find_many(plan, to);

    if (stranger == NULL)
        return;
    if (many != NULL) {
        core_config_fault(config, faults, to->place, "%s of host %s leads to "
                          "it, but host %s has no address", from->name,
                          stranger->name, many->name);
        return;
    }
    /* A port that cannot be is the stage's own fault, and told by itself. */
    if (!to->serves_others && core_place_member(to->place, "port") == NULL)
        core_config_fault(config, faults, to->place, "needs a port: %s of "
                          "host %s leads to it", from->name, stranger->name);
    to->serves_others = true;
}

void
hosts_find(struct plan *plan, const core_config_t *config,
           core_faults_t *faults)
{
    if (plan->host_count == 0)
        return;
    for (size_t i = 0; i < plan->stage_count; i++)
        for (size_t j = 0; j < plan->stages[i].wire_count; j++)
            find_served(plan, config, &plan->stages[i],
                        plan->stages[i].wires[j].to, faults);
    for (size_t i = 0; i < plan->stage_count; i++)
        check_ports(plan, config, &plan->stages[i], faults);
}
