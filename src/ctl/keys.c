/*
 * keys - the keys by which hosts know each other
 */

#include "ctl/keys.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/memory.h"
#include "lib/curve.h"
#include "lib/source_file.h"

#include "ctl/directory.h"

#define PATH_SIZE 512

/* ---- copies -------------------------------------------------------------- */

static int
write_copy(const char *path, const struct core_source_file *file,
           const char *user, struct core_fault *fault)
{
    struct directory_owner owner = { .user = user };
    int fd = directory_create_file(path, &owner);
    bool is_written = fd != -1
        && write(fd, file->text, file->size) == (ssize_t) file->size;

    if (!is_written)
        core_fault_set(fault, path, 0, "cannot write: %s", strerror(errno));
    if (fd != -1)
        close(fd);
    return is_written ? 0 : -1;
}

/* Copies FOLDER/NAMESUFFIX to the folder of the stages. */
static int
copy_key(const struct plan *plan, const char *to_folder, const char *name,
         const char *suffix, struct core_fault *fault)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    struct core_source_file file;
    const char *reason;
    int rc = -1;

    snprintf(from, sizeof from, "%s/%s%s", plan->keys, name, suffix);
    snprintf(to, sizeof to, "%s/%s%s", to_folder, name, suffix);
    reason = core_source_file_read(&file, from);
    if (reason != NULL)
        core_fault_set(fault, from, 0, "cannot read the key: %s; corednsctl "
                       "keygen makes them", reason);
    else
        rc = write_copy(to, &file, plan->user, fault);
    free(file.text);
    return rc;
}

static bool
is_wanted(const struct plan *plan, const char *file)
{
    size_t size = strlen(plan->here->name);

    for (size_t i = 0; i < plan->host_count; i++)
        if (strcmp(plan->hosts[i].name, file) == 0)
            return true;
    return *file == '.' || (strncmp(file, plan->here->name, size) == 0
                            && strcmp(file + size,
                                      CURVE_SECRET_SUFFIX) == 0);
}

/* A host that is not in the file any more is no longer let in. */
static void
remove_others(const struct plan *plan, const char *folder)
{
    DIR *entries = opendir(folder);

    if (entries == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (!is_wanted(plan, entry->d_name))
            unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
}

/* Who but us may read a secret.  One that is not ours can only be read through
   its group, as the files of a Secret of Kubernetes. */
static mode_t
forbidden(const struct stat *status)
{
    return status->st_uid == geteuid() ? S_IRWXG | S_IRWXO
        : S_IWGRP | S_IRWXO;
}

/* The secret is read as who we are, but nobody else may. */
static int
check_own(const struct plan *plan, struct core_fault *fault)
{
    char path[PATH_SIZE];
    struct stat status;

    snprintf(path, sizeof path, "%s/%s" CURVE_SECRET_SUFFIX, plan->keys,
             plan->here->name);
    if (stat(path, &status) == 0
        && (status.st_mode & forbidden(&status)) != 0) {
        core_fault_set(fault, path, 0, "others may read this key: chmod 600");
        return -1;
    }
    return 0;
}

int
keys_install(const struct plan *plan, struct core_fault *fault)
{
    char folder[PATH_SIZE];
    uint8_t key[CURVE_KEY_SIZE];

    if (plan->here == NULL || plan->is_insecure)
        return 0;
    snprintf(folder, sizeof folder, "%s/keys", plan->run_directory);
    if (mkdir(folder, 0750) == -1 && errno != EEXIST) {
        core_fault_set(fault, folder, 0, "cannot make: %s", strerror(errno));
        return -1;
    }
    directory_share(folder, plan->user);
    if (check_own(plan, fault) == -1)
        return -1;
    for (size_t i = 0; i < plan->host_count; i++)
        if (copy_key(plan, folder, plan->hosts[i].name, "", fault) == -1)
            return -1;
    if (copy_key(plan, folder, plan->here->name, CURVE_SECRET_SUFFIX,
                 fault) == -1)
        return -1;

    /* Once all are there: czmq reads a pair with either of its files. */
    for (size_t i = 0; i < plan->host_count; i++)
        if (curve_public_key(folder, plan->hosts[i].name, key, fault) == -1)
            return -1;
    remove_others(plan, folder);
    return 0;
}
