/*
 * answer - a line of a script, and the reply it makes
 *
 * A line is one object of JSON; coredns-exec(8) says what may be in it.
 */

#ifndef EXEC_ANSWER_H
#define EXEC_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/writer.h"
#include "lib/zone_record.h"

/* What a reply may be. */
struct answer_limits {
    size_t records;
    size_t size;                        /* octets of the message */
    uint32_t ttl;                       /* of a record that says none */
};

typedef struct answer answer_t;

/* Reads the line; NULL and a fault when it is no object with an id. */
answer_t *
    answer_read(const char *line, size_t size, struct core_fault *fault);
void
    answer_destroy(answer_t **self_p);

/* Of the question that it answers. */
uint64_t
    answer_id(const answer_t *self);

enum answer_kind { ANSWER_BROKEN, ANSWER_PASS, ANSWER_REPLY };

/* What it is; a fault says why it is broken. */
enum answer_kind
    answer_check(answer_t *self, struct core_fault *fault);

/*
 * Writes the reply that a line of kind ANSWER_REPLY is, into a writer that was
 * started for the query.  scratch takes one record.  -1 and a fault when a
 * record is broken or a limit is passed: the writer is of no use then.
 */
int
    answer_write(const answer_t *self, const struct core_message *query,
                 const struct answer_limits *limits,
                 struct core_zone_record *scratch, struct core_writer *writer,
                 struct core_fault *fault);

/* Code of its Extended DNS Error, or CORE_EDE_NONE; text: lent, or NULL. */
unsigned
    answer_ede(const answer_t *self, const char **text);

#endif
