/*
 * authority - the stage that answers from the records that the feeds bring
 *
 *   sources        follows the feeds; a subscription keeps the zones of one
 *   zones          all of them, in layers; a zone is tries of nodes
 *   queries        what becomes of a query; an answer is the reply to one
 *   this file      settings, state, verbs
 */

#ifndef AUTHORITY_AUTHORITY_H
#define AUTHORITY_AUTHORITY_H

#include "coredns/stage.h"

extern const struct core_stage authority_stage;

#endif
