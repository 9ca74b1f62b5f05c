/*
 * strange - tells of objects that make no sense
 */

#include "kubernetes-sync/strange.h"

#include "coredns/log.h"
#include "kubernetes-sync/reflector.h"

#define LOGGED 50                       /* objects told of in a while */
#define LOGGED_MS 60000                 /* which is so long */

void
strange_tell(struct strange *self, const struct object *object,
             int64_t now_ms)
{
    if (now_ms - self->since_ms >= LOGGED_MS)
        *self = (struct strange) { .since_ms = now_ms };
    if (self->count > LOGGED)
        return;
    if (self->count++ == LOGGED)
        core_log(CORE_LOG_WARNING, "there are more objects that make no "
                 "sense");
    else
        core_log(CORE_LOG_WARNING, "%s: %s%s%s: %s",
                 reflector_name(object->kind), object->space,
                 *object->space == '\0' ? "" : "/", object->name,
                 object->wrong);
}
