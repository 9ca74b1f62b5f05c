/*
 * inspection - whether what the settings name is there
 *
 * Files of credentials may come later than the process: what is missing stops
 * no start.
 */

#ifndef KUBERNETES_SYNC_INSPECTION_H
#define KUBERNETES_SYNC_INSPECTION_H

#include "kubernetes-sync/settings.h"

/* Adds what is wrong with kubeconfig, certificates and token. */
void
    inspection_run(const struct settings *settings, core_faults_t *faults);

#endif
