#!/bin/sh
# With little memory: a cache that does not fit is refused, also by a reload; one
# that fits is served from, whatever comes.
# alone

. tests/system/lib.sh
. tests/system/resolver.sh

# A sanitizer needs more memory than any limit leaves.
case $bin in
*/sanitize)
    ok "left to a run without sanitizers"
    finish
    ;;
esac

mkdir -p "$folder/state"
chmod 777 "$folder/state"

# start_with_little: within 400 MB each
# shellcheck disable=SC2317
start_with_little() {
    (
        # shellcheck disable=SC3045
        ulimit -v 400000
        ctl start
    )
}

# refuses COMMAND...: with the line that says why
# shellcheck disable=SC2317
refuses() {
    refuses_output=$(exits 78 "$@" 2>&1) &&
        echo "$refuses_output" | grep "coredns-cache: capacity: cannot reserve [0-9]* octets"
}

i=0
while [ $i -lt 5000 ]; do
    echo "name$i.example.org"
    i=$((i + 1))
done >"$folder/names"

# asked: all names, all answered
# shellcheck disable=SC2317
asked() {
    "$tools/flood" -q 2500 -t 2 -f "$folder/names" 127.0.0.1 "$port"
}

resolver 'capacity = "1 GiB";' "" ""
check "a cache that does not fit does not start" refuses start_with_little
resolver 'capacity = "48 MiB"; success_minimum_ttl = "10m";' "" ""
check "one that fits does" start_with_little
check "names are asked for" asked
flood 50000 3
check "names are asked for when more came than can be served" asked
before=$(pid_of cache)
resolver 'capacity = "1 GiB"; success_minimum_ttl = "10m";' "" ""
check "a reload to one that does not fit is refused" refuses ctl reload
check "names are asked for all the same" asked
same "nothing had to be started again" "$before" "$(pid_of cache)"
finish
