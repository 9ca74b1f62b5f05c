/*
 * writer - names in a message, compressed: inside the writer only
 */

#ifndef LIB_WRITER_NAME_H
#define LIB_WRITER_NAME_H

#include "coredns/writer.h"

/*
 * Writes a name, its longest known suffix as a pointer, and remembers the
 * rest of its suffixes.  Returns false, with nothing written, when it does not
 * fit.
 */
bool
    core_writer_name(struct core_writer *self, const uint8_t *name);

#endif
