/* setting - a group read by its table, and what is said of a wrong one */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"
#include "coredns/name.h"
#include "coredns/setting.h"

struct zone {
    const uint8_t *origin;
    const char *file;
    struct core_list fallthrough;       /* of const uint8_t * */
    int64_t ttl;
    bool is_long;
};

struct settings {
    bool on;
    bool off;
    int64_t count;
    int64_t offset;
    int64_t capacity;
    int64_t wait;
    int64_t ttl;
    const char *text;
    const char *greeting;
    const char *path;
    const char *local;
    const uint8_t *name;
    int level;
    struct core_network network;
    struct core_list allow;             /* of struct core_network */
    struct core_list numbers;           /* of int64_t */
    struct core_list zones;             /* of struct zone */
    const char *next;
};

static const char *const levels[] = { "error", "warning", "debug", NULL };

static const struct core_setting zone_table[] = {
    { .key = "origin", .type = CORE_NAME, .required = true,
      .offset = offsetof(struct zone, origin), .says = "name of the zone" },
    { .key = "file", .type = CORE_PATH, .offset = offsetof(struct zone, file),
      .says = "its file" },
    { .key = "fallthrough", .type = CORE_NAME, .list = true,
      .offset = offsetof(struct zone, fallthrough), .says = "names" },
    { .key = "ttl", .type = CORE_SECONDS, .fallback = 60,
      .offset = offsetof(struct zone, ttl), .says = "time to live" },
    { .key = "a_name_as_long_as_this", .type = CORE_BOOLEAN,
      .offset = offsetof(struct zone, is_long), .says = "room for it" },
    { .type = CORE_END },
};

static const struct core_setting table[] = {
    { .key = "on", .type = CORE_BOOLEAN, .fallback = true,
      .offset = offsetof(struct settings, on), .says = "a switch" },
    { .key = "off", .type = CORE_BOOLEAN,
      .offset = offsetof(struct settings, off), .says = "a switch" },
    { .key = "count", .type = CORE_INTEGER, .fallback = 4, .minimum = 1,
      .maximum = 64, .offset = offsetof(struct settings, count),
      .says = "how many" },
    { .key = "offset", .type = CORE_INTEGER, .minimum = INT64_MIN,
      .offset = offsetof(struct settings, offset), .says = "how far" },
    { .key = "capacity", .type = CORE_SIZE, .fallback = 64 << 20,
      .maximum = INT64_C(1) << 40,
      .offset = offsetof(struct settings, capacity), .says = "memory" },
    { .key = "wait", .type = CORE_DURATION, .fallback = 4500,
      .maximum = 60000, .offset = offsetof(struct settings, wait),
      .says = "how long" },
    { .key = "ttl", .type = CORE_SECONDS, .fallback = 300, .minimum = 5,
      .maximum = 86400, .offset = offsetof(struct settings, ttl),
      .says = "time to live" },
    { .key = "text", .type = CORE_TEXT,
      .offset = offsetof(struct settings, text), .says = "words" },
    { .key = "greeting", .type = CORE_TEXT, .fallback_text = "hello",
      .offset = offsetof(struct settings, greeting), .says = "words" },
    { .key = "path", .type = CORE_PATH,
      .offset = offsetof(struct settings, path), .says = "a file" },
    { .key = "local", .type = CORE_PATH, .fallback_text = "x/y",
      .offset = offsetof(struct settings, local), .says = "a file" },
    { .key = "name", .type = CORE_NAME, .fallback_text = "Example.ORG",
      .offset = offsetof(struct settings, name), .says = "a name" },
    { .key = "level", .type = CORE_CHOICE, .choices = levels, .fallback = 1,
      .offset = offsetof(struct settings, level), .says = "how loud" },
    { .key = "network", .type = CORE_NETWORK, .fallback_text = "::1",
      .offset = offsetof(struct settings, network), .says = "who" },
    { .key = "allow", .type = CORE_NETWORK, .list = true,
      .fallback_text = "127.0.0.0/8",
      .offset = offsetof(struct settings, allow), .says = "who may" },
    { .key = "numbers", .type = CORE_INTEGER, .list = true,
      .offset = offsetof(struct settings, numbers), .says = "some" },
    { .key = "zones", .type = CORE_GROUPS, .members = zone_table,
      .members_size = sizeof (struct zone),
      .offset = offsetof(struct settings, zones), .says = "zones" },
    { .key = "next", .type = CORE_STAGE,
      .offset = offsetof(struct settings, next), .says = "the next stage" },
    { .type = CORE_END },
};

static const struct core_setting also[] = {
    { .key = "program", .type = CORE_TEXT },
    { .type = CORE_END },
};

