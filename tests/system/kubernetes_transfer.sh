#!/bin/sh
# A cluster's zones in a server that knows nothing of clusters: transferred, and
# kept up to date by NOTIFY.

# shellcheck disable=SC2119,SC2317
# Functions are called by check and eventually, and api mostly as it is.

. tests/system/lib.sh
. tests/system/kubernetes.sh

api
put "$(space prod)"
put "$(service web 10.96.1.1)"
put "$(service db None)"
put "$(slice db-1 db 10.244.2.1 db-0)"
cluster_toolkit 'pods = "insecure"; ttl = "7s";'
knot_port=$("$tools/ports")
transfers="transfers = ( { zones = [ \"cluster.local.\", \"in-addr.arpa.\" ];"
transfers="$transfers to = [ \"127.0.0.1\" ];"
transfers="$transfers notify = [ \"127.0.0.1:$knot_port\" ]; } );"
sed -i "s|^    authority: {|& $transfers|; s|\"none\"|\"127.0.0.1\"|" \
    "$configuration"
start
soon "the cluster is served" web.prod.svc.cluster.local A 10.96.1.1

# ---- what is sent -----------------------------------------------------------

axfr() {
    dig @127.0.0.1 -p "$port" +noall +answer +onesoa "$1" AXFR |
        tr -s '\t' ' ' | grep -v ' SOA ' | sort
}

same "all records of the cluster, and no pods that are but spelled" \
"_http._tcp.db.prod.svc.cluster.local. 7 IN A 10.244.2.1
_http._tcp.db.prod.svc.cluster.local. 7 IN SRV 0 100 8080 db-0.db.prod.svc.cluster.local.
_http._tcp.web.prod.svc.cluster.local. 7 IN A 10.96.1.1
_http._tcp.web.prod.svc.cluster.local. 7 IN SRV 0 100 80 web.prod.svc.cluster.local.
cluster.local. 7 IN NS ns.dns.cluster.local.
db-0.db.prod.svc.cluster.local. 7 IN A 10.244.2.1
db-0.db.prod.svc.cluster.local. 7 IN SRV 0 100 8080 db-0.db.prod.svc.cluster.local.
db.prod.svc.cluster.local. 7 IN A 10.244.2.1
db.prod.svc.cluster.local. 7 IN SRV 0 100 8080 db-0.db.prod.svc.cluster.local.
dns-version.cluster.local. 28800 IN TXT \"1.1.0\"
ns.dns.cluster.local. 7 IN A 127.0.0.1
web.prod.svc.cluster.local. 7 IN A 10.96.1.1
web.prod.svc.cluster.local. 7 IN SRV 0 100 80 web.prod.svc.cluster.local." \
    "$(axfr cluster.local)"
same "and the addresses" \
"1.1.96.10.in-addr.arpa. 7 IN PTR web.prod.svc.cluster.local.
1.2.244.10.in-addr.arpa. 7 IN PTR db-0.db.prod.svc.cluster.local." \
    "$(axfr in-addr.arpa | grep ' PTR ')"

# ---- a secondary server -----------------------------------------------------

secondary "$knot_port" cluster.local

at_knot() {
    [ "$(dig @127.0.0.1 -p "$knot_port" +short +time=1 +tries=1 "$1" A)" \
        = "$2" ]
}

check "knotd has the cluster" \
    eventually 20 at_knot db-0.db.prod.svc.cluster.local 10.244.2.1
put "$(service web 10.96.1.2)"
check "and its changes" eventually 10 at_knot web.prod.svc.cluster.local \
    10.96.1.2
put "$(service web 10.96.1.2)" DELETED
check "and its ends" eventually 10 at_knot web.prod.svc.cluster.local ""

# ---- many changes -----------------------------------------------------------

# Services come and go in pairs of the same address: no transfer has half of one
# version and half of another.
for i in $(seq 100); do
    put "$(service "many-$i" "10.97.0.$i")"
done
check "many services" eventually 10 answers many-100.prod.svc.cluster.local A \
    10.97.0.100
(
    for i in $(seq 60); do
        put "$(service "many-$i" "10.98.0.$i")"
    done
) &
churn=$!
helpers="$helpers $churn"
torn=0
while kill -0 "$churn" 2>/dev/null; do
    dig @127.0.0.1 -p "$port" +noall +answer cluster.local AXFR \
        >"$folder/axfr"
    first=$(head -n 1 "$folder/axfr")
    last=$(tail -n 1 "$folder/axfr")
    count=$(grep -c '^many-.*A	10' "$folder/axfr")
    if [ "$first" != "$last" ] || [ "$count" -ne 100 ]; then
        torn=$((torn + 1))
    fi
done
wait "$churn"
same "each transfer is one version of the zone" 0 "$torn"
check "the secondary ends up with the last one" \
    eventually 20 at_knot many-60.prod.svc.cluster.local 10.98.0.60
finish
