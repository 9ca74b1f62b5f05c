#!/bin/sh
# More instances of a stage and fewer, by reload, under load.
# shellcheck disable=SC2317  # functions are called through check
. tests/system/lib.sh

cp conf/example.org.zone "$folder/example.org.zone"
toolkit() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ]; instances = $1;
        routes = ( { next = "cache"; } );
    };
    cache: { next = "authority"; instances = $2; };
    authority: { sources = [ "file-sync" ]; instances = $3; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
}
seq -f 'name%g.example.org' 300 >"$folder/names"
toolkit 1 1 1
start
"$tools/flood" -q 3000 -t 15 -r 3 -f "$folder/names" 127.0.0.1 "$port" \
    >"$folder/flood" 2>&1 &
load=$!
sleep 1
frontend=$(pid_of frontend)
for counts in "1 3 1" "1 2 2" "1 2 1" "1 1 1"; do
    # shellcheck disable=SC2086
    toolkit $counts
    check "frontend, cache, authority: $counts" ctl reload
    sleep 1
done
same "the head has not been started anew" "$frontend" "$(pid_of frontend)"
toolkit 2 1 1
check "two heads" ctl reload
sleep 1
toolkit 1 1 1
check "and one again" ctl reload
if wait "$load"; then
    ok "nothing is lost: $(cat "$folder/flood")"
else
    not_ok "nothing is lost: $(cat "$folder/flood")"
fi
same "no more processes than there should be" 5 "$(all_pids | wc -w)"
finish
