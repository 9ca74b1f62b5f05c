/*
 * etcd_sync - a source of zones: the services that SkyDNS's users keep in etcd
 */

#ifndef ETCD_SYNC_ETCD_SYNC_H
#define ETCD_SYNC_ETCD_SYNC_H

#include "coredns/stage.h"

extern const struct core_stage etcd_sync_stage;

#endif