/* A configuration whose stage "stub" has these settings. */
static core_config_t *
load(const char *members)
{
    core_faults_t *faults = core_faults_new();
    char text[4096];

    snprintf(text, sizeof text, "directory = \"/srv\"; stages: { stub: {\n%s\n"
             "}; };", members);

    core_config_t *config = core_config_load(core_test_file(text), faults);

    ck_assert_msg(config != NULL, "%s", core_faults_count(faults) > 0
                  ? core_faults_at(faults, 0)->text : "");
    core_faults_destroy(&faults);
    return config;
}

/* ---- what is wrong ------------------------------------------------------- */

static const struct {
    const char *members;
    const char *faults;                 /* "LINE: TEXT", from line 2 on */
} refused_rows[] = {
    { "capactiy = 5;", "2: stub.capactiy: unknown key, did you mean capacity" },
    { "Capacity = 5;", "2: stub.Capacity: unknown key, did you mean capacity" },
    { "progam = \"x\";", "2: stub.progam: unknown key, did you mean program" },
    { "elephant = 5;", "2: stub.elephant: unknown key" },
    { "capacity = \"12 TiB\";",
      "2: stub.capacity: 12 TiB is above the limit 1 TiB" },
    { "capacity = 1099511627777L;",
      "2: stub.capacity: 1099511627777 is above the limit 1 TiB" },
    { "capacity = -1;", "2: stub.capacity: -1 is below the limit 0 B" },
    { "capacity = \"64 M\";",
      "2: stub.capacity: expected a size such as \"64 MiB\"" },
    { "capacity = \"16777216 TiB\";",
      "2: stub.capacity: expected a size such as \"64 MiB\"" },
    { "wait = \"2m\";", "2: stub.wait: 2m is above the limit 1m" },
    { "wait = 61;", "2: stub.wait: 61 is above the limit 1m" },
    { "wait = 9223372036854775807L;",
      "2: stub.wait: 9223372036854775807 is too large" },
    { "wait = 1.5;", "2: stub.wait: expected a duration such as \"30s\"" },
    { "wait = \"soon\";", "2: stub.wait: expected a duration such as \"30s\"" },
    { "ttl = \"4s\";", "2: stub.ttl: 4s is below the limit 5s" },
    { "ttl = \"10500ms\";", "2: stub.ttl: expected a duration in whole "
                            "seconds such as \"30s\"" },
    { "count = 10.0;", "2: stub.count: expected a whole number" },
    { "count = \"ten\";", "2: stub.count: expected a whole number" },
    { "count = \"99999999999999999999\";",
      "2: stub.count: expected a whole number" },
    { "count = true;", "2: stub.count: expected a whole number" },
    { "count = [ 1 ];", "2: stub.count: expected a whole number" },
    { "count = 0;", "2: stub.count: 0 is below the limit 1" },
    { "on = 1;", "2: stub.on: expected true or false" },
    { "on = \"yes\";", "2: stub.on: expected true or false" },
    { "text = 5;", "2: stub.text: expected a text in quotes" },
    { "path = \"\";", "2: stub.path: expected a path in quotes" },
    { "next = \"\";", "2: stub.next: expected the name of a stage in quotes" },
    { "name = \"two..dots\";", "2: stub.name: not a domain name: two..dots" },
    { "name = \"\";", "2: stub.name: not a domain name: " },
    { "level = \"eror\";",
      "2: stub.level: eror is none of error, warning, debug" },
    { "network = \"10.0.0.0/33\";",
      "2: stub.network: not an address or network: 10.0.0.0/33" },
    { "allow = [ \"::1\",\n\n\"x\" ];",
      "4: stub.allow[1]: not an address or network: x" },
    { "allow = \"x\";", "2: stub.allow: not an address or network: x" },
    { "numbers = ( 1, ( 2 ) );",
      "2: stub.numbers[1]: expected a whole number" },
    { "zones = 5;",
      "2: stub.zones: expected a list of groups ( { ... }, { ... } )" },
    { "zones = ( { origin = \"a\"; },\n\"b\" );",
      "3: stub.zones[1]: expected a list of groups ( { ... }, { ... } )" },
    { "zones = (\n{ },\n{ orign = \"b\"; } );",
      "3: stub.zones[0].origin: is missing: name of the zone|"
      "4: stub.zones[1].orign: unknown key, did you mean origin|"
      "4: stub.zones[1].origin: is missing: name of the zone" },
    { "zones = { origin = \"a\"; ttl = -1; };",
      "2: stub.zones.ttl: -1 is below the limit 0s" },
    { "count = 0;\nttl = 1;\nbad = 2; #@ Corefile:99\n",
      "2: stub.count: 0 is below the limit 1|"
      "3: stub.ttl: 1 is below the limit 5s|"
      "Corefile:99: stub.bad: unknown key" },
};

