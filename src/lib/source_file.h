/*
 * source_file - one text file, read as a whole
 */

#ifndef LIB_SOURCE_FILE_H
#define LIB_SOURCE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#define CORE_SOURCE_LIMIT (256u << 20)  /* octets of a configuration */

struct core_source_file {
    char *text;                         /* yours; ended by a line feed and
                                           NUL; NULL when it was not opened */
    size_t size;
    dev_t device;                       /* with number: which file it is */
    ino_t number;
};

/* Reads the file.  Returns NULL when all is well, or what is wrong with it. */
const char *
    core_source_file_read(struct core_source_file *self, const char *path);

#endif
