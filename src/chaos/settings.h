/*
 * settings - what befalls whom, as the configuration has it
 */

#ifndef CHAOS_SETTINGS_H
#define CHAOS_SETTINGS_H

#include <stdint.h>

#include "coredns/fault.h"
#include "coredns/setting.h"

#define SETTINGS_EFFECTS 64             /* a bit for each */

enum resent { RESENT_SAME, RESENT_SPARED };

struct settings {
    int64_t seed;
    int resent;                         /* enum resent */
    int64_t waiting;
    struct core_list effects;           /* of struct effect_settings */
};

extern const struct core_setting settings_table[];

/* Adds every fault that the table cannot express. */
void
    settings_check(const void *settings, core_faults_t *faults);

/* The seed, or another one each time when none is set. */
uint64_t
    settings_seed(const struct settings *settings);

#endif
