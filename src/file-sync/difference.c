/*
 * difference - what changed from one version of a zone to the next
 *
 * Two readers go over each differing place, one in the old and one in the new
 * text.  They start at the same entry, and stop where what follows is the same
 * text and means the same: the same origin, TTL and owner.  If a $TTL was
 * changed at the top they would go on to the end; then the whole zone is read
 * instead.
 */

#include "file-sync/difference.h"

#include <assert.h>
#include <stdlib.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "file-sync/text_difference.h"

#define UNITS 200000                    /* entries read for a difference */
#define SMALL_RECORDS 20000             /* of two versions, together */

/* One of the two texts. */
struct side {
    zonefile_t *zonefile;
    struct zone_text text;
    record_list_t *records;             /* where those that differ go */
    size_t end;                         /* of the range */
    bool at_end;                        /* of the text */
};

struct walk {
    version_t *old;
    const struct core_zone_name *origin;
    struct side old_side;
    struct side new_side;
    struct zone_context aligned;        /* where the last range was left, in
                                           the old text */
    ptrdiff_t offset_shift;             /* from old to new, from there on */
    int line_shift;
    struct zone_context *marks;         /* of the new text */
    size_t mark_count;
    size_t mark_capacity;
    size_t next_mark;                   /* of the old text */
    unsigned units;
};

/* ---- marks --------------------------------------------------------------- */

static void
add_mark(struct walk *walk, const struct zone_context *context)
{
    size_t last = walk->mark_count == 0 ? 0
        : walk->marks[walk->mark_count - 1].offset;

    if (context->offset < last + VERSION_MARK_OCTETS)
        return;
    walk->marks = core_grow(walk->marks, walk->mark_count,
                            &walk->mark_capacity, sizeof *walk->marks);
    walk->marks[walk->mark_count++] = *context;
}

/* The same place in the new text. */
static void
shift(const struct walk *walk, struct zone_context *context)
{
    context->offset = (size_t) ((ptrdiff_t) context->offset
                                + walk->offset_shift);
    context->line += walk->line_shift;
}

/* Takes over the old marks of the text that did not change, up to offset;
   those in front of where the last range was left are gone. */
static void
keep_marks(struct walk *walk, size_t offset)
{
    size_t count;
    const struct zone_context *marks = version_marks(walk->old, &count);

    for (; walk->next_mark < count && marks[walk->next_mark].offset <= offset;
         walk->next_mark++) {
        struct zone_context mark = marks[walk->next_mark];

        if (mark.offset < walk->aligned.offset)
            continue;
        shift(walk, &mark);
        add_mark(walk, &mark);
    }
}

