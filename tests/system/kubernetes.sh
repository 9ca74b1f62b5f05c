# shellcheck shell=sh disable=SC2154
# Sourced by tests of coredns-kubernetes-sync, behind lib.sh: an API server of
# our own with its certificates, orders to it, a toolkit in front of it.  With
# $api_space the server is in that network namespace.

api_port=

# Certificates for 127.0.0.1, and one for a client.
make_certificates() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority \
        -keyout "$folder/ca.key" -out "$folder/ca.crt" 2>/dev/null
    for name in server client; do
        openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" \
            -keyout "$folder/$name.key" -out "$folder/$name.csr" 2>/dev/null
        printf 'subjectAltName=IP:127.0.0.1,DNS:kubernetes.test\n' \
            >"$folder/names"
        openssl x509 -req -days 2 -in "$folder/$name.csr" -CA "$folder/ca.crt" \
            -CAkey "$folder/ca.key" -CAcreateserial -extfile "$folder/names" \
            -out "$folder/$name.crt" 2>/dev/null
    done
    chmod 644 "$folder"/*.key "$folder"/*.crt
}

# api [ARGUMENT...]: starts the server; the same port again after its end
api() {
    [ -e "$folder/ca.crt" ] || make_certificates
    rm -f "$folder/api.port"
    ${api_space:+ip netns exec "$api_space"} \
        python3 tests/system/api_server.py --certificate "$folder/server.crt" \
        --key "$folder/server.key" --port-file "$folder/api.port" \
        --port "${api_port:-0}" "$@" 2>"$folder/api.log" &
    api_pid=$!
    helpers="$helpers $api_pid"
    eventually 10 test -s "$folder/api.port"
    api_port=$(cat "$folder/api.port")
}

end_api() {
    kill -KILL "$api_pid" 2>/dev/null
    wait "$api_pid" 2>/dev/null
}

# order JSON: the server does it
order() {
    ${api_space:+ip netns exec "$api_space"} curl -s --cacert "$folder/ca.crt" --cert "$folder/client.crt" \
        --key "$folder/client.key" -d "$1" \
        "https://127.0.0.1:$api_port/control"
}

# put OBJECT [TYPE [QUIETLY]]: an object comes, changes or goes
put() {
    order "{\"order\":\"apply\",\"type\":\"${2:-ADDED}\",
        \"quietly\":${3:-false},\"object\":$1}" >/dev/null
}

space() {
    echo "{\"kind\":\"Namespace\",\"metadata\":{\"name\":\"$1\"}}"
}

# service NAME ADDRESS [MORE]: in the namespace prod
service() {
    echo "{\"kind\":\"Service\",\"metadata\":{\"name\":\"$1\",
        \"namespace\":\"prod\"},\"spec\":{\"clusterIP\":\"$2\",
        \"ports\":[{\"name\":\"http\",\"port\":80}]${3:-}}}"
}

# slice NAME SERVICE ADDRESS HOST
slice() {
    echo "{\"kind\":\"EndpointSlice\",\"metadata\":{\"name\":\"$1\",
        \"namespace\":\"prod\",\"labels\":{
        \"kubernetes.io/service-name\":\"$2\"}},\"addressType\":\"IPv4\",
        \"endpoints\":[{\"addresses\":[\"$3\"],\"hostname\":\"$4\"}],
        \"ports\":[{\"name\":\"http\",\"port\":8080}]}"
}

pod() {
    echo "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"$1\",
        \"namespace\":\"prod\"},\"status\":{\"phase\":\"Running\",
        \"podIP\":\"$2\"}}"
}

# cluster_toolkit [SETTINGS]: frontend, authority and sync for cluster.local
cluster_toolkit() {
    configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
    authority: { sources = [ "kubernetes-sync" ]; };
    kubernetes-sync: {
        zones = [ "cluster.local.", "in-addr.arpa." ];
        endpoint = "https://127.0.0.1:$api_port";
        ca = "ca.crt";
        addresses = [ "none" ];
        ${1:-}
    };
};
END
}

# answers NAME TYPE WANTED: what is asked for is what is wanted
answers() {
    [ "$(ask "$1" "$2" | sort | tr '\n' ' ' | sed 's/ $//')" = "$3" ]
}

is_rcode() {
    [ "$(rcode "$1" "$2")" = "$3" ]
}

# soon TEXT NAME TYPE WANTED: the answer is there before long
soon() {
    check "$1" eventually "${patience:-10}" answers "$2" "$3" "$4"
}
