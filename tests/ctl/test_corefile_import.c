/* corefile_import - what a Corefile becomes, and what is wrong with it */

#include "ctl/corefile_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "coredns/version.h"
#include "core_test.h"

/* The text without marks, the folder, and more than one blank in a row. */
static char *
condense(const char *text)
{
    char *out = calloc(1, strlen(text) + 1), *at = out;

    for (; *text != '\0'; text++) {
        bool is_first = at == out;

        if (strncmp(text, "#@ ", 3) == 0
            || strncmp(text, "directory = ", 12) == 0)
            text += strcspn(text, "\n");
        if (*text != ' ' && *text != '\n')
            *at++ = *text;
        else if (!is_first && at[-1] != ' ')
            *at++ = ' ';
    }
    return out;
}

/* The configuration, condensed; NULL when there are faults.  Yours. */
static char *
import(const char *corefile, core_faults_t *faults)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    int rc = corefile_import(core_test_file(corefile), COREFILE_READ_ONCE, file,
                             faults, NULL);

    fclose(file);

    char *condensed = rc == 0 ? condense(text) : NULL;

    free(text);
    return condensed;
}

#define TO(zone, rest) \
    "{ zone = " zone "; to = [ \"192.0.2.1\" ]; payload = 4096; " \
    "truncated = \"pass\"; " rest "}"
#define ROUTE(zones, next) \
    "{ zones = [ " zones " ]; next = \"" next "\"; all_classes = true; }"
#define AUTHORITY \
    "sources = [ \"file-sync\" ]; ns_in_authority = true; " \
    "negative_ttl = \"soa\"; alias_loops = \"fail\"; "

