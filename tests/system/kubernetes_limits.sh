#!/bin/sh
# Requests to the API server: so many in a second, so many at a time, and how
# long they took, in the buckets that CoreDNS has.

# shellcheck disable=SC2119,SC2317
# Functions are called by check and eventually, and api mostly as it is.

. tests/system/lib.sh
. tests/system/kubernetes.sh

rest=coredns_kubernetes_rest_client
programming=coredns_kubernetes_dns_programming_duration_seconds

api
put "$(space prod)"
for number in 1 2 3 4 5 6 7 8; do
    put "$(service "web-$number" "10.96.1.$number")"
done
metrics_port=$("$tools/ports")

# toolkit SETTINGS: with metrics
toolkit() {
    cluster_toolkit "$1"
    sed -i "s|^stages: {|&\n    health: { metrics = [ \"127.0.0.1:$metrics_port\" ]; };|" \
        "$configuration"
    start
    soon "the cluster is known" web-8.prod.svc.cluster.local A 10.96.1.8
}
# metric NAME [LABEL=VALUE...]
metric() {
    tests/system/metrics "http://127.0.0.1:$metrics_port/metrics" "$@"
}
# more VALUE NAME [LABEL=VALUE...]: the metric is at least that
more() {
    least=$1
    shift
    awk -v least="$least" -v is="$(metric "$@")" 'BEGIN { exit !(is >= least) }'
}
has_bucket() {
    [ -n "$(metric "$1_bucket" "le=$2")" ]
}

# Without limits nobody waits.
toolkit 'page = 1;'
check "requests are timed" eventually 5 more 10 \
    ${rest}_request_duration_seconds_count verb=GET "host=127.0.0.1:$api_port"
check "none of them waited" eventually 5 more 10 \
    ${rest}_rate_limiter_duration_seconds_bucket le=0.05 verb=GET
for kind in namespaces services endpointslices; do
    check "it is told when $kind were listed" eventually 5 more 1 \
        coredns_kubernetes_sync_last_list_age_seconds kind=$kind
    check "and heard" more 0 \
        coredns_kubernetes_sync_last_event_age_seconds kind=$kind
done
put "$(slice db-1 db 10.244.2.1 db-0)"
for bound in 0.001 0.512 524.288 +Inf; do
    check "changes are sorted by $bound s" has_bucket $programming $bound
done
for bound in 0.005 2.5 10 +Inf; do
    check "requests are sorted by $bound s" has_bucket \
        ${rest}_request_duration_seconds $bound
done
ctl stop

# Twelve requests and four watches, ten of them in a second; watches that are
# open hold nobody up.
toolkit 'page = 1; qps = 10; burst = 1; inflight = 1;'
check "limited requests wait" eventually 5 more 1 \
    ${rest}_rate_limiter_duration_seconds_sum verb=GET
more 8 ${rest}_rate_limiter_duration_seconds_bucket le=0.05 &&
    not_ok "most of them do"
put "$(service web-8 10.96.1.18)"
soon "and changes are followed" web-8.prod.svc.cluster.local A 10.96.1.18
ctl stop

configure <<END
stages: {
    authority: { sources = [ "kubernetes-sync" ]; };
    kubernetes-sync: {
        zones = [ "cluster.local." ];
        burst = 5;
        external = ( { zones = [ "out.test." ]; apex = "a.b"; } );
    };
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
};
END
check "a burst of no rate is refused, and an apex that is no label" sh -c "
    '$bin/corednsctl' check -c '$configuration' 2>&1 |
    grep -c 'burst: needs qps\\|apex: no label of 1 to 63 octets: a.b' |
    grep -qx 2"
finish
