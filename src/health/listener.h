/*
 * listener - where HTTP is served
 *
 *   127.0.0.1:8080, [::1]:8080     that address
 *   :8080, *:8080                  every address of the host
 */

#ifndef HEALTH_LISTENER_H
#define HEALTH_LISTENER_H

#include <stdbool.h>

#include "coredns/fault.h"
#include "coredns/setting.h"

#define LISTENERS 16                    /* of one list, at most */
#define LISTENER_TEXT_SIZE 80

/* Listening sockets, each with the address as the configuration writes it. */
struct listeners {
    size_t count;
    struct {
        char text[LISTENER_TEXT_SIZE];
        int descriptor;
    } items[LISTENERS];
};

/* Adds a fault for each text of the list that is no address, prefixed by
   key. */
void
    listeners_check(const struct core_list *texts, const char *key,
                    core_faults_t *faults);

/* The same for each whose port only root could bind. */
void
    listeners_check_ports(const struct core_list *texts, const char *key,
                          core_faults_t *faults);

/* The same for each that is in the other list already, or before it. */
void
    listeners_check_other(const struct core_list *texts, const char *key,
                          const struct core_list *other,
                          const char *other_key, core_faults_t *faults);

/*
 * Takes a socket that somebody else has opened; descriptor is duplicated.
 * Returns -1 and a fault when there is no room for one more.
 */
int
    listeners_take(struct listeners *self, const char *text, int descriptor,
                   struct core_fault *fault);

/*
 * Opens what is on the list and was not open in `before`, and takes over what
 * was: the sockets that stay are those of before.  Returns -1 and a fault when
 * one cannot be opened; then self is empty and before is as it was.
 */
int
    listeners_open(struct listeners *self, const struct core_list *texts,
                   const struct listeners *before, struct core_fault *fault);

/* Says whether one of them is that descriptor. */
bool
    listeners_have(const struct listeners *self, int descriptor);

/* Closes those that are not in `before`; self is empty then. */
void
    listeners_close_new(struct listeners *self,
                        const struct listeners *before);

/* Closes all; self is empty then. */
void
    listeners_close(struct listeners *self);

#endif
