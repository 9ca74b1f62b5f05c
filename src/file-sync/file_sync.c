/*
 * file_sync - a source of zones: zone files, folders of them, hosts files
 *
 * The stage takes no queries: it reads files and publishes what they say.  It
 * is ready when each file that was named has been looked at, for better or
 * worse; a file that is wrong fails its own zone and nothing else.
 */

#include "file-sync/file_sync.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/feed.h"
#include "coredns/memory.h"
#include "file-sync/directory.h"
#include "file-sync/hostsfile.h"
#include "file-sync/roster.h"
#include "file-sync/settings.h"

struct file_sync {
    const struct file_sync_settings *settings;
    core_life_t *life;
    core_publisher_t *publisher;
    roster_t *roster;
    char *folder;                       /* for copies of large files */
    struct roster_counts counts;        /* as telemetry tells them */
};

/* ---- settings ------------------------------------------------------------ */

static void
check_directories(const struct core_list *list, core_faults_t *faults)
{
    const struct directory_settings *settings = list->items;

    for (size_t i = 0; i < list->count; i++) {
        struct core_fault fault;
        directory_t *directory = directory_new(settings[i].path,
                                               settings[i].pattern,
                                               settings[i].origin, &fault);

        if (directory == NULL)
            core_faults_add(faults, NULL, 0, "file-sync.directories[%zu].%s", i,
                            fault.text);
        directory_destroy(&directory);
    }
}

static void
check_fall(size_t count, const char *list, size_t index,
           core_faults_t *faults)
{
    if (count > CORE_FEED_FALL)
        core_faults_add(faults, NULL, 0, "file-sync.%s[%zu].fallthrough: "
                        "more than %d names", list, index, CORE_FEED_FALL);
}

static void
check(const void *data, core_faults_t *faults)
{
    const struct file_sync_settings *settings = data;
    const struct zone_settings *zones = settings->zones.items;
    const struct directory_settings *directories =
        settings->directories.items;
    const struct hosts_settings *hosts = settings->hosts.items;

    check_directories(&settings->directories, faults);
    for (size_t i = 0; i < settings->zones.count; i++)
        check_fall(zones[i].fallthrough.count, "zones", i, faults);
    for (size_t i = 0; i < settings->directories.count; i++)
        check_fall(directories[i].fallthrough.count, "directories", i, faults);
    for (size_t i = 0; i < settings->hosts.count; i++) {
        check_fall(hosts[i].fallthrough.count, "hosts", i, faults);
        if (hosts[i].file == NULL && hosts[i].lines.count == 0)
            core_faults_add(faults, NULL, 0,
                            "file-sync.hosts[%zu]: neither file nor inline", i);
    }
}

/* Reads a zone file only to see what is wrong with it. */
static void
inspect_file(const char *path, const struct core_zone_name *origin,
             core_faults_t *faults)
{
    struct zone_faults found = { .errors = faults };
    struct core_fault fault;
    text_file_t *text = text_file_read(path, NULL, &fault);
    version_t *version;

    if (text == NULL) {
        core_faults_copy(faults, &fault);
        return;
    }
    version = version_load(&text, origin, NULL, &found);
    version_release(&version);
}

/* Lines of a hosts file that make no sense are left out, which is told. */
static void
inspect_hosts(const char *path, core_faults_t *faults)
{
    const struct hostsfile_options options = { .ttl = 1 };
    struct core_fault fault;
    text_file_t *text = text_file_read(path, NULL, &fault);
    hostsfile_t *hosts;

    if (text == NULL) {
        core_faults_copy(faults, &fault);
        return;
    }
    hosts = hostsfile_new(&options);
    hostsfile_add(hosts, text_file_map(text), text_file_size(text), path, 1,
                  faults);
    text_file_unmap(text);
    text_file_destroy(&text);
    hostsfile_release(&hosts);
}

static void
inspect_directory(const struct directory_settings *settings,
                  core_faults_t *faults)
{
    struct directory_listing listing;
    struct core_fault fault;
    directory_t *directory = directory_new(settings->path, settings->pattern,
                                           settings->origin, &fault);

    if (directory == NULL)
        return;                         /* check() has said so */
    if (directory_list(directory, &listing, faults, &fault) == -1)
        core_faults_copy(faults, &fault);
    for (size_t i = 0; i < listing.file_count; i++)
        inspect_file(listing.files[i].path, &listing.files[i].origin, faults);
    directory_listing_end(&listing);
    directory_destroy(&directory);
}

static void
inspect(const void *data, core_faults_t *faults)
{
    const struct file_sync_settings *settings = data;
    const struct zone_settings *zones = settings->zones.items;
    const struct directory_settings *directories =
        settings->directories.items;
    const struct hosts_settings *hosts = settings->hosts.items;

    for (size_t i = 0; i < settings->zones.count; i++) {
        struct core_zone_name origin = {
            .size = (uint16_t) core_name_size(zones[i].origin),
        };

        memcpy(origin.bytes, zones[i].origin, origin.size);
        inspect_file(zones[i].file, &origin, faults);
    }
    for (size_t i = 0; i < settings->directories.count; i++)
        inspect_directory(&directories[i], faults);
    for (size_t i = 0; i < settings->hosts.count; i++)
        if (hosts[i].file != NULL)
            inspect_hosts(hosts[i].file, faults);
}

