#!/bin/sh
# Zone semantics: 12,000 questions to 400 odd zones, judged by a second
# implementation of the RFCs that shares nothing with the first (semantics).
# SEED=... tries other zones.

. tests/system/lib.sh

seed=${SEED:-1}
zones=400

tests/system/semantics make "$folder" "$seed" $zones
chmod 644 "$folder"/*
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
@include "$folder/zones.conf"
    };
};
END
start
check "every answer is what the RFCs ask" \
    tests/system/semantics ask "$port" "$seed" $zones
check "the toolkit stops" ctl stop
finish
