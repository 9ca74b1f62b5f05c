/*
 * token - what a request shows to the server, and where it is read
 */

#include "kubernetes-sync/token.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/memory.h"

#define TOKEN_SIZE (64 * 1024)

struct token {
    const char *path;                   /* NULL: it is text */
    const char *text;
    char *read;                         /* from the file, last; or NULL */
    struct stat file;                   /* of that */
};

token_t *
token_new(const char *path, const char *text)
{
    token_t *self = core_allocate(sizeof *self);

    self->path = path;
    self->text = text;
    return self;
}

void
token_destroy(token_t **self_p)
{
    if (*self_p == NULL)
        return;
    token_forget(*self_p);
    free(*self_p);
    *self_p = NULL;
}

void
token_forget(token_t *self)
{
    if (self->read != NULL)
        explicit_bzero(self->read, strlen(self->read));
    free(self->read);
    self->read = NULL;
}

static bool
is_same_file(const struct stat *left, const struct stat *right)
{
    return left->st_ino == right->st_ino && left->st_dev == right->st_dev
        && left->st_size == right->st_size
        && left->st_mtim.tv_sec == right->st_mtim.tv_sec
        && left->st_mtim.tv_nsec == right->st_mtim.tv_nsec;
}

/* A token is one line; one that cannot be read leaves the old one. */
static void
read_file(token_t *self, int file, const struct stat *status)
{
    char *text = core_allocate(TOKEN_SIZE + 1);
    ssize_t size = read(file, text, TOKEN_SIZE);

    if (size > 0) {
        text[strcspn(text, "\r\n \t")] = '\0';
        token_forget(self);
        self->read = core_copy_text(text);
        self->file = *status;
    }
    explicit_bzero(text, TOKEN_SIZE);
    free(text);
}

const char *
token_get(token_t *self)
{
    struct stat status;
    int file;

    if (self->path == NULL)
        return self->text;
    file = open(self->path, O_RDONLY | O_CLOEXEC);
    if (file == -1)
        return self->read;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)
        && (self->read == NULL || !is_same_file(&status, &self->file)))
        read_file(self, file, &status);
    close(file);
    return self->read;
}
