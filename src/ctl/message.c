/*
 * message - the one line on standard error when a verb cannot be done
 */

#include "ctl/message.h"

#include <stdarg.h>
#include <stdio.h>

int
message_fail(int code, const char *format, ...)
{
    va_list arguments;

    fputs("corednsctl: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return code;
}

int
message_fault(int code, const struct core_fault *fault)
{
    char line[CORE_FAULT_LINE_SIZE];

    return message_fail(code, "%s", core_fault_format(fault, line));
}