/* What must stand in the configuration, and what must not. */
static const struct {
    const char *corefile;
    const char *has;
    const char *has_not;
} rows[] = {
    { ".:53 {\n forward . 192.0.2.1\n}\n",
      "stages: { frontend: { listen = [ \"dns://:53\" ]; payload = 4096; "
      "version = \"\"; identity = \"\"; routes = ( " ROUTE("\".\"", "forward")
      " ); }; forward: { routes = ( " TO("\".\"", "") " ); }; };", "cache" },

    /* One stage knows the upstreams of all blocks of a place. */
    { "A.Example {\n forward . 192.0.2.1\n}\nb:53 {\n forward . 192.0.2.1\n}",
      ROUTE("\"a.example.\"", "forward") ", " ROUTE("\"b.\"", "forward")
      " ); }; forward: { routes = ( " TO("\"a.example.\"", "") ", "
      TO("\"b.\"", "") " ); };", "forward-2" },
    { "a {\n forward . 192.0.2.1\n}\na:54 {\n forward . 192.0.2.1\n}\n",
      "frontend-2: { program = \"frontend\"; listen = [ \"dns://:54\" ];",
      "forward-2" },
    { "a {\n forward . 192.0.2.1\n}\nb:54 {\n forward . 192.0.2.1\n}\n",
      "forward-2: { program = \"forward\"; routes = ( " TO("\"b.\"", ""),
      NULL },
    { ". {\n forward a 192.0.2.1\n forward . 192.0.2.1\n}\n",
      "routes = ( " TO("\"a.\"", "") ", " TO("\".\"", "") " ); };",
      "forward-2" },
    { "b.a {\n forward a 192.0.2.1\n forward . 192.0.2.1\n}\n",
      "routes = ( " TO("\"b.a.\"", "") " ); };", "forward-2" },
    { "a {\n forward b.a 192.0.2.1\n}\n",
      "routes = ( " TO("\"b.a.\"", "") " ); otherwise = \"servfail\"; };",
      NULL },
    /* But the order of the lines decides where that is another. */
    { ". {\n forward . 192.0.2.1 {\n  except b\n }\n forward a 192.0.2.1\n}\n",
      "forward: { routes = ( " TO("\"a.\"", "") " ); "
      "otherwise = \"servfail\"; }; forward-2: { program = \"forward\"; "
      "routes = ( " TO("\".\"", "except = [ \"b.\" ]; ")
      " ); next = \"forward\"; };", NULL },
    { ". {\n forward . 192.0.2.1 {\n  next NXDOMAIN\n }\n}\n",
      "next_on = [ \"NXDOMAIN\" ]; } ); otherwise = \"servfail\"; };", NULL },

    { ". {\n forward . https://dns.test/q {\n  doh_method get\n }\n}\n",
      "to = [ \"https://dns.test/q\" ]; payload = 4096; truncated = \"pass\"; "
      "doh_method = \"GET\";", NULL },

    { ". {\n whoami\n forward a 192.0.2.1\n}\nb {\n whoami\n}\n",
      " ); next = \"whoami\"; }; whoami: { };", "whoami-2" },

    /* Unless something else is asked for, every other query is dropped. */
    { ". {\n erratic\n whoami\n}\n",
      "chaos: { effects = ( { do = \"drop\"; every = 2; first = 1; }, "
      "{ do = \"answer\"; } ); };", "whoami" },
    { ". {\n erratic {\n  truncate 2\n  large\n }\n}\n",
      "effects = ( { do = \"truncate\"; without_bits = 2; keep = true; }, "
      "{ do = \"answer\"; large = true; } );", "drop" },
    { ". {\n erratic {\n  drop 3\n  delay\n }\n forward a 192.0.2.1\n}\n",
      "next = \"chaos\"; }; chaos: { effects = ( { do = \"drop\"; every = 3; "
      "first = 1; }, { do = \"delay\"; every = 2; first = 1; delay = "
      "\"100ms\"; }, { do = \"answer\"; } ); };", NULL },

    { "10.0.0.0/22 {\n forward . 192.0.2.1\n}\n",
      "[ \"0.0.10.in-addr.arpa.\", \"1.0.10.in-addr.arpa.\", "
      "\"2.0.10.in-addr.arpa.\", \"3.0.10.in-addr.arpa.\" ]", NULL },
    { "2001:db8::/33 {\n forward . 192.0.2.1\n}\n",
      "\"0.8.b.d.0.1.0.0.2.ip6.arpa.\"", "\"8.8.b.d" },
    { "10.1.0.0/16:5353 {\n forward . 192.0.2.1\n}\n", "dns://:5353", NULL },
    { "10.1.0.0/16 {\n forward . 192.0.2.1\n}\n",
      "zones = [ \"1.10.in-addr.arpa.\" ]", NULL },
    { ". {\n bind 127.0.0.1 ::1\n forward . 192.0.2.1\n}\n",
      "listen = [ \"dns://127.0.0.1:53\", \"dns://[::1]:53\" ];",
      "frontend-2" },
    { ". {\n bind lo {\n  except ::1\n }\n forward . 192.0.2.1\n}\n",
      "listen = [ \"dns://127.0.0.1:53\" ];", NULL },

    /* A block without handlers refuses, one at its end fails. */
    { "a b {\n bind 127.0.0.1\n}\n", "{ zones = [ \"a.\", \"b.\" ]; } );",
      NULL },
    { "a {\n errors\n}\n. {\n forward . 192.0.2.1\n}\n",
      "{ zones = [ \"a.\" ]; otherwise = \"servfail\"; "
      "failure_log = true; }", NULL },
    { "a {\n cache\n}\n",
      "cache: { soa_minimum = false; otherwise = \"servfail\"; };", NULL },

    /* What differs from block to block is the route's. */
    { ". {\n bufsize\n nsid a b\n chaos v x y\n local\n any\n}\n"
      "a {\n bufsize 512\n nsid\n chaos\n local {\n  localhost_prefix off\n"
      " }\n}\n",
      "{ zones = [ \".\" ]; otherwise = \"servfail\"; all_classes = true; "
      "payload = 1232; nsid = true; nsid_text = \"a b\"; version = \"v\"; "
      "identity = \"${HOSTNAME}\"; authors = [ \"x\", \"y\" ]; "
      "local_names = \"prefix\"; minimal_any = true; }, "
      "{ zones = [ \"a.\" ]; otherwise = \"servfail\"; all_classes = true; "
      "payload = 512; nsid = true; nsid_text = \"${HOSTNAME}\"; version = "
      "\"coredns " CORE_VERSION "\"; identity = \"${HOSTNAME}\"; "
      "local_names = \"on\"; }", NULL },
    { "a b {\n etcd\n file z a\n forward . 192.0.2.1\n}\n",
      "authority: { sources = [ \"etcd-sync\" ]; next = \"forward\"; }; "
      "authority-2: { program = \"authority\"; " AUTHORITY
      "next = \"authority\"; };", NULL },
    { "a {\n transfer {\n  to 192.0.2.1 [2001:db8::1]:5353\n"
      "  source 192.0.2.9\n }\n file z a\n}\n"
      "b {\n file z b\n}\n",
      "transfers = ( { zones = [ \"a.\" ]; "
      "to = [ \"192.0.2.1\", \"2001:db8::1\" ]; "
      "notify = [ \"192.0.2.1:53\", \"[2001:db8::1]:5353\" ]; "
      "notify_source = \"192.0.2.9\"; }, { zones = [ \"b.\" ]; } );",
      "authority-2" },
    { "a {\n transfer {\n  to *\n }\n transfer a b.a {\n  to 192.0.2.1\n }\n"
      " file z a\n}\n",
      "transfers = ( { zones = [ \"a.\" ]; "
      "to = [ \"0.0.0.0/0\", \"::/0\" ]; }, { zones = [ \"b.a.\" ]; "
      "to = [ \"192.0.2.1\" ]; notify = [ \"192.0.2.1:53\" ]; } );", NULL },
    { "a {\n transfer x.a {\n  to *\n }\n kubernetes\n}\n",
      "transfers = ( { zones = [ \"x.a.\" ]; "
      "to = [ \"0.0.0.0/0\", \"::/0\" ]; } );", "notify" },
    { "a {\n etcd {\n  min-lease-ttl 2h\n  max-lease-ttl 1h\n }\n}\n",
      "min_lease_ttl = \"2h\"; max_lease_ttl = \"2h\";", NULL },
    { "a {\n etcd {\n  max-lease-ttl 10s\n }\n}\n",
      "min_lease_ttl = \"10s\"; max_lease_ttl = \"10s\";", NULL },
    { "a b {\n etcd\n}\n",
      "otherwise = \"servfail\"; }; "
      "etcd-sync: { zones = [ \"a.\", \"b.\" ]; };", NULL },
    { "a {\n root /r\n etcd c 10.0.0.0/8 {\n  path /p\n  endpoint h:1 "
      "https://i:2\n  credentials u p\n  tls c k a\n  fallthrough x\n"
      "  min-lease-ttl 5\n  max-lease-ttl 2h\n  stubzones\n  debug\n"
      "  upstream\n }\n}\n",
      "etcd-sync: { zones = [ \"c.\", \"10.in-addr.arpa.\" ]; "
      "path = \"/p\"; "
      "endpoints = [ \"https://h:1\", \"https://i:2\" ]; username = \"u\"; "
      "password = \"p\"; certificate = \"/r/c\"; key = \"/r/k\"; "
      "ca = \"/r/a\"; fallthrough = [ \"x.\" ]; min_lease_ttl = \"5\"; "
      "max_lease_ttl = \"2h\"; reads_any_file = true; };", NULL },
    { "a {\n etcd {\n  endpoint h:1\n  tls a\n }\n}\n"
      "b {\n etcd {\n  fallthrough\n }\n}\n",
      "etcd-sync-2: { program = \"etcd-sync\"; zones = [ \"b.\" ]; "
      "fallthrough = [ \".\" ]; };", NULL },
    { ". {\n loadbalance\n}\na {\n root /r\n loadbalance weighted w {\n"
      "  reload 0\n  prefer 10.0.0.0/8 ::1\n }\n}\n",
      "order = \"random\"; }, { zones = [ \"a.\" ]; otherwise = "
      "\"servfail\"; order = \"weighted\"; weights = \"/r/w\"; "
      "weights_reload = \"0\"; prefer = [ \"10.0.0.0/8\", \"::1\" ]; }",
      NULL },
    { ". {\n reload 7s\n any\n}\na {\n reload 3s 2s\n any\n}\n",
      "reload: { every = \"3s\"; jitter = \"1s500ms\"; }; stages", "7s" },
    { ". {\n reload\n any\n}\n",
      "reload: { every = \"30s\"; jitter = \"15s\"; };", NULL },
    { ". {\n multisocket 2\n timeouts {\n  idle 5s\n  read 5s\n"
      "  maxtcpqueries 7\n }\n}\na {\n multisocket 2\n}\n",
      "instances = 2; tcp_idle = \"5s\"; tcp_query_limit = 7; routes",
      "otherwise" },

    /* The last file of a zone is the one; the last fallthrough counts. */
    { "a {\n file x\n file y a b {\n  fallthrough b\n  reload_by_mtime\n }\n"
      " file x b\n}\n",
      "zones = ( { origin = \"a.\"; file = \"y\"; fallthrough = [ \"b.\" ]; }, "
      "{ origin = \"b.\"; file = \"x\"; fallthrough = [ \"b.\" ]; } );", NULL },
    { "a {\n auto {\n  directory d db.(.*) {2}\n }\n}\nb {\n auto\n}\n",
      "routes = ( { zones = [ \"a.\" ]; otherwise = \"servfail\"; }", "sync" },
    { "a {\n debug\n metadata\n shed\n chaos u\n chaos v\n bufsize {\n  x\n }\n"
      "}\n", "log: { level = \"debug\"; };", "\"u\"" },

    /* Made-up answers come before sources, behind the cache. */
    { "a {\n cache\n template IN A b {\n  match x y\n  match z\n"
      "  answer \"{{ .Name }} CNAME q.\"\n  additional r\n  rcode NXDOMAIN\n"
      "  ederror 15 no\n  fallthrough\n  upstream\n }\n template ANY ANY\n"
      " forward . 192.0.2.1\n}\n",
      "cache: { soa_minimum = false; next = \"template\"; }; "
      "template: { rules = ( { class = \"IN\"; type = \"A\"; "
      "zones = [ \"b.\" ]; match = [ \"x\", \"y\", \"z\" ]; "
      "answer = [ \"{{ .Name }} CNAME q.\" ]; "
      "additional = [ \"r\" ]; rcode = \"NXDOMAIN\"; ede = 15; "
      "ede_text = \"no\"; fallthrough = [ \".\" ]; }, "
      "{ class = \"ANY\"; type = \"ANY\"; "
      "zones = [ \"a.\" ]; } ); lookup = \"frontend\"; next = \"forward\"; }; "
      "forward", NULL },

    /* A path that looks like a label, and labels that nobody has. */
    { "a {\n metadata\n log \"{/forward/upstream}\"\n"
      " file kubernetes/db\n kubernetes {\n  kubeconfig /x/kubernetes/c\n"
      " }\n}\n",
      "kubeconfig = \"/x/kubernetes/c\"", NULL },
    { "a {\n log {/kubernetes/service}\n kubernetes\n}\n",
      "format = \"{/kubernetes/service}\"", NULL },

    /* What is logged and counted is too. */
    { "a {\n errors stdout {\n  consolidate 5m t$ info show_first\n"
      "  consolidate 1m x\n }\n log\n log b c {remote} {\n"
      "  class denial error\n }\n log {combined}\n}\n",
      "failure_log = true; query_log = ( { }, "
      "{ names = [ \"b.\", \"c.\" ]; format = \"{remote}\"; "
      "classes = [ \"denial\", \"error\" ]; }, { format = \"{combined}\"; } "
      "); failure_groups = ( { period = \"5m\"; pattern = \"t$\"; "
      "level = \"notice\"; show_first = true; }, "
      "{ period = \"1m\"; pattern = \"x\"; } );", "metrics" },
    { "a {\n prometheus\n}\nb {\n}\n",
      "{ zones = [ \"a.\" ]; otherwise = \"servfail\"; }, "
      "{ zones = [ \"b.\" ]; metrics = false; }", NULL },

    /* So are zone files: a place has one authority for them. */
    { "a {\n file x\n}\nb {\n file y b {\n  reload 0\n  fallthrough\n }\n}\n",
      "authority: { " AUTHORITY "lookup = \"frontend\"; }; "
      "file-sync: { zones = ( { "
      "origin = \"a.\"; file = \"x\"; }, { origin = \"b.\"; file = \"y\"; "
      "reload = \"0\"; fallthrough = [ \".\" ]; } ); "
      "reads_any_file = true; };", "authority-2" },
    { "a {\n file x\n}\n",
      "authority: { " AUTHORITY "};", "lookup" },
    { "a {\n hosts\n}\n",
      "authority: { " AUTHORITY "otherwise = \"servfail\"; };", NULL },
    { "a {\n file x\n forward . 192.0.2.1\n}\nb {\n file y\n cache\n"
      " forward . 192.0.2.1\n}\n",
      "cache: { soa_minimum = false; next = \"authority\"; }; authority: { "
      AUTHORITY "lookup = \"frontend\"; next = \"forward\"; }; file-sync",
      "authority-2" },
    /* Names below the other block's zone come here: it is not for them. */
    { "a {\n file x\n}\nb.a {\n file y c.b.a\n}\n",
      "{ zones = [ \"b.a.\" ]; next = \"authority-2\"; }", NULL },
    { "a {\n file x\n}\na:54 {\n file y\n}\n",
      "authority-2: { program = \"authority\"; "
      "sources = [ \"file-sync-2\" ];", NULL },
    { "a {\n file x b.a\n root /r\n}\n", "file = \"/r/x\";", NULL },
    { "a {\n auto {\n  directory d (.*)z {1}\n  reload 5s\n }\n}\n",
      "directories = ( { path = \"d\"; pattern = \"(.*)z\"; "
      "origin = \"{1}\"; reload = \"5s\"; } );", NULL },
    { "a {\n hosts {\n  192.0.2.1 b\n  ttl 5\n  ::1 c d\n  no_reverse\n }\n}",
      "hosts = ( { file = \"/etc/hosts\"; ttl = 5; reverse = false; "
      "inline = [ \"192.0.2.1 b\", \"::1 c d\" ]; } );", NULL },

    { "a {\n cache 60 a {\n  denial 9984 7 1\n  servfail 0s\n  keepttl\n"
      "  disable success\n  serve_stale\n }\n forward . 192.0.2.1\n}\n",
      "cache: { zones = [ \"a.\" ]; success_ttl = 60; soa_minimum = false; "
      "capacity = \"20447232 B\"; denial_share = 50; denial_ttl = 7; "
      "denial_minimum_ttl = 1; failure_ttl = \"0s\"; keep_ttl = true; "
      "success_disable = [ \".\" ]; serve_stale = \"1h\"; "
      "stale_mode = \"immediate\"; stale_ttl = 0; stale_recheck = 0; "
      "next = \"forward\"; };", NULL },
    { ". {\n forward . tls://192.0.2.1 {\n  tls c k ca\n  expire 1.5s\n"
      "  tls_servername n\n  next SERVFAIL\n  except a b\n"
      "  failfast_all_unhealthy_upstreams\n"
      "  health_check 0.5s no_rec domain x\n }\n}\n",
      "truncated = \"pass\"; tls = ( { ca = \"ca\"; "
      "certificate = \"c\"; key = \"k\"; "
      "servername = \"n\"; } ); expire = \"1500ms\"; "
      "next_on = [ \"SERVFAIL\" ]; except = [ \"a.\", \"b.\" ]; "
      "failfast_all_unhealthy = true; health_check = ( { "
      "interval = \"500ms\"; recursion = false; domain = \"x.\"; } );", NULL },
    { "a {\n health {\n  lameduck 5s\n }\n ready\n prometheus\n}\n"
      "b {\n prometheus :9153\n prometheus\n}\n", NULL, NULL },
    { "a {\n health {\n  lameduck 5s\n }\n ready\n prometheus\n}\n"
      "b {\n prometheus\n}\n",
      "health: { listen = [ \":8080\" ]; ready = [ \":8181\" ]; "
      "metrics = [ \"127.0.0.1:9153\" ]; ready_once = true; "
      "lameduck = \"5s\"; };", NULL },
    { "a {\n health {\n  lameduck 30s\n }\n whoami\n}\n",
      "lameduck = \"30s\"; drain_limit = \"33s\"; };", NULL },
    { "a {\n health {\n  lameduck 9m59s\n }\n whoami\n}\n",
      "health: { listen = [ \":8080\" ]; "
      "lameduck = \"9m59s\"; drain_limit = \"600s\"; };", NULL },
    { "a {\n health {\n  lameduck 20m\n }\n whoami\n}\n",
      "health: { listen = [ \":8080\" ]; "
      "lameduck = \"20m\"; drain_limit = \"600s\"; };", NULL },
    { "a {\n ready {\n  monitor continuously\n }\n whoami\n}\n",
      "health: { ready = [ \":8181\" ]; };", NULL },
    { "a {\n ready {\n  monitor until-ready\n }\n whoami\n}\n",
      "health: { ready = [ \":8181\" ]; ready_once = true; };", NULL },
    { "a {\n file \"${HOME}\\\"\"\n}\n", "file = \"$${HOME}\\\"\";", NULL },

    /* Who reads files may read any; nobody else may. */
    { "a {\n file x\n}\n", "{ origin = \"a.\"; file = \"x\"; } ); "
      "reads_any_file = true; };", NULL },
    { "a {\n loadbalance weighted w\n forward . 192.0.2.1 {\n  tls ca\n }\n}\n",
      "reads_any_file = true; }; forward: { routes = ( { zone = \"a.\"; "
      "to = [ \"192.0.2.1\" ]; payload = 4096; truncated = \"pass\"; "
      "tls = ( { ca = \"ca\"; } ); } ); reads_any_file = true; };", NULL },
    { "a {\n forward . 192.0.2.1\n cache\n}\n", "a.", "reads_any_file" },

    { "a b.in-addr.arpa {\n autopath c @kubernetes\n kubernetes\n cache\n}\n",
      "next = \"autopath\"; }; autopath: { zones = [ \"c.\" ]; "
      "clusters = [ \"a.\" ]; resolv_conf = \"/etc/resolv.conf\"; "
      "next = \"authority\"; reads_any_file = true; };", NULL },
    { "a {\n autopath r\n autopath s\n whoami\n}\n",
      "autopath: { zones = [ \"a.\" ]; resolv_conf = \"r\"; "
      "next = \"whoami\"; reads_any_file = true; };", NULL },
    { "a {\n autopath @kubernetes\n whoami\n}\n", "whoami", "autopath" },

    /* A cluster, asked behind hosts and in front of zone files. */
    { "a 10.0.0.0/8 {\n bind 127.0.0.1\n hosts {\n  192.0.2.1 x\n }\n"
      " kubernetes {\n  endpoint http://h:1 http://i\n  pods verified\n"
      "  labels a in (b, c)\n  namespaces d e\n  ttl 60\n  zonal\n"
      "  ignore empty_service\n  fallthrough 10.in-addr.arpa\n"
      "  startup_timeout 3s\n  apiserver_qps 5\n }\n k8s_external b {\n"
      "  apex z\n  headless\n }\n file f\n}\n",
      "sources = [ \"file-sync\", \"kubernetes-sync\", \"file-sync-2\" ];",
      NULL },
    { "a 10.0.0.0/8 {\n bind 127.0.0.1\n kubernetes {\n"
      "  endpoint http://h:1 http://i\n  pods verified\n"
      "  labels a in (b, c)\n  namespaces d e\n  ttl 60\n  zonal\n"
      "  ignore empty_service\n  fallthrough 10.in-addr.arpa\n"
      "  startup_timeout 3s\n  apiserver_qps 5\n }\n k8s_external b {\n"
      "  apex z\n  headless\n }\n}\n",
      "kubernetes-sync: { zones = [ \"10.in-addr.arpa.\", \"a.\" ]; "
      "endpoint = \"http://h:1\"; pods = \"verified\"; "
      "labels = \"a in (b, c)\"; namespaces = [ \"d\", \"e\" ]; ttl = 60; "
      "zonal = true; ignore_empty_service = true; "
      "fallthrough = [ \"10.in-addr.arpa.\" ]; qps = 5; burst = 10; "
      "external = ( { zones = [ \"b.\" ]; apex = \"z\"; headless = true; } ); "
      "addresses = [ \"none\" ]; reads_any_file = true; };", NULL },
    { "a {\n bind 192.0.2.1 127.0.0.1\n kubernetes b in-addr.arpa {\n"
      "  tls c k ca\n  kubeconfig f x\n  noendpoints\n"
      "  apiserver_burst 7\n  apiserver_max_inflight 2\n"
      "  endpoint_pod_names\n  namespace_labels a=b\n  fallthrough\n }\n}\n",
      "kubernetes-sync: { zones = [ \"b.\", \"in-addr.arpa.\" ]; "
      "certificate = \"c\"; key = \"k\"; ca = \"ca\"; kubeconfig = \"f\"; "
      "context = \"x\"; endpoints = \"none\"; burst = 7; inflight = 2; "
      "endpoint_pod_names = true; "
      "namespace_labels = \"a=b\"; fallthrough = [ \".\" ]; qps = 5; "
      "addresses = [ \"192.0.2.1\" ]; reads_any_file = true; };",
      "ns_in_authority" },
};

