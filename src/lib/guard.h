/*
 * guard - memory that one process writes while others read it
 *
 * A sequence lock (Boehm, MSPC 2012): the writer makes the guard odd, writes,
 * and makes it even again; a reader takes a copy, and throws it away when the
 * guard was odd or has changed.  Neither ever waits for the other.  Contents
 * are written and read by words whose order is that of the program, so that a
 * reader who sees anything of a write also sees its guard change.
 */

#ifndef LIB_GUARD_H
#define LIB_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whatever type the octets have otherwise. */
typedef uint64_t guard_word __attribute__((may_alias));

#define GUARD_WORD sizeof (guard_word)

/* ---- the writer ---------------------------------------------------------- */

static inline void
guard_add(uint32_t *guard, uint32_t number, int order)
{
    uint32_t now = __atomic_load_n(guard, __ATOMIC_RELAXED);

    if (order == __ATOMIC_RELEASE)
        __atomic_store_n(guard, now + number, __ATOMIC_RELEASE);
    else
        __atomic_store_n(guard, now + number, __ATOMIC_RELAXED);
}

static inline void
guard_begin(uint32_t *guard)
{
    guard_add(guard, 1, __ATOMIC_RELAXED);
}

static inline void
guard_end(uint32_t *guard)
{
    guard_add(guard, 1, __ATOMIC_RELEASE);
}

/* What is guarded is no longer what it was: it may be written over. */
static inline void
guard_break(uint32_t *guard)
{
    guard_add(guard, 2, __ATOMIC_RELEASE);
}

/* Both places at multiples of eight. */
static inline void
guard_write(void *to, const void *from, size_t words)
{
    guard_word *target = to;
    const guard_word *source = from;

    for (size_t i = 0; i < words; i++)
        __atomic_store_n(&target[i], source[i], __ATOMIC_RELEASE);
}

/* ---- readers ------------------------------------------------------------- */

/* What guard_holds() is to be given; odd: it is being written. */
static inline uint32_t
guard_look(const uint32_t *guard)
{
    return __atomic_load_n(guard, __ATOMIC_ACQUIRE);
}

/* True when all that was read since guard_look() was one and the same. */
static inline bool
guard_holds(const uint32_t *guard, uint32_t seen)
{
    return (seen & 1) == 0
        && __atomic_load_n(guard, __ATOMIC_RELAXED) == seen;
}

static inline void
guard_read(void *to, const void *from, size_t words)
{
    guard_word *target = to;
    const guard_word *source = from;

    for (size_t i = 0; i < words; i++)
        target[i] = __atomic_load_n(&source[i], __ATOMIC_ACQUIRE);
}

#endif
