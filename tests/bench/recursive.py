"""recursive - answers of upstream servers: remembered, and asked for

The upstream is a knotd of its own with a zone that has every name; its CPU is
nobody's.
"""

import measure
import servers

ORIGIN = "up.test"
CACHED = 10_000
MISSED = 50_000
MANY = 200_000


def write_zone(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"$ORIGIN {ORIGIN}.\n$TTL 3600\n"
                   "@ SOA ns1 host 1 7200 3600 1209600 300\n"
                   "@ NS ns1\nns1 A 192.0.2.1\n* A 192.0.2.2\n")


def write_queries(path, prefix, count):
    """Names that nobody has asked for before: the prefix makes them new."""
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{prefix}-{i * 7919 % count}.{ORIGIN} A\n"
                        for i in range(count))
    return path


def stages(upstream, capacity="64 MiB"):
    return f"""
    frontend: {{
        listen = [ "dns://127.0.0.1:PORT" ];
        routes = ( {{ zones = [ "." ]; next = "cache"; }} );
    }};
    cache: {{ next = "forward"; capacity = "{capacity}"; }};
    forward: {{ routes = ( {{ zone = "."; to = [ "{upstream}" ]; }} ); }};
"""


class Upstream:
    """The server that all others ask."""

    def __init__(self, folder):
        write_zone(f"{folder}/{ORIGIN}.zone")
        self.server = servers.Peer("knotd", f"{folder}/upstream",
                                   f"any.{ORIGIN}",
                                   [f"{ORIGIN} {folder}/{ORIGIN}.zone"])
        self.address = f"127.0.0.1:{self.server.port}"

    def start(self, name, folder, capacity="64 MiB"):
        """A server that forwards to it."""
        first = f"first.{ORIGIN}"
        if name == "coredns":
            return servers.Toolkit(name, folder, first,
                                   stages(self.address, capacity))
        return servers.Peer(name, folder, first, [self.address])

    def end(self):
        self.server.end()


def rounds_of(start, names, arguments, say, one_round):
    """Rows: the medians of what one_round(server, number) gives, for servers
    that start(name) has started; the first round warms them up."""
    running, results = [], {}
    try:
        for name in names:
            running.append(start(name))
        for number in range(arguments.rounds + 1):
            say(f"round {number} of {arguments.rounds}")
            for server in running:
                results.setdefault(server.name, []).append(
                    one_round(server, number))
    finally:
        for server in running:
            server.end()
    return [measure.summary(name, rounds[1:])
            for name, rounds in results.items()]


def cached(folder, upstream, arguments, say):
    """Names that are all in the cache already."""
    say("cached answers")
    queries = write_queries(f"{folder}/cached", "c", CACHED)
    names = [f"c-{i * 37}.{ORIGIN}" for i in range(200)]

    def one_round(server, number):
        if number == 0:
            return measure.load(server, queries, 0)
        return (measure.load(server, queries, arguments.seconds)
                | measure.latency(server, 1, names))

    return rounds_of(lambda name: upstream.start(name, f"{folder}/cached-of"),
                     ("coredns", "unbound"), arguments, say, one_round)


def missed(folder, upstream, arguments, say):
    """Names that nobody has asked for before."""
    say("forwarded misses")

    def one_round(server, number):
        queries = write_queries(f"{folder}/missed", f"m{number}", MISSED)
        return measure.load(server, queries, 0)

    return rounds_of(lambda name: upstream.start(name, f"{folder}/missed-of"),
                     ("coredns", "dnsdist", "unbound"), arguments, say,
                     one_round)


def memory(folder, upstream, say):
    """Rows: what so many cached answers take."""
    say(f"memory of {MANY:,} cached answers")
    queries = write_queries(f"{folder}/many", "k", MANY)
    for name in ("coredns", "unbound"):
        server = upstream.start(name, f"{folder}/many-of", "1 GiB")
        pids = server.processes().values()
        before = measure.resident_mib(pids)
        measure.load(server, queries, 0)
        after = measure.resident_mib(pids)
        yield {"server": name, "resident_mib": after,
               "octets_of_answer": (after - before) * (1 << 20) / MANY}
        server.end()


def all_of_it(folder, arguments, say):
    upstream = Upstream(folder)
    try:
        return {"cached": cached(folder, upstream, arguments, say),
                "missed": missed(folder, upstream, arguments, say),
                "memory": list(memory(folder, upstream, say))}
    finally:
        upstream.end()
