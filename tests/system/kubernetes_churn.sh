#!/bin/sh
# Objects come, change and go at random, the API fails, processes are killed:
# in the end all is as in a toolkit that has only just begun.
#
# CHURN_SECONDS=n is how long; CHURN_SEED=n is what is drawn.

# shellcheck disable=SC2119
. tests/system/lib.sh
. tests/system/kubernetes.sh

seconds=${CHURN_SECONDS:-12}
seed=${CHURN_SEED:-$(date +%s)}
other_port=$("$tools/ports")

# Two authorities: that of the questions, and one that joins late and often.
stages() {
    cat <<END
    frontend: {
        listen = [ "dns://127.0.0.1:$1" ];
        routes = ( { zones = [ "." ]; next = "cache"; } );
    };
    cache: { next = "authority"; };
    authority: { sources = [ "kubernetes-sync" ]; };
    kubernetes-sync: {
        zones = [ "cluster.local.", "in-addr.arpa." ];
        endpoint = "https://127.0.0.1:$api_port";
        ca = "ca.crt";
        pods = "verified";
        addresses = [ "none" ];
        page = 5;
        compare = "10s";
        silence = "3s";
    };
END
}

api
{ echo "stages: {"; stages "$port"; echo "};"; } >"$folder/stages"
configure <"$folder/stages"
start
echo "# CHURN_SEED=$seed"
check "a cluster changes for $seconds seconds" tests/system/churn change \
    "https://127.0.0.1:$api_port" "$seconds" "$seed" \
    "$folder/run/kubernetes-sync.control.lock" \
    "$folder/run/authority.control.lock" "$folder/run/cache.control.lock"
mkdir "$folder/fresh"
{
    echo "run_directory = \"$folder/fresh/run\";"
    echo "user = \"$(stage_user)\";"
    echo "stages: {"
    stages "$other_port"
    echo "};"
} >"$folder/fresh/coredns.conf"
cp "$folder/ca.crt" "$folder/fresh/ca.crt"
chmod 755 "$folder/fresh"
check "another toolkit begins" "$bin/corednsctl" start \
    -c "$folder/fresh/coredns.conf"
check "both say the same of every name" tests/system/churn compare "$port" \
    "$other_port" 30
"$bin/corednsctl" stop -c "$folder/fresh/coredns.conf"
ctl stop
finish
