/*
 * completion - what a shell may put in where the command line ends
 *
 * One function in the language that both shells have in common says which words
 * fit; a few lines for each shell bring them in.  Stages are those of the
 * configuration, for which corednsctl is asked.
 */

#include "ctl/completion.h"

#include <string.h>

/* The words that the argument of a verb may begin with: alternatives, the names
   of stages, levels, verbs; or nothing that is known. */
static void
write_first_words(const struct verb *verbs, const struct verb *verb,
                  FILE *file)
{
    const char *argument = verb->argument;

    if (argument == NULL)
        return;
    if (strcmp(argument, "verb") == 0)
        for (const struct verb *one = verbs; one->name != NULL; one++)
            fprintf(file, " %s", one->name);
    else if (strncmp(argument, "level", strlen("level")) == 0)
        fputs(" error warning notice debug", file);
    else if (strchr(argument, '|') != NULL)
        for (const char *rest = argument; rest != NULL;
             rest = strchr(rest, '|')) {
            rest += strspn(rest, "| ");
            fprintf(file, " %.*s", (int) strcspn(rest, "| "), rest);
        }
    else if (strstr(argument, "stage") != NULL)
        fputs(" $(corednsctl names 2>/dev/null)", file);
}

static void
write_options(const struct verb *verb, FILE *file)
{
    for (const struct option_entry *entry = option_table; entry->option != 0;
         entry++)
        if ((verb->options & entry->option) != 0)
            fprintf(file, " --%s", entry->name);
}

/* The function _corednsctl_words VERB, which prints what fits behind it. */
static void
write_words(const struct verb *verbs, FILE *file)
{
    fputs("_corednsctl_words() {\n    case $1 in\n", file);
    for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
        fprintf(file, "    %s) echo \"", verb->name);
        write_first_words(verbs, verb, file);
        write_options(verb, file);
        fputs("\" ;;\n", file);
    }
    fputs("    *) echo \"", file);
    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        fprintf(file, " %s", verb->name);
    fputs(" --config --host --run-directory --verbose --version --help\" ;;\n"
          "    esac\n}\n", file);
}

/* The function _corednsctl_verb WORD..., which prints the verb among them. */
static void
write_verb_finder(const struct verb *verbs, FILE *file)
{
    fputs("_corednsctl_verb() {\n    local word\n    for word in \"$@\"; do\n"
          "        case $word in\n        ", file);
    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        fprintf(file, "%s%s", verb == verbs ? "" : "|", verb->name);
    fputs(") echo \"$word\"; return ;;\n        esac\n    done\n}\n", file);
}

static const char bash_end[] =
    "_corednsctl() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]}\n"
    "    local before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    case $before in\n"
    "    -c|--config|-r|--run-directory|--output|check|import) "
    "COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
    "    --before|--from) COMPREPLY=($(compgen -W "
    "\"$(corednsctl names 2>/dev/null)\" -- \"$word\")); return ;;\n"
    "    --format) COMPREPLY=($(compgen -W \"dig line json pcap dnstap\" -- "
    "\"$word\")); return ;;\n"
    "    esac\n"
    "    COMPREPLY=($(compgen -W \"$(_corednsctl_words \"$(_corednsctl_verb "
    "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\")\" -- \"$word\"))\n"
    "}\n"
    "complete -F _corednsctl corednsctl\n";

static const char zsh_end[] =
    "_corednsctl() {\n"
    "    case ${words[CURRENT-1]} in\n"
    "    -c|--config|-r|--run-directory|--output|check|import) _files; return "
    ";;\n"
    "    --before|--from) compadd -- $(corednsctl names 2>/dev/null); return "
    ";;\n"
    "    --format) compadd -- dig line json pcap dnstap; return ;;\n"
    "    esac\n"
    "    compadd -- $(_corednsctl_words \"$(_corednsctl_verb "
    "\"${(@)words[2,CURRENT-1]}\")\")\n"
    "}\n"
    "compdef _corednsctl corednsctl\n";

bool
completion_write(const struct verb *verbs, const char *shell, FILE *file)
{
    bool is_zsh = strcmp(shell, "zsh") == 0;

    if (!is_zsh && strcmp(shell, "bash") != 0)
        return false;
    fprintf(file, is_zsh ? "#compdef corednsctl\n"
            : "# completion of corednsctl\n");
    write_words(verbs, file);
    write_verb_finder(verbs, file);
    fputs(is_zsh ? zsh_end : bash_end, file);
    return true;
}
