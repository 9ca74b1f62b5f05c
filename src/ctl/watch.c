/*
 * watch - reads the configuration again when its files have changed
 *
 * What is known of the files is one text, made from what stat(2) says of each.
 * It is made before they are read, and holds when what was read is found to be
 * what runs: so no change is missed that happens in between.
 */

#include "ctl/watch.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "coredns/memory.h"

#include "ctl/house.h"
#include "ctl/parts.h"

struct watch {
    struct house *house;
    core_timer_t *timer;                /* NULL: nothing is asked for */
    char *known;                        /* NULL: not yet */
    char *seen;                         /* when they were last read */
};

/* What the files are like now; yours. */
static char *
look_at_files(const struct watch *self)
{
    const core_config_t *config = self->house->config;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    const char *path;

    if (file == NULL)
        abort();
    for (size_t i = 0; (path = core_config_file(config, i)) != NULL; i++) {
        struct stat status = { .st_size = -1 };

        stat(path, &status);
        fprintf(file, "%ju %ju %jd %jd.%09ld %jd.%09ld\n",
                (uintmax_t) status.st_dev, (uintmax_t) status.st_ino,
                (intmax_t) status.st_size, (intmax_t) status.st_mtim.tv_sec,
                status.st_mtim.tv_nsec, (intmax_t) status.st_ctim.tv_sec,
                status.st_ctim.tv_nsec);
    }
    fclose(file);
    return text;
}

/* Anything from 0 to the limit, without it. */
static int64_t
draw(int64_t limit)
{
    uint64_t chance = 0;

    if (limit <= 0 || getrandom(&chance, sizeof chance, 0) == -1)
        return 0;
    return (int64_t)(chance % (uint64_t) limit);
}

static void
look(void *owner);

static void
wait_for_next(struct watch *self)
{
    const struct plan_reload *when = &self->house->plan->reload;

    self->timer = core_loop_timer(self->house->loop, when->every
                                  - when->jitter / 2 + draw(when->jitter),
                                  0, look, self);
}

static void
look(void *owner)
{
    struct watch *self = owner;
    char *seen = look_at_files(self);

    self->timer = NULL;
    wait_for_next(self);
    if ((self->known == NULL || strcmp(seen, self->known) != 0)
        && reload_if_changed(self->house)) {
        free(self->seen);
        self->seen = seen;
    }
    else
        free(seen);
}

void
watch_settle(watch_t *self)
{
    free(self->known);
    self->known = self->seen;
    self->seen = NULL;
}

void
watch_follow(watch_t *self)
{
    core_loop_timer_cancel(self->house->loop, &self->timer);
    free(self->known);
    self->known = NULL;
    if (self->house->plan->reload.every > 0)
        wait_for_next(self);
}

watch_t *
watch_new(struct house *house)
{
    watch_t *self = core_allocate(sizeof *self);

    self->house = house;
    return self;
}

void
watch_destroy(watch_t **self_p)
{
    assert(self_p);

    watch_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->house->loop, &self->timer);
    free(self->known);
    free(self->seen);
    free(self);
    *self_p = NULL;
}
