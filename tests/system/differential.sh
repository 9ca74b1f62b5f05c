#!/bin/sh
# Zone semantics: the same questions to knotd, nsd and named, unsigned zones
# and zones signed with NSEC and NSEC3 (differential).
# SEED=... tries other zones, ZONES=... more of them.

. tests/system/lib.sh

seed=${SEED:-1}
zones=${ZONES:-12}

# other NAME PORT: a server for the zones of this round
other() {
    "$PWD/tests/system/peer" "$1" "$2" "$folder/$1-$kind" \
        <"$folder/$kind/zones" >/dev/null 2>&1 &
    helpers="$helpers $!"
}

# answers PORT: it has loaded the zones, though perhaps not all of them
# shellcheck disable=SC2317
answers() {
    for answers_zone in z0 z1 z2 z3; do
        rcode "$answers_zone.test" SOA -p "$1" | grep -q NOERROR && return 0
    done
    return 1
}

compare() {
    mkdir -p "$folder/$kind"
    tests/system/differential make "$folder/$kind" "$seed" "$zones" "$kind" || {
        not_ok "$kind: the zones are made"
        return
    }
    chmod -R go+rX "$folder/$kind"
    knotd_port=$("$tools/ports")
    nsd_port=$("$tools/ports")
    named_port=$("$tools/ports")
    other knotd "$knotd_port"
    other nsd "$nsd_port"
    other named "$named_port"
    {
        echo "stages: { frontend: { listen = [ \"dns://127.0.0.1:$port\" ];"
        echo "routes = ( { zones = [ \".\" ]; next = \"authority\"; } ); };"
        echo "authority: { sources = [ \"file-sync\" ]; };"
        echo "file-sync: { zones = ("
        awk '{ printf "%s{ origin = \"%s\"; file = \"%s\"; }\n",
            (NR > 1 ? "," : ""), $1, $2 }' "$folder/$kind/zones"
        echo "); }; };"
    } | configure
    start
    for other_port in $knotd_port $nsd_port $named_port; do
        eventually 20 answers "$other_port" ||
            not_ok "$kind: the server on $other_port answers"
    done
    check "$kind: no reply that the others do not give" \
        tests/system/differential ask "$folder/$kind" "$seed" "$zones" \
        "$port" "$knotd_port" "$nsd_port" "$named_port"
    ctl stop
}

for program in knotd nsd named dnssec-signzone; do
    command -v "$program" >/dev/null || {
        ok "there is no $program to compare with"
        finish
    }
done
for kind in ${KINDS:-plain nsec nsec3}; do
    compare
done
finish
