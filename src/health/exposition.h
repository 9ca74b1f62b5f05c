/*
 * exposition - the metrics of many processes as one text
 *
 * Each process tells its metrics in the exposition format of Prometheus.  Here
 * they are put together: the samples of a family side by side, with one HELP
 * and one TYPE, and each sample with the labels process and stage in front of
 * its own.  What is no right line is left out and counted, for one wrong line
 * makes Prometheus refuse the whole text.
 */

#ifndef HEALTH_EXPOSITION_H
#define HEALTH_EXPOSITION_H

#include <stddef.h>
#include <stdio.h>

#define EXPOSITION_SAMPLES 65536        /* of all processes, at most */
#define EXPOSITION_HEADINGS 16384       /* families, counted for each process */
#define EXPOSITION_SOURCES 1024         /* texts */

typedef struct exposition exposition_t;

exposition_t *
    exposition_new(void);

void
    exposition_destroy(exposition_t **self_p);

/*
 * Adds the metrics in text, which ends at its NUL; text, process and stage are
 * lent until the exposition ends.
 */
void
    exposition_add(exposition_t *self, const char *process, const char *stage,
                   const char *text);

/* Writes all, sorted by family, then in the order in which they were added. */
void
    exposition_write(exposition_t *self, FILE *file);

/* How many lines were left out; complete after exposition_write(). */
size_t
    exposition_refused(const exposition_t *self);

#endif