static const char *
faults_text(const core_faults_t *faults, const char *path)
{
    static char text[4096];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < core_faults_count(faults); i++) {
        char line[CORE_FAULT_LINE_SIZE];
        const char *from = core_fault_format(core_faults_at(faults, i), line);

        if (strncmp(from, path, strlen(path)) == 0)
            from += strlen(path) + 1;
        used += (size_t) snprintf(text + used, sizeof text - used, "%s%s",
                                  i > 0 ? "|" : "", from);
    }
    return text;
}

START_TEST(says_all_that_is_wrong)
{
    core_config_t *config = load(refused_rows[_i].members);
    core_faults_t *faults = core_faults_new();
    struct settings settings;

    ck_assert_int_eq(core_settings_read(config,
                                        core_config_stage(config, "stub"),
                                        "stub", table, also, &settings,
                                        faults), -1);
    ck_assert_str_eq(faults_text(faults, core_config_path(config)),
                     refused_rows[_i].faults);
    core_faults_destroy(&faults);
    core_config_destroy(&config);
}
END_TEST

START_TEST(a_required_key_of_no_group_is_missing)
{
    core_config_t *config = load("");
    core_faults_t *faults = core_faults_new();
    struct zone zone;

    ck_assert_int_eq(core_settings_read(config, NULL, "stub", zone_table,
                                        NULL, &zone, faults), -1);
    ck_assert_str_eq(core_faults_at(faults, 0)->text,
                     "stub.origin: is missing: name of the zone");
    ck_assert_int_eq(core_faults_at(faults, 0)->line, 0);
    core_faults_destroy(&faults);
    core_config_destroy(&config);
}
END_TEST

START_TEST(a_prefix_is_not_needed)
{
    core_config_t *config = load("nxet = 1;");
    core_faults_t *faults = core_faults_new();
    struct settings settings;

    core_settings_read(config, core_config_stage(config, "stub"), NULL, table,
                       also, &settings, faults);
    ck_assert_str_eq(core_faults_at(faults, 0)->text,
                     "nxet: unknown key, did you mean next");
    core_faults_destroy(&faults);
    core_config_destroy(&config);
}
END_TEST

/* ---- what is right ------------------------------------------------------- */

/* Reads what has no fault. */
static void
read(core_config_t *config, struct settings *settings)
{
    core_faults_t *faults = core_faults_new();
    int rc = core_settings_read(config, core_config_stage(config, "stub"),
                                "stub", table, also, settings, faults);

    ck_assert_msg(rc == 0, "%s", core_faults_count(faults) > 0
                  ? core_faults_at(faults, 0)->text : "?");
    core_faults_destroy(&faults);
}

START_TEST(what_is_not_set_has_its_default)
{
    core_config_t *config = load("");
    struct settings settings;
    char name[CORE_NAME_TEXT_SIZE];

    memset(&settings, 0xAA, sizeof settings);
    read(config, &settings);
    ck_assert(settings.on && !settings.off);
    ck_assert_int_eq(settings.count, 4);
    ck_assert_int_eq(settings.offset, 0);
    ck_assert_int_eq(settings.capacity, 64 << 20);
    ck_assert_int_eq(settings.wait, 4500);
    ck_assert_int_eq(settings.ttl, 300);
    ck_assert_ptr_null(settings.text);
    ck_assert_str_eq(settings.greeting, "hello");
    ck_assert_ptr_null(settings.path);
    ck_assert_str_eq(settings.local, "/srv/x/y");
    ck_assert_str_eq(core_name_to_text(name, settings.name), "example.org.");
    ck_assert_int_eq(settings.level, 1);
    ck_assert_int_eq(settings.network.bits, 128);
    ck_assert_uint_eq(settings.allow.count, 1);
    ck_assert_int_eq(((struct core_network *) settings.allow.items)->bits,
                     104);
    ck_assert_uint_eq(settings.numbers.count, 0);
    ck_assert_uint_eq(settings.zones.count, 0);
    ck_assert_ptr_null(settings.next);
    core_config_destroy(&config);
}
END_TEST

