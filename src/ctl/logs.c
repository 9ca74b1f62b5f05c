/*
 * logs - the verb logs: what the stages have written
 *
 * The lines name their program, but two files at once are still told apart by
 * a head, as tail(1) does.  Following waits for inotify and polls nothing.
 */

#include "ctl/logs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "coredns/stage.h"

#include "ctl/message.h"
#include "ctl/toolkit.h"

#define SUFFIX ".log"
#define READ_SIZE 65536

struct log_file {
    char *name;                         /* without the suffix */
    int fd;
};

struct logs {
    char *folder;
    const char *wanted;                 /* a process, a stage, or NULL: all */
    struct log_file *files;
    size_t count;
    size_t capacity;
    const struct log_file *last;        /* whose lines were printed last */
};

/* ---- files --------------------------------------------------------------- */

/* "cache" wants cache.log, and cache.0.log of its instances. */
static bool
is_wanted(const struct logs *self, const char *name)
{
    size_t size = self->wanted == NULL ? 0 : strlen(self->wanted);

    return self->wanted == NULL
        || (strncmp(name, self->wanted, size) == 0
            && (name[size] == '\0' || name[size] == '.'));
}

static struct log_file *
find(struct logs *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->files[i].name, name) == 0)
            return &self->files[i];
    return NULL;
}

/* Opens a file of the folder when it is a log that is wanted. */
static struct log_file *
add(struct logs *self, const char *file)
{
    size_t size = strlen(file);
    char *path;

    if (size <= strlen(SUFFIX)
        || strcmp(file + size - strlen(SUFFIX), SUFFIX) != 0)
        return NULL;

    char *name = strndup(file, size - strlen(SUFFIX));

    if (asprintf(&path, "%s/%s", self->folder, file) == -1)
        abort();

    int fd = is_wanted(self, name) && find(self, name) == NULL
        ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    free(path);
    if (fd == -1) {
        free(name);
        return NULL;
    }
    self->files = core_grow(self->files, self->count, &self->capacity,
                            sizeof *self->files);
    self->files[self->count] = (struct log_file) { name, fd };
    return &self->files[self->count++];
}

static int
is_log(const struct dirent *entry)
{
    return strstr(entry->d_name, SUFFIX) != NULL;
}

