"""stub - an upstream server with a table of answers

README.md tells what an entry of the table may say.
"""

import socket
import struct
import threading
import time

import dns.flags
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from wire import FLAGS, LOOPBACK, SECTIONS, Reply, record_octets

ROOT_SOA = ". 300 IN SOA a.root.stub. host.root.stub. 1 1800 900 604800 300"


class Silent:
    """Takes queries over UDP and TCP and says nothing."""

    def __init__(self):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # A port that is free for both.
        while True:
            self.udp.bind((LOOPBACK, 0))
            self.port = self.udp.getsockname()[1]
            try:
                self.tcp.bind((LOOPBACK, self.port))
                break
            except OSError:
                self.udp.close()
                self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp.listen(64)
        self.address = f"{LOOPBACK}:{self.port}"

    def stop(self):
        for listener in (self.udp, self.tcp):
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            listener.close()


class Stub(Silent):
    """Answers from the table.  state: up, silent, servfail or refused."""

    def __init__(self, number, table):
        super().__init__()
        self.number = number
        self.state = "up"
        self.asked = {}
        self.lock = threading.Lock()
        self.table = {}
        for entry in table:
            if entry.get("instance", number) == number:
                self.table.setdefault(entry["name"].lower(), []).append(entry)
        for serve in (self.serve_udp, self.serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    # ---- sockets

    def serve_udp(self):
        try:
            while True:
                octets, peer = self.udp.recvfrom(65535)
                if peer is None:
                    return              # it was stopped
                threading.Thread(target=self.answer_udp, args=(octets, peer),
                                 daemon=True).start()
        except OSError:
            pass

    def answer_udp(self, octets, peer):
        try:
            for reply in self.answer(octets, peer[0], "udp"):
                self.udp.sendto(reply, peer)
        except OSError:
            pass

    def serve_tcp(self):
        try:
            while True:
                client, peer = self.tcp.accept()
                threading.Thread(target=self.answer_tcp, args=(client, peer),
                                 daemon=True).start()
        except OSError:
            pass

    def answer_tcp(self, client, peer):
        client.settimeout(60)
        try:
            with client, client.makefile("rb") as stream:
                while len(head := stream.read(2)) == 2:
                    octets = stream.read(struct.unpack("!H", head)[0])
                    for reply in self.answer(octets, peer[0], "tcp"):
                        client.sendall(struct.pack("!H", len(reply)) + reply)
        except OSError:
            pass

    # ---- the table

    def find(self, name, rdtype):
        """The exact name comes before *.parent, the type before ANY."""
        labels = name.lower().split(".")
        names = [name.lower()] + ["*." + ".".join(labels[i:])
                                  for i in range(1, len(labels))]
        for candidate in names:
            entries = self.table.get(candidate, [])
            for wanted in (rdtype, "ANY"):
                for entry in entries:
                    if entry.get("type", "ANY") == wanted:
                        return entry
            if entries:
                return {"nodata": True, "soa": entries[0].get("soa")}
        return {"rcode": "NXDOMAIN", "authority": [ROOT_SOA]}

    def entry_for(self, name, rdtype):
        """What is said this time, and how often it was asked."""
        with self.lock:
            key = name.lower(), rdtype
            times = self.asked[key] = self.asked.get(key, 0) + 1
        if self.state in ("servfail", "refused"):
            return {"rcode": self.state.upper()}, times
        entry = self.find(name, rdtype)
        if entry.get("nodata"):
            entry = {"authority": [entry.get("soa") or ROOT_SOA]}
        if "sequence" in entry:
            sequence = entry["sequence"]
            entry = sequence[min(times, len(sequence)) - 1]
        if times % entry.get("every", times + 1) == 0:
            entry = entry["then"]
        return entry, times

    def fill_in(self, text, query, times, client, proto):
        size, _, _ = query.opt or (0, 0, b"")
        values = {
            "name": query.question[0].split(" ")[0], "n": times,
            "instance": self.number, "proto": proto, "client": client,
            "opt": f"size={size} do={int(query.dnssec_ok())}" if query.opt
                   else "none",
            "opts": ",".join(f"{code}:{value.hex()}"
                             for code, value in query.options()),
            "flags": "+".join(flag for flag in FLAGS
                              if query.flags & dns.flags.from_text(flag)),
        }
        for key, value in values.items():
            text = text.replace("{" + key + "}", str(value))
        return text

    # ---- replies

    def flags_of(self, entry, query):
        flags = (dns.flags.QR | query.flags
                 & (0x7800 | dns.flags.RD | dns.flags.CD))
        for flag, usual in (("ra", True), ("aa", False), ("ad", False)):
            if entry.get(flag, usual):
                flags |= dns.flags.from_text(flag.upper())
        if entry.get("ad_if_asked") and (query.flags & dns.flags.AD
                                         or query.dnssec_ok()):
            flags |= dns.flags.AD
        if entry.get("no_cd"):
            flags &= ~dns.flags.CD
        return flags | dns.rcode.from_text(entry.get("rcode", "NOERROR")) & 15

    @staticmethod
    def opt_of(entry, query):
        if not query.opt or not entry.get("edns", True):
            return b""
        options = b""
        for code, text in entry.get("ede", []):
            value = struct.pack("!H", code) + text.encode()
            options += struct.pack("!HH", 15, len(value)) + value
        for code, digits in entry.get("options", []):
            value = bytes.fromhex(digits)
            options += struct.pack("!HH", code, len(value)) + value
        ttl = dns.flags.DO if query.dnssec_ok() else 0
        return b"\0" + struct.pack("!HHIH", dns.rdatatype.OPT,
                                   entry.get("opt_size", 4096), ttl,
                                   len(options)) + options

    @staticmethod
    def question_of(entry, query):
        if "question" not in entry:
            return query.octets[12:query.question_end]
        name, rdclass, rdtype = entry["question"].split(" ")
        return dns.name.from_text(name).to_wire() + struct.pack(
            "!HH", dns.rdatatype.from_text(rdtype),
            dns.rdataclass.from_text(rdclass))

    def message(self, query, entry, sections, size):
        """As many records as fit; TC when some do not."""
        flags, opt = self.flags_of(entry, query), self.opt_of(entry, query)
        if entry.get("tc_udp") and size < 65535:
            flags |= dns.flags.TC
            sections = [sections[0][:entry.get("tc_keep", 0)], [], []]
        while True:
            counts = [len(section) for section in sections]
            counts[2] += bool(opt)
            octets = (struct.pack("!6H", query.id, flags, 1, *counts)
                      + self.question_of(entry, query)
                      + b"".join(b"".join(section) for section in sections)
                      + opt)
            if len(octets) <= size or not any(sections):
                return octets
            flags |= dns.flags.TC
            [section for section in sections if section][-1].pop()

    def answer(self, octets, client, proto):
        """The replies to a query, in their order."""
        if self.state == "silent" or len(octets) < 12:
            return
        query = Reply(octets)
        name, _, rdtype = query.question[0].split(" ")
        entry, times = self.entry_for(name, rdtype)
        if entry.get("drop") or (entry.get("drop_udp") and proto == "udp"):
            return
        time.sleep(entry.get("delay_ms", 0) / 1000)
        sections = [
            [record_octets(self.fill_in(text, query, times, client, proto))
             for text in entry.get(section, [])
             + (entry.get("do_" + section, []) if query.dnssec_ok() else [])]
            for section in SECTIONS]
        size = 65535
        if proto == "udp":
            size = max(512, query.opt[0]) if query.opt else 512
        reply = self.message(query, entry, sections, size)
        if entry.get("wrong_id"):
            yield struct.pack("!H", query.id ^ 0x5555) + reply[2:]
        yield reply[:2] + b"\x80" if entry.get("garbage") else reply
