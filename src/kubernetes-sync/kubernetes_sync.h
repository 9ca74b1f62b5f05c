/*
 * kubernetes_sync - the feed that makes zones of a Kubernetes cluster
 *
 *   session        all that one configuration asks for, from the API to the
 *                  zones
 *   reflector      lists and watches one kind of objects; client, access: how
 *   catalog        what is kept of the objects
 *   view, cluster  the records they make, and how these change
 *   this file      settings, state, metrics, verbs
 */

#ifndef KUBERNETES_SYNC_KUBERNETES_SYNC_H
#define KUBERNETES_SYNC_KUBERNETES_SYNC_H

#include "coredns/stage.h"

extern const struct core_stage kubernetes_sync_stage;

#endif