static int
open_all(struct logs *self)
{
    struct dirent **entries;
    int count = scandir(self->folder, &entries, is_log, alphasort);

    if (count == -1)
        return -1;
    for (int i = 0; i < count; i++) {
        add(self, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return 0;
}

/* ---- printing ------------------------------------------------------------ */

static void
print_head(struct logs *self, const struct log_file *file)
{
    if (self->wanted == NULL || self->count > 1) {
        if (self->last != NULL && self->last != file)
            putchar('\n');
        if (self->last != file)
            printf("==> %s <==\n", file->name);
    }
    self->last = file;
}

/* Prints from where the file stands to its end. */
static void
print_rest(struct logs *self, const struct log_file *file)
{
    static char text[READ_SIZE];
    ssize_t size;

    while ((size = read(file->fd, text, sizeof text)) > 0) {
        print_head(self, file);
        fwrite(text, 1, (size_t) size, stdout);
    }
    fflush(stdout);
}

/* Sets the file to where its last lines begin. */
static void
seek_last_lines(int fd, long lines)
{
    static char text[READ_SIZE];
    off_t start = lseek(fd, 0, SEEK_END);
    long seen = -1;                     /* the end of the last line is none */

    while (start > 0) {
        size_t size = start > READ_SIZE ? READ_SIZE : (size_t) start;
        ssize_t got = pread(fd, text, size, start - (off_t) size);

        if (got <= 0)
            return;
        for (size_t i = (size_t) got; i > 0; i--)
            if (text[i - 1] == '\n' && ++seen == lines) {
                lseek(fd, start - (off_t) size + (off_t) i, SEEK_SET);
                return;
            }
        start -= (off_t) size;
    }
    lseek(fd, 0, SEEK_SET);
}

/* ---- following ----------------------------------------------------------- */

static void
take_event(struct logs *self, const char *file_name)
{
    char name[NAME_MAX + 1];
    size_t size = strlen(file_name);

    if (size <= strlen(SUFFIX))
        return;
    snprintf(name, sizeof name, "%.*s", (int)(size - strlen(SUFFIX)),
             file_name);

    struct log_file *file = find(self, name);
    struct stat found;

    if (file == NULL)
        file = add(self, file_name);
    if (file == NULL)
        return;

    /* A file that was cut is read from its beginning again. */
    if (fstat(file->fd, &found) == 0
        && found.st_size < lseek(file->fd, 0, SEEK_CUR))
        lseek(file->fd, 0, SEEK_SET);
    print_rest(self, file);
}

/* One that was renamed: what is written from now on is another file. */
static void
forget(struct logs *self, const char *file_name)
{
    for (size_t i = 0; i < self->count; i++) {
        struct log_file *file = &self->files[i];

        if (strncmp(file->name, file_name, strlen(file->name)) != 0
            || strcmp(file_name + strlen(file->name), SUFFIX) != 0)
            continue;
        close(file->fd);
        free(file->name);
        self->files[i] = self->files[--self->count];
        self->last = NULL;
        return;
    }
}

static int
follow(struct logs *self, int watch)
{
    union {
        struct inotify_event event;     /* for its alignment */
        char bytes[READ_SIZE];
    } events;

    for (;;) {
        ssize_t size = read(watch, events.bytes, sizeof events.bytes);

        if (size == -1 && errno == EINTR)
            continue;
        if (size <= 0)
            return CORE_EXIT_FAILED;
        for (ssize_t at = 0; at < size;) {
            struct inotify_event event;
            const char *name = events.bytes + at + sizeof event;

            memcpy(&event, events.bytes + at, sizeof event);
            if ((event.mask & IN_IGNORED) != 0)
                return CORE_EXIT_DONE;  /* the folder is gone */
            if ((event.mask & IN_MOVED_FROM) != 0)
                forget(self, name);
            else if (event.len > 0)
                take_event(self, name);
            at += (ssize_t)(sizeof event + event.len);
        }
    }
}

/* ---- the verb ------------------------------------------------------------ */

static int
print_all(struct logs *self, const struct request *request)
{
    bool must_follow = (request->options & OPTION_FOLLOW) != 0;
    int watch = must_follow ? inotify_init1(IN_CLOEXEC) : -1;

    /* Watched before it is read, so nothing falls in between. */
    if (must_follow)
        inotify_add_watch(watch, self->folder, IN_MODIFY | IN_CREATE
                          | IN_MOVED_FROM);
    if (open_all(self) == -1)
        return message_fail(CORE_EXIT_FAILED, "%s: cannot read: %s (in the "
                            "foreground, stages write where the supervisor "
                            "does)", self->folder, strerror(errno));
    if (self->count == 0 && self->wanted != NULL && !must_follow)
        return message_fail(CORE_EXIT_FAILED, "%s: there is no log of %s",
                            self->folder, self->wanted);
    for (size_t i = 0; i < self->count; i++) {
        if (request->lines >= 0)
            seek_last_lines(self->files[i].fd, request->lines);
        print_rest(self, &self->files[i]);
    }
    if (!must_follow)
        return CORE_EXIT_DONE;

    int code = follow(self, watch);

    close(watch);
    return code;
}

int
logs_run(const struct request *request)
{
    struct toolkit toolkit;
    struct logs logs = { .wanted = request->argument };
    int code = CORE_EXIT_CONFIG;

    toolkit_plan(&toolkit, request->config_path, request->run_directory,
                 false);
    if (toolkit_is_there(&toolkit)) {
        if (toolkit.plan != NULL)
            logs.folder = core_copy_text(toolkit.plan->log_directory);
        else if (asprintf(&logs.folder, "%s/log",
                          toolkit.run_directory) == -1)
            abort();
        code = print_all(&logs, request);
    }
    for (size_t i = 0; i < logs.count; i++) {
        close(logs.files[i].fd);
        free(logs.files[i].name);
    }
    free(logs.files);
    free(logs.folder);
    toolkit_end(&toolkit);
    return code;
}
