#!/bin/sh
# check tells of data that are missing or wrong; start goes on all the same

. tests/system/lib.sh

mkdir "$folder/zones"
chmod 755 "$folder/zones"
printf '@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nwww A 1.2.3\n' \
    >"$folder/zones/db.example.com"
printf '192.0.2.1 one.lan\n192.0.2 two.lan\n' >"$folder/hosts"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "authority"; } );
    };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "nosuch.zone"; } );
        directories = ( { path = "zones"; }, { path = "nosuch"; } );
        hosts = ( { file = "hosts"; }, { file = "nosuch.hosts"; } );
    };
};
END

told=$("$bin/corednsctl" -c "$configuration" check 2>&1)
check "check exits 78" exits 78 "$bin/corednsctl" -c "$configuration" check

# tells TEXT: once, in a line of its own
tells() {
    same "it tells once of $1" 1 "$(echo "$told" | grep -cF -- "$1")"
}

tells "$folder/nosuch.zone: cannot open"
tells "$folder/zones/db.example.com:4: "
tells "$folder/nosuch: "
tells "$folder/hosts:2: "
tells "$folder/nosuch.hosts: cannot open"

check "start goes on" "$bin/corednsctl" -c "$configuration" start
check "status says that all is well" "$bin/corednsctl" -c "$configuration" \
    status
check "it stops" "$bin/corednsctl" -c "$configuration" stop

finish
