#!/bin/sh
# Words to the stages themselves: flush, cache, zones, log

. tests/system/lib.sh

cp conf/example.org.zone "$folder/example.org.zone"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "cache"; } );
    };
    cache: { instances = 2; next = "authority"; };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
check "nobody answers before the start" exits 3 ctl flush
start

# known NAME: how many answers the caches know of it
known() {
    ctl cache dump "$1" | grep -c fresh
}

same "an answer" 192.0.2.90 "$(ask short.example.org A)"
ask web.example.org A >/dev/null
ask no.example.org A >/dev/null
same "the caches know it" 1 "$(known short.example.org)"
check "which of them is told" sh -c "'$bin/corednsctl' cache dump \
    -c '$configuration' | grep -q '^cache.[01]: short.example.org. IN A'"
check "numbers" sh -c "'$bin/corednsctl' cache stats -c '$configuration' | \
    grep -q '^cache.1: success_entries'"
check "one type of a name is forgotten" ctl flush short.example.org A
same "and no other" "0 1" \
    "$(known short.example.org) $(known web.example.org)"
check "all below a name are forgotten" ctl flush --tree example.org
same "all of them" 0 "$(ctl cache dump | grep -c fresh)"
check "a tree has a name" exits 64 ctl flush --tree
check "a word too many" exits 64 ctl flush a b c

same "the zones" "example.org." "$(ctl zones | awk '{ print $1 }')"
same "by another word" "$(ctl zones)" "$(ctl zones list)"
check "one of them" ctl zones show example.org
check "one that is not there" exits 1 ctl zones show nosuch

check "what is written, of one stage" ctl log debug cache
check "of all" ctl log notice
check "no such level" exits 64 ctl log loud
check "no such stage" exits 64 ctl log notice nosuch
check "stop" ctl stop
finish