START_TEST(what_is_set_is_read)
{
    setenv("CORE_SET", "7", 1);

    core_config_t *config = load(
        "on = \"false\"; off = true; count = \"${CORE_SET}\"; offset = -5;"
        "capacity = \"1 TiB\"; wait = 2; ttl = \"1m30s\"; text = \"\";"
        "greeting = \"bye\"; path = \"/a\"; local = \"b\"; name = \"WWW.x.\";"
        "level = \"debug\"; network = \"10.0.0.0/8\"; program = \"p\";"
        "allow = [ \"::1\", \"10.0.0.1\" ]; numbers = ( 1, 2L, 0x3 );"
        "next = \"cache\";");
    struct settings settings;
    char name[CORE_NAME_TEXT_SIZE];

    read(config, &settings);

    const int64_t *numbers = settings.numbers.items;

    ck_assert(!settings.on && settings.off);
    ck_assert_int_eq(settings.count, 7);
    ck_assert_int_eq(settings.offset, -5);
    ck_assert_int_eq(settings.capacity, INT64_C(1) << 40);
    ck_assert_int_eq(settings.wait, 2000);
    ck_assert_int_eq(settings.ttl, 90);
    ck_assert_str_eq(settings.text, "");
    ck_assert_str_eq(settings.greeting, "bye");
    ck_assert_str_eq(settings.path, "/a");
    ck_assert_str_eq(settings.local, "/srv/b");
    ck_assert_str_eq(core_name_to_text(name, settings.name), "www.x.");
    ck_assert_int_eq(settings.level, 2);
    ck_assert_int_eq(settings.network.bits, 104);
    ck_assert_uint_eq(settings.allow.count, 2);
    ck_assert_uint_eq(settings.numbers.count, 3);
    ck_assert_int_eq(numbers[0] * 100 + numbers[1] * 10 + numbers[2], 123);
    ck_assert_str_eq(settings.next, "cache");
    core_config_destroy(&config);
}
END_TEST

static const struct {
    const char *members;
    size_t zones;
    size_t fallthrough;                 /* of the last one */
} list_rows[] = {
    { "zones = ();",                                            0, 0 },
    { "zones = ( { origin = \"a\"; } );",                       1, 0 },
    { "zones = { origin = \"a\"; };",                           1, 0 },
    { "zones = ( { origin = \"a\"; fallthrough = \".\"; } );",  1, 1 },
    { "zones = ( { origin = \"a\"; },"
      " { origin = \"b\"; fallthrough = [ \"x\", \"y\" ]; } );", 2, 2 },
};

START_TEST(a_lone_value_is_a_list_of_one)
{
    core_config_t *config = load(list_rows[_i].members);
    struct settings settings;

    read(config, &settings);

    const struct zone *zones = settings.zones.items;

    ck_assert_uint_eq(settings.zones.count, list_rows[_i].zones);
    if (settings.zones.count > 0) {
        ck_assert_uint_eq(zones[settings.zones.count - 1].fallthrough.count,
                          list_rows[_i].fallthrough);
        ck_assert_int_eq(zones[0].ttl, 60);
    }
    core_config_destroy(&config);
}
END_TEST

/* ---- help ---------------------------------------------------------------- */

static const char *const help_rows[] = {
    "  count                    how many\n"
    "                           (number, default 4, at least 1, at most 64)\n",
    "(size, default 64 MiB, at most 1 TiB)\n",
    "(duration, default 5m, at least 5s, at most 1d)\n",
    "(text, default \"hello\")\n",
    "(one of \"error\" \"warning\" \"debug\", default \"warning\")\n",
    "  zones                    zones\n"
    "                           (list of groups)\n"
    "    origin                 name of the zone\n"
    "                           (domain name, required)\n",
    "    a_name_as_long_as_this room for it\n"
    "                           (boolean, default false)\n",
    "(list of network, default \"127.0.0.0/8\")\n",
};

START_TEST(help_tells_all_the_table_knows)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    core_settings_help(table, file);
    fclose(file);
    ck_assert_msg(strstr(text, help_rows[_i]) != NULL, "no %s in %s",
                  help_rows[_i], text);
    free(text);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("setting");

    tcase_add_loop_test(cases, says_all_that_is_wrong, 0,
                        CORE_TEST_ROWS(refused_rows));
    tcase_add_test(cases, a_required_key_of_no_group_is_missing);
    tcase_add_test(cases, a_prefix_is_not_needed);
    tcase_add_test(cases, what_is_not_set_has_its_default);
    tcase_add_test(cases, what_is_set_is_read);
    tcase_add_loop_test(cases, a_lone_value_is_a_list_of_one, 0,
                        CORE_TEST_ROWS(list_rows));
    tcase_add_loop_test(cases, help_tells_all_the_table_knows, 0,
                        CORE_TEST_ROWS(help_rows));
    return core_test_run(cases);
}
