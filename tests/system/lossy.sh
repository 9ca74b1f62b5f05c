#!/bin/sh
# A wire that loses, doubles, delays and reorders: clients notice nothing.
# shellcheck disable=SC2317  # functions are called through check
. tests/system/lib.sh

cp conf/example.org.zone "$folder/example.org.zone"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ]; retry = "100ms";
        routes = ( { next = "authority"; } );
    };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
seq -f 'name%g.example.org' 500 >"$folder/names"
start

# lossy TEXT EFFECTS: so many queries through a wire with those effects
lossy() {
    ctl insert chaos --before authority -- chaos --set seed=7 \
        --set resent=spared --set "effects=( $2 )"
    check "$1" "$tools/flood" -q 500 -t 3 -w 5000 -r 3 -f "$folder/names" \
        127.0.0.1 "$port"
    ctl remove chaos
}
frontend=$(pid_of frontend)
lossy "queries that are lost are asked again" \
    '{ do = "drop"; rate = "20%"; }'
# Replies to queries that were sent again are lost as well: one in twenty, so
# that none of them loses all six within the deadline.
lossy "replies that are lost are asked for again" \
    '{ do = "drop"; to = "replies"; every = 20; }'
lossy "queries that come twice are answered once" \
    '{ do = "duplicate"; every = 3; }'
lossy "replies that come twice are taken once" \
    '{ do = "duplicate"; to = "replies"; every = 3; }'
lossy "late ones and those that overtake others find their clients" \
    '{ do = "delay"; every = 2; delay = "20ms"; }, { do = "reorder"; every = 7; }'
same "nobody has died" "$frontend" "$(pid_of frontend)"
check "all is well" ctl status
finish
