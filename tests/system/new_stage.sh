#!/bin/sh
# A stage begun by scripts/new-stage builds, passes lint, and its test fails.

. tests/system/lib.sh

# A copy of what a stage needs, with the library as it is built already, if it
# is built the plain way, so that the test leaves nothing behind.
tree=$folder/tree
mkdir -p "$tree/tests" "$tree/src" "$tree/build/src"
cp -rp Makefile .clang-format include scripts "$tree"
cp -p tests/core_test.[ch] "$tree/tests"
cp -rp src/lib "$tree/src"
if [ -e build/libcoredns.a ]; then
    cp -rp build/src/lib "$tree/build/src"
    cp -p build/libcoredns.a "$tree/build"
fi

# in_tree COMMAND...; given to check
# shellcheck disable=SC2317
in_tree() (
    cd "$tree" && env -u SANITIZE -u MAKEFLAGS "$@"
)

check "a name of two words is taken" in_tree scripts/new-stage ad-blocker
check "no stage is written over" exits 1 in_tree scripts/new-stage ad-blocker
for name in '' Upper 1st lib with_line; do
    check "'$name' is no name" exits 64 in_tree scripts/new-stage "$name"
done

check "it builds" in_tree make -s bin/coredns-ad-blocker
check "it has a usage" in_tree bin/coredns-ad-blocker --help
check "without arguments it says its usage" \
    exits 64 in_tree bin/coredns-ad-blocker

check "its test builds" \
    in_tree make -s build/tests/ad-blocker/test_ad_blocker
check "its test fails" \
    exits 1 in_tree build/tests/ad-blocker/test_ad_blocker
check "its layout is ours" in_tree scripts/form \
    src/ad-blocker/main.c src/ad-blocker/ad_blocker.c \
    src/ad-blocker/ad_blocker.h tests/ad-blocker/test_ad_blocker.c
check "its page is right" \
    in_tree mandoc -T lint -W warning man/coredns-ad-blocker.8
finish
