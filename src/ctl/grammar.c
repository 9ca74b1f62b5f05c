/*
 * grammar - the command line: verbs, their options and their arguments
 */

#include "ctl/grammar.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/setting.h"
#include "coredns/stage.h"
#include "coredns/version.h"

#include "ctl/toolkit.h"

#define DEFAULT_CONFIG "/etc/coredns/coredns.conf"
#define USAGE "usage: corednsctl [-hnVv] [-c file] [-H host] " \
              "[-r directory] verb [argument ...]\n"

#define FIRST_OWN 256                    /* getopt_long()'s values of own
                                           options: from here on */

static const struct option common_options[] = {
    { "config", required_argument, NULL, 'c' },
    { "run-directory", required_argument, NULL, 'r' },
    { "host", required_argument, NULL, 'H' },
    { "verbose", no_argument, NULL, 'v' },
    { "version", no_argument, NULL, 'V' },
    { "help", no_argument, NULL, 'h' },
};

#define COMMON_OPTIONS (sizeof common_options / sizeof *common_options)

const char *
request_value(const struct request *self, enum grammar_option option)
{
    return self->values[option_number(option)];
}

const struct verb *
grammar_verb(const struct verb *verbs, const char *name)
{
    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

/* ---- help ---------------------------------------------------------------- */

/* One of --dot and --json is what a verb with both takes. */
static bool
is_shown_as_other(const struct verb *verb, enum grammar_option option)
{
    return option == OPTION_JSON && (verb->options & OPTION_DOT) != 0;
}

static void
write_option(const struct verb *verb, const struct option_entry *entry,
             FILE *file)
{
    if ((verb->options & entry->option) == 0
        || is_shown_as_other(verb, entry->option))
        return;
    fputs(" [", file);
    option_write(entry, file);
    fputs(entry->option == OPTION_DOT ? " | --json]" : "]", file);
}

static void
write_usage(const struct verb *verb, FILE *file)
{
    fprintf(file, "usage: corednsctl %s", verb->name);
    for (const struct option_entry *entry = option_table; entry->option != 0;
         entry++)
        write_option(verb, entry, file);
    if (verb->argument != NULL)
        fprintf(file, verb->least > 0 ? " %s" : " [%s]",
                verb->argument);
    fputs(" [-v] [-c file] [-H host] [-r directory]", file);
    if (verb->command != NULL)
        fprintf(file, " -- %s", verb->command);
    fputc('\n', file);
}

static void
write_verb_help(const struct verb *verb, FILE *file)
{
    fprintf(file, "corednsctl %s - %s\n\n", verb->name, verb->says);
    write_usage(verb, file);
    if (verb->options != 0)
        fputc('\n', file);
    for (const struct option_entry *entry = option_table; entry->option != 0;
         entry++) {
        char *usage = NULL;
        size_t size = 0;
        FILE *text = open_memstream(&usage, &size);

        if (text == NULL)
            abort();
        option_write(entry, text);
        fclose(text);
        if ((verb->options & entry->option) != 0)
            fprintf(file, "  %-16s %s\n", usage, entry->says);
        free(usage);
    }
}

void
grammar_help(const struct verb *verbs, const struct verb *verb, FILE *file)
{
    if (verb != NULL) {
        write_verb_help(verb, file);
        return;
    }
    fputs("corednsctl - starts, wires and watches the DNS server\n\n"
          USAGE "\n", file);
    for (verb = verbs; verb->name != NULL; verb++)
        fprintf(file, "  %-9s %s\n", verb->name, verb->says);
    fputs("\n"
          "  -c, --config file           the configuration ($COREDNS_CONFIG "
          "or\n"
          "                              " DEFAULT_CONFIG ")\n"
          "  -H, --host host             which of the hosts this is\n"
          "  -r, --run-directory folder  where sockets and logs are\n"
          "  -n, --check                 check the configuration and stop\n"
          "  -v, --verbose               say more; the stages too\n"
          "  -V, --version               print the version\n"
          "  -h, --help                  print this; behind a verb, what it "
          "takes\n"
          "\nSee corednsctl(8).\n", file);
}

/* ---- wrong words --------------------------------------------------------- */

static int
fail_verb(const struct verb *verbs, const char *word)
{
    const char *names[64];
    size_t count = 0;

    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        names[count++] = verb->name;
    names[count] = NULL;

    const char *near = core_nearest(word, names);

    fprintf(stderr, "corednsctl: there is no verb %s", word);
    if (near != NULL)
        fprintf(stderr, "; did you mean %s", near);
    else
        for (size_t i = 0; i < count; i++)
            fprintf(stderr, "%s %s", i == 0 ? "; there are" : ",", names[i]);
    fputc('\n', stderr);
    return CORE_EXIT_USAGE;
}

static int
fail_usage(const struct verb *verb, const char *what, const char *word)
{
    fprintf(stderr, "corednsctl: %s%s\n", what, word);
    if (verb != NULL)
        write_usage(verb, stderr);
    else
        fputs(USAGE, stderr);
    return CORE_EXIT_USAGE;
}

/* An option that is unknown, lacks its value or has a wrong one. */
static int
fail_option(const struct verb *verbs, const struct verb *verb, int argc,
            char **argv, int option, const char *value)
{
    char letter[] = { '-', (char) optopt, '\0' };

    for (int i = 1; i < argc && verb == NULL; i++)
        verb = grammar_verb(verbs, argv[i]);
    if (option != '?' && option != ':')
        return fail_usage(verb, *value == '\0' ? "an option needs a value"
                          : "not a value of this option: ", value);

    /* getopt_long() leaves no letter of a long option that is unknown. */
    bool is_long = strncmp(argv[optind - 1], "--", 2) == 0;

    return fail_usage(verb, option == ':' ? "needs a value: "
                      : "there is no option ",
                      is_long || optopt == 0 ? argv[optind - 1] : letter);
}

/* ---- reading ------------------------------------------------------------- */

static bool
read_lines(struct request *request, const char *text)
{
    char *end;

    request->lines = strtol(text, &end, 10);
    return *text != '\0' && *end == '\0' && request->lines >= 0;
}

static bool
take_own_option(struct request *request, const struct option_entry *entry,
                const char *value)
{
    request->options |= entry->option;
    request->values[option_number(entry->option)] = value;
    if (entry->option == OPTION_LINES)
        return read_lines(request, value);
    return value == NULL || *value != '\0';
}

/* One option, as getopt_long() says it; false when it is wrong. */
static bool
take_option(struct request *request, int option, const char *value)
{
    switch (option) {
    case 'c':
        request->config_path = value;
        request->names_config = true;
        return *value != '\0';
    case 'r': request->run_directory = value; return *value != '\0';
    case 'H': return *value != '\0' && setenv(TOOLKIT_HOST, value, 1) == 0;
    case 'v': request->verbose++; return true;
    default: break;
    }
    for (int i = 0; option_table[i].option != 0; i++)
        if (option == FIRST_OWN + i
            || (option_table[i].letter != '\0'
                && option == option_table[i].letter))
            return take_own_option(request, &option_table[i],
                                   option_table[i].value == NULL ? NULL
                                   : value);
    return false;
}

/* What was given beside the verb's own options; false when that was said. */
static bool
check_options(const struct request *request)
{
    const struct verb *verb = request->verb;
    unsigned wrong = request->options & ~verb->options;
    unsigned forms = OPTION_DOT | OPTION_JSON;

    if ((request->options & forms) == forms) {
        fail_usage(verb, "only one of --dot and --json", "");
        return false;
    }
    for (const struct option_entry *entry = option_table; entry->option != 0;
         entry++)
        if ((wrong & entry->option) != 0) {
            fail_usage(verb, "not an option of this verb: --", entry->name);
            return false;
        }
    return true;
}

/* The words behind the verb and between its options. */
static int
take_words(struct request *request, int count, char **words)
{
    const struct verb *verb = request->verb;

    if (!check_options(request))
        return CORE_EXIT_USAGE;
    if (verb->command == NULL && request->command != NULL)
        return fail_usage(verb, "takes no program", "");
    if (count > verb->most)
        return fail_usage(verb, "one word too many: ", words[verb->most]);
    if (count < verb->least)
        return fail_usage(verb, "it needs an argument: ", verb->argument);
    if (count > 0)
        request->argument = words[0];
    request->words = words;
    request->word_count = (size_t) count;
    return -1;
}

/* An option of the verb takes the place of one of all verbs that is called the
   same: --host of a service. */
static bool
is_hidden(const char *name, const struct verb *verb)
{
    for (const struct option_entry *entry = option_table; entry->option != 0;
         entry++)
        if (strcmp(entry->name, name) == 0)
            return verb != NULL && (verb->options & entry->option) != 0;
    return false;
}

static bool
is_common(const char *name)
{
    for (size_t i = 0; i < COMMON_OPTIONS; i++)
        if (strcmp(common_options[i].name, name) == 0)
            return true;
    return false;
}

#define LETTERS (COMMON_OPTIONS * 2 + OPTION_COUNT * 2 + 3)

/* All options in getopt_long()'s form, as they are for that verb or, with
   NULL, in front of it; the letters in its other form. */
static void
list_options(const struct verb *verb,
             struct option list[COMMON_OPTIONS + OPTION_COUNT + 1],
             char letters[LETTERS])
{
    struct option *place = list;
    char *letter = letters;

    if (verb == NULL)
        *letter++ = '+';                /* end with the first word */
    *letter++ = ':';
    for (size_t i = 0; i < COMMON_OPTIONS; i++) {
        if (!is_hidden(common_options[i].name, verb))
            *place++ = common_options[i];
        *letter++ = (char) common_options[i].val;
        if (common_options[i].has_arg == required_argument)
            *letter++ = ':';
    }
    for (int i = 0; option_table[i].option != 0; i++) {
        const struct option_entry *entry = &option_table[i];

        if (!is_common(entry->name) || is_hidden(entry->name, verb))
            *place++ = (struct option) {
                entry->name, entry->value == NULL ? no_argument
                : required_argument, NULL, FIRST_OWN + i
            };
        if (entry->letter != '\0')
            *letter++ = entry->letter;
    }
    *place = (struct option) { NULL, 0, NULL, 0 };
    *letter = '\0';
}

/* Cuts the command line in front of the first "--". */
static int
cut_command(struct request *request, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            request->command = argv + i + 1;
            return i;
        }
    return argc;
}

