#!/bin/sh
# Reload, restart and a broken file lose nothing and change nothing else.
# alone

. tests/system/lib.sh

usual_toolkit
start

begin_load() {
    "$tools/flood" -q 3000 -t "$1" 127.0.0.1 "$port" >"$folder/flood" 2>&1 &
    load=$!
}

end_load() {
    if wait "$load"; then
        ok "$1: $(cat "$folder/flood")"
    else
        not_ok "$1: $(cat "$folder/flood")"
    fi
}

# shellcheck disable=SC2317
answers() {
    [ "$(ask "$1" A)" = "$2" ]
}

begin_load 3
reloads=0
failed=
while kill -0 "$load" 2>/dev/null; do
    ctl reload || failed=yes
    reloads=$((reloads + 1))
done
same "every reload under load says it worked" "" "$failed"
end_load "no query is lost in $reloads reloads"

for name in authority frontend file-sync; do
    begin_load 2
    check "restart $name" ctl restart "$name"
    end_load "no query is lost when $name is restarted"
done

pids=$(all_pids)
cp "$configuration" "$folder/good.conf"
sed 's/sources = /sauces = /' "$folder/good.conf" >"$configuration"
check "a reload with an unknown key exits 78" exits 78 ctl reload
check "and says where it is" \
    sh -c "'$bin/corednsctl' reload -c '$configuration' 2>&1 |
        grep -q 'coredns.conf:[0-9]*: .*sauces'"
echo 'stages: {' >"$configuration"
check "a reload with half a file exits 78" exits 78 ctl reload
same "no process has changed" "$pids" "$(all_pids)"
check "the answers are the same" answers short.example.org 192.0.2.90

# A stage that dies after the broken edit starts with what was good.
kill -KILL "$(pid_of authority)"
check "a stage killed after a broken edit comes back" \
    "$tools/flood" -q 500 -t 2 127.0.0.1 "$port"

cp "$folder/good.conf" "$configuration"
check "the mended file is taken" ctl reload

# A zone file that changes is read by itself; a broken one changes nothing.
sed -i 's/192\.0\.2\.90/192.0.2.91/; s/2026010101/2026010102/' \
    "$folder/example.org.zone"
check "a changed zone is answered" \
    eventually 5 answers short.example.org 192.0.2.91
cp "$folder/example.org.zone" "$folder/good.zone"
echo 'short A not-an-address' >>"$folder/example.org.zone"
check "a broken zone file leaves the old data" \
    answers short.example.org 192.0.2.91
cp "$folder/good.zone" "$folder/example.org.zone"
check "stop" ctl stop
check "then it is not running" exits 3 ctl status
finish