START_TEST(becomes_a_configuration)
{
    core_faults_t *faults = core_faults_new();
    char *text = import(rows[_i].corefile, faults);

    if (rows[_i].has == NULL)
        ck_assert_ptr_null(text);
    else {
        ck_assert_ptr_nonnull(text);
        ck_assert_msg(strstr(text, rows[_i].has) != NULL, "%s", text);
        ck_assert_msg(rows[_i].has_not == NULL
                      || strstr(text, rows[_i].has_not) == NULL, "%s", text);
    }
    core_faults_destroy(&faults);
    free(text);
}
END_TEST

/* All faults, each as "LINE: TEXT" and a line feed. */
static const struct {
    const char *corefile;
    const char *faults;
} wrong[] = {
    { ". {\n rewrite name a b\n acl x {\n  y\n }\n}\n",
      "2: rewrite: this directive is not supported yet\n"
      "3: acl: this directive is not supported yet\n" },
    { "a {\n kubernetes {\n  pods some\n  ttl 4000\n  ignore all\n"
      "  tls a b\n  upstream\n }\n kubernetes\n}\n",
      "3: pods: neither disabled nor insecure nor verified: some\n"
      "4: ttl: more than 3600: 4000\n"
      "5: ignore: not empty_service: all\n"
      "6: tls: an argument is missing\n"
      "7: upstream: kubernetes has no such option\n"
      "9: kubernetes: stands here a second time\n" },
    { "a {\n k8s_external b\n}\n",
      "2: k8s_external: kubernetes is missing in this block\n" },
    { "a {\n metadata\n log \"{name} {/kubernetes/client-pod-name}\"\n"
      " template IN TXT {\n  answer \"{{ .Meta \\\"kubernetes/service\\\" "
      "}}\"\n }\n kubernetes\n}\n",
      "3: log: metadata of kubernetes is not supported yet: "
      "{name} {/kubernetes/client-pod-name}\n"
      "5: answer: metadata of kubernetes is not supported yet: "
      "{{ .Meta \"kubernetes/service\" }}\n" },
    { "a {\n forwrad . 192.0.2.1\n cache {\n  servfial 5s\n }\n x\n}\n",
      "2: forwrad: there is no such directive; did you mean forward\n"
      "4: servfial: cache has no such option; did you mean servfail\n"
      "6: x: there is no such directive\n" },
    { "a {\n import nosuch\n import a b\n bufsize x\n}\n",
      "2: nosuch: no such file or snippet\n"
      "3: b: import takes one argument\n4: bufsize: not a number: x\n" },
    { "tls://a b..c d:0 10.0.0.0/33 {\n}\n",
      "1: tls://a: this scheme is not supported yet, only dns://\n"
      "1: b..c: not a domain name\n1: d:0: not a port\n"
      "1: 10.0.0.0/33: not a network\n" },
    { "a {\n cache\n cache\n}\n", "3: cache: stands here a second time\n" },
    { "a {\n}\na:53 {\n}\n",
      "3: a.: the block in line 1 of * serves it at port 53 already\n" },
    { "a {\n}\nb {\n bind 127.0.0.1\n}\n",
      "4: bind: another block takes port 53 of all addresses\n" },
    { "a {\n bind nosuch\n}\n",
      "2: bind: neither an address nor an interface: nosuch\n" },
    { "a {\n loadbalance best\n}\nb {\n loadbalance weighted\n}\n"
      "c {\n loadbalance round_robin x\n}\nd {\n loadbalance {\n"
      "  reload 5s\n }\n}\n",
      "2: loadbalance: expected round_robin or weighted, not best\n"
      "5: loadbalance: a file of weights is missing\n"
      "8: loadbalance: an argument too many: x\n"
      "12: reload: loadbalance has no such option\n" },
    { "a {\n local {\n  localhost_prefix maybe\n }\n bufsize x\n}\n",
      "3: localhost_prefix: expected on or off, not maybe\n"
      "5: bufsize: not a number: x\n" },
    { "a {\n forward .\n forward x..y z\n forward . z {\n  expire 1y\n"
      "  doh_method PUT\n  max_fails x\n }\n}\n",
      "2: forward: an argument is missing\n"
      "3: forward: not a domain name: x..y\n5: expire: not a time: 1y\n"
      "6: doh_method: expected GET or POST, not PUT\n"
      "7: max_fails: not a number: x\n" },
    { "a {\n cache {\n  prefetch 1 1m 5%\n  serve_stale 1h now\n"
      "  disable all\n }\n}\n",
      "3: prefetch: not a percentage from 10% to 90%: 5%\n"
      "4: serve_stale: expected immediate or verify, not now\n"
      "5: disable: expected success or denial, not all\n" },
    { "a {\n errors x {\n  consolidate 5m\n  consolidate y z\n"
      "  consolidate 5m z fatal\n  consolidate 5m z show_first info\n"
      "  other\n }\n log a..b\n log {\n  class no\n  other\n }\n}\n",
      "2: errors: expected stdout, not x\n"
      "3: consolidate: an argument is missing\n"
      "4: consolidate: not a time: y\n"
      "5: consolidate: expected warning, error, info or debug, then "
      "show_first, not fatal\n"
      "6: consolidate: expected warning, error, info or debug, then "
      "show_first, not info\n"
      "7: other: errors has no such option\n"
      "9: log: not a domain name: a..b\n"
      "11: class: expected success, denial, error or all, not no\n"
      "12: other: log has no such option\n" },
    { "a {\n file\n auto\n hosts x {\n  timeout 5\n }\n}\n",
      "2: file: an argument is missing\n"
      "5: timeout: hosts has no such option\n" },
    { "a {\n auto b {\n  directory d\n }\n timeouts {\n  rest 5s\n }\n}\n",
      "2: auto: other zones than those of the block are not supported yet\n"
      "6: rest: timeouts has no such option\n" },
    { "a {\n template IN\n template IN A {\n  match\n  ederror x\n"
      "  ederror 1 a b\n  other\n }\n}\n",
      "2: template: an argument is missing\n4: match: an argument is missing\n"
      "5: ederror: not a number: x\n6: ederror: stands here a second time\n"
      "7: other: template has no such option\n" },
    { "a {\n cancel 0\n cache -1\n timeouts {\n  idle 500ms\n  read 25h\n"
      "  maxtcpqueries 0\n }\n}\nb {\n cache {\n  serve_stale_policy "
      "prefer_positive\n }\n}\n",
      "2: cancel: the time must be above 0\n3: cache: not a number: -1\n"
      "5: idle: expected 1s to 24h, not 500ms\n"
      "6: read: expected 1s to 24h, not 25h\n"
      "7: maxtcpqueries: expected -1 or a number above 0\n"
      "12: serve_stale_policy: only with serve_stale\n" },
    { "a {\n reload 1s\n}\nb {\n reload 5s 0\n}\nc {\n reload x\n}\n",
      "2: reload: the shortest interval is 2s\n"
      "5: reload: the least jitter is 1s\n8: reload: not a time: x\n" },
    { "", "0: there is no server block\n" },
};

