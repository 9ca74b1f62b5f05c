/*
 * message_frames - one ZeroMQ message of the pipe: envelope, empty, batch
 *
 * Whoever can connect can send any number of frames of any size.  Frames in
 * front of the empty one are taken as long as the envelope has room; after
 * the first thing that is wrong the message is read to its end, so that the
 * next one starts where it should.
 */

#include "message_frames.h"

#include <string.h>

/* Reads and forgets the rest of the message that `frame` belongs to. */
static void
skip_rest(void *socket, bool more)
{
    while (more) {
        zmq_msg_t frame;

        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) == -1)
            more = false;
        else
            more = zmq_msg_more(&frame) != 0;
        zmq_msg_close(&frame);
    }
}

/* Puts a frame behind the envelope; false when it does not fit. */
static bool
add_hop(struct core_envelope *envelope, zmq_msg_t *frame)
{
    size_t size = zmq_msg_size(frame);

    if (envelope->hops == CORE_ENVELOPE_HOPS || size > CORE_ROUTING_ID_SIZE)
        return false;
    envelope->ids[envelope->hops].size = (uint8_t) size;
    memcpy(envelope->ids[envelope->hops].bytes, zmq_msg_data(frame), size);
    envelope->hops++;
    return true;
}

enum message_state
message_frames_receive(struct message_frames *self, void *socket)
{
    bool is_first = true;

    self->envelope.hops = 0;
    self->envelope.door = 0;
    for (;;) {
        zmq_msg_t frame;

        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(&frame);
            return is_first ? MESSAGE_NONE : MESSAGE_BROKEN;
        }

        bool more = zmq_msg_more(&frame) != 0;
        bool is_empty = zmq_msg_size(&frame) == 0;
        bool is_taken = is_empty || add_hop(&self->envelope, &frame);

        zmq_msg_close(&frame);
        is_first = false;
        if (!is_taken || !more) {
            skip_rest(socket, more);
            return MESSAGE_BROKEN;
        }
        if (is_empty)
            break;
    }
    zmq_msg_init(&self->batch);
    if (zmq_msg_recv(&self->batch, socket, ZMQ_DONTWAIT) == -1) {
        zmq_msg_close(&self->batch);
        return MESSAGE_BROKEN;
    }
    if (zmq_msg_more(&self->batch)) {
        zmq_msg_close(&self->batch);
        skip_rest(socket, true);
        return MESSAGE_BROKEN;
    }
    return MESSAGE_WHOLE;
}

bool
message_frames_send(void *socket, const struct core_envelope *envelope,
                    core_batch_t *batch)
{
    unsigned hops = envelope == NULL ? 0 : envelope->hops;
    size_t size;
    const void *bytes = core_batch_frame(batch, &size);

    /* Only the first frame can be refused: a message is taken whole. */
    for (unsigned i = 0; i < hops; i++)
        if (zmq_send(socket, envelope->ids[i].bytes, envelope->ids[i].size,
                     ZMQ_SNDMORE | ZMQ_DONTWAIT) == -1)
            return false;
    return zmq_send(socket, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT) != -1
        && zmq_send(socket, bytes, size, ZMQ_DONTWAIT) != -1;
}
