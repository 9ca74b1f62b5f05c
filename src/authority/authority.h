/*
 * authority - the stage that answers from the records that the feeds bring
 *
 *   subscription   one for each source: its zones, kept as the source has them
 *   zones          all of them, in layers; a zone is tries of nodes
 *   answer         the reply to one question
 *   this file      queries in, replies out, look-ups, readiness, verbs
 */

#ifndef AUTHORITY_AUTHORITY_H
#define AUTHORITY_AUTHORITY_H

#include "coredns/stage.h"

extern const struct core_stage authority_stage;

#endif
