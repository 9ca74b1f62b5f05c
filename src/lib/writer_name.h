/*
 * writer - names in a message, compressed: inside the writer only
 */

#ifndef LIB_WRITER_NAME_H
#define LIB_WRITER_NAME_H

#include "coredns/writer.h"

enum writer_case {
    WRITER_ANY_CASE,                    /* letters may come out in another */
    WRITER_SAME_CASE,
};

/*
 * Writes a name, its longest known suffix as a pointer, and remembers the
 * rest of its suffixes.  Returns false, with nothing written, when it does not
 * fit.
 */
bool
    core_writer_name(struct core_writer *self, const uint8_t *name,
                     enum writer_case letters);

/* Remembers the suffixes of a name that was written at offset as it is. */
void
    core_writer_note(struct core_writer *self, size_t offset);

#endif
