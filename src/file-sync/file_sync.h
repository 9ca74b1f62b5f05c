/*
 * file_sync - a source of zones: zone files, folders of them, hosts files
 */

#ifndef FILE_SYNC_FILE_SYNC_H
#define FILE_SYNC_FILE_SYNC_H

#include "coredns/stage.h"

extern const struct core_stage file_sync_stage;

#endif
