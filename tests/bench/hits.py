"""hits - questions whose answer lies ready: from a table, a cache or a zone

A zone of 200,000 names: ours to serve, or that of an upstream; asked for all
over, or for 1,000 names of it, over UDP and TCP.  Unbound has it from the
upstream, the others of their own.
"""

import measure
import recursive
import servers

ORIGIN = "hit.test"
SETS = {"1,000 names": 1_000, "200,000 names": 200_000}
PEERS = ("knotd", "nsd", "unbound")
WAYS = (("UDP", "1,000 names"), ("UDP", "200,000 names"),
        ("TCP", "1,000 names"))


def write_zone(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"$ORIGIN {ORIGIN}.\n$TTL 3600\n"
                   "@ SOA ns1 host 1 7200 3600 1209600 300\n"
                   "@ NS ns1\nns1 A 192.0.2.1\n")
        for i in range(SETS["200,000 names"]):
            file.write(f"n{i} A 10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}\n")


def write_queries(path, count):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"n{i * 7919 % count}.{ORIGIN} A\n"
                        for i in range(count))
    return path


def local(zone, instances):
    return f"""
    frontend: {{
        listen = [ "dns://127.0.0.1:PORT" ]; instances = {instances};
        routes = ( {{ zones = [ "." ]; next = "cache"; }} );
    }};
    cache: {{ next = "authority"; capacity = "256 MiB"; }};
    authority: {{ sources = [ "file-sync" ]; }};
    file-sync: {{
        zones = ( {{ origin = "{ORIGIN}."; file = "{zone}"; }} );
    }};
"""


def start_all(folder, zone):
    first = f"n1.{ORIGIN}"
    lines = [f"{ORIGIN} {zone}"]
    upstream = servers.Peer("knotd", f"{folder}/hits-upstream", first, lines)
    address = f"127.0.0.1:{upstream.port}"
    running = [upstream]
    for name, stages in (
            ("coredns", local(zone, 1)),
            ("coredns, 2 frontends", local(zone, 2)),
            ("coredns, forwarding", recursive.stages(address, "256 MiB"))):
        running.append(servers.Toolkit(name, f"{folder}/hits", first, stages))
    for name in PEERS:
        running.append(servers.Peer(name, f"{folder}/hits", first,
                                    [address] if name == "unbound"
                                    else lines))
    return running


def one_round(server, way, queries, arguments):
    transport, names = way
    row = measure.load(server, queries[names], arguments.seconds, transport)
    if transport == "TCP":
        return row
    step = SETS[names] // 200
    return row | measure.latency(server, 1, [f"n{i * step}.{ORIGIN}"
                                             for i in range(200)])


def all_of_it(folder, arguments, say):
    """Rows for each way of asking."""
    zone = f"{folder}/{ORIGIN}.zone"
    queries = {name: write_queries(f"{folder}/hits-{count}", count)
               for name, count in SETS.items()}
    results = {}
    write_zone(zone)
    say("hits: every name once")
    running = start_all(folder, zone)
    try:
        for server in running[1:]:
            measure.load(server, queries["200,000 names"], 0)
        for number in range(arguments.rounds):
            say(f"hits, round {number + 1} of {arguments.rounds}")
            for way in WAYS:
                for server in running[1:]:
                    results.setdefault(way, {}).setdefault(
                        server.name, []).append(
                            one_round(server, way, queries, arguments))
    finally:
        for server in running:
            server.end()
    return {f"{transport}, {names}": [measure.summary(name, rounds)
                                      for name, rounds in rows.items()]
            for (transport, names), rows in results.items()}
