/*
 * notify - telling other servers that a zone has changed (RFC 1996)
 *
 * An errand is one server to be told of one zone.  Those that are due stand in
 * a queue; as many as there are desks are under way at a time, each with a
 * socket of its own that hears that server alone.  Between changes nothing
 * runs.
 */

#include "authority/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authority/key.h"
#include "authority/slab.h"
#include "authority/trie.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "coredns/writer.h"
#include "lib/host_port.h"

#define DESKS 64
#define TRIES 5
#define FIRST_WAIT_MS 2000              /* doubled from try to try */
#define PAUSE_MS 1000                   /* between two of one errand */
#define BEAT_MS 100
#define DNS_PORT 53

/* What is to be told of one zone. */
struct group {
    struct errand *errands;
    uint32_t serial;                    /* that they are told of */
    bool is_fresh;                      /* by the present rules */
    uint8_t name[CORE_NAME_SIZE];       /* of the zone */
};

struct errand {
    notifier_t *notifier;
    const struct group *group;
    struct errand *next;                /* of the group */
    struct errand *next_due;            /* in the queue */
    struct sockaddr_storage target;
    struct sockaddr_storage source;     /* ss_family 0: whichever */
    socklen_t target_size, source_size;
    uint32_t serial;                    /* the zone's */
    bool is_due;                        /* that is to be told */
    bool is_queued;
    bool has_failed;                    /* and that has been said */
    int64_t told_ms;                    /* the last time; 0: never */

    bool is_busy;                       /* at a desk */
    int fd;                             /* -1: none could be had so far */
    uint16_t id;
    unsigned tries;
    int64_t until_ms;                   /* waits for an answer */
};

struct notifier {
    core_loop_t *loop;
    core_timer_t *timer;                /* runs while any are due */
    slab_t *slab;
    trie_t *groups;
    struct errand *first_due, *last_due;
    struct errand *desks[DESKS];
    unsigned busy;
    uint64_t sent, answered, given_up;
};

notifier_t *
notifier_new(core_loop_t *loop, core_telemetry_t *telemetry)
{
    notifier_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->slab = slab_new();
    self->groups = trie_new(self->slab, offsetof(struct group, name));
    core_telemetry_add(telemetry, CORE_COUNTER,
                       "coredns_authority_notifies_total",
                       "Messages NOTIFY that were sent.", &self->sent);
    core_telemetry_add(telemetry, CORE_COUNTER,
                       "coredns_authority_notifies_answered_total",
                       "Changes of zones that a server has taken note of.",
                       &self->answered);
    core_telemetry_add(telemetry, CORE_COUNTER,
                       "coredns_authority_notifies_given_up_total",
                       "Changes of zones that a server could not be told.",
                       &self->given_up);
    return self;
}

static void
close_desk(struct errand *errand)
{
    if (errand->fd == -1)
        return;
    core_loop_unwatch(errand->notifier->loop, errand->fd);
    close(errand->fd);
    errand->fd = -1;
}

static bool
end_group(void *owner, void *thing)
{
    struct group *group = thing;

    (void) owner;
    while (group->errands != NULL) {
        struct errand *errand = group->errands;

        group->errands = errand->next;
        close_desk(errand);
        free(errand);
    }
    return true;
}

void
notifier_destroy(notifier_t **self_p)
{
    notifier_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->loop, &self->timer);
    trie_walk(self->groups, end_group, NULL);
    slab_destroy(&self->slab);          /* with the groups */
    free(self);
    *self_p = NULL;
}

/* ---- the queue ----------------------------------------------------------- */

static void
put_in_queue(notifier_t *self, struct errand *errand)
{
    if (errand->is_queued)
        return;
    errand->is_queued = true;
    errand->next_due = NULL;
    if (self->first_due == NULL)
        self->first_due = errand;
    else
        self->last_due->next_due = errand;
    self->last_due = errand;
}

static struct errand *
take_from_queue(notifier_t *self)
{
    struct errand *errand = self->first_due;

    if (errand == NULL)
        return NULL;
    self->first_due = errand->next_due;
    errand->is_queued = false;
    return errand;
}

/* ---- at a desk ----------------------------------------------------------- */

static const char *
write_target(const struct errand *errand, char text[HOST_PORT_TEXT_SIZE])
{
    return host_port_to_text(text, &errand->target, errand->target_size);
}

