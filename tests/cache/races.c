/*
 * races - a store and its readers as threads, for the thread sanitizer
 *
 * In life they are processes.  Here the readers look at the writer's own
 * mapping, so that every access of theirs is seen beside its own.  Ends with 0
 * when what was read was whole; the sanitizer has its own exit code.
 */

#include <pthread.h>
#include <stdio.h>

#include "cache/stress.h"

#define READERS 3
#define WRITES 30000

static const struct key_secret secret = { { 1, 2 } };
static store_t *store;
static bool is_over;

struct reader {
    pthread_t thread;
    table_t *table;
    unsigned number, found, wrong;
};

static void *
read_all_the_time(void *owner)
{
    struct reader *self = owner;
    struct stress stress = { .random = 17 + self->number };

    while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
        int result = stress_read(&stress, self->table, 1000);

        self->found += result == 1;
        self->wrong += result == -1;
    }
    return NULL;
}

int
main(void)
{
    struct stress stress = { .random = 5 };
    struct reader readers[READERS] = { { .number = 0 } };
    struct core_fault fault;
    unsigned found = 0, wrong = 0;

    store = store_new(STRESS_CAPACITY, &secret, &fault);

    const struct table_head *head = store_head(store);

    for (unsigned i = 0; i < READERS; i++) {
        readers[i].number = i;
        readers[i].table = table_of_memory(head, head->size, &fault);
        pthread_create(&readers[i].thread, NULL, read_all_the_time,
                       &readers[i]);
    }
    for (int i = 0; i < WRITES; i++) {
        stress_write(&stress, store, &secret, 0);
        if (i == WRITES / 2)
            store_clear(store);
    }
    __atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
    for (unsigned i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        found += readers[i].found;
        wrong += readers[i].wrong;
    }
    printf("found %u, wrong %u\n", found, wrong);
    return found > 1000 && wrong == 0 ? 0 : 1;
}
