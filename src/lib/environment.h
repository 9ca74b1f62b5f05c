/*
 * environment - "${NAME}" in the strings of a configuration
 *
 *   ${NAME}            the variable; a fault when it is not set
 *   ${NAME:-default}   the variable, or default when it is not set or empty
 *   $${                the two characters "${" themselves
 *
 * Any other '$' is a '$'.  A value that was put in is not looked at again.
 */

#ifndef LIB_ENVIRONMENT_H
#define LIB_ENVIRONMENT_H

#include "coredns/fault.h"

/* The text with the variables put in; it is yours.  NULL and the fault's text
   when a variable is not set or not well written. */
char *
    core_environment_expand(const char *text, struct core_fault *fault);

/* The text that expands to this one; it is yours. */
char *
    core_environment_protect(const char *text);

#endif