static void
leave_desk(struct errand *errand)
{
    notifier_t *self = errand->notifier;

    close_desk(errand);
    errand->is_busy = false;
    for (unsigned i = 0; i < self->busy; i++) {
        if (self->desks[i] != errand)
            continue;
        self->desks[i] = self->desks[--self->busy];
        break;
    }
    if (errand->is_due)
        put_in_queue(self, errand);
}

static void
take_answer(struct errand *errand, const struct core_message *message)
{
    char target[HOST_PORT_TEXT_SIZE];
    char name[CORE_NAME_TEXT_SIZE];
    unsigned rcode = core_message_rcode(message);

    errand->notifier->answered++;
    if (rcode != CORE_NOERROR && !errand->has_failed)
        core_log(CORE_LOG_NOTICE, "zone %s: %s answers NOTIFY with rcode %u",
                 core_name_to_text(name, errand->group->name),
                 write_target(errand, target), rcode);
    errand->has_failed = rcode != CORE_NOERROR;
    leave_desk(errand);
}

static void
on_answer(void *owner, int fd, uint32_t events)
{
    struct errand *errand = owner;
    uint8_t bytes[512];
    struct core_message message;
    ssize_t size;

    (void) events;
    while ((size = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) >= 0) {
        if (core_message_parse(&message, bytes, (size_t) size)
                != CORE_PARSE_OK
            || message.id != errand->id || (message.flags & CORE_QR) == 0
            || core_message_opcode(&message) != CORE_OPCODE_NOTIFY)
            continue;
        take_answer(errand, &message);
        return;
    }
}

static int
open_socket(const struct errand *errand)
{
    int fd = socket(errand->target.ss_family,
                    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd == -1)
        return -1;
    if ((errand->source.ss_family == errand->target.ss_family
         && bind(fd, (const struct sockaddr *) &errand->source,
                 errand->source_size) == -1)
        || connect(fd, (const struct sockaddr *) &errand->target,
                   errand->target_size) == -1) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static void
open_desk(struct errand *errand)
{
    char target[HOST_PORT_TEXT_SIZE];

    errand->fd = open_socket(errand);
    if (errand->fd != -1)
        core_loop_watch(errand->notifier->loop, errand->fd, EPOLLIN,
                        on_answer, errand);
    else if (!errand->has_failed)
        core_log(CORE_LOG_WARNING, "cannot send NOTIFY to %s: %s",
                 write_target(errand, target), strerror(errno));
    errand->has_failed |= errand->fd == -1;
}

static void
send_notify(struct errand *errand, int64_t now_ms)
{
    uint8_t bytes[CORE_HEADER_SIZE + CORE_NAME_SIZE + 4];
    struct core_writer writer;

    core_writer_query(&writer, bytes, sizeof bytes, errand->id,
                      CORE_OPCODE_NOTIFY << 11 | CORE_AA, errand->group->name,
                      CORE_SOA, CORE_IN);

    size_t size = core_writer_end(&writer, 0, CORE_NOERROR);

    if (errand->fd == -1)
        open_desk(errand);
    if (errand->fd != -1
        && send(errand->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) != -1)
        errand->notifier->sent++;
    errand->told_ms = now_ms;
    errand->until_ms = now_ms + (FIRST_WAIT_MS << errand->tries);
    errand->tries++;
}

static void
give_up(struct errand *errand)
{
    char target[HOST_PORT_TEXT_SIZE];
    char name[CORE_NAME_TEXT_SIZE];

    errand->notifier->given_up++;
    if (!errand->has_failed)
        core_log(CORE_LOG_NOTICE, "zone %s: %s does not answer NOTIFY",
                 core_name_to_text(name, errand->group->name),
                 write_target(errand, target));
    errand->has_failed = true;
    leave_desk(errand);
}

static void
take_desk(notifier_t *self, struct errand *errand, int64_t now_ms)
{
    errand->is_due = false;
    errand->is_busy = true;
    errand->tries = 0;
    if (getrandom(&errand->id, sizeof errand->id, GRND_NONBLOCK) == -1)
        errand->id = (uint16_t) now_ms;
    self->desks[self->busy++] = errand;
    send_notify(errand, now_ms);
}

static void
tend_desks(notifier_t *self, int64_t now_ms)
{
    for (unsigned i = self->busy; i-- > 0;) {
        struct errand *errand = self->desks[i];

        if (now_ms < errand->until_ms)
            continue;
        if (errand->tries < TRIES)
            send_notify(errand, now_ms);
        else
            give_up(errand);
    }
}

/* Looks once at each that was queued when it began. */
static void
fill_desks(notifier_t *self, int64_t now_ms)
{
    const struct errand *last = self->last_due;
    struct errand *errand = NULL;

    while (errand != last && self->busy < DESKS
           && (errand = take_from_queue(self)) != NULL) {
        if (errand->told_ms != 0 && now_ms - errand->told_ms < PAUSE_MS)
            put_in_queue(self, errand);
        else
            take_desk(self, errand, now_ms);
    }
}

static void
run_errands(void *owner)
{
    notifier_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);

    tend_desks(self, now_ms);
    fill_desks(self, now_ms);
    if (self->busy == 0 && self->first_due == NULL)
        core_loop_timer_cancel(self->loop, &self->timer);
}

