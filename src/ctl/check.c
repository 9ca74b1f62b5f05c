/*
 * check - the verb check: all that is wrong with the configuration
 *
 * It needs no run directory: the copy that the stages' own checks read lies in
 * a folder of its own, which goes away.  So it can be read by users that the
 * run directory lets in only when the configuration is carried out.
 */

#include "ctl/check.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "coredns/stage.h"

#include "ctl/checker.h"
#include "ctl/directory.h"

#define CHECK_SCHEMA "corednsctl.check/1"
#define COPY "coredns.conf"

/* ---- as JSON ------------------------------------------------------------- */

/*
 * A line "program: path:line: text" as an object; path and line are null when
 * there are none.
 */
static json_t *
fault_from_line(const char *line, size_t size)
{
    char copy[4096];
    json_t *path = json_null();
    json_t *number = json_null();

    snprintf(copy, sizeof copy, "%.*s", (int) size, line);

    char *program = copy;
    char *text = strstr(copy, ": ");

    if (text == NULL)
        return json_pack("{ss so so ss}", "program", "", "path", path, "line",
                         number, "text", copy);
    *text = '\0';
    text += strlen(": ");

    char *end = strstr(text, ": ");
    char *digits = end;

    while (digits != NULL && digits > text
           && isdigit((unsigned char) digits[-1]))
        digits--;
    if (digits != NULL && digits < end && digits > text
        && digits[-1] == ':') {
        digits[-1] = '\0';
        *end = '\0';
        path = json_string(text);
        number = json_integer(atoll(digits));
        text = end + strlen(": ");
    }
    return json_pack("{ss so so ss}", "program", program, "path", path,
                     "line", number, "text", text);
}

static void
print_json(const char *text, int code)
{
    json_t *faults = json_array();

    while (*text != '\0') {
        size_t size = strcspn(text, "\n");

        if (size > 0)
            json_array_append_new(faults, fault_from_line(text, size));
        text += size + (text[size] == '\n');
    }

    json_t *root = json_pack("{ss sb so}", "schema", CHECK_SCHEMA, "good",
                             code == CORE_EXIT_DONE, "faults", faults);

    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}

/* ---- the copy ------------------------------------------------------------ */

/* A folder of a new name in the first place that can be written; yours. */
static char *
make_new_folder(const char *run_directory)
{
    const char *places[] = { getenv("TMPDIR"), "/tmp", "/run", "/dev/shm",
                             run_directory };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *folder;

        if (places[i] == NULL)
            continue;
        if (asprintf(&folder, "%s/coredns-check-XXXXXX", places[i]) == -1)
            abort();
        if (mkdtemp(folder) != NULL)
            return folder;
        free(folder);
    }
    return NULL;
}

/* A private folder that the stages' user may enter; NULL: there is none. */
static char *
make_folder(const struct toolkit *toolkit, FILE *output)
{
    char *folder = make_new_folder(toolkit->run_directory);
    struct directory_owner owner = { .user = toolkit->plan == NULL ? NULL
                                     : toolkit->plan->user };
    struct core_fault fault;

    if (folder == NULL) {
        fprintf(output, "corednsctl: cannot make a temporary folder: %s\n",
                strerror(errno));
        return NULL;
    }
    owner.is_shared = toolkit->plan != NULL
        && plan_has_several_users(toolkit->plan);

    /* A user that does not exist is told of by the plan. */
    directory_prepare(folder, &owner, &fault);
    return folder;
}

static int
check_in_folder(const struct toolkit *toolkit, enum checker_depth depth,
                FILE *output)
{
    char *folder = make_folder(toolkit, output);
    char *copy_path;

    if (folder == NULL)
        return CORE_EXIT_FAILED;
    if (asprintf(&copy_path, "%s/" COPY, folder) == -1)
        abort();

    int code = checker_run(toolkit, depth, copy_path, output);

    unlink(copy_path);
    rmdir(folder);
    free(copy_path);
    free(folder);
    return code;
}

int
check_run(const struct request *request)
{
    struct toolkit toolkit;
    char *text = NULL;
    size_t size = 0;
    FILE *output = open_memstream(&text, &size);

    if (output == NULL)
        abort();
    toolkit_plan(&toolkit, request->argument != NULL ? request->argument
                 : request->config_path, request->run_directory,
                 request->verbose > 0);

    const char *output_path = request_value(request, OPTION_OUTPUT);
    bool has_output = output_path != NULL;
    int code = check_in_folder(&toolkit, has_output ? CHECKER_SETTINGS
                               : CHECKER_DATA, output);

    if (has_output && code == CORE_EXIT_DONE
        && checker_write_copy(&toolkit, output_path, output) == -1)
        code = CORE_EXIT_FAILED;
    fclose(output);
    if ((request->options & OPTION_JSON) != 0)
        print_json(text, code);
    else
        fputs(text, stderr);
    free(text);
    toolkit_end(&toolkit);
    return code;
}
