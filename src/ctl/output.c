/*
 * output - what a process writes to standard error, kept in a file
 */

#include "ctl/output.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* The last line of the file, without its end; "" when there is none. */
static const char *
read_last_line(int folder, const char *name, char tail[TAIL_SIZE])
{
    char path[NAME_SIZE];
    ssize_t size = 0;

    snprintf(path, sizeof path, "%s.log", name);

    int fd = openat(folder, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd != -1) {
        off_t end = lseek(fd, 0, SEEK_END);
        off_t start = end > TAIL_SIZE - 1 ? end - (TAIL_SIZE - 1) : 0;

        size = pread(fd, tail, TAIL_SIZE - 1, start);
        close(fd);
    }
    while (size > 0 && tail[size - 1] == '\n')
        size--;
    tail[size > 0 ? size : 0] = '\0';

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
output_describe(int folder, const char *name, int exit_code, char *text,
                size_t text_size)
{
    char tail[TAIL_SIZE];
    const char *line = folder == -1 || exit_code == 0 ? ""
        : read_last_line(folder, name, tail);

    snprintf(text, text_size, *line == '\0' ? "exited with %d"
             : "exited with %d: %s", exit_code, skip_time(line));
}
