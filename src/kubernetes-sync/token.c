/*
 * token - what a request shows to the server, and where it is read
 */

#include "kubernetes-sync/token.h"

#include <errno.h>
#include <fcntl.h>
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
    const char *fault;                  /* of the file, now; NULL: none */
    const char *told;                   /* the one that was told last */
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
static const char *
read_file(token_t *self, int file, const struct stat *status)
{
    char *text = core_allocate(TOKEN_SIZE + 1);
    ssize_t size = read(file, text, TOKEN_SIZE);
    const char *fault = size == -1 ? strerrordesc_np(errno) : NULL;

    text[strcspn(text, "\r\n \t")] = '\0';
    if (fault == NULL && *text == '\0') {
        fault = "is empty";
    } else if (fault == NULL) {
        token_forget(self);
        self->read = core_copy_text(text);
        self->file = *status;
    }
    explicit_bzero(text, TOKEN_SIZE);
    free(text);
    return fault;
}

/* Reads the file when it is another one; what is wrong with it, or NULL. */
static const char *
look(token_t *self)
{
    struct stat status;
    int file = open(self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const char *fault = NULL;

    if (file == -1)
        return strerrordesc_np(errno);
    if (fstat(file, &status) == -1)
        fault = strerrordesc_np(errno);
    else if (!S_ISREG(status.st_mode))
        fault = "is not a file";
    else if (self->read == NULL || !is_same_file(&status, &self->file))
        fault = read_file(self, file, &status);
    close(file);
    return fault;
}

const char *
token_get(token_t *self)
{
    if (self->path == NULL)
        return self->text;
    self->fault = look(self);
    return self->read;
}

bool
token_has_news(token_t *self, struct core_fault *fault)
{
    bool is_new = self->fault != NULL
        && (self->told == NULL || strcmp(self->fault, self->told) != 0);

    self->told = self->fault;
    if (is_new)
        core_fault_set(fault, self->path, 0, "no token: %s", self->fault);
    return is_new;
}
