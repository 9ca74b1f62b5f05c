/*
 * question - a query as the line of JSON that a script reads
 */

#ifndef EXEC_QUESTION_H
#define EXEC_QUESTION_H

#include <stddef.h>
#include <stdint.h>

#include "coredns/batch.h"
#include "coredns/message.h"

/* Octets of any line, its line feed counted: of a name each of the 253 octets
   takes five at most. */
#define QUESTION_SIZE 2048

/*
 * Writes the line; returns its size.  There is no NUL.  coredns-exec(8) says
 * what is in it: the keys and their order are a promise, for shells read them.
 */
size_t
    question_write(char line[QUESTION_SIZE], uint64_t id,
                   const struct core_message *query,
                   const struct core_record *record);

#endif
