/*
 * output - what a process writes to standard error, kept in a file
 */

#include "ctl/output.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/stage.h"

#define LARGE (16 * 1024 * 1024)        /* octets: time for another file */
#define NAME_SIZE 256
#define TAIL_SIZE 1024

int
output_open(int folder, const char *name)
{
    char path[NAME_SIZE];
    char old_path[NAME_SIZE + 2];
    struct stat found;

    if (folder == -1)
        return -1;
    snprintf(path, sizeof path, "%s.log", name);
    if (fstatat(folder, path, &found, AT_SYMLINK_NOFOLLOW) == 0
        && found.st_size > LARGE) {
        snprintf(old_path, sizeof old_path, "%s.1", path);
        renameat(folder, path, folder, old_path);
    }
    return openat(folder, path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW
                  | O_CLOEXEC, 0640);
}

/* Copies the file from its start; -1 when it could not be done. */
static int
copy_file(int from, int to, off_t size)
{
    off_t at = 0;

    while (at < size) {
        ssize_t copied = sendfile(to, from, &at, (size_t)(size - at));

        if (copied == 0 || (copied == -1 && errno != EINTR))
            return -1;
    }
    return 0;
}

void
output_trim(int folder, const char *name)
{
    char path[NAME_SIZE];
    char old_path[NAME_SIZE + 2];
    struct stat found;

    snprintf(path, sizeof path, "%s.log", name);
    if (fstatat(folder, path, &found, AT_SYMLINK_NOFOLLOW) == -1
        || !S_ISREG(found.st_mode) || found.st_size <= LARGE)
        return;
    snprintf(old_path, sizeof old_path, "%s.1", path);
    unlinkat(folder, old_path, 0);

    int from = openat(folder, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    int to = openat(folder, old_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
                    | O_CLOEXEC, 0640);

    /* A full disk must not keep the file from being cut. */
    if (from != -1) {
        if (to != -1)
            copy_file(from, to, found.st_size);
        if (ftruncate(from, 0) == -1)
            core_log(CORE_LOG_WARNING, "cannot cut %s: %s", path,
                     strerror(errno));
        close(from);
    }
    if (to != -1)
        close(to);
}

/* The last line of the file, without its end; "" when there is none that was
   not there when it had that size. */
static const char *
read_last_line(int folder, const char *name, struct output_end end,
               char tail[TAIL_SIZE])
{
    char path[NAME_SIZE];
    ssize_t size = 0;

    snprintf(path, sizeof path, "%s.log", name);

    int fd = openat(folder, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd != -1) {
        off_t last = lseek(fd, 0, SEEK_END);
        off_t start = last > TAIL_SIZE - 1 ? last - (TAIL_SIZE - 1) : 0;

        if (last >= end.begun_at && start < end.begun_at)
            start = end.begun_at;       /* else it was cut meanwhile */
        size = pread(fd, tail, TAIL_SIZE - 1, start);
        close(fd);
    }
    while (size > 0 && tail[size - 1] == '\n')
        size--;
    tail[size > 0 ? size : 0] = '\0';

    /* A usage follows what is wrong with it. */
    if (end.exit_code == CORE_EXIT_USAGE) {
        tail[strcspn(tail, "\n")] = '\0';
        return tail;
    }

    const char *line = strrchr(tail, '\n');

    return line == NULL ? tail : line + 1;
}

/* The line without the time that it begins with in a file. */
static const char *
skip_time(const char *line)
{
    static const char form[] = "0000-00-00T00:00:00.000Z ";

    for (size_t i = 0; form[i] != '\0'; i++)
        if (form[i] == '0' ? !isdigit((unsigned char) line[i])
                           : line[i] != form[i])
            return line;
    return line + strlen(form);
}

void
output_describe(int folder, const char *name, struct output_end end,
                char *text, size_t text_size)
{
    char tail[TAIL_SIZE];
    const char *line = folder == -1 || end.exit_code == 0 ? ""
        : read_last_line(folder, name, end, tail);

    snprintf(text, text_size, *line == '\0' ? "exited with %d"
             : "exited with %d: %s", end.exit_code, skip_time(line));
}

void
output_remove(int folder, const char *name)
{
    char path[NAME_SIZE];

    snprintf(path, sizeof path, "%s.log", name);
    if (folder != -1)
        unlinkat(folder, path, 0);
}
