/*
 * frontend - the head of the pipe: speaks DNS to clients
 *
 * A query stays with the frontend from its arrival until its reply has been
 * sent: whatever else dies, it is sent down again, and at its deadline it is
 * answered SERVFAIL.
 */

#ifndef FRONTEND_FRONTEND_H
#define FRONTEND_FRONTEND_H

#include "coredns/stage.h"

extern const struct core_stage frontend_stage;

#endif
