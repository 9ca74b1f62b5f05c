/*
 * message_frames - one ZeroMQ message of the pipe: envelope, empty, batch
 *
 * Private to the library: what inlet and outlet share.
 */

#ifndef LIB_MESSAGE_FRAMES_H
#define LIB_MESSAGE_FRAMES_H

#include <stdbool.h>

#include <zmq.h>

#include "coredns/pipe.h"

struct message_frames {
    struct core_envelope envelope;
    zmq_msg_t batch;                    /* to be closed by the caller when the
                                           message is whole */
};

enum message_state {
    MESSAGE_NONE,                       /* nothing waits */
    MESSAGE_WHOLE,
    MESSAGE_BROKEN,                     /* read to its end and thrown away */
};

/* Receives one message without waiting. */
enum message_state
    message_frames_receive(struct message_frames *self, void *socket);

/*
 * Sends envelope (NULL: none), the empty frame and the batch, without waiting.
 * False when nobody takes it; then nothing was sent.
 */
bool
    message_frames_send(void *socket, const struct core_envelope *envelope,
                        core_batch_t *batch);

#endif
