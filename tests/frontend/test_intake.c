/* intake - datagrams in slots, also when the process is killed in between */

#include "frontend/intake.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_test.h"

#define SLOTS 128

struct fixture {
    void *area;
    inflight_t *slots;
    intake_t *intake;
    int sender, receiver;
};

static void
begin(struct fixture *self)
{
    int pair[2];

    self->area = mmap(NULL, inflight_area_size(SLOTS),
                      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
    ck_assert_ptr_ne(self->area, MAP_FAILED);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
    self->sender = pair[0];
    self->receiver = pair[1];
    self->slots = inflight_new(self->area, SLOTS, 0);
    self->intake = intake_new(self->slots);
    intake_recover(self->intake);
}

/* What is left of a process that was killed: the area and the sockets. */
static void
be_killed(struct fixture *self)
{
    intake_destroy(&self->intake);
    inflight_destroy(&self->slots);
    self->slots = inflight_new(self->area, SLOTS, 0);
    self->intake = intake_new(self->slots);
    intake_recover(self->intake);
}

static void
end(struct fixture *self)
{
    intake_destroy(&self->intake);
    inflight_destroy(&self->slots);
    close(self->sender);
    close(self->receiver);
}

static void
send_octets(struct fixture *self, uint8_t octet, size_t size)
{
    uint8_t bytes[2 * INFLIGHT_LARGE];

    memset(bytes, octet, size);
    ck_assert_int_eq(send(self->sender, bytes, size, 0), (ssize_t) size);
}

static const struct {
    size_t size;
    bool taken;
} size_rows[] = {
    { 1, true },
    { INFLIGHT_SMALL, true },
    { INFLIGHT_SMALL + 1, true },       /* put together in a large slot */
    { INFLIGHT_LARGE, true },
    { INFLIGHT_LARGE + 1, false },
};

START_TEST(receives_every_size_there_is_room_for)
{
    struct fixture self;
    bool more;

    begin(&self);
    send_octets(&self, 'x', size_rows[_i].size);
    ck_assert_int_eq(intake_receive(self.intake, self.receiver, 3, &more), 1);
    ck_assert(!more);

    uint32_t number = intake_take(self.intake, 0);

    ck_assert_int_eq(number != INFLIGHT_NONE, size_rows[_i].taken);
    if (number != INFLIGHT_NONE) {
        const struct inflight_slot *slot = inflight_at(self.slots, number);

        ck_assert_uint_eq(slot->size, size_rows[_i].size);
        ck_assert_uint_eq(slot->origin, 3);
        ck_assert_uint_eq(slot->message[0], 'x');
        ck_assert_uint_eq(slot->message[slot->size - 1], 'x');
    }
    end(&self);
}
END_TEST

START_TEST(finds_what_was_received_and_not_yet_looked_at)
{
    struct fixture self;
    bool more;

    begin(&self);
    send_octets(&self, 'a', 40);
    send_octets(&self, 'b', INFLIGHT_SMALL + 40);
    send_octets(&self, 'c', 40);
    ck_assert_int_eq(intake_receive(self.intake, self.receiver, 1, &more), 3);
    ck_assert_uint_ne(intake_take(self.intake, 0), INFLIGHT_NONE);
    be_killed(&self);

    /* The first lives, and the two others as well. */
    ck_assert_uint_eq(inflight_count(self.slots), 3);

    unsigned seen = 0;

    for (uint32_t i = inflight_oldest(self.slots); i != INFLIGHT_NONE;
         i = inflight_after(self.slots, i)) {
        const struct inflight_slot *slot = inflight_at(self.slots, i);

        ck_assert_uint_eq(slot->origin, 1);
        ck_assert_uint_eq(slot->message[slot->size - 1], slot->message[0]);
        seen |= 1u << (slot->message[0] - 'a');
    }
    ck_assert_uint_eq(seen, 7);
    end(&self);
}
END_TEST

START_TEST(forgets_entries_that_nothing_was_received_into)
{
    struct fixture self;
    bool more;

    begin(&self);
    send_octets(&self, 'a', 40);
    ck_assert_int_eq(intake_receive(self.intake, self.receiver, 1, &more), 1);
    inflight_release(self.slots, intake_take(self.intake, 0));
    be_killed(&self);
    ck_assert_uint_eq(inflight_count(self.slots), 0);

    /* None was lost: all can be taken. */
    for (unsigned i = 0; i < SLOTS; i++)
        ck_assert_uint_ne(inflight_take(self.slots, 1), INFLIGHT_NONE);
    end(&self);
}
END_TEST

START_TEST(goes_on_when_all_slots_were_in_use)
{
    struct fixture self;
    bool more;
    uint32_t last = INFLIGHT_NONE;

    begin(&self);
    for (unsigned i = 0; i < SLOTS; i++) {
        last = inflight_take(self.slots, 1);
        inflight_at(self.slots, last)->size = 1;
        inflight_keep(self.slots, last);
    }
    send_octets(&self, 'a', 40);
    ck_assert_int_eq(intake_receive(self.intake, self.receiver, 1, &more),
                     -1);
    inflight_release(self.slots, last);
    ck_assert_int_eq(intake_receive(self.intake, self.receiver, 1, &more), 1);
    ck_assert_uint_eq(intake_take(self.intake, 0), last);
    end(&self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("intake");

    tcase_add_loop_test(cases, receives_every_size_there_is_room_for, 0,
                        CORE_TEST_ROWS(size_rows));
    tcase_add_test(cases, finds_what_was_received_and_not_yet_looked_at);
    tcase_add_test(cases, forgets_entries_that_nothing_was_received_into);
    tcase_add_test(cases, goes_on_when_all_slots_were_in_use);
    return core_test_run(cases);
}
