#!/bin/sh
# What somebody who forges replies would have to guess: ports, ids, letters.

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

awk 'BEGIN { for (i = 0; i < 4000; i++) print "name" i ".example A" }' \
    >"$folder/names"
dnsperf -s 127.0.0.1 -p "$port" -d "$folder/names" -n 1 -q 50 \
    >"$folder/dnsperf"
check "all were answered" grep -q 'Queries completed: *4000 (100' \
    "$folder/dnsperf"
grep '^udp' "$log" >"$folder/queries"

# spread TEXT LEAST COLUMN: so many different values at least
spread() {
    spread_count=$(awk -v column="$3" '{ print $column }' "$folder/queries" |
        sort -u | wc -l)
    check "$1: $spread_count different ones of 4000" \
        test "$spread_count" -ge "$2"
}

spread ports 12 2
spread ids 3700 3
most=$(awk '{ count[$2]++ } END { for (port in count)
    if (count[port] > most) most = count[port]; print most }' \
    "$folder/queries")
check "no port serves for long: $most queries" test "$most" -le 310
# shellcheck disable=SC2016
check "ports are not of one corner" awk '
    { low += $2 < 32768; high += $2 >= 32768 }
    END { exit !(low > 200 && high > 200) }' "$folder/queries"
# shellcheck disable=SC2016
check "letters are as often large as small" awk '
    { name = $4; gsub(/[^A-Z]/, "", name); large += length(name)
      name = $4; gsub(/[^a-z]/, "", name); small += length(name) }
    END { exit !(large > small * 0.95 && large < small * 1.05) }' \
    "$folder/queries"

# The same question of many clients is asked once.
for _ in $(seq 20); do
    ask slow-700.example A >/dev/null &
done
same "the answer to 20 clients" 192.0.2.1 "$(ask slow-700.example A)"
check "is asked for a few times at most" test \
    "$(grep -ci 'slow-700' "$log")" -le 4
finish
