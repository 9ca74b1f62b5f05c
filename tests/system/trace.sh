#!/bin/sh
# One question and every stop on its way, which changes nothing.
# shellcheck disable=SC2317  # functions are called through check
. tests/system/lib.sh

cp conf/example.org.zone "$folder/example.org.zone"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        clients = [ "127.0.0.0/8" ];
        routes = ( { next = "cache"; } );
    };
    cache: { next = "template"; };
    template: {
        rules = ( { zones = [ "made.example." ]; type = "A";
                    answer = [ "{{ .Name }} 60 IN A 192.0.2.7" ]; } );
        next = "authority";
    };
    authority: { sources = [ "file-sync" ]; next = "forward"; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
    forward: { routes = ( { zone = "."; to = [ "127.0.0.1:1" ]; } ); };
};
END
start

# hops NAME...: a line for each stop, without its times
hops() {
    ctl trace --json "$@" | python3 -c 'import json, sys
trace = json.load(sys.stdin)
assert trace["schema"] == "corednsctl.trace/1"
for hop in trace["hops"]:
    assert 0 <= hop["in_us"] <= hop["out_us"]
    back = "back" if hop["back_us"] is not None else "-"
    assert back == "-" or hop["out_us"] <= hop["back_us"]
    print(hop["stage"], hop["verdict"], back, hop["reason"])
print(trace["rcode"], len(trace["answer"]), trace["ede"])'
}

same "a name of a zone" "frontend passed back route of . to cache
cache passed back miss
template passed back no rule is for it
authority answered - zone example.org.: answer
NOERROR 2 None" "$(hops web.example.org A)"
same "which nobody keeps" "" "$(ctl cache dump)"
same "nor counts" "requests 0" "$(ctl cache stats | grep '^requests')"
ask web.example.org A >/dev/null
same "what is kept is shown" "frontend passed back route of . to cache
cache answered - hit: local answer, kept for 0 s
NOERROR 2 None" "$(hops web.example.org A)"
same "a name that is none" "frontend passed back route of . to cache
cache passed back miss
template passed back no rule is for it
authority answered - zone example.org.: no such name
NXDOMAIN 0 None" "$(hops nothing.example.org AAAA)"
same "one that is made up" "frontend passed back route of . to cache
cache passed back miss
template answered - rule 0 matches
NOERROR 1 None" "$(hops x.made.example A)"
same "one that goes upstream" \
    "authority passed back no zone of ours
forward answered - 127.0.0.1:1: Connection refused
SERVFAIL 0 {'code': 23, 'text': '127.0.0.1:1: Connection refused'}" \
    "$(hops x.test A --from authority)"
same "a client that is not welcome" "frontend answered - 
REFUSED 0 None" "$(hops web.example.org --client 192.0.2.1)"

ctl insert between --before authority -- tests/system/passthrough
same "what was inserted is on the way" "template passed back no rule is for it
between passed - 
authority answered - zone example.org.: answer
NOERROR 2 None" "$(hops web.example.org A --from template)"
ctl remove between

check "people get a table and records" sh -c "'$bin/corednsctl' trace \
    -c '$configuration' www.example.org | tr -s ' \\t' ' ' >'$folder/shown' &&
    grep -q '^STAGE VERDICT IN us OUT us BACK us REASON' '$folder/shown' &&
    grep -q '^NOERROR aa' '$folder/shown' &&
    grep -q '^www.example.org. 3600 IN CNAME web.example.org.' \
        '$folder/shown'"
check "a stage that takes no queries" exits 64 ctl trace a --from file-sync
check "a stage that is none" exits 64 ctl trace a --from nothing
check "a name that is none" exits 64 ctl trace a..b
check "a type that is none" exits 64 ctl trace a B
check "an address that is none" exits 64 ctl trace a --client 10.0.0.0/8
same "where queries go" "template: authority reachable" \
    "template: $(ctl next template | sed 's/ ipc:[^ ]*//')"
ctl stop
check "nobody is there" exits 75 ctl trace www.example.org
finish
