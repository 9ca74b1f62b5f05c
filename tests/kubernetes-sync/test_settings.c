/* settings - what of a cluster's settings is right, and what is said of wrong
   ones */

#include "kubernetes-sync/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "core_test.h"

/* Reads and checks the group; all faults as text, one a line. */
static char *
read_group(const char *members)
{
    struct settings settings;
    core_faults_t *faults = core_faults_new();
    core_config_t *config;
    char *text = NULL, *file = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (asprintf(&file, "stages: { kubernetes-sync: { %s }; };\n",
                 members) == -1)
        abort();
    config = core_config_load(core_test_file(file), faults);
    ck_assert_ptr_nonnull(config);
    if (core_settings_read(config, core_config_stage(config, "kubernetes-sync"),
                           "kubernetes-sync", kubernetes_sync_setting_table,
                           NULL, &settings, faults) == 0)
        settings_check(&settings, faults);
    for (size_t i = 0; i < core_faults_count(faults); i++)
        fprintf(out, "%s\n", core_faults_at(faults, i)->text);
    fclose(out);
    free(file);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
    return text;
}

#define NAMES "zones = [ \"a.\" ]; "
#define HERE "endpoint = \"https://127.0.0.1:6443\"; "
#define ZONES HERE "zones = [ \"a.\", \"arpa.\" ]; "

static const struct {
    const char *members;
    const char *faults;
} rows[] = {
    { ZONES, "" },
    { NAMES "endpoint = \"127.0.0.1:16443\";",
      "kubernetes-sync.endpoint: 127.0.0.1:16443: neither http://... nor "
      "https://...\n" },
    { NAMES "endpoint = \"https://127.0.0.1:99999\";",
      "kubernetes-sync.endpoint: https://127.0.0.1:99999: the port is not "
      "between 1 and 65535\n" },
    { NAMES "kubeconfig = \"k\";", "" },
    { NAMES, "kubernetes-sync.endpoint: is missing: there is no kubeconfig "
      "either, and no KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT in "
      "the environment\n" },
    { HERE "zones = [ \"a.\", \"b.\", \"A\" ];",
      "kubernetes-sync.zones[2]: a. is one of `zones` already\n" },
    { ZONES "multicluster = [ \"a.\", \"a.\" ];",
      "kubernetes-sync.multicluster[1]: a. is one of `multicluster` "
      "already\n" },
    { ZONES "external = ( { zones = [ \"x.\", \"a.\" ]; } );",
      "kubernetes-sync.external[0].zones[1]: a. is one of `zones` already\n" },
    { ZONES "external = ( { zones = [ \"x.\", \"x.\" ]; } );",
      "kubernetes-sync.external[0].zones[1]: x. is one of "
      "`external[0].zones` already\n" },
    { ZONES "external = ( { zones = [ \"x.\" ]; }, { zones = [ \"x.\" ]; } );",
      "kubernetes-sync.external[1].zones[0]: x. is one of "
      "`external[0].zones` already\n" },
    /* Unknown names are left to the zone of the cluster. */
    { ZONES "external = ( { zones = [ \"arpa.\" ]; fallthrough = [ \".\" ]; "
      "} );", "" },
    { ZONES "external = ( { zones = [ \"arpa.\" ]; fallthrough = "
      "[ \"in-addr.arpa.\" ]; } );",
      "kubernetes-sync.external[0].zones[0]: arpa. is one of `zones` "
      "already\n" },
    { ZONES "compare = \"0s\";", "" },
    { ZONES "compare = \"10s\";", "" },
    { ZONES "compare = \"9999ms\";",
      "kubernetes-sync.compare: 9999ms is below the limit 10s, and is not "
      "0s\n" },
    { ZONES "labels = \"a in ()\";",
      "kubernetes-sync.labels: a set is empty: a in ()\n" },
};

START_TEST(says_what_is_wrong)
{
    char *faults;

    unsetenv("KUBERNETES_SERVICE_HOST");
    faults = read_group(rows[_i].members);
    ck_assert_str_eq(faults, rows[_i].faults);
    free(faults);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("settings");

    tcase_add_loop_test(cases, says_what_is_wrong, 0, CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