/* ---- what is to be told -------------------------------------------------- */

static struct group *
group_of(notifier_t *self, const uint8_t *zone)
{
    struct group *group;
    struct key key;

    key_make(&key, zone);
    group = trie_find(self->groups, &key);
    if (group != NULL)
        return group;
    group = slab_take(self->slab, sizeof *group);
    *group = (struct group) { .errands = NULL };
    memcpy(group->name, zone, core_name_size(zone));
    key_make(&key, group->name);
    trie_put(self->groups, &key, group);
    return group;
}

static bool
is_same_address(const struct sockaddr_storage *left,
                const struct sockaddr_storage *right)
{
    return memcmp(left, right, sizeof *left) == 0;
}

/* The errand to that server, with that source from now on. */
static struct errand *
errand_to(notifier_t *self, struct group *group, const struct errand *like)
{
    struct errand *errand = group->errands;

    while (errand != NULL && !is_same_address(&errand->target, &like->target))
        errand = errand->next;
    if (errand == NULL) {
        errand = core_allocate(sizeof *errand);
        *errand = *like;
        errand->notifier = self;
        errand->group = group;
        errand->fd = -1;
        errand->next = group->errands;
        group->errands = errand;
    }
    errand->source = like->source;
    errand->source_size = like->source_size;
    return errand;
}

static void
make_due(notifier_t *self, struct errand *errand, uint32_t serial)
{
    errand->serial = serial;
    errand->is_due = true;
    if (!errand->is_busy)
        put_in_queue(self, errand);
    if (self->timer == NULL)
        self->timer = core_loop_timer(self->loop, 0, BEAT_MS, run_errands,
                                      self);
}

void
notifier_tell(notifier_t *self, const struct zone *zone,
              const struct transfer_rule *rule)
{
    const char *const *texts = rule->notify.items;
    char why[HOST_PORT_WHY_SIZE];
    struct errand like = { .fd = -1 };

    if (rule->notify.count == 0)
        return;

    struct group *group = group_of(self, zone->id.name);

    /* A zone may change far more often than its serial. */
    if (group->is_fresh && group->serial == zone->serial)
        return;
    group->is_fresh = true;
    group->serial = zone->serial;
    if (rule->notify_source != NULL)
        (void) host_port_address(rule->notify_source, 0, &like.source,
                                 &like.source_size, why);
    for (size_t i = 0; i < rule->notify.count; i++) {
        if (host_port_from_text(texts[i], DNS_PORT, &like.target,
                                &like.target_size, why) == -1)
            continue;                   /* notify_check() has said so */

        struct errand *errand = errand_to(self, group, &like);

        if (errand->told_ms == 0 || errand->serial != zone->serial)
            make_due(self, errand, zone->serial);
    }
}

static bool
make_stale(void *owner, void *thing)
{
    struct group *group = thing;

    (void) owner;
    group->is_fresh = false;
    return true;
}

void
notifier_rules_changed(notifier_t *self)
{
    trie_walk(self->groups, make_stale, NULL);
}

void
notify_check(const struct transfer_rule *rule, const char *where,
             core_faults_t *faults)
{
    const char *const *texts = rule->notify.items;
    struct sockaddr_storage address;
    socklen_t size;
    char why[HOST_PORT_WHY_SIZE];

    for (size_t i = 0; i < rule->notify.count; i++)
        if (host_port_from_text(texts[i], DNS_PORT, &address, &size,
                                why) == -1)
            core_faults_add(faults, NULL, 0, "%s.notify[%zu]: %s: %s", where,
                            i, texts[i], why);
    if (rule->notify_source != NULL
        && host_port_address(rule->notify_source, 0, &address, &size,
                             why) == -1)
        core_faults_add(faults, NULL, 0, "%s.notify_source: %s: %s", where,
                        rule->notify_source, why);
}
