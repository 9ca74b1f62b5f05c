/*
 * setting_help - the table of settings as --help shows it
 *
 * The man page's list is checked against this text, so it says all that the
 * table knows.  The type stands in parentheses: a line that begins with a word
 * begins with a key.
 */

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "coredns/setting.h"
#include "lib/quantity.h"
#include "lib/setting_value.h"

#define INDENT 2

static const char *const type_names[] = {
    [CORE_BOOLEAN] = "boolean",
    [CORE_INTEGER] = "number",
    [CORE_SIZE] = "size",
    [CORE_DURATION] = "duration",
    [CORE_SECONDS] = "duration",
    [CORE_TEXT] = "text",
    [CORE_PATH] = "path",
    [CORE_NAME] = "domain name",
    [CORE_CHOICE] = "one of",
    [CORE_NETWORK] = "network",
    [CORE_GROUPS] = "list of groups",
    [CORE_STAGE] = "stage",
};

static bool
is_number(enum core_setting_type type)
{
    return type == CORE_INTEGER || type == CORE_SIZE || type == CORE_DURATION
        || type == CORE_SECONDS;
}

static void
write_type(const struct core_setting *setting, FILE *file)
{
    if (setting->list && setting->type != CORE_GROUPS)
        fputs("list of ", file);
    fputs(type_names[setting->type], file);
    if (setting->type != CORE_CHOICE)
        return;
    for (const char *const *choice = setting->choices; *choice; choice++)
        fprintf(file, " \"%s\"", *choice);
}

static void
write_default(const struct core_setting *setting, FILE *file)
{
    char text[CORE_QUANTITY_TEXT_SIZE];

    if (setting->required)
        fputs(", required", file);
    else if (setting->fallback_text != NULL)
        fprintf(file, ", default \"%s\"", setting->fallback_text);
    else if (setting->list || setting->type == CORE_GROUPS)
        return;
    else if (setting->type == CORE_BOOLEAN)
        fprintf(file, ", default %s", setting->fallback ? "true" : "false");
    else if (setting->type == CORE_CHOICE)
        fprintf(file, ", default \"%s\"", setting->choices[setting->fallback]);
    else if (is_number(setting->type))
        fprintf(file, ", default %s",
                core_value_number_text(text, setting->type,
                                       setting->fallback));
}

static void
write_limits(const struct core_setting *setting, FILE *file)
{
    char text[CORE_QUANTITY_TEXT_SIZE];

    if (!is_number(setting->type))
        return;
    if (setting->minimum != 0)
        fprintf(file, ", at least %s",
                core_value_number_text(text, setting->type,
                                       setting->minimum));
    if (setting->maximum != 0)
        fprintf(file, ", at most %s",
                core_value_number_text(text, setting->type,
                                       setting->maximum));
}

/* Columns that the longest key takes. */
static int
key_width(const struct core_setting *table, int indent)
{
    int width = 0;

    for (; table->type != CORE_END; table++) {
        int own = indent + (int) strlen(table->key);
        int inner = table->type == CORE_GROUPS
            ? key_width(table->members, indent + INDENT) : 0;

        width = own > width ? own : width;
        width = inner > width ? inner : width;
    }
    return width;
}

static void
write_table(const struct core_setting *table, FILE *file, int indent,
            int width)
{
    for (; table->type != CORE_END; table++) {
        fprintf(file, "%*s%-*s %s\n%*s(", indent, "", width - indent,
                table->key, table->says, width + 1, "");
        write_type(table, file);
        write_default(table, file);
        write_limits(table, file);
        fputs(")\n", file);
        if (table->type == CORE_GROUPS)
            write_table(table->members, file, indent + INDENT, width);
    }
}

void
core_settings_help(const struct core_setting *table, FILE *file)
{
    assert(file);
    if (table != NULL)
        write_table(table, file, INDENT, key_width(table, INDENT));
}
