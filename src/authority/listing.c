/*
 * listing - the zones as an operator sees them
 */

#include "authority/listing.h"

#include <inttypes.h>
#include <string.h>

struct listing {
    const char *const *source_names;
    FILE *output;
    const uint8_t *only;                /* the name to show */
    unsigned count;
};

static void
write_flags(const struct zone *zone, FILE *output)
{
    static const char *const names[] = {
        "failed", "stale", "hosts", "fallthrough", "fall-unsupported",
        "pending", "echo", "labels", "single",
    };
    bool any = false;

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if ((zone->flags & 1u << i) == 0)
            continue;
        fprintf(output, "%s%s", any ? "," : "", names[i]);
        any = true;
    }
    if (zone->denial != ZONE_UNSIGNED) {
        fprintf(output, "%s%s", any ? "," : "",
                zone->denial == ZONE_NSEC ? "nsec" : "nsec3");
        any = true;
    }
    if (!any)
        fputc('-', output);
}

static void
write_zone(void *owner, const struct zone *zone)
{
    struct listing *listing = owner;
    FILE *output = listing->output;
    char name[CORE_NAME_TEXT_SIZE];

    fprintf(output, "%s %s %u %" PRIu32 " %zu ",
            core_name_to_text(name, zone->id.name),
            listing->source_names[zone->source], zone->id.layer, zone->serial,
            zone_names(zone));
    write_flags(zone, output);
    if (zone->reason != NULL)
        fprintf(output, " %s", zone->reason);
    fputc('\n', output);
}

void
listing_write(const zones_t *zones, const char *const *source_names,
              FILE *output)
{
    struct listing listing = {
        .source_names = source_names, .output = output,
    };

    zones_walk(zones, write_zone, &listing);
}

static void
write_nsec3(const struct zone_nsec3 *nsec3, FILE *output)
{
    fprintf(output, "nsec3_iterations %u\nnsec3_salt ", nsec3->iterations);
    for (unsigned i = 0; i < nsec3->salt_size; i++)
        fprintf(output, "%02x", nsec3->salt[i]);
    fputs(nsec3->salt_size == 0 ? "-\n" : "\n", output);
}

static void
show_zone(void *owner, const struct zone *zone)
{
    struct listing *listing = owner;
    FILE *output = listing->output;
    char name[CORE_NAME_TEXT_SIZE];

    if (!core_name_equal(zone->id.name, listing->only))
        return;
    listing->count++;
    fprintf(output, "name %s\nsource %s\nlayer %u\nversion %" PRIu64 "\n",
            core_name_to_text(name, zone->id.name),
            listing->source_names[zone->source], zone->id.layer,
            zone->version);
    fprintf(output, "serial %" PRIu32 "\nnegative_ttl %" PRIu32 "\n",
            zone->serial, zone->negative_ttl);
    fprintf(output, "names %zu\nwildcards %zu\ncuts %zu\ndnames %zu\n",
            zone_names(zone), zone->wildcards, zone->cuts, zone->dnames);
    fprintf(output, "memory %zu\nflags ", slab_octets(zone->slab));
    write_flags(zone, output);
    fputc('\n', output);
    if (zone->nsec3 != NULL)
        write_nsec3(zone->nsec3, output);
    for (unsigned i = 0; i < zone->fall_count; i++)
        fprintf(output, "fall %s\n", core_name_to_text(name, zone->fall[i]));
    if (zone->reason != NULL)
        fprintf(output, "reason %s\n", zone->reason);
}

unsigned
listing_show(const zones_t *zones, const char *const *source_names,
             const char *name, FILE *output)
{
    uint8_t wire[CORE_NAME_SIZE];
    struct listing listing = {
        .source_names = source_names, .output = output, .only = wire,
    };

    if (core_name_from_text(wire, name, NULL) == -1)
        return 0;
    zones_walk(zones, show_zone, &listing);
    return listing.count;
}
