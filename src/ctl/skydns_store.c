/*
 * skydns_store - what SkyDNS's etcd holds for SkyDNS itself
 *
 * coredns-etcd-sync knows how to talk to etcd: over TLS, with a login, to
 * several members.  So one is run as long as it takes to ask it, for the "zone"
 * whose key is PREFIX/config.
 */

#include "ctl/skydns_store.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coredns/control.h"
#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/resolve.h"
#include "lib/arena.h"

#include "ctl/draft.h"

#define PROGRAM "coredns-etcd-sync"
#define ASK_MS 8000                     /* longer than it waits for etcd */
#define TRIES 20                        /* it logs in, or tries members */
#define PAUSE_US 200000
#define PATH_SIZE 64

extern char **environ;

/* A process of PROGRAM, and the folder it works in. */
struct helper {
    char folder[PATH_SIZE];
    char endpoint[PATH_SIZE + 16];
    pid_t pid;
    int pidfd;
};

/* ---- settings ------------------------------------------------------------ */

struct writer {
    struct core_arena *memory;
    const skydns_options_t *options;
    int indent;
    FILE *file;
    bool has_marks;                     /* faults name the options */
};

static void
end_line(const struct writer *self, enum skydns_option option)
{
    const char *origin = skydns_options_origin(self->options, option);

    if (self->has_marks && origin != NULL)
        fprintf(self->file, " #@ %s:0", origin);
    fputc('\n', self->file);
}

static void
write_text(const struct writer *self, enum skydns_option option,
           const char *key)
{
    const char *text = skydns_options_text(self->options, option);

    if (*text == '\0')
        return;
    fprintf(self->file, "%*s%s = %s;", self->indent, "", key,
            draft_quote(self->memory, text));
    end_line(self, option);
}

static void
write_endpoints(const struct writer *self)
{
    const char *machines = skydns_options_text(self->options, SKYDNS_MACHINES);
    size_t count = 0;

    fprintf(self->file, "%*sendpoints = [", self->indent, "");
    while (*machines != '\0') {
        size_t size = strcspn(machines, ",");
        char *machine = core_arena_allocate(self->memory, size + 1);

        memcpy(machine, machines, size);
        if (size > 0)
            fprintf(self->file, "%s%s", count++ == 0 ? " " : ", ",
                    draft_quote(self->memory, machine));
        machines += size + (machines[size] == ',');
    }
    fputs(" ];", self->file);
    end_line(self, SKYDNS_MACHINES);
}

static void
write_settings(struct writer *self)
{
    self->memory = core_arena_new();
    write_text(self, SKYDNS_PATH_PREFIX, "path");
    write_endpoints(self);
    write_text(self, SKYDNS_USERNAME, "username");
    write_text(self, SKYDNS_PASSWORD, "password");
    write_text(self, SKYDNS_CA, "ca");
    write_text(self, SKYDNS_CERTIFICATE, "certificate");
    write_text(self, SKYDNS_KEY, "key");
    core_arena_destroy(&self->memory);
}

void
skydns_store_write(const skydns_options_t *options, int indent, FILE *file)
{
    struct writer writer = {
        .options = options, .indent = indent, .file = file,
    };

    write_settings(&writer);
}

/* ---- the helper ---------------------------------------------------------- */

/* The file has a password in it, so the folder is ours alone. */
static int
write_configuration(const skydns_options_t *options, const char *path,
                    struct core_fault *fault)
{
    FILE *file = fopen(path, "w");
    char *folder = getcwd(NULL, 0);

    if (file == NULL || folder == NULL) {
        core_fault_set(fault, path, 0, "cannot write: %s", strerror(errno));
        free(folder);
        return -1;
    }

    struct core_arena *memory = core_arena_new();
    struct writer writer = {
        .options = options, .indent = 2 * DRAFT_INDENT, .file = file,
        .has_marks = true,
    };

    fprintf(file, "directory = %s;\nlog: { level = \"error\"; };\n"
            "stages: {\n    etcd-sync: {\n"
            "        zones = [ \"config.\" ];\n",
            draft_quote(memory, folder));
    write_settings(&writer);
    fputs("    };\n};\n", file);
    fclose(file);
    core_arena_destroy(&memory);
    free(folder);
    return 0;
}

