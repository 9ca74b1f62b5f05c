#!/bin/sh
# A frontend alone, with a stage behind it that answers as the name says.

. tests/system/lib.sh

# Stages of root run as nobody, who must be able to read the program.
cp tests/system/oracle "$folder/oracle"
chmod 755 "$folder/oracle"
configure <<END
stages: {
    frontend: {
        listen = [ "dns://0.0.0.0:$port", "dns://[::1]:$port" ];
        routes = ( { zones = [ "test." ]; next = "oracle"; } );
        deadline = "1500ms";
        identity = "here";
        nsid = true;
        tcp_idle = "1s";
        tcp_connections = 12;
        tcp_connections_per_client = 3;
        tcp_buffer = "128 KiB";
        tcp_query_limit = 1000;
    };
    # It does not look up anything; the test does, through the same pipe.
    oracle: { program = "$folder/oracle"; lookup = "frontend"; };
};
END
start
tests/system/frontend_client "$port" "$folder/run/frontend.pipe" ||
    failures=$((failures + 1))
check "it stops" ctl stop
finish
