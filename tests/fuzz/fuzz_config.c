/*
 * fuzz_config - a configuration, its copy, and what both say
 *
 * Whatever the text, loading it ends; and when it is a configuration, the copy
 * that core_config_write() makes is one too, has the same settings, and has
 * the same faults at the same places.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coredns/setting.h"

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* libconfig 1.5 loses the strings it has read when it meets a fault. */
const char *
    __lsan_default_suppressions(void);

struct member {
    const uint8_t *name;
    struct core_list texts;
    struct core_list inner;
};

struct settings {
    bool truth;
    int64_t numbers[4];
    const char *texts[3];
    const uint8_t *name;
    int choice;
    struct core_network network;
    struct core_list lists[6];
    struct core_list groups;
};

static const char *const choices[] = { "one", "two", "three", NULL };

static const struct core_setting inner_table[] = {
    { .key = "n", .type = CORE_INTEGER, .required = true, .says = "number" },
    { .type = CORE_END },
};

static const struct core_setting member_table[] = {
    { .key = "n", .type = CORE_NAME, .required = true,
      .offset = offsetof(struct member, name), .says = "name" },
    { .key = "t", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct member, texts), .says = "texts" },
    { .key = "i", .type = CORE_GROUPS, .members = inner_table,
      .members_size = sizeof (int64_t),
      .offset = offsetof(struct member, inner), .says = "inner" },
    { .type = CORE_END },
};

#define ONE(letter, kind, place) \
    { .key = letter, .type = kind, .offset = offsetof(struct settings, place), \
      .says = "" }
#define MANY(letter, kind, place) \
    { .key = letter, .type = kind, .list = true, \
      .offset = offsetof(struct settings, place), .says = "" }

static const struct core_setting table[] = {
    ONE("b", CORE_BOOLEAN, truth),
    ONE("i", CORE_INTEGER, numbers[0]),
    { .key = "s", .type = CORE_SIZE, .minimum = 10, .maximum = 1 << 30,
      .offset = offsetof(struct settings, numbers[1]), .says = "a size" },
    ONE("d", CORE_DURATION, numbers[2]),
    ONE("e", CORE_SECONDS, numbers[3]),
    ONE("t", CORE_TEXT, texts[0]),
    ONE("p", CORE_PATH, texts[1]),
    ONE("x", CORE_STAGE, texts[2]),
    ONE("n", CORE_NAME, name),
    { .key = "c", .type = CORE_CHOICE, .choices = choices,
      .offset = offsetof(struct settings, choice), .says = "a choice" },
    ONE("w", CORE_NETWORK, network),
    MANY("li", CORE_INTEGER, lists[0]),
    MANY("ls", CORE_SIZE, lists[1]),
    MANY("lt", CORE_TEXT, lists[2]),
    MANY("ln", CORE_NAME, lists[3]),
    MANY("lw", CORE_NETWORK, lists[4]),
    MANY("lb", CORE_BOOLEAN, lists[5]),
    { .key = "g", .type = CORE_GROUPS, .members = member_table,
      .members_size = sizeof (struct member), .required = true,
      .offset = offsetof(struct settings, groups), .says = "groups" },
    { .type = CORE_END },
};

const char *
__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

static char folder[] = "/tmp/fuzz_config.XXXXXX";

/* The path of a file in our folder; lent until the next call. */
static const char *
path_of(const char *name)
{
    static char path[sizeof folder + 16];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void
remove_folder(void)
{
    unlink(path_of("main"));
    unlink(path_of("other"));
    unlink(path_of("copy"));
    rmdir(folder);
}

static void
write_file(const char *name, const void *octets, size_t size)
{
    FILE *file = fopen(path_of(name), "w");

    assert(file);
    fwrite(octets, 1, size, file);
    fclose(file);
}

static void
make_folder(void)
{
    static const char other[] = "o = 1;\np = (\n\"x\" ); #@ elsewhere:7\n";
    static bool is_made;

    if (is_made)
        return;
    is_made = true;

    const char *made = mkdtemp(folder);

    assert(made);
    atexit(remove_folder);
    clearenv();
    setenv("A", "value", 1);
    write_file("other", other, sizeof other - 1);
}

/* Includes from elsewhere could be endless, as /dev/zero is. */
static bool
may_be_read(const char *text)
{
    const char *include = strstr(text, "@include");

    return include == NULL || strchr(include, '/') == NULL;
}

static core_config_t *
load(const char *name)
{
    core_faults_t *faults = core_faults_new();
    core_config_t *config = core_config_load(path_of(name), faults);

    assert((config == NULL) == (core_faults_count(faults) > 0));
    core_faults_destroy(&faults);
    return config;
}

static core_faults_t *
read_settings(core_config_t *config)
{
    core_faults_t *faults = core_faults_new();
    struct settings settings;
    int rc = core_settings_read(config, core_config_stage(config, "s"), "s",
                                table, NULL, &settings, faults);

    assert((rc == 0) == (core_faults_count(faults) == 0));
    return faults;
}

static void
compare_settings(const core_config_t *config, const core_config_t *copy)
{
    core_place_t *root = core_config_root(config);

    for (size_t i = 0; i < core_place_count(root); i++) {
        core_place_t *place = core_place_at(root, i);
        const char *key = core_place_key(place);
        char *first = core_place_canonical(config, place);
        char *second = core_place_canonical(
            copy, core_place_member(core_config_root(copy), key));

        assert(strcmp(key, "directory") == 0 || strcmp(first, second) == 0);
        free(first);
        free(second);
    }
}

static void
compare_faults(core_config_t *config, core_config_t *copy)
{
    core_faults_t *faults = read_settings(config);
    core_faults_t *copy_faults = read_settings(copy);

    assert(core_faults_count(faults) == core_faults_count(copy_faults));
    for (size_t i = 0; i < core_faults_count(faults); i++)
        assert(memcmp(core_faults_at(faults, i), core_faults_at(copy_faults, i),
                      sizeof (struct core_fault)) == 0);
    core_faults_destroy(&faults);
    core_faults_destroy(&copy_faults);
}

static void
try_copy(core_config_t *config)
{
    FILE *file = fopen(path_of("copy"), "w");
    int rc = core_config_write(config, file);

    fclose(file);
    assert(rc == 0);

    core_config_t *copy = load("copy");

    assert(copy != NULL);
    compare_settings(config, copy);
    compare_faults(config, copy);
    core_config_destroy(&copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = strndup((const char *) bytes, size);

    make_folder();
    if (size < 65536 && may_be_read(text)) {
        write_file("main", bytes, size);

        core_config_t *config = load("main");

        if (config != NULL)
            try_copy(config);
        core_config_destroy(&config);
    }
    free(text);
    return 0;
}
