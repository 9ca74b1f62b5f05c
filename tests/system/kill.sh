#!/bin/sh
# Killing any one process, at any moment, under load, loses no client's query.
# alone

. tests/system/lib.sh

qps=${KILL_QPS:-3000}
seconds=${KILL_SECONDS:-5}
times=${KILL_TIMES:-4}

usual_toolkit
start

# Another process has taken its place, and holds its lock.
# shellcheck disable=SC2317
replaced() {
    replaced_pid=$(pid_of "$1")
    [ -n "$replaced_pid" ] && [ "$replaced_pid" != "$2" ] &&
        kill -0 "$replaced_pid"
}

# begin_load: flood in the background, its figures in $folder/flood
begin_load() {
    "$tools/flood" -q "$qps" -t "$seconds" 127.0.0.1 "$port" \
        >"$folder/flood" 2>&1 &
    load=$!
}

# end_load TEXT: waits for flood; ok when nothing was lost
end_load() {
    if wait "$load"; then
        ok "$1: $(cat "$folder/flood")"
    else
        not_ok "$1: $(cat "$folder/flood")"
    fi
}

for name in authority file-sync frontend; do
    begin_load
    i=0
    while [ $i -lt "$times" ] && kill -0 "$load" 2>/dev/null; do
        i=$((i + 1))
        victim=$(pid_of "$name")
        kill -KILL "$victim"
        eventually 10 replaced "$name" "$victim" 2>/dev/null || {
            not_ok "a killed $name is started again"
            break
        }
    done
    end_load "no query is lost when $name is killed $i times"
done

# The supervisor: its stages go on, and the next one takes them over.
begin_load
stages=$(pid_of frontend)-$(pid_of authority)-$(pid_of file-sync)
victim=$(pid_of corednsctl)
kill -KILL "$victim"
check "start takes over what runs" ctl start
check "there is another supervisor" replaced corednsctl "$victim"
same "the stages are those from before" "$stages" \
    "$(pid_of frontend)-$(pid_of authority)-$(pid_of file-sync)"
end_load "no query is lost when the supervisor is killed"

# A supervisor that has taken stages over cares for them as its own.
begin_load
for name in frontend authority; do
    victim=$(pid_of "$name")
    kill -KILL "$victim"
    check "a taken over $name is started again when killed" \
        eventually 10 replaced "$name" "$victim"
done
end_load "no query is lost then"
check "all is well at last" eventually 5 ctl status
finish
