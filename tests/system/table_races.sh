#!/bin/sh
# The answer table as the thread sanitizer sees it: writer and readers as threads

. tests/system/lib.sh

# Two sanitizers in one program are one too many.
case $bin in
*/sanitize)
    ok "left to a run without sanitizers"
    finish
    ;;
esac

# The parts that share memory are compiled for it; the rest is as it is.
races=$folder/races
# shellcheck disable=SC2046,SC2317
build_races() {
    cc -std=gnu11 -D_GNU_SOURCE -O1 -g -fsanitize=thread \
        -Iinclude -Isrc -Itests -o "$races" tests/cache/races.c \
        src/cache/store.c src/cache/eviction.c src/cache/ring.c src/cache/ghosts.c \
        src/cache/region.c src/lib/table.c src/lib/entry.c src/lib/index.c \
        src/lib/image.c src/lib/key.c "${BUILD:-build}/libcoredns.a" \
        $(pkg-config --libs libzmq libczmq libconfig ldns jansson libcrypto) \
        -lpthread -lm
}

check "it compiles" build_races
# shellcheck disable=SC2317
has_no_races() {
    TSAN_OPTIONS="exitcode=66 halt_on_error=0" setarch -R "$races"
}
check "no read or write races another, and all that is read is whole" \
    has_no_races
finish
