#!/bin/sh
# Killing the forward stage under load loses no client's query, and no query is
# asked over and over.
# alone

. tests/system/lib.sh

upstream=$("$tools/ports")
log=$folder/liar.log
helper tests/system/liar "$upstream" "$log"
check "the upstream is ready" eventually 10 grep -qs ready "$log"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "forward"; } );
    };
    forward: { routes = ( { to = [ "127.0.0.1:$upstream" ]; } ); };
};
END
start

# shellcheck disable=SC2317
replaced() {
    replaced_pid=$(pid_of forward)
    [ -n "$replaced_pid" ] && [ "$replaced_pid" != "$1" ] &&
        kill -0 "$replaced_pid"
}

"$tools/flood" -q 500 -t 5 127.0.0.1 "$port" >"$folder/flood" 2>&1 &
load=$!
times=0
while [ $times -lt 4 ] && kill -0 "$load" 2>/dev/null; do
    times=$((times + 1))
    victim=$(pid_of forward)
    kill -KILL "$victim"
    check "it is started again" eventually 10 replaced "$victim"
done
if wait "$load"; then
    ok "no query is lost: $(cat "$folder/flood")"
else
    not_ok "no query is lost: $(cat "$folder/flood")"
fi
asked=$(grep -c '^udp' "$log")
check "and few are asked twice: $asked" test "$asked" -le 3200
finish