/* The last place of known context that is not behind offset. */
static void
find_start(const struct walk *walk, size_t offset,
           struct zone_context *context)
{
    size_t count;
    const struct zone_context *marks = version_marks(walk->old, &count);
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (marks[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    *context = low > 0 && marks[low - 1].offset > walk->aligned.offset
        ? marks[low - 1] : walk->aligned;
}

/* ---- reading a range ----------------------------------------------------- */

/* Reads one record of a side and sets it aside.  False: whatever it is, the
   whole zone has to be read. */
static bool
advance(struct walk *walk, struct side *side)
{
    struct zone_record record;
    struct core_fault fault;

    if (++walk->units > UNITS)
        return false;
    switch (zonefile_next(side->zonefile, &record, &fault)) {
    case ZONEFILE_FAULT:
        return false;
    case ZONEFILE_END:
        side->at_end = true;
        return true;
    case ZONEFILE_RECORD:
        break;
    }
    if (zone_record_belongs(&record, walk->origin))
        record_list_add(side->records, &record);
    else if (record.type == CORE_SOA)
        return false;                   /* a fault, not only left out */
    return true;
}

/*
 * Finds the last entry that starts at or before the range, and its context:
 * it may reach into the range by a parenthesis.  False as advance().
 */
static bool
find_entry(struct walk *walk, size_t offset, struct zone_context *context)
{
    struct side *side = &walk->old_side;
    struct zone_record record;
    struct core_fault fault;

    find_start(walk, offset, context);
    zonefile_seek(side->zonefile, context);
    while (zonefile_offset(side->zonefile) <= offset) {
        if (zonefile_is_between(side->zonefile))
            zonefile_context(side->zonefile, context);
        if (++walk->units > UNITS)
            return false;
        switch (zonefile_next(side->zonefile, &record, &fault)) {
        case ZONEFILE_FAULT:
            return false;
        case ZONEFILE_END:
            return true;
        case ZONEFILE_RECORD:
            break;
        }
    }
    return true;
}

/* How far a side is behind (positive) or in front of the end of its range. */
static ptrdiff_t
distance(const struct side *side)
{
    return (ptrdiff_t) zonefile_offset(side->zonefile)
        - (ptrdiff_t) side->end;
}

/* True when both sides stand at the same place behind the range, and what
   follows means the same. */
static bool
are_aligned(const struct walk *walk)
{
    const struct side *old_side = &walk->old_side;
    const struct side *new_side = &walk->new_side;
    struct zone_context old_context, new_context;

    if (old_side->at_end || new_side->at_end)
        return old_side->at_end && new_side->at_end;
    if (distance(old_side) < 0 || distance(old_side) != distance(new_side)
        || !zonefile_is_between(old_side->zonefile)
        || !zonefile_is_between(new_side->zonefile))
        return false;
    zonefile_context(old_side->zonefile, &old_context);
    zonefile_context(new_side->zonefile, &new_context);
    return zone_context_equal(&old_context, &new_context);
}

/* Advances the side that is behind, or both. */
static bool
step(struct walk *walk)
{
    struct side *old_side = &walk->old_side;
    struct side *new_side = &walk->new_side;
    ptrdiff_t old_distance = distance(old_side);
    ptrdiff_t new_distance = distance(new_side);
    bool old_waits = old_side->at_end
        || (!new_side->at_end && new_distance < old_distance);
    bool new_waits = new_side->at_end
        || (!old_side->at_end && old_distance < new_distance);

    if (!old_waits && !advance(walk, old_side))
        return false;
    if (!new_waits && !advance(walk, new_side))
        return false;
    if (zonefile_is_between(new_side->zonefile) && !new_waits) {
        struct zone_context context;

        if (zonefile_offset(new_side->zonefile) >= VERSION_MARK_OCTETS
            + (walk->mark_count == 0 ? 0
               : walk->marks[walk->mark_count - 1].offset)) {
            zonefile_context(new_side->zonefile, &context);
            add_mark(walk, &context);
        }
    }
    return true;
}

/* Ranges that the readers have come into are read in one go. */
static size_t
join_ranges(struct walk *walk, const struct text_range *ranges, size_t next,
            size_t count)
{
    while (next < count
           && (zonefile_offset(walk->old_side.zonefile)
               > ranges[next].old_start
               || zonefile_offset(walk->new_side.zonefile)
               > ranges[next].new_start)) {
        walk->old_side.end = ranges[next].old_end;
        walk->new_side.end = ranges[next].new_end;
        next++;
    }
    return next;
}

/* Reads the range at `next` and those it runs into; returns the index behind
   them, or 0 when the whole zone has to be read. */
static size_t
read_range(struct walk *walk, const struct text_range *ranges, size_t next,
           size_t count)
{
    struct zone_context context;

    if (!find_entry(walk, ranges[next].old_start, &context))
        return 0;
    keep_marks(walk, context.offset);
    zonefile_seek(walk->old_side.zonefile, &context);
    shift(walk, &context);
    zonefile_seek(walk->new_side.zonefile, &context);
    walk->old_side.end = ranges[next].old_end;
    walk->new_side.end = ranges[next].new_end;
    next++;
    do {
        if (!step(walk))
            return 0;
        next = join_ranges(walk, ranges, next, count);
    } while (!are_aligned(walk));
    if (walk->old_side.at_end)
        return count;
    zonefile_context(walk->old_side.zonefile, &walk->aligned);
    zonefile_context(walk->new_side.zonefile, &context);
    walk->offset_shift = (ptrdiff_t) context.offset
        - (ptrdiff_t) walk->aligned.offset;
    walk->line_shift = context.line - walk->aligned.line;
    return next;
}

static bool
read_ranges(struct walk *walk, const struct text_range *ranges, size_t count)
{
    for (size_t next = 0; next < count;) {
        next = read_range(walk, ranges, next, count);
        if (next == 0)
            return false;
    }
    if (!walk->old_side.at_end)
        keep_marks(walk, SIZE_MAX);
    return true;
}

/* -------------------------------------------------------------------------- */

static void
start_side(struct side *side, text_file_t *file, const struct walk *walk,
           record_list_t *records)
{
    side->text = (struct zone_text) {
        text_file_path(file), text_file_map(file), text_file_size(file)
    };
    side->records = records;
    side->zonefile = zonefile_new();
    zonefile_start(side->zonefile, &side->text, walk->origin, NULL, NULL);
}

static bool
walk_ranges(struct walk *walk)
{
    struct text_range ranges[TEXT_RANGES];
    int count = text_difference(walk->old_side.text.text,
                                walk->old_side.text.size,
                                walk->new_side.text.text,
                                walk->new_side.text.size, ranges);

    if (count == -1)
        return false;
    zonefile_context(walk->old_side.zonefile, &walk->aligned);
    return read_ranges(walk, ranges, (size_t) count);
}

enum difference
difference_of_text(version_t *old, text_file_t *text, struct changes *changes,
                   struct zone_context **marks, size_t *mark_count)
{
    zone_check_t *check = version_check(old);
    struct walk walk = { .old = old, .origin = version_origin(old) };
    enum difference result = DIFFERENCE_WHOLE;

    assert(check != NULL && version_files(old) == 1);
    start_side(&walk.old_side, version_file(old, 0), &walk, changes->removed);
    start_side(&walk.new_side, text, &walk, changes->added);
    if (!version_is_mixed(old) && walk_ranges(&walk)) {
        record_list_sort(changes->removed);
        record_list_sort(changes->added);
        record_list_cancel(changes->removed, changes->added);
        result = changes_are_proven(changes, check) ? DIFFERENCE_CHANGES
            : DIFFERENCE_UNPROVEN;
    }
    if (result == DIFFERENCE_CHANGES) {
        changes_apply(changes, check);
        *marks = walk.marks;
        *mark_count = walk.mark_count;
    } else {
        free(walk.marks);
    }
    zonefile_destroy(&walk.old_side.zonefile);
    zonefile_destroy(&walk.new_side.zonefile);
    text_file_unmap(version_file(old, 0));
    text_file_unmap(text);
    return result;
}

static void
read_all(version_t *version, record_list_t *list)
{
    version_reader_t *reader = version_read(version);
    struct zone_record record;

    while (version_reader_next(reader, &record))
        record_list_add(list, &record);
    version_reader_destroy(&reader);
    record_list_sort(list);
    record_list_unique(list);
}

enum difference
difference_of_versions(version_t *old, version_t *new_version,
                       struct changes *changes)
{
    if (version_records(old) + version_records(new_version) > SMALL_RECORDS
        || version_is_mixed(old) || version_is_mixed(new_version))
        return DIFFERENCE_WHOLE;
    read_all(old, changes->removed);
    read_all(new_version, changes->added);
    record_list_cancel(changes->removed, changes->added);
    return DIFFERENCE_CHANGES;
}