/* ---- life ---------------------------------------------------------------- */

static void *
open_file_sync(const void *settings, struct core_fault *fault)
{
    struct file_sync *self = core_allocate(sizeof *self);

    (void) fault;
    self->settings = settings;
    return self;
}

static void
close_file_sync(void **state_p)
{
    struct file_sync *self = *state_p;

    if (self->publisher != NULL)
        core_publisher_retire(self->publisher);
    roster_destroy(&self->roster);
    core_publisher_destroy(&self->publisher);
    free(self->folder);
    free(self);
    *state_p = NULL;
}

/* The run directory: where our control endpoint is.  NULL: there is none. */
static char *
find_folder(const core_life_t *life)
{
    static const char scheme[] = "ipc://";
    const char *control = core_life_control(life);
    char *folder;
    char *slash;

    if (control == NULL || strncmp(control, scheme, strlen(scheme)) != 0)
        return NULL;
    folder = core_copy_text(control + strlen(scheme));
    slash = strrchr(folder, '/');
    if (slash == NULL || slash == folder) {
        free(folder);
        return NULL;
    }
    *slash = '\0';
    return folder;
}

static void
refresh(void *owner)
{
    struct file_sync *self = owner;

    roster_count(self->roster, &self->counts);
}

static void
tell(struct file_sync *self)
{
    core_telemetry_t *telemetry = core_life_telemetry(self->life);
    const struct zone_counters *counters = roster_counters(self->roster);
    const struct core_metric rows[] = {
        { CORE_GAUGE, "coredns_file_sync_zones", "Zone files.",
          &self->counts.zones },
        { CORE_GAUGE, "coredns_file_sync_zones_wrong",
          "Zone files that are wrong or missing.", &self->counts.wrong },
        { CORE_GAUGE, "coredns_file_sync_records",
          "Records in zones that are served.", &self->counts.records },
        { CORE_GAUGE, "coredns_file_sync_hosts_entries",
          "Addresses in hosts files.", &self->counts.hosts_entries },
        { CORE_COUNTER, "coredns_file_sync_loads_total",
          "Zone files read and found right.", &counters->loads },
        { CORE_COUNTER, "coredns_file_sync_refused_total",
          "Zone files read and found wrong.", &counters->refused },
        { CORE_COUNTER, "coredns_file_sync_changes_total",
          "Records published as a change.", &counters->changes },
        { CORE_COUNTER, "coredns_file_sync_renewals_total",
          "Zones published as a whole.", &counters->renewals },
    };

    core_telemetry_add_all(telemetry, rows, sizeof rows / sizeof *rows);
    core_telemetry_refresher(telemetry, refresh, self);
}

static void
be_ready(void *owner)
{
    struct file_sync *self = owner;

    core_publisher_complete(self->publisher);
    core_life_ready(self->life, true, NULL);
}

static int
watch_file_sync(void *state, core_life_t *life, struct core_fault *fault)
{
    struct file_sync *self = state;

    self->life = life;
    self->folder = find_folder(life);
    self->roster = roster_new(core_life_loop(life), self->folder);
    self->publisher = core_publisher_new(
        core_life_context(life), core_life_loop(life),
        core_life_wire(life, "feed", NULL),
        core_life_wire(life, "snapshot", NULL), &roster_snapshot_hooks,
        self->roster, fault);
    if (self->publisher == NULL)
        return -1;
    tell(self);
    roster_start(self->roster, self->publisher, be_ready, self);
    return roster_set(self->roster, self->settings, fault);
}

static int
reload_file_sync(void *state, const void *settings, struct core_fault *fault)
{
    struct file_sync *self = state;

    if (roster_set(self->roster, settings, fault) == -1)
        return -1;
    self->settings = settings;
    return 0;
}

/* ---- control ------------------------------------------------------------- */

static int
run_zones(void *owner, core_call_t *call)
{
    const struct file_sync *self = owner;
    const char *text = core_call_argument(call, 0);
    uint8_t name[CORE_NAME_SIZE];

    if (text != NULL && core_name_from_text(name, text, NULL) == -1) {
        fprintf(core_call_output(call), "not a domain name: %s\n", text);
        return CORE_EXIT_USAGE;
    }
    if (text != NULL)
        core_name_lower(name);
    if (roster_print(self->roster, text == NULL ? NULL : name,
                     core_call_output(call)) == 0 && text != NULL) {
        fprintf(core_call_output(call), "no such zone: %s\n", text);
        return CORE_EXIT_FAILED;
    }
    return CORE_EXIT_DONE;
}

static const struct core_verb verbs[] = {
    { "zones", run_zones,
      "zones, or that one: name, layer, serial, state, records, file" },
    { .name = NULL },
};

const struct core_stage file_sync_stage = {
    .name = "file-sync",
    .summary = "publishes the records of zone files and hosts files",
    .settings = file_sync_setting_table,
    .settings_size = sizeof (struct file_sync_settings),
    .open = open_file_sync,
    .check = check,
    .inspect = inspect,
    .watch = watch_file_sync,
    .reload = reload_file_sync,
    .close = close_file_sync,
    .verbs = verbs,
};
