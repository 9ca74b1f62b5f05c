#!/bin/sh
# Nonsense at every door kills no process and leaves no memory behind.
# alone

. tests/system/lib.sh

count=${GARBAGE_COUNT:-100000}
usual_toolkit
start
pids=$(all_pids)

# The first time fills what is filled once: buffers, tables, pools.
check "$count packets, mutated and random" \
    tests/system/garbage "$port" "$folder/run" "$count"
same "all processes are alive" "$pids" "$(all_pids)"
# shellcheck disable=SC2086
before=$(resident $pids)
check "as many again" tests/system/garbage "$port" "$folder/run" "$count"
same "all processes are alive still" "$pids" "$(all_pids)"
# shellcheck disable=SC2086
after=$(resident $pids)
steady "$before" "$after"
check "questions are answered as ever" \
    "$tools/flood" -q 1000 -t 1 127.0.0.1 "$port"
check "all is well" ctl status
finish
