/*
 * directory - the private folder of one running toolkit
 *
 * Under root the folder belongs to the stages' user, who makes sockets in it.
 * So nothing in it is trusted that root did not write: files are opened
 * without following links, and made anew rather than written over.
 */

#include "ctl/directory.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/memory.h"

#define LOCK "corednsctl.lock"

uint64_t
directory_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char) *text) * 0x100000001b3;
    return hash;
}

static char *
absolute(const char *path)
{
    char *whole;
    char here[PATH_MAX];

    if (*path == '/' || getcwd(here, sizeof here) == NULL)
        return core_copy_text(path);
    if (asprintf(&whole, "%s/%s", here, path) == -1)
        abort();
    return whole;
}

/* A folder of this user, made from the real path of the configuration. */
static char *
own_path(const char *config_path)
{
    char real[PATH_MAX];
    char *path;
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    uint64_t hash = directory_hash(realpath(config_path, real) != NULL
                              ? real : config_path);
    int rc;

    if (geteuid() == 0)
        rc = asprintf(&path, "/run/coredns-%016" PRIx64, hash);
    else if (runtime != NULL && *runtime == '/')
        rc = asprintf(&path, "%s/coredns-%016" PRIx64, runtime, hash);
    else
        rc = asprintf(&path, "/tmp/coredns-%u-%016" PRIx64,
                      (unsigned) geteuid(), hash);
    if (rc == -1)
        abort();
    return path;
}

char *
directory_path(const char *override, const char *setting,
               const char *config_path)
{
    if (override == NULL && setting == NULL)
        return own_path(config_path);

    char *path = absolute(override != NULL ? override : setting);
    size_t size = strlen(path);

    while (size > 1 && path[size - 1] == '/')
        path[--size] = '\0';
    return path;
}

/* ---- making and checking ------------------------------------------------- */

static int
fail(struct core_fault *fault, const char *path, const char *what)
{
    core_fault_set(fault, NULL, 0, "%s %s: %s", what, path, strerror(errno));
    return -1;
}

