/* stage_words - what --set and the words behind "--" make of settings */

#include "lib/life.h"

#include <stddef.h>
#include <string.h>

#include "core_test.h"

struct settings {
    const char *text;
    int64_t count;
    int64_t delay_ms;
    int64_t size;
    bool is_on;
    struct core_list names;
    struct core_list command;
};

static const struct core_setting table[] = {
    { .key = "text", .type = CORE_TEXT,
      .offset = offsetof(struct settings, text), .says = "a" },
    { .key = "count", .type = CORE_INTEGER, .maximum = 10,
      .offset = offsetof(struct settings, count), .says = "b" },
    { .key = "delay", .type = CORE_DURATION,
      .offset = offsetof(struct settings, delay_ms), .says = "c" },
    { .key = "size", .type = CORE_SIZE,
      .offset = offsetof(struct settings, size), .says = "d" },
    { .key = "on", .type = CORE_BOOLEAN,
      .offset = offsetof(struct settings, is_on), .says = "e" },
    { .key = "names", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct settings, names), .says = "f" },
    { .key = "command", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct settings, command), .says = "g" },
    { .type = CORE_END },
};

static const struct core_stage stage = {
    .name = "test", .settings = table, .words = "command",
};

struct loaded {
    core_config_t *config;
    struct settings settings;
    core_faults_t *faults;
    int rc;
};

static void
load(struct loaded *self, const char *set, char *const *words)
{
    struct stage_options options = {
        .sets = &set, .set_count = set == NULL ? 0 : 1, .words = words,
    };

    *self = (struct loaded) { .faults = core_faults_new(), .rc = -1 };
    self->config = stage_words_load(&options, &stage, self->faults);
    if (self->config != NULL)
        self->rc = core_settings_read(self->config,
                                      core_config_root(self->config), "test",
                                      table, NULL, &self->settings,
                                      self->faults);
}

static void
unload(struct loaded *self)
{
    core_config_destroy(&self->config);
    core_faults_destroy(&self->faults);
}

static const struct {
    const char *set;
    const char *text;
    int64_t count, delay_ms, size;
    bool is_on;
} rows[] = {
    { "text=plain",             "plain",        0, 0, 0, false },
    { "text=",                  "",             0, 0, 0, false },
    { "text=5",                 "5",            0, 0, 0, false },
    { "text=a\"b\\c",           "a\"b\\c",      0, 0, 0, false },
    { "text=\"quoted\"",        "quoted",       0, 0, 0, false },
    { "text=\"",                "\"",           0, 0, 0, false },
    { "text=${HOME}",           "${HOME}",      0, 0, 0, false },
    { "text=a=b",               "a=b",          0, 0, 0, false },
    { "text=a # b",             "a # b",        0, 0, 0, false },
    { "count=7",                NULL,           7, 0, 0, false },
    { "delay=250ms",            NULL,           0, 250, 0, false },
    { "delay=2",                NULL,           0, 2000, 0, false },
    { "size=2 KiB",             NULL,           0, 0, 2048, false },
    { "on=true",                NULL,           0, 0, 0, true },
};

START_TEST(a_value_is_written_as_its_setting_wants_it)
{
    struct loaded loaded;

    load(&loaded, rows[_i].set, NULL);
    ck_assert_msg(loaded.rc == 0, "%s is refused", rows[_i].set);
    if (rows[_i].text == NULL)
        ck_assert_ptr_null(loaded.settings.text);
    else
        ck_assert_str_eq(loaded.settings.text, rows[_i].text);
    ck_assert_int_eq(loaded.settings.count, rows[_i].count);
    ck_assert_int_eq(loaded.settings.delay_ms, rows[_i].delay_ms);
    ck_assert_int_eq(loaded.settings.size, rows[_i].size);
    ck_assert_int_eq(loaded.settings.is_on, rows[_i].is_on);
    unload(&loaded);
}
END_TEST

START_TEST(a_list_is_one_text_or_written_out)
{
    struct loaded loaded;

    load(&loaded, "names=one", NULL);
    ck_assert_uint_eq(loaded.settings.names.count, 1);
    unload(&loaded);
    load(&loaded, "names=[ \"one\", \"two\" ]", NULL);
    ck_assert_uint_eq(loaded.settings.names.count, 2);
    unload(&loaded);
}
END_TEST

START_TEST(the_words_behind_are_taken_as_they_are)
{
    char one[] = "/bin/sh", two[] = "a \"b\" #${x}", three[] = "two\nlines";
    char *const words[] = { one, two, three, NULL };
    struct loaded loaded;

    load(&loaded, NULL, words);
    ck_assert_int_eq(loaded.rc, 0);
    ck_assert_uint_eq(loaded.settings.command.count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(((const char **) loaded.settings.command.items)[i],
                         words[i]);
    unload(&loaded);
}
END_TEST

START_TEST(a_fault_names_the_option)
{
    struct loaded loaded;

    load(&loaded, "count=77", NULL);
    ck_assert_int_eq(loaded.rc, -1);

    const struct core_fault *fault = core_faults_at(loaded.faults, 0);

    ck_assert_str_eq(fault->path, "--set count=77");
    ck_assert_int_eq(fault->line, 0);
    ck_assert_str_eq(fault->text, "test.count: 77 is above the limit 10");
    unload(&loaded);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("stage_words");

    tcase_add_loop_test(cases, a_value_is_written_as_its_setting_wants_it,
                        0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, a_list_is_one_text_or_written_out);
    tcase_add_test(cases, the_words_behind_are_taken_as_they_are);
    tcase_add_test(cases, a_fault_names_the_option);
    return core_test_run(cases);
}
