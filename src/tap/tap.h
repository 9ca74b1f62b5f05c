/*
 * tap - prints what passes and changes nothing
 *
 * The only file of this folder that knows queries; format.h says what is
 * printed, audience.h to whom.
 */

#ifndef TAP_TAP_H
#define TAP_TAP_H

#include "coredns/stage.h"

extern const struct core_stage tap_stage;

#endif