START_TEST(tells_all_that_is_wrong)
{
    core_faults_t *faults = core_faults_new();
    char *text = import(wrong[_i].corefile, faults);
    char told[4096] = "";

    ck_assert_ptr_null(text);
    for (size_t i = 0; i < core_faults_count(faults); i++) {
        const struct core_fault *fault = core_faults_at(faults, i);
        char *path, line[CORE_FAULT_LINE_SIZE];

        snprintf(line, sizeof line, "%d: %s\n", fault->line, fault->text);
        path = strstr(line, fault->path);
        if (path != NULL) {
            *path = '*';
            memmove(path + 1, path + strlen(fault->path),
                    strlen(path + strlen(fault->path)) + 1);
        }
        strcat(told, line);
    }
    ck_assert_str_eq(told, wrong[_i].faults);
    core_faults_destroy(&faults);
}
END_TEST

START_TEST(is_loaded_with_its_own_lines)
{
    const char *path = core_test_file(". {\n forward . 192.0.2.1 {\n"
                                      "  max_fails 3\n }\n}\n");
    core_faults_t *faults = core_faults_new();
    core_config_t *config = corefile_load_config(path, faults);

    ck_assert_ptr_nonnull(config);

    core_place_t *routes =
        core_place_member(core_config_stage(config, "forward"), "routes");

    core_config_fault(config, faults,
                      core_place_member(core_place_at(routes, 0),
                                        "max_fails"), "x");
    ck_assert_uint_eq(core_faults_count(faults), 1);
    ck_assert_int_eq(core_faults_at(faults, 0)->line, 3);
    ck_assert_str_eq(core_faults_at(faults, 0)->path, path);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
}
END_TEST

static const char *const many[] = {
    "z%d.example {\n file z%d\n cache\n}\n",
    "z%d.example {\n cache\n forward . 192.0.2.1:%d\n}\n",
};

START_TEST(many_blocks_take_no_time)
{
    core_faults_t *faults = core_faults_new();
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    for (int i = 1; i <= 2000; i++)
        fprintf(file, many[_i], i, i);
    fclose(file);

    clock_t start = clock();
    char *config = import(text, faults);

    ck_assert_ptr_nonnull(config);
    ck_assert(clock() - start < 4 * CLOCKS_PER_SEC);
    ck_assert_ptr_null(strstr(config, "-2: {"));
    core_faults_destroy(&faults);
    free(config);
    free(text);
}
END_TEST

int
main(void)
{
    TCase *tests = tcase_create("corefile_import");

    tcase_add_loop_test(tests, becomes_a_configuration, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_loop_test(tests, tells_all_that_is_wrong, 0,
                        CORE_TEST_ROWS(wrong));
    tcase_add_test(tests, is_loaded_with_its_own_lines);
    tcase_add_loop_test(tests, many_blocks_take_no_time, 0,
                        CORE_TEST_ROWS(many));
    return core_test_run(tests);
}
