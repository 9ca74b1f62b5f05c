#!/bin/sh
# What is wrong with server and credentials is told with its place: what no file
# can mend stops the start, what may come later is told by check and in the log.

# shellcheck disable=SC2119,SC2317
# Functions are called by check and eventually, and api mostly as it is.

. tests/system/lib.sh
. tests/system/kubernetes.sh

unset KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT

# cluster SETTINGS: a toolkit with these
cluster() {
    configure <<END
stages: {
    authority: { sources = [ "kubernetes-sync" ]; };
    kubernetes-sync: { zones = [ "cluster.local." ];
        $1 };
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
};
END
}

# refuses SETTINGS TEXT: check says that, in one line
refuses() {
    cluster "$1"
    check_said=$("$bin/corednsctl" -c "$configuration" check 2>&1)
    same "check exits 78 for $1" 78 $?
    same "and says why" "coredns-kubernetes-sync: $2" "$check_said"
}

# A start is refused, too, and at once.
refuses 'endpoint = "127.0.0.1:16443";' "$configuration:7: \
kubernetes-sync.endpoint: 127.0.0.1:16443: neither http://... nor https://..."
check "so does start" exits 78 "$bin/corednsctl" -c "$configuration" start
refuses '' "$configuration:6: kubernetes-sync.endpoint: is missing: there is no \
kubeconfig either, and no KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT \
in the environment"

refuses 'kubeconfig = "nope";' "$folder/nope: cannot read: No such file or \
directory"
openssl genpkey -algorithm ed25519 -out "$folder/a.key" 2>/dev/null
chmod 644 "$folder/a.key"
refuses 'kubeconfig = "a.key";' "$folder/a.key: no kubeconfig: it is not made \
of keys and values"
printf '%s\n' 'current-context: a' \
    'contexts: [{name: a, context: {cluster: b}}]' \
    'clusters: [{name: b, cluster: {server: "h:6443"}}]' >"$folder/config"
refuses 'kubeconfig = "config";' "$folder/config: h:6443: neither http://... \
nor https://..."
refuses 'kubeconfig = "config"; context = "other";' "$folder/config: there is \
no context other with a cluster"
refuses 'endpoint = "https://127.0.0.1:6443"; ca = "nope.crt";' \
    "$folder/nope.crt: cannot read: No such file or directory"
: >"$folder/empty"
chmod 644 "$folder/empty"
refuses 'endpoint = "https://127.0.0.1:6443"; token = "empty";' \
    "$folder/empty: no token: is empty"

# A token that is not there yet is told once, and read when it comes.
api --token right
cluster "endpoint = \"https://127.0.0.1:$api_port\"; ca = \"ca.crt\";
    addresses = [ \"none\" ]; token = \"late.token\";"
start
log="$folder/run/log/kubernetes-sync.log"
why="late.token: no token: No such file or directory"
check "a server refuses who has no token" eventually 10 \
    grep -q "status 401" "$log"
echo right >"$folder/late.token"
chmod 644 "$folder/late.token"
check "a token that comes later is taken" eventually 20 is_rcode \
    nope.cluster.local A NXDOMAIN
same "what was wrong with its file was told once" 1 "$(grep -c "$why" "$log")"
ctl stop
finish
