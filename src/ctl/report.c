/*
 * report - what the supervisor tells the `start` that waits for it
 *
 * One octet with the exit code, then the text, then the end of the pipe.
 */

#include "ctl/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "coredns/stage.h"

#define TEXT_SIZE 65536
#define OWN_PREFIX "coredns"            /* of all our programs */

static void
write_all(int pipe, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(pipe, text, size);

        if (written <= 0)
            return;                     /* nobody waits any more */
        text += written;
        size -= (size_t) written;
    }
}

void
report_send(int pipe, int exit_code, const char *text)
{
    char code = (char) exit_code;

    write_all(pipe, &code, 1);
    write_all(pipe, text, strlen(text));
}

int
report_receive(int pipe)
{
    static char text[TEXT_SIZE];
    size_t size = 0;

    for (;;) {
        ssize_t got = read(pipe, text + size, sizeof text - 1 - size);

        if (got == -1 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        size += (size_t) got;
    }
    close(pipe);
    if (size == 0) {
        report_print("the supervisor ended before it was ready\n");
        return CORE_EXIT_FAILED;
    }
    text[size] = '\0';
    report_print(text + 1);
    return (unsigned char) text[0];
}

void
report_print(const char *text)
{
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        const char *prefix = strncmp(text, OWN_PREFIX,
                                     strlen(OWN_PREFIX)) == 0
            ? "" : "corednsctl: ";

        if (size > 0)
            fprintf(stderr, "%s%.*s\n", prefix, (int) size, text);
        text += size + (text[size] == '\n');
    }
}
