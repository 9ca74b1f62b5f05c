#!/bin/sh
# The setting `reload` (and the directive): a changed file takes effect alone

. tests/system/lib.sh

metrics=$("$tools/ports")

# value NAME: of the supervisor
# shellcheck disable=SC2317
value() {
    tests/system/metrics "http://127.0.0.1:$metrics/metrics" "$@" \
        process=corednsctl 2>/dev/null
}

# answers WORD: the hosts line of that name is served
# shellcheck disable=SC2317
answers() {
    [ "$(ask "$1.watch.test" A)" = 192.0.2.1 ]
}

# hosts NAME: what the included file says
hosts() {
    echo "inline = [ \"192.0.2.1 $1.watch.test\" ];" >"$folder/lines.new"
    mv "$folder/lines.new" "$folder/lines.conf"
}

# ---- a configuration of ours ------------------------------------------------

configure <<END
reload: { every = "200ms"; jitter = "100ms"; };
stages: {
    frontend: { listen = [ "dns://127.0.0.1:$port" ];
        routes = ({ zones = [ "." ]; next = "authority"; }); };
    authority: { sources = [ "file-sync" ]; };
    file-sync: { hosts = ({
        zones = [ "watch.test" ];
        @include "lines.conf"
    }); };
    health: { metrics = [ "127.0.0.1:$metrics" ]; listen = []; ready = []; };
};
END
hosts one
start
check "it answers" eventually 5 answers one
# shellcheck disable=SC2317
has_version() {
    [ "$(value coredns_reload_version_info hash=sha512)" = 1 ]
}
check "the version is told" eventually 10 has_version

hosts two
check "an included file that changes takes effect" eventually 5 answers two

echo 'inlin = "";' >"$folder/lines.conf"
# shellcheck disable=SC2317
has_failed() {
    [ "$(value coredns_reload_failed_total)" -gt 0 ]
}
check "half a file is counted" eventually 5 has_failed
check "and told" \
    grep -q 'lines.conf:1: .*inlin' "$folder/run/log/corednsctl.log"
check "what was there goes on" answers two
sleep 1
same "and only once, though it is read again and again" 1 \
    "$(grep -c 'lines.conf:1: .*inlin' "$folder/run/log/corednsctl.log")"
hosts three
check "and a whole one is taken again" eventually 5 answers three

# Nothing is told to anybody when the text is the same.
sleep 1
before=$(grep -c . "$folder/run/log/file-sync.log")
touch "$folder/lines.conf"
sleep 1
same "a touched file is no change" "$before" \
    "$(grep -c . "$folder/run/log/file-sync.log")"

# The change may be read just now: then busy is the answer.
cp "$configuration" "$folder/other.conf"
check "another file is not what it runs on" exits 64 "$bin/corednsctl" reload \
    -c "$folder/other.conf" -r "$folder/run"
sed -i '/^reload:/d' "$configuration"
check "without the setting" eventually 5 ctl reload
hosts four
sleep 1
check "nothing is looked at" answers three
check "stop" ctl stop

# ---- a Corefile with a folder that is a turned link -------------------------

corefile=$folder/Corefile
mkdir "$folder/data.1" "$folder/data.2"
chmod 755 "$folder"/data.?
ln -s data.1 "$folder/data"
cat >"$corefile" <<END
import data/*.server
watch.test:$port {
    bind 127.0.0.1
    reload 2s 1s
    hosts {
        192.0.2.1 one.watch.test
    }
}
END
cat >"$folder/data.2/more.server" <<END
more.test:$port {
    bind 127.0.0.1
    hosts {
        192.0.2.1 two.watch.test
        192.0.2.2 host.more.test
    }
}
END
# shellcheck disable=SC2317
has_more() {
    [ "$(ask host.more.test A)" = 192.0.2.2 ]
}
helper "$bin/corednsctl" start --foreground -c "$corefile" -r "$folder/run" \
    2>"$folder/foreground.log"
check "a Corefile answers" eventually 10 answers one
ln -s data.2 "$folder/data.new"
mv -T "$folder/data.new" "$folder/data"
check "a turned link is a change" eventually 10 has_more
check "and the rest is as it was" answers one
finish
