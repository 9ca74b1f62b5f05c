/*
 * message - the one line on standard error when a verb cannot be done
 */

#ifndef CTL_MESSAGE_H
#define CTL_MESSAGE_H

#include "coredns/fault.h"

/* Prints "corednsctl: text" and returns code. */
int
    message_fail(int code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int
    message_fault(int code, const struct core_fault *fault);

#endif