/* Makes the folders above path, as mkdir -p does. */
static int
make_parents(const char *path, struct core_fault *fault)
{
    char parent[PATH_MAX];

    for (const char *slash = strchr(path + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        snprintf(parent, sizeof parent, "%.*s", (int)(slash - path), path);
        if (mkdir(parent, 0755) == -1 && errno != EEXIST)
            return fail(fault, parent, "cannot make the folder");
    }
    return 0;
}

/*
 * True when a supervisor of root's has used the folder.  It may have belonged
 * to other stages' user then, who cannot have made a file of root's.
 */
static bool
was_run_by_root(int fd)
{
    struct stat lock;

    return geteuid() == 0
        && fstatat(fd, LOCK, &lock, AT_SYMLINK_NOFOLLOW) == 0
        && S_ISREG(lock.st_mode) && lock.st_uid == 0;
}

/* True when fd is a folder without entries, or one that held a toolkit. */
static bool
is_ours_to_close(int fd)
{
    if (faccessat(fd, LOCK, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return true;

    int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = copy == -1 ? NULL : fdopendir(copy);
    int entries = 0;

    if (folder == NULL)
        return false;
    while (readdir(folder) != NULL)
        entries++;
    closedir(folder);
    return entries <= 2;                /* "." and ".." */
}

struct access_wanted {
    uid_t uid;
    gid_t gid;
    mode_t mode;
};

static int
find_wanted(struct access_wanted *self, const struct directory_owner *owner,
            struct core_fault *fault)
{
    *self = (struct access_wanted) { geteuid(), getegid(), 0700 };
    if (owner->user == NULL)
        return 0;

    const struct passwd *entry = getpwnam(owner->user);

    if (entry == NULL) {
        core_fault_set(fault, NULL, 0, "there is no user %s", owner->user);
        return -1;
    }
    self->uid = entry->pw_uid;
    self->gid = entry->pw_gid;
    if (owner->is_shared)
        self->mode = 0770;
    return 0;
}

/* Gives the folder its owner and mode, when it is ours to do so. */
static int
claim(int fd, const char *path, const struct access_wanted *wanted,
      struct core_fault *fault)
{
    struct stat found;

    if (fstat(fd, &found) == -1)
        return fail(fault, path, "cannot look at");
    if (found.st_uid != geteuid() && found.st_uid != wanted->uid
        && !was_run_by_root(fd)) {
        core_fault_set(fault, NULL, 0, "%s belongs to another user (uid %u)",
                       path, (unsigned) found.st_uid);
        return -1;
    }

    bool has_owner = found.st_uid == wanted->uid
        && found.st_gid == wanted->gid;

    if (has_owner && (found.st_mode & 07777) == wanted->mode)
        return 0;
    if (!is_ours_to_close(fd)) {
        core_fault_set(fault, NULL, 0, "%s is open to others (mode %04o) and "
                       "has other things in it; choose a folder of its own",
                       path, (unsigned) found.st_mode & 07777);
        return -1;
    }
    if (!has_owner && fchown(fd, wanted->uid, wanted->gid) == -1)
        return fail(fault, path, "cannot change the owner of");
    if (fchmod(fd, wanted->mode) == -1)
        return fail(fault, path, "cannot change the mode of");
    return 0;
}

int
directory_prepare(const char *path, const struct directory_owner *owner,
                  struct core_fault *fault)
{
    struct access_wanted wanted;

    if (find_wanted(&wanted, owner, fault) == -1
        || make_parents(path, fault) == -1)
        return -1;
    if (mkdir(path, 0700) == -1 && errno != EEXIST)
        return fail(fault, path, "cannot make the folder");

    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd == -1)
        return fail(fault, path, "cannot open the folder");

    int rc = claim(fd, path, &wanted, fault);

    close(fd);
    return rc;
}

/* Makes the folder for that user when it is not there. */
static int
make_state(const char *path, const struct directory_owner *owner,
           struct core_fault *fault)
{
    struct access_wanted wanted;

    if (access(path, F_OK) == 0)
        return 0;                       /* the stages say what is wrong */
    if (find_wanted(&wanted, owner, fault) == -1
        || make_parents(path, fault) == -1)
        return -1;
    if (mkdir(path, wanted.mode) == -1)
        return fail(fault, path, "cannot make the folder");
    if (owner->user != NULL
        && (chown(path, wanted.uid, wanted.gid) == -1
            || chmod(path, wanted.mode) == -1))
        return fail(fault, path, "cannot change the owner of");
    return 0;
}

void
directory_clear(const char *path, const char *name, const char *user)
{
    const struct passwd *entry = getpwnam(user);
    uid_t uid = entry == NULL ? geteuid() : entry->pw_uid;
    DIR *folder = opendir(path);
    size_t size = strlen(name);

    if (folder == NULL)
        return;
    for (struct dirent *file; (file = readdir(folder)) != NULL;) {
        struct stat found;

        /* "cache." and then no digit: "cache.1.pipe" is another process'. */
        if (strncmp(file->d_name, name, size) == 0
            && file->d_name[size] == '.'
            && !isdigit((unsigned char) file->d_name[size + 1])
            && fstatat(dirfd(folder), file->d_name, &found,
                       AT_SYMLINK_NOFOLLOW) == 0
            && found.st_uid != uid)
            unlinkat(dirfd(folder), file->d_name, 0);
    }
    closedir(folder);
}

int
directory_open_log(const char *path, struct core_fault *fault)
{
    struct stat found;

    if (make_parents(path, fault) == -1)
        return -1;
    if (mkdir(path, 0755) == -1 && errno != EEXIST)
        return fail(fault, path, "cannot make the folder");

    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd == -1)
        return fail(fault, path, "cannot open the folder");
    if (fstat(fd, &found) == 0 && found.st_uid == geteuid())
        return fd;
    core_fault_set(fault, NULL, 0, "log folder %s is not ours", path);
    close(fd);
    return -1;
}

int
directory_prepare_all(const struct plan *plan, struct core_fault *fault)
{
    struct directory_owner owner = {
        .user = plan->user, .is_shared = plan_has_several_users(plan),
    };

    if (directory_prepare(plan->run_directory, &owner, fault) == -1)
        return -1;
    return plan->state_directory == NULL ? 0
        : make_state(plan->state_directory, &owner, fault);
}

/* ---- the lock ------------------------------------------------------------ */

/*
 * A lock of the open file (fcntl(2), F_OFD_SETLK): the supervisor inherits it
 * from the process that started it, and others can ask who has it without
 * taking it themselves, even for a moment.
 */

static int
open_lock(const char *path, int flags)
{
    char *lock_path;

    if (asprintf(&lock_path, "%s/" LOCK, path) == -1)
        abort();

    int fd = open(lock_path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

    free(lock_path);
    return fd;
}

/* Who wrote its process id there; -1 when nobody did. */
static pid_t
read_holder(int fd)
{
    char text[24] = "";
    ssize_t size = pread(fd, text, sizeof text - 1, 0);

    return size > 0 ? (pid_t) atol(text) : -1;
}

int
directory_lock(const char *path, pid_t *holder, struct core_fault *fault)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open_lock(path, O_RDWR | O_CREAT);

    *holder = 0;
    if (fd == -1)
        return fail(fault, path, "cannot lock");
    if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
        directory_sign(fd);
        return fd;
    }
    *holder = read_holder(fd);
    close(fd);
    return -1;
}

void
directory_sign(int lock)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%ld\n", (long) getpid());

    if (ftruncate(lock, 0) == -1
        || pwrite(lock, text, (size_t) size, 0) != size)
        core_log(CORE_LOG_WARNING, "cannot write the lock: %s",
                 strerror(errno));
}

pid_t
directory_holder(const char *path)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open_lock(path, O_RDWR);
    pid_t holder = 0;

    if (fd == -1)
        return 0;
    if (fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        holder = read_holder(fd);
    close(fd);
    return holder;
}

int
directory_create_file(const char *path, const struct directory_owner *owner)
{
    struct access_wanted wanted;
    struct core_fault fault;

    if (find_wanted(&wanted, owner, &fault) == -1) {
        errno = ENOENT;
        return -1;
    }
    unlink(path);

    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  0600);

    if (fd != -1 && owner->user != NULL
        && (fchown(fd, geteuid(), wanted.gid) == -1
            || fchmod(fd, 0640) == -1)) {
        close(fd);
        return -1;
    }
    return fd;
}

void
directory_share(const char *path, const char *user)
{
    struct directory_owner owner = { .user = user };
    struct access_wanted wanted;
    struct core_fault fault;

    if (user == NULL)
        return;
    if (find_wanted(&wanted, &owner, &fault) == -1)
        core_log_fault(CORE_LOG_WARNING, &fault);
    else if (chown(path, (uid_t) -1, wanted.gid) == -1)
        core_log(CORE_LOG_WARNING, "%s: cannot be shared: %s", path,
                 strerror(errno));
}
