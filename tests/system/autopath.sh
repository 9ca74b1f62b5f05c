#!/bin/sh
# The search path of all clients, walked for them.

. tests/system/lib.sh

for origin in corp.test other.test example.org; do
    # shellcheck disable=SC2016
    printf '$TTL 60\n@ SOA ns host 1 2 3 4 60\n@ NS ns\n' |
        zone "$origin"
done
printf 'www A 192.0.2.1\nbare A 192.0.2.2\n' >>"$folder/example.org.zone"
printf 'www A 192.0.2.3\nmail MX 10 www\nonly TXT x\n' \
    >>"$folder/corp.test.zone"
printf 'mail A 192.0.2.4\nonly A 192.0.2.5\n' >>"$folder/other.test.zone"
echo 'search corp.test other.test' >"$folder/resolv.conf"
chmod 644 "$folder"/*
configure <<END
stages: {
    frontend: {
        listen = [ "dns://127.0.0.1:$port" ];
        routes = ( { zones = [ "." ]; next = "autopath"; } );
    };
    autopath: { resolv_conf = "resolv.conf"; next = "authority"; };
    authority: { sources = [ "file-sync" ]; };
    file-sync: { zones = (
        { origin = "corp.test."; file = "corp.test.zone"; },
        { origin = "other.test."; file = "other.test.zone"; },
        { origin = "example.org."; file = "example.org.zone"; } ); };
};
END
start
same "the first domain has it" 192.0.2.3 "$(ask www.corp.test A)"
same "the bare name is the last one" "www.example.org. 192.0.2.1" \
    "$(ask www.example.org.corp.test A | tr '\n' ' ' | sed 's/ $//')"
same "a name that exists ends the path, whatever its types" "" \
    "$(ask only.corp.test A)"
same "where it has not the type" NOERROR "$(rcode only.corp.test A)"
printf 'later A 192.0.2.6\n' >>"$folder/other.test.zone"
ctl reload
check "a domain in the middle has it" eventually 5 sh -c "
    dig @127.0.0.1 -p $port +short later.corp.test A | grep -q 192.0.2.6"
same "who does not begin with the path is left alone" 192.0.2.2 \
    "$(ask bare.example.org A)"
same "nor has the end of it" NXDOMAIN "$(rcode none.example.org A)"
same "what fails on the way fails" SERVFAIL \
    "$(rcode www.elsewhere.corp.test A)"
ctl stop

# A path that cannot be read.
sed -i 's/resolv.conf"/nowhere.conf"/' "$configuration"
check "a file that is missing is told" exits 78 "$bin/corednsctl" start \
    -c "$configuration"
finish
