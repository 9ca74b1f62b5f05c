"""authoritative - a zone of 10,000 names, and very large ones"""

import os
import subprocess

import measure
import servers

ORIGIN = "bench.test"
NAMES = 10_000
PEERS = ("knotd", "nsd", "named")


def write_zone(path, origin, names):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"$ORIGIN {origin}.\n$TTL 3600\n"
                   "@ SOA ns1 host 1 7200 3600 1209600 300\n"
                   "@ NS ns1\nns1 A 192.0.2.1\n")
        for i in range(names):
            file.write(f"n{i} A 10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}\n")


def write_queries(path, origin):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"n{i * 7919 % NAMES}.{origin} A\n"
                        for i in range(NAMES))


def some_names(origin):
    return [f"n{i * 37 % NAMES}.{origin}" for i in range(200)]


def stages(zones, head="authority", between=""):
    """zones: pairs of origin and file; head: where the route leads."""
    entries = ",\n        ".join(
        f'{{ origin = "{origin}."; file = "{path}"; }}'
        for origin, path in zones)
    routed = f'"{zones[0][0]}."' if len(zones) == 1 else '"."'
    return f"""
    frontend: {{
        listen = [ "dns://127.0.0.1:PORT" ];
        routes = ( {{ zones = [ {routed} ]; next = "{head}"; }} );
    }};
    {between}
    authority: {{ sources = [ "file-sync" ]; }};
    file-sync: {{ zones = (
        {entries} ); }};
"""


def peer(name, folder, zones):
    return servers.Peer(name, folder, f"n1.{zones[0][0]}",
                        [f"{origin} {path}" for origin, path in zones])


def load(folder, arguments, say):
    """Rows: each server's figures, the toolkit's with a hop more, and those of
    its frontend alone."""
    zones = [(ORIGIN, f"{folder}/{ORIGIN}.zone")]
    first = f"n1.{ORIGIN}"
    write_zone(zones[0][1], ORIGIN, NAMES)
    write_queries(f"{folder}/queries", ORIGIN)
    write_queries(f"{folder}/refused", "nowhere.test")
    running = [servers.Toolkit("coredns", folder, first, stages(zones))]
    results = {}
    try:
        # A cache that is for other names passes everything on.
        running.append(servers.Toolkit(
            "coredns, a hop more", folder, first,
            stages(zones, "cache", 'cache: { next = "authority"; '
                                   'zones = [ "nowhere.test." ]; };')))
        for name in PEERS:
            running.append(peer(name, folder, zones))
        for number in range(arguments.rounds):
            say(f"authoritative, round {number + 1} of {arguments.rounds}")
            for server in running:
                results.setdefault(server.name, []).append(
                    measure.load(server, f"{folder}/queries",
                                 arguments.seconds)
                    | measure.latency(server, 1, some_names(ORIGIN)))
            results.setdefault("coredns, frontend alone", []).append(
                measure.load(running[0], f"{folder}/refused",
                             arguments.seconds)
                | measure.latency(running[0], 1, some_names("nowhere.test")))
    finally:
        for server in running:
            server.end()

    # In the order of their first round: the servers, then what is no server.
    rows = [measure.summary(name, rounds) for name, rounds in results.items()]
    for row, server in zip(rows, running):
        row["start_seconds"] = server.start_seconds
    return rows


def large(folder, zones):
    """Rows: start and memory of each server."""
    for name in ("coredns", "nsd", "knotd"):
        try:
            server = servers.Toolkit(name, folder, f"n1.{zones[0][0]}",
                                     stages(zones)) \
                if name == "coredns" else peer(name, folder, zones)
        except (RuntimeError, subprocess.CalledProcessError) as error:
            yield {"server": name, "failed": str(error)}
            continue
        yield {"server": name, "start_seconds": server.start_seconds,
               "resident_mib": measure.resident_mib(
                   server.processes().values())}
        server.end()


def all_large(folder, say):
    say("1,000,000 names of one zone")
    write_zone(f"{folder}/large.zone", "large.test", 1_000_000)
    names = list(large(f"{folder}/names",
                       [("large.test", f"{folder}/large.zone")]))
    say("12,000 zones")
    os.mkdir(f"{folder}/small")
    os.chmod(f"{folder}/small", 0o755)
    zones = [(f"z{i}.test", f"{folder}/small/z{i}.test.zone")
             for i in range(12_000)]
    for origin, path in zones:
        write_zone(path, origin, 5)
    return {"1,000,000 names": names,
            "12,000 zones": list(large(f"{folder}/zones", zones))}
