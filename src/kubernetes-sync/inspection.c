/*
 * inspection - whether what the settings name is there
 */

#include "kubernetes-sync/inspection.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kubernetes-sync/plan.h"
#include "kubernetes-sync/token.h"

static void
inspect_item(const struct access_item *item, core_faults_t *faults)
{
    if (item->path != NULL && access(item->path, R_OK) == -1)
        core_faults_add(faults, item->path, 0, "cannot read: %s",
                        strerror(errno));
}

static void
inspect_token(const char *path, core_faults_t *faults)
{
    token_t *token = token_new(path, NULL);
    struct core_fault fault;

    token_get(token);
    if (token_has_news(token, &fault))
        core_faults_copy(faults, &fault);
    token_destroy(&token);
}

void
inspection_run(const struct settings *settings, core_faults_t *faults)
{
    struct core_fault fault = { .line = 0 };
    struct access *found = plan_access(settings, &fault);

    if (found == NULL) {
        core_faults_copy(faults, &fault);
        return;
    }
    inspect_item(&found->authority, faults);
    inspect_item(&found->certificate, faults);
    inspect_item(&found->key, faults);
    inspect_token(found->token_path, faults);
    access_destroy(&found);
}
