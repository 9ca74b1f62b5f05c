#!/bin/sh
# A stage written from the manual pages alone takes a place in the pipe.

. tests/system/lib.sh

cp conf/example.org.zone "$folder/example.org.zone"
# Stages of root run as nobody, who must be able to read the program.
cp tests/system/passthrough "$folder/passthrough"
chmod 755 "$folder/passthrough"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "passthrough"; } );
    };
    passthrough: { program = "$folder/passthrough"; next = "authority"; };
    authority: { sources = [ "file-sync" ]; };
    file-sync: {
        zones = ( { origin = "example.org."; file = "example.org.zone"; } );
    };
};
END
start

same "a query passes through it" 192.0.2.90 "$(ask short.example.org A)"
same "so does one over TCP" 192.0.2.90 "$(ask short.example.org A +tcp)"
same "and what is not there" NXDOMAIN "$(rcode no.example.org A)"
check "it takes a load" "$tools/flood" -q 1000 -t 2 127.0.0.1 "$port"

kill -KILL "$(pid_of passthrough)"
check "it comes back when killed" "$tools/flood" -q 500 -t 3 127.0.0.1 "$port"
check "it stops like any other" ctl stop
finish
