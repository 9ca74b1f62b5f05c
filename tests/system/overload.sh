#!/bin/sh
# Far more than can be served takes no more memory than what can be.
# alone

. tests/system/lib.sh

usual_toolkit
start
pids=$(all_pids)

# overload SENDERS: floods as fast as each can; most queries get lost
overload() {
    senders=
    i=0
    while [ $i -lt "$1" ]; do
        "$tools/flood" -q 1000000 -t 1 -s 200 -w 1000 -r any \
            127.0.0.1 "$port" >>"$folder/floods" &
        senders="$senders $!"
        i=$((i + 1))
    done
    # shellcheck disable=SC2086
    wait $senders
}

overload 1
# shellcheck disable=SC2086
before=$(resident $pids)
overload 10
# shellcheck disable=SC2086
after=$(resident $pids)
sed 's/^/# /' "$folder/floods"
check "memory is steady: $before KiB, then $after KiB" \
    test "$after" -le $((before + before / 20 + 2048))
same "all processes are alive" "$pids" "$(all_pids)"
check "what comes after is answered" eventually 10 \
    "$tools/flood" -q 1000 -t 1 127.0.0.1 "$port"
finish
