#!/bin/sh
# A cluster's names are those of its API, and follow it: over HTTPS, with a
# token that changes, a client certificate, a kubeconfig, and from inside.

# shellcheck disable=SC2119,SC2317
# Functions are called by check and eventually, and api mostly as it is.

. tests/system/lib.sh
. tests/system/kubernetes.sh

echo first >"$folder/token"
chmod 644 "$folder/token"
api --token first
put "$(space prod)"
put "$(service web 10.96.1.1)"
put "$(service db None)"
put "$(slice db-1 db 10.244.2.1 db-0)"
put "$(pod a 10.244.9.1)"
cluster_toolkit 'token = "token"; pods = "verified";'
metrics_port=$("$tools/ports")
sed -i "s|^stages: {|&\n    health: { metrics = [ \"127.0.0.1:$metrics_port\" ]; };|" \
    "$configuration"
start
soon "a service has its address" web.prod.svc.cluster.local A 10.96.1.1
soon "a headless one has those of its endpoints" db.prod.svc.cluster.local A \
    10.244.2.1
soon "an endpoint has a name" db-0.db.prod.svc.cluster.local A 10.244.2.1
soon "so has a port" _http._tcp.web.prod.svc.cluster.local SRV \
    "0 100 80 web.prod.svc.cluster.local."
soon "an address leads back" 1.1.96.10.in-addr.arpa PTR \
    web.prod.svc.cluster.local.
soon "a pod has a name" 10-244-9-1.prod.pod.cluster.local A 10.244.9.1
same "a namespace exists" NOERROR "$(rcode prod.svc.cluster.local A)"
same "another does not" NXDOMAIN "$(rcode other.svc.cluster.local A)"
same "nor does a pod that nobody knows" NXDOMAIN \
    "$(rcode 10-244-9-2.prod.pod.cluster.local A)"

put "$(service web 10.96.1.2)"
soon "a change is followed" web.prod.svc.cluster.local A 10.96.1.2
put "$(service web 10.96.1.2)" DELETED
check "so is an end" eventually 10 is_rcode web.prod.svc.cluster.local A \
    NXDOMAIN
put "$(service late None)"
put "$(slice late-1 late 10.244.3.1 h)"
soon "a new headless service is whole" h.late.prod.svc.cluster.local A \
    10.244.3.1
# What was a service with an address needs endpoints that were not kept.
put "$(service turn 10.96.1.3)"
put "$(slice turn-1 turn 10.244.4.1 h)"
soon "a service with an address" turn.prod.svc.cluster.local A 10.96.1.3
put "$(service turn None)"
soon "that becomes headless has its endpoints" turn.prod.svc.cluster.local A \
    10.244.4.1

# The token changes: the old one no longer counts.
order '{"order":"token","token":"second"}' >/dev/null
order '{"order":"end","way":"clean"}' >/dev/null
echo second >"$folder/token.new"
chmod 644 "$folder/token.new"
mv "$folder/token.new" "$folder/token"
put "$(service again 10.96.1.4)"
soon "a new token is read" again.prod.svc.cluster.local A 10.96.1.4

# Other settings, in place: what stays goes on being answered.
sed -i 's|"in-addr.arpa."|"in-addr.arpa.", "other.test."|; s|pods = "verified"|ttl = 60|' \
    "$configuration"
ctl reload
same "a reload takes no answer away" 10.96.1.4 \
    "$(ask again.prod.svc.cluster.local A)"
soon "it adds a zone" again.prod.svc.other.test A 10.96.1.4
check "and takes pods away" eventually 10 is_rcode \
    10-244-9-1.prod.pod.cluster.local A NXDOMAIN
put "$(service again 10.96.1.9)"
soon "changes are followed in it" again.prod.svc.other.test A 10.96.1.9
check "requests are counted" eventually 5 sh -c "
    tests/system/metrics http://127.0.0.1:$metrics_port/metrics &&
    [ \$(tests/system/metrics http://127.0.0.1:$metrics_port/metrics \
        coredns_kubernetes_rest_client_requests_total code=200) -gt 8 ] &&
    [ \$(tests/system/metrics http://127.0.0.1:$metrics_port/metrics \
        coredns_kubernetes_sync_services) -gt 2 ]"
ctl stop

# A client certificate, by a kubeconfig with all of it inside.
end_api
api --client-ca "$folder/ca.crt"
put "$(space prod)"
put "$(service web 10.96.1.5)"
cat >"$folder/kubeconfig" <<END
apiVersion: v1
kind: Config
current-context: here
contexts:
- { name: here, context: { cluster: this, user: me } }
clusters:
- name: this
  cluster:
    server: https://127.0.0.1:$api_port
    certificate-authority-data: $(base64 -w0 "$folder/ca.crt")
    tls-server-name: kubernetes.test
users:
- name: me
  user:
    client-certificate-data: $(base64 -w0 "$folder/client.crt")
    client-key-data: $(base64 -w0 "$folder/client.key")
END
chmod 644 "$folder/kubeconfig"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
    authority: { sources = [ "kubernetes-sync" ]; };
    kubernetes-sync: {
        zones = [ "cluster.local." ];
        kubeconfig = "kubeconfig";
        pods = "insecure";
    };
};
END
start
soon "a kubeconfig leads to the cluster" web.prod.svc.cluster.local A \
    10.96.1.5
same "every address is a pod" 10.1.2.3 \
    "$(ask 10-1-2-3.prod.pod.cluster.local A)"
same "of IPv6 too" fd00::1 "$(ask fd00--1.prod.pod.cluster.local AAAA)"
same "what is none is not" NXDOMAIN "$(rcode a-b.prod.pod.cluster.local A)"
same "nor in a namespace that is none" NXDOMAIN \
    "$(rcode 10-1-2-3.none.pod.cluster.local A)"
ctl stop

# From inside: the environment and the folder of the service account.
end_api
api --token inside
put "$(space prod)"
put "$(service web 10.96.1.6)"
mkdir "$folder/account"
cp "$folder/ca.crt" "$folder/account/ca.crt"
echo inside >"$folder/account/token"
chmod 755 "$folder/account"
chmod 644 "$folder"/account/*
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
    authority: { sources = [ "kubernetes-sync" ]; };
    kubernetes-sync: {
        zones = [ "cluster.local." ];
        service_account = "account";
    };
};
END
KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=$api_port
export KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT
start
soon "so does the environment of a pod" web.prod.svc.cluster.local A 10.96.1.6
ctl stop
finish
