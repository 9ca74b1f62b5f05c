/*
 * filter - which queries and replies are shown
 *
 * Each list that is empty lets all pass; of one that is not, one entry must
 * match.
 */

#ifndef TAP_FILTER_H
#define TAP_FILTER_H

#include <stdbool.h>

#include "coredns/setting.h"
#include "tap/format.h"

/* As the configuration has it. */
struct filter_settings {
    struct core_list names;             /* of const uint8_t * */
    struct core_list types;             /* of const char * */
    struct core_list clients;           /* of struct core_network */
    struct core_list rcodes;            /* of const char * */
};

typedef struct filter filter_t;

/* Makes a filter of settings, which must stay.  NULL and faults "key[i]: text"
   when they are wrong. */
filter_t *
    filter_new(const struct filter_settings *settings, core_faults_t *faults);
void
    filter_destroy(filter_t **self_p);

/* Name, type and client. */
bool
    filter_shows(const filter_t *self, const struct core_message *message,
                 const struct core_record *record);

/* True when only replies with some rcodes are shown. */
bool
    filter_has_rcodes(const filter_t *self);

bool
    filter_shows_rcode(const filter_t *self, unsigned rcode);

#endif