static int
give_help(const struct verb *verbs, const char *word)
{
    if (word == NULL)
        grammar_help(verbs, NULL, stdout);
    else if (grammar_verb(verbs, word) == NULL)
        return fail_verb(verbs, word);
    else
        grammar_help(verbs, grammar_verb(verbs, word), stdout);
    return CORE_EXIT_DONE;
}

/*
 * Reads options: those in front of the verb (NULL), or all behind it, where
 * words may stand between them.  Returns -1, or the exit code; the words are
 * from optind on then.
 */
static int
read_options(struct request *request, const struct verb *verbs,
             const struct verb *verb, int argc, char **argv, bool *wants_help)
{
    struct option list[COMMON_OPTIONS + OPTION_COUNT + 1];
    char letters[LETTERS];
    int option;

    list_options(verb, list, letters);
    optind = 0;                         /* GNU: begin anew */
    opterr = 0;
    while ((option = getopt_long(argc, argv, letters, list, NULL)) != -1) {
        if (option == 'h')
            *wants_help = true;
        else if (option == 'V') {
            printf("corednsctl %s\n", CORE_VERSION);
            return CORE_EXIT_DONE;
        }
        else if (!take_option(request, option, optarg))
            return fail_option(verbs, verb, argc, argv, option, optarg);
    }
    return -1;
}

int
grammar_read(struct request *request, const struct verb *verbs, int argc,
             char **argv)
{
    const char *default_path = getenv("COREDNS_CONFIG");
    const struct verb *verb;
    bool wants_help = false;
    int code;

    *request = (struct request) { .lines = -1 };
    request->config_path = default_path != NULL && *default_path != '\0'
        ? default_path : DEFAULT_CONFIG;
    argc = cut_command(request, argc, argv);
    code = read_options(request, verbs, NULL, argc, argv, &wants_help);
    if (code != -1)
        return code;
    argc -= optind;
    argv += optind;
    verb = argc == 0 ? NULL : grammar_verb(verbs, argv[0]);
    if (verb == NULL)
        return wants_help ? give_help(verbs, argc == 0 ? NULL : argv[0])
            : argc == 0 ? fail_usage(NULL, "a verb is needed", "")
            : fail_verb(verbs, argv[0]);
    code = read_options(request, verbs, verb, argc, argv, &wants_help);
    if (code != -1)
        return code;
    if (wants_help)
        return give_help(verbs, verb->name);
    request->verb = verb;
    return take_words(request, argc - optind, argv + optind);
}
