/*
 * stage_option - the command line that all stages share
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/version.h"
#include "life.h"


enum {
    OPTION_NAME = 256, OPTION_PIPE, OPTION_NEXT, OPTION_SOURCE, OPTION_FEED,
    OPTION_SNAPSHOT, OPTION_LOOKUP, OPTION_CONTROL, OPTION_TELEMETRY,
    OPTION_READY, OPTION_SET, OPTION_HOST
};

static const struct option option_table[] = {
    { "config", required_argument, NULL, 'c' },
    { "check", no_argument, NULL, 'n' },
    { "verbose", no_argument, NULL, 'v' },
    { "version", no_argument, NULL, 'V' },
    { "help", no_argument, NULL, 'h' },
    { "name", required_argument, NULL, OPTION_NAME },
    { "pipe", required_argument, NULL, OPTION_PIPE },
    { "next", required_argument, NULL, OPTION_NEXT },
    { "source", required_argument, NULL, OPTION_SOURCE },
    { "feed", required_argument, NULL, OPTION_FEED },
    { "snapshot", required_argument, NULL, OPTION_SNAPSHOT },
    { "lookup", required_argument, NULL, OPTION_LOOKUP },
    { "control", required_argument, NULL, OPTION_CONTROL },
    { "telemetry", required_argument, NULL, OPTION_TELEMETRY },
    { "ready", required_argument, NULL, OPTION_READY },
    { "set", required_argument, NULL, OPTION_SET },
    { "host", required_argument, NULL, OPTION_HOST },
    { NULL, 0, NULL, 0 },
};

static void
print_usage(const struct core_stage *stage, FILE *file)
{
    fprintf(file,
            "usage: coredns-%s [-nvVh] [-c file] [--set key=value] "
            "[--name name]\n"
            "       [--host host] [--pipe endpoint[,endpoint...]]\n"
            "       [--next [name=]endpoint[,endpoint...]] "
            "[--source name=feed,snapshot]\n"
            "       [--feed endpoint] [--snapshot endpoint] "
            "[--lookup endpoint]\n"
            "       [--control endpoint] [--telemetry endpoint] "
            "[--ready descriptor]%s\n", stage->name,
            stage->words == NULL ? "" : " [-- command ...]");
}

static void
print_help(const struct core_stage *stage)
{
    printf("coredns-%s - %s\n\n", stage->name, stage->summary);
    print_usage(stage, stdout);
    if (stage->settings != NULL) {
        printf("\nsettings in stages.%s of the configuration:\n",
               stage->name);
        core_settings_help(stage->settings, stdout);
    }
    printf("\nsettings that every stage has:\n");
    core_settings_help(stage_common_table, stdout);
}

/* Takes "NAME=ENDPOINTS" or "ENDPOINTS"; false when the name is too long. */
static bool
add_wire(struct stage_options *self, const char *kind, const char *argument)
{
    self->wires = core_grow(self->wires, self->wire_count,
                            &self->wire_capacity, sizeof *self->wires);

    struct stage_wire *wire = &self->wires[self->wire_count++];
    const char *equals = strchr(argument, '=');
    size_t size = equals == NULL ? 0 : (size_t) (equals - argument);

    if (size >= sizeof wire->name)
        return false;
    *wire = (struct stage_wire) { .kind = kind };
    snprintf(wire->name, sizeof wire->name, "%.*s", (int) size, argument);
    wire->endpoint = equals == NULL ? argument : equals + 1;
    return true;
}

static bool
add_set(struct stage_options *self, const char *argument)
{
    self->sets = core_grow(self->sets, self->set_count, &self->set_capacity,
                           sizeof *self->sets);
    self->sets[self->set_count++] = argument;
    return strchr(argument, '=') != NULL && *argument != '='
        && strchr(argument, '\n') == NULL;
}

/* One option; false when its argument is wrong. */
static bool
take_option(struct stage_options *self, int option, const char *argument)
{
    switch (option) {
    case 'c': self->config_path = argument; return true;
    case 'n': self->checks++; return true;
    case 'v': self->verbose++; return true;
    case OPTION_NAME:
        self->name = argument;
        return strlen(argument) < LIFE_NAME_SIZE;
    case OPTION_HOST:
        self->host = argument;
        return *argument != '\0' && strlen(argument) < LIFE_HOST_SIZE;
    case OPTION_CONTROL: self->control = argument; return true;
    case OPTION_TELEMETRY: self->telemetry = argument; return true;
    case OPTION_READY:
        self->ready_descriptor = atoi(argument);
        return self->ready_descriptor > 0;
    case OPTION_SET: return add_set(self, argument);
    case OPTION_PIPE: return add_wire(self, "pipe", argument);
    case OPTION_NEXT: return add_wire(self, "next", argument);
    case OPTION_SOURCE: return add_wire(self, "source", argument);
    case OPTION_FEED: return add_wire(self, "feed", argument);
    case OPTION_SNAPSHOT: return add_wire(self, "snapshot", argument);
    case OPTION_LOOKUP: return add_wire(self, "lookup", argument);
    default: return false;
    }
}

static int
fail(const struct core_stage *stage, const char *what, const char *word)
{
    fprintf(stderr, "coredns-%s: %s%s\n", stage->name, what, word);
    print_usage(stage, stderr);
    return CORE_EXIT_USAGE;
}

/* An option that is unknown, lacks its value or has a wrong one. */
static int
fail_option(const struct core_stage *stage, int option, char *word,
            const char *argument)
{
    char letter[] = { '-', (char) optopt, '\0' };
    bool is_letter = strncmp(word, "--", 2) != 0;

    if (option != '?' && option != ':')
        return fail(stage, "not a value of this option: ", argument);
    return fail(stage, option == ':' ? "needs a value: "
                : "there is no option ", is_letter ? letter : word);
}

int
stage_options_read(struct stage_options *self, const struct core_stage *stage,
                   int argc, char **argv)
{
    int option;

    *self = (struct stage_options) {
        .name = stage->name, .ready_descriptor = -1,
    };
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":c:nvVh", option_table,
                                 NULL)) != -1) {
        if (option == 'h') {
            print_help(stage);
            return CORE_EXIT_DONE;
        }
        if (option == 'V') {
            printf("coredns-%s %s\n", stage->name, CORE_VERSION);
            return CORE_EXIT_DONE;
        }
        if (!take_option(self, option, optarg))
            return fail_option(stage, option, argv[optind - 1], optarg);
    }
    if (optind < argc && (stage->words == NULL
                          || strcmp(argv[optind - 1], "--") != 0))
        return fail(stage, "one word too many: ", argv[optind]);
    self->words = argv + optind;
    if (self->config_path != NULL && (self->set_count > 0 || optind < argc))
        return fail(stage, "settings come from a file or from words, not "
                    "from both: ", "-c");
    return -1;
}
