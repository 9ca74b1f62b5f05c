/*
 * settings - what befalls whom, as the configuration has it
 */

#include "chaos/settings.h"

#include <stddef.h>
#include <sys/random.h>

#include "chaos/effect.h"

#define WAITING_MOST 8000               /* below what a life can hold */

static const char *const resent_choices[] = {
    [RESENT_SAME] = "same", [RESENT_SPARED] = "spared", NULL,
};

const struct core_setting settings_table[] = {
    { .key = "seed", .type = CORE_INTEGER, .maximum = INT32_MAX,
      .offset = offsetof(struct settings, seed),
      .says = "start of all chance, which then repeats; 0: another each time" },
    { .key = "resent", .type = CORE_CHOICE, .choices = resent_choices,
      .offset = offsetof(struct settings, resent),
      .says = "what befalls a query that is sent again" },
    { .key = "waiting", .type = CORE_INTEGER, .fallback = 4096, .minimum = 1,
      .maximum = WAITING_MOST, .offset = offsetof(struct settings, waiting),
      .says = "queries that can be late at a time; more are not delayed" },
    { .key = "effects", .type = CORE_GROUPS, .required = true,
      .members = effect_table,
      .members_size = sizeof (struct effect_settings),
      .offset = offsetof(struct settings, effects),
      .says = "what befalls which queries and replies" },
    { .type = CORE_END },
};

void
settings_check(const void *settings_read, core_faults_t *faults)
{
    const struct settings *settings = settings_read;
    const struct effect_settings *items = settings->effects.items;

    if (settings->effects.count > SETTINGS_EFFECTS)
        core_faults_add(faults, NULL, 0, "chaos.effects: above the limit %d",
                        SETTINGS_EFFECTS);
    for (size_t i = 0; i < settings->effects.count; i++) {
        core_faults_t *found = core_faults_new();
        struct effect effect;

        effect_open(&effect, &items[i], 0, i, found);
        for (size_t j = 0; j < core_faults_count(found); j++)
            core_faults_add(faults, NULL, 0, "chaos.effects[%zu].%s", i,
                            core_faults_at(found, j)->text);
        effect_clear(&effect);
        core_faults_destroy(&found);
    }
}

uint64_t
settings_seed(const struct settings *settings)
{
    uint64_t seed = (uint64_t) settings->seed;

    if (seed == 0 && getrandom(&seed, sizeof seed, GRND_NONBLOCK) == -1)
        seed = 1;                       /* early at boot: as good as any */
    return seed;
}
