/*
 * skydns_options - what SkyDNS was told: flags, environment, etcd
 *
 * An option counts as it stands on the command line; else as it is in the
 * environment; else as the object at /skydns/config in etcd has it; else it has
 * SkyDNS's default.  So these are read in this order.
 */

#ifndef CTL_SKYDNS_OPTIONS_H
#define CTL_SKYDNS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "coredns/fault.h"

enum skydns_option {
    SKYDNS_ADDR, SKYDNS_DOMAIN, SKYDNS_MACHINES, SKYDNS_CA, SKYDNS_KEY,
    SKYDNS_CERTIFICATE, SKYDNS_USERNAME, SKYDNS_PASSWORD, SKYDNS_NAMESERVERS,
    SKYDNS_NO_REC, SKYDNS_DNSSEC, SKYDNS_LOCAL, SKYDNS_HOSTMASTER,
    SKYDNS_ROUND_ROBIN, SKYDNS_NS_ROTATE, SKYDNS_STUBZONES, SKYDNS_NDOTS,
    SKYDNS_RTIMEOUT, SKYDNS_PATH_PREFIX, SKYDNS_ETCD3, SKYDNS_SYSTEMD,
    SKYDNS_SCACHE, SKYDNS_RCACHE, SKYDNS_RCACHE_TTL, SKYDNS_VERBOSE,
    SKYDNS_VERSION, SKYDNS_TTL, SKYDNS_MIN_TTL, SKYDNS_PRIORITY,
    SKYDNS_METRICS_PORT, SKYDNS_METRICS_PATH, SKYDNS_METRICS_NAMESPACE,
    SKYDNS_METRICS_SUBSYSTEM, SKYDNS_OPTIONS
};

typedef struct skydns_options skydns_options_t;

skydns_options_t *
    skydns_options_new(void);

void
    skydns_options_destroy(skydns_options_t **self_p);

/* Words as SkyDNS takes them, ended by NULL: -domain NAME, --no-rec=false.
   words may be NULL. */
void
    skydns_options_read_flags(skydns_options_t *self, char *const *words,
                              core_faults_t *faults);

void
    skydns_options_read_environment(skydns_options_t *self,
                                    core_faults_t *faults);

/* Reads the object at that key.  A field that is none of SkyDNS's is a
   notice. */
void
    skydns_options_read_object(skydns_options_t *self, const char *text,
                               const char *key, core_faults_t *faults,
                               core_faults_t *notices);

/* What counts, or else the default; lent.  Numbers are decimal, times are in
   milliseconds, lists have commas. */
const char *
    skydns_options_text(const skydns_options_t *self,
                        enum skydns_option option);
bool
    skydns_options_is(const skydns_options_t *self,
                      enum skydns_option option);
int64_t
    skydns_options_number(const skydns_options_t *self,
                          enum skydns_option option);

/* How it was given: "-ndots", "SKYDNS_NDOTS", "ndots in /skydns/config"; NULL:
   it was not. */
const char *
    skydns_options_origin(const skydns_options_t *self,
                          enum skydns_option option);

#endif
