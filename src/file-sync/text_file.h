/*
 * text_file - a file as it was at one moment
 *
 * The file is copied when it is read, so that whoever overwrites it in place
 * changes nothing for us.  A small one is kept in memory; a large one in a
 * file without a name, which the kernel may write out and drop from memory,
 * and which is mapped only while somebody reads it.
 */

#ifndef FILE_SYNC_TEXT_FILE_H
#define FILE_SYNC_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"

#define TEXT_FILE_IN_MEMORY (64 * 1024) /* octets; larger ones go to a file */
#define TEXT_FILE_LIMIT ((size_t) 4 << 30)

/* What tells one content of a path from the next without reading it. */
struct file_stamp {
    uint64_t device;
    uint64_t inode;
    int64_t size;
    int64_t modified_ns;
    int64_t changed_ns;
    bool exists;
};

typedef struct text_file text_file_t;

/* Reads the stamp of a path; `exists` is false when there is no such file. */
void
    file_stamp_read(struct file_stamp *stamp, const char *path);

bool
    file_stamp_equal(const struct file_stamp *left,
                     const struct file_stamp *right);

/*
 * Copies the file at path.  folder is where a large copy is kept (the file has
 * no name there); NULL, or one that cannot be written to: in memory.  Returns
 * NULL and a fault without line.
 */
text_file_t *
    text_file_read(const char *path, const char *folder,
                   struct core_fault *fault);
void
    text_file_destroy(text_file_t **self_p);

const char *
    text_file_path(const text_file_t *self);

size_t
    text_file_size(const text_file_t *self);

const struct file_stamp *
    text_file_stamp(const text_file_t *self);

/* The text, until as many text_file_unmap() followed as there were maps. */
const char *
    text_file_map(text_file_t *self);
void
    text_file_unmap(text_file_t *self);

#endif
