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

#define DEFAULT_CONFIG "/etc/coredns/coredns.conf"
#define USAGE "usage: corednsctl [-hnVv] [-c file] [-r directory] " \
              "verb [argument ...]\n"

enum { LONG_JSON = 256, LONG_FOREGROUND, LONG_DOT, LONG_LINES, LONG_OUTPUT,
       LONG_TREE };

static const struct option long_options[] = {
    { "config", required_argument, NULL, 'c' },
    { "run-directory", required_argument, NULL, 'r' },
    { "check", no_argument, NULL, 'n' },
    { "follow", no_argument, NULL, 'f' },
    { "verbose", no_argument, NULL, 'v' },
    { "version", no_argument, NULL, 'V' },
    { "help", no_argument, NULL, 'h' },
    { "json", no_argument, NULL, LONG_JSON },
    { "foreground", no_argument, NULL, LONG_FOREGROUND },
    { "dot", no_argument, NULL, LONG_DOT },
    { "lines", required_argument, NULL, LONG_LINES },
    { "output", required_argument, NULL, LONG_OUTPUT },
    { "tree", no_argument, NULL, LONG_TREE },
    { NULL, 0, NULL, 0 },
};

/* Options that only some verbs have, as their usage shows them. */
static const struct {
    enum grammar_option option;
    const char *usage;
    const char *says;
} own_options[] = {
    { OPTION_FOREGROUND, "--foreground", "stay; for systemd and containers" },
    { OPTION_CHECK, "-n", "check the configuration and stop" },
    { OPTION_FOLLOW, "-f", "go on with what is written from now on" },
    { OPTION_LINES, "--lines count", "only so many last lines of each" },
    { OPTION_OUTPUT, "--output file", "write the checked copy there" },
    { OPTION_TREE, "--tree", "all at and below the name" },
    { OPTION_DOT, "--dot", "as a graph for dot(1)" },
    { OPTION_JSON, "--json", "as JSON" },
};

#define OWN_OPTIONS (sizeof own_options / sizeof *own_options)

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
write_usage(const struct verb *verb, FILE *file)
{
    fprintf(file, "usage: corednsctl %s", verb->name);
    for (size_t i = 0; i < OWN_OPTIONS; i++)
        if ((verb->options & own_options[i].option) != 0
            && !is_shown_as_other(verb, own_options[i].option))
            fprintf(file, " [%s%s]", own_options[i].usage,
                    own_options[i].option == OPTION_DOT ? " | --json" : "");
    if (verb->argument != NULL)
        fprintf(file, verb->least > 0 ? " %s" : " [%s]",
                verb->argument);
    fputs(" [-v] [-c file] [-r directory]\n", file);
}

static void
write_verb_help(const struct verb *verb, FILE *file)
{
    fprintf(file, "corednsctl %s - %s\n\n", verb->name, verb->says);
    write_usage(verb, file);
    if (verb->options != 0)
        fputc('\n', file);
    for (size_t i = 0; i < OWN_OPTIONS; i++)
        if ((verb->options & own_options[i].option) != 0)
            fprintf(file, "  %-16s %s\n", own_options[i].usage,
                    own_options[i].says);
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
fail_option(const struct verb *verbs, int argc, char **argv, int option,
            const char *value)
{
    const struct verb *verb = NULL;
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

/* How an option of our own is written, for the complaint about it. */
static const char *
usage_of(unsigned options)
{
    for (size_t i = 0; i < OWN_OPTIONS; i++)
        if ((options & own_options[i].option) != 0)
            return own_options[i].usage;
    return "";
}

static bool
read_lines(struct request *request, const char *text)
{
    char *end;

    request->lines = strtol(text, &end, 10);
    request->options |= OPTION_LINES;
    return *text != '\0' && *end == '\0' && request->lines >= 0;
}

/* One option; false when it is wrong. */
static bool
take_option(struct request *request, int option, const char *value)
{
    switch (option) {
    case 'c':
        request->config_path = value;
        request->names_config = true;
        return *value != '\0';
    case 'r': request->run_directory = value; return *value != '\0';
    case 'n': request->options |= OPTION_CHECK; return true;
    case 'f': request->options |= OPTION_FOLLOW; return true;
    case 'v': request->verbose++; return true;
    case LONG_JSON: request->options |= OPTION_JSON; return true;
    case LONG_FOREGROUND: request->options |= OPTION_FOREGROUND; return true;
    case LONG_TREE: request->options |= OPTION_TREE; return true;
    case LONG_DOT: request->options |= OPTION_DOT; return true;
    case LONG_LINES: return read_lines(request, value);
    case LONG_OUTPUT:
        request->output = value;
        request->options |= OPTION_OUTPUT;
        return true;
    default: return false;
    }
}

/* The words behind the options: verb and argument. */
static int
take_words(struct request *request, const struct verb *verbs, int count,
           char **words)
{
    if (count == 0)
        return fail_usage(NULL, "a verb is needed", "");
    request->verb = grammar_verb(verbs, words[0]);
    if (request->verb == NULL)
        return fail_verb(verbs, words[0]);

    const struct verb *verb = request->verb;
    unsigned wrong = request->options & ~verb->options;
    unsigned forms = OPTION_DOT | OPTION_JSON;

    if ((request->options & forms) == forms)
        return fail_usage(verb, "only one of --dot and --json", "");
    if (wrong != 0)
        return fail_usage(verb, "not an option of this verb: ",
                          usage_of(wrong));
    if (count > 1 + verb->most)
        return fail_usage(verb, "one word too many: ", words[1 + verb->most]);
    if (count < 1 + verb->least)
        return fail_usage(verb, "it needs an argument: ", verb->argument);
    if (count > 1)
        request->argument = words[1];
    request->words = words + 1;
    request->word_count = (size_t) count - 1;
    return -1;
}

int
grammar_read(struct request *request, const struct verb *verbs, int argc,
             char **argv)
{
    const char *default_path = getenv("COREDNS_CONFIG");
    bool wants_help = false;
    int option;

    *request = (struct request) { .lines = -1 };
    request->config_path = default_path != NULL && *default_path != '\0'
        ? default_path : DEFAULT_CONFIG;
    optind = 0;                         /* GNU: begin anew */
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":c:r:nfvVh", long_options,
                                 NULL)) != -1) {
        if (option == 'h')
            wants_help = true;
        else if (option == 'V') {
            printf("corednsctl %s\n", CORE_VERSION);
            return CORE_EXIT_DONE;
        }
        else if (!take_option(request, option, optarg))
            return fail_option(verbs, argc, argv, option, optarg);
    }
    if (!wants_help)
        return take_words(request, verbs, argc - optind, argv + optind);
    if (optind == argc)
        grammar_help(verbs, NULL, stdout);
    else if (grammar_verb(verbs, argv[optind]) == NULL)
        return fail_verb(verbs, argv[optind]);
    else
        grammar_help(verbs, grammar_verb(verbs, argv[optind]), stdout);
    return CORE_EXIT_DONE;
}
