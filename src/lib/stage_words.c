/*
 * stage_words - settings from the command line
 *
 * "--set KEY=VALUE" and the words behind "--" are written down as a
 * configuration and read like one, so the table of settings decides as ever
 * what is right.  The mark of each line makes a fault name the option.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "life.h"

static const struct core_setting *
find_setting(const struct core_setting *table, const char *key, size_t size)
{
    for (; table != NULL && table->type != CORE_END; table++)
        if (strncmp(table->key, key, size) == 0 && table->key[size] == '\0')
            return table;
    return NULL;
}

static bool
is_number(const char *text)
{
    char *end;

    strtoll(text, &end, 10);
    return *text != '\0' && *end == '\0';
}

/* True when the value is written in the file's own language. */
static bool
is_plain(const struct core_setting *setting, const char *value)
{
    size_t size = strlen(value);

    if (size > 1 && *value == '"')
        return value[size - 1] == '"';
    if (size > 0 && strchr("[({", *value) != NULL)
        return true;
    switch (setting == NULL ? CORE_TEXT : setting->type) {
    case CORE_BOOLEAN:
    case CORE_INTEGER:
        return true;
    case CORE_SIZE:
    case CORE_DURATION:
    case CORE_SECONDS:
        return is_number(value);
    default:
        return false;
    }
}

static void
write_text(FILE *file, const char *text)
{
    putc('"', file);
    for (; *text != '\0'; text++)
        if (*text == '"' || *text == '\\')
            fprintf(file, "\\%c", *text);
        else if (*text == '\n')
            fputs("\\n", file);
        else if (*text == '$' && text[1] == '{')
            fputs("$$", file);          /* the shell has seen it already */
        else
            putc(*text, file);
    putc('"', file);
}

static void
write_set(FILE *file, const struct core_stage *stage, const char *set)
{
    size_t size = strcspn(set, "=");
    const char *value = set + size + 1;
    const struct core_setting *setting
        = find_setting(stage->settings, set, size);

    if (setting == NULL)
        setting = find_setting(stage_common_table, set, size);
    fprintf(file, "%.*s = ", (int) size, set);
    if (is_plain(setting, value))
        fputs(value, file);
    else
        write_text(file, value);
    fprintf(file, "; #@ --set %s:0\n", set);
}

static void
write_words(FILE *file, const char *key, char *const *words)
{
    if (words == NULL || *words == NULL)
        return;
    fprintf(file, "%s = [ ", key);
    for (char *const *word = words; *word != NULL; word++) {
        if (word != words)
            fputs(", ", file);
        write_text(file, *word);
    }
    fputs(" ]; #@ words behind --:0\n", file);
}

core_config_t *
stage_words_load(const struct stage_options *options,
                 const struct core_stage *stage, core_faults_t *faults)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    if (file == NULL)
        abort();
    fputs("#@ command line:0\n", file);
    for (size_t i = 0; i < options->set_count; i++)
        write_set(file, stage, options->sets[i]);
    write_words(file, stage->words, options->words);
    fclose(file);

    core_config_t *config = core_config_parse(text, faults);

    free(text);
    return config;
}
