#!/bin/sh
# The clock of the day jumps an hour ahead and two hours back: nothing expires,
# nothing stays for ever, no query is lost.

. tests/system/lib.sh
. tests/system/resolver.sh

# A sanitizer has to be the first library of all.
case $bin in
*/sanitize)
    ok "left to a run without sanitizers"
    finish
    ;;
esac

resolver 'success_minimum_ttl = "10m";' "" ""
echo "+0" >"$folder/clock"
chmod 644 "$folder/clock"
# What libfaketime leaves behind of processes that are killed is in the way of
# others that get their ids.
tidy_up() {
    for left in /dev/shm/sem.faketime_sem_* /dev/shm/faketime_shm_*; do
        [ -e "/proc/${left##*_}" ] || rm -f "$left"
    done
}
tidy_up
FAKETIME_TIMESTAMP_FILE=$folder/clock
FAKETIME_NO_CACHE=1                     # a new clock is seen at once
FAKETIME_DONT_FAKE_MONOTONIC=1          # as with a clock that is set
DONT_FAKE_MONOTONIC=1                   # its older name
export FAKETIME_TIMESTAMP_FILE FAKETIME_NO_CACHE FAKETIME_DONT_FAKE_MONOTONIC \
    DONT_FAKE_MONOTONIC
LD_PRELOAD=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1)
export LD_PRELOAD
start
unset LD_PRELOAD

# ttl NAME: TTL of the answer
ttl() {
    dig @127.0.0.1 -p "$port" +time=5 +tries=1 +noall +answer "$1" A |
        awk '{ print $2 }'
}

# logs_hour HOUR
# shellcheck disable=SC2317
logs_hour() {
    grep -q "^$1" "$folder/run/log/corednsctl.log"
}

# serves_serial SERIAL
# shellcheck disable=SC2317
serves_serial() {
    port=$upstream ask example.org SOA | grep -q " $1 "
}

# step SECONDS SERIAL: from the true time; everything works after it
step() {
    echo "$1" >"$folder/clock"
    left=$(ttl kept.example.org)
    check "$1 s: what is kept stays: $left s" \
        test "${left:-0}" -ge 500 -a "${left:-0}" -le 600
    same "$1 s: what is new is asked for" 192.0.2.80 "$(ask "new$2.example.org" A)"
    sed "s/host [0-9]* /host $2 /" "$folder/example.org.zone" |
        zone example.org
    check "$1 s: a changed zone is served" eventually 5 serves_serial "$2"
    check "$1 s: a reload is done" ctl reload
    kill -KILL "$(pid_of forward)"
    check "$1 s: what ends is started again, in the new hour" eventually 5 \
        logs_hour "$(date -u -d "$1 seconds" +%Y-%m-%dT%H:)"
}

same "a name is asked for" 192.0.2.80 "$(ask kept.example.org A)"
"$tools/flood" -q 200 -t 5 127.0.0.1 "$port" >"$folder/flood" 2>&1 &
load=$!
helpers="$helpers $load"
step +3600 2
step -3600 3
if wait "$load"; then
    ok "no query is lost"
else
    not_ok "no query is lost: $(cat "$folder/flood")"
fi
check "all is well" eventually 5 ctl status
tidy_up
finish