static int
start(struct helper *self, const char *configuration,
      struct core_fault *fault)
{
    char program[sizeof PROGRAM + 4096];
    char *arguments[] = {
        program, "-c", (char *) (uintptr_t) configuration, "--name",
        "etcd-sync", "--control", self->endpoint, NULL,
    };
    int wrong;

    snprintf(program, sizeof program, "%s/" PROGRAM,
             resolve_program_folder());
    wrong = posix_spawn(&self->pid, program, NULL, NULL, arguments, environ);
    if (wrong != 0) {
        core_fault_set(fault, program, 0, "cannot be run: %s",
                       strerror(wrong));
        return -1;
    }
    self->pidfd = pidfd_open(self->pid, 0);
    return 0;
}

static void
end(struct helper *self)
{
    char path[PATH_SIZE + 32];
    static const char *const files[] = {
        "coredns.conf", "control", "control.lock",
    };

    if (self->pid > 0) {
        kill(self->pid, SIGTERM);
        waitpid(self->pid, NULL, 0);
    }
    if (self->pidfd != -1)
        close(self->pidfd);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", self->folder, files[i]);
        unlink(path);
    }
    rmdir(self->folder);
}

/* The helper's folder with its configuration, and the helper. */
static int
begin(struct helper *self, const skydns_options_t *options,
      struct core_fault *fault)
{
    char path[PATH_SIZE + 32];

    *self = (struct helper) {
        .folder = "/tmp/coredns-skydns.XXXXXX", .pidfd = -1,
    };
    if (mkdtemp(self->folder) == NULL) {
        core_fault_set(fault, self->folder, 0, "cannot be made: %s",
                       strerror(errno));
        return -1;
    }
    snprintf(path, sizeof path, "%s/coredns.conf", self->folder);
    snprintf(self->endpoint, sizeof self->endpoint, "ipc://%s/control",
             self->folder);
    return write_configuration(options, path, fault) == -1
        || start(self, path, fault) == -1 ? -1 : 0;
}

/* ---- the key ------------------------------------------------------------- */

/* The value behind "KEY ", without what "KEY/..." have in the lines that
   follow. */
static char *
value_of(const char *text)
{
    int size = (int) strcspn(text, " ");
    char *value = core_copy_text(text[size] == '\0' ? "" : text + size + 1);
    char *below, *next;

    if (asprintf(&next, "\n%.*s/", size, text) == -1)
        abort();
    below = strstr(value, next);
    if (below != NULL)
        *below = '\0';
    free(next);
    return value;
}

static int
take_answer(int code, const char *text, char **value_p,
            struct core_fault *fault)
{
    *value_p = NULL;
    if (code == CORE_EXIT_DONE) {
        *value_p = value_of(text);
        return 0;
    }
    if (code == CORE_EXIT_FAILED && strncmp(text, "there is no key ", 16) == 0)
        return 0;
    core_fault_set(fault, NULL, 0, "%.*s", (int) strcspn(text, "\n"), text);
    return -1;
}

/* Says whether it has ended because its configuration is wrong, which it has
   told. */
static bool
has_refused(struct helper *self)
{
    int status;

    if (waitpid(self->pid, &status, WNOHANG) != self->pid)
        return false;
    self->pid = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == CORE_EXIT_CONFIG;
}

/* Members are tried in turn, and a login takes a moment. */
static int
ask(struct helper *self, char **value_p, struct core_fault *fault)
{
    const char *const words[] = { "get", "config.", NULL };

    for (int i = 0; i < TRIES; i++) {
        char *text = NULL;
        int code = core_control_ask_while(self->pidfd, self->endpoint, words,
                                          ASK_MS, &text, fault);
        bool is_answered = code != -1
            && take_answer(code, text, value_p, fault) == 0;

        free(text);
        if (is_answered)
            return CORE_EXIT_DONE;
        if (code == -1)
            return has_refused(self) ? CORE_EXIT_CONFIG : CORE_EXIT_AGAIN;
        if (i > 0)
            usleep(PAUSE_US);
    }
    return CORE_EXIT_AGAIN;
}

int
skydns_store_read(const skydns_options_t *options, char **value_p,
                  struct core_fault *fault)
{
    struct helper helper;
    int code = CORE_EXIT_AGAIN;

    *value_p = NULL;
    if (begin(&helper, options, fault) == 0)
        code = ask(&helper, value_p, fault);
    end(&helper);
    return code;
}
