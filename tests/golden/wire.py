"""wire - questions as octets, and replies as what is compared of them

A question is an entry of queries.json, a reply becomes plain data as in
expected.json; README.md tells of both.
"""

import random
import socket
import struct
import time

import dns.edns
import dns.flags
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.wire

LOOPBACK = "127.0.0.1"
SECTIONS = ("answer", "authority", "additional")
FLAGS = ("AA", "TC", "RD", "RA", "AD", "CD")
USUAL_SIZE = 1232
EDE = 15


# ---- questions ---------------------------------------------------------------

def record_octets(text):
    """A record "owner ttl class type data" uncompressed."""
    owner, ttl, rdclass, rdtype, *data = text.split(None, 4)
    rdtype = dns.rdatatype.from_text(rdtype)
    octets = b""
    if data:
        octets = dns.rdata.from_text("IN", rdtype, data[0]).to_wire()
    return (dns.name.from_text(owner).to_wire()
            + struct.pack("!HHIH", rdtype, dns.rdataclass.from_text(rdclass),
                          int(ttl), len(octets)) + octets)


def options_of(query):
    """EDNS options as pairs of code and octets."""
    for option in query.get("options", []):
        yield option["code"], bytes.fromhex(option.get("hex", ""))
    if query.get("nsid"):
        yield 3, b""
    if "ecs" in query:
        address, _, bits = query["ecs"].partition("/")
        option = dns.edns.ECSOption(address, int(bits) if bits else None)
        yield 8, option.to_wire()
    if "cookie" in query:
        yield 10, bytes.fromhex(query["cookie"])


def has_edns(query):
    return any(query.get(key) is not None and query[key] is not False
               for key in ("bufsize", "do", "edns", "edns_version", "options",
                           "nsid", "ecs", "cookie"))


def opt_octets(query):
    options = b"".join(struct.pack("!HH", code, len(value)) + value
                       for code, value in options_of(query))
    ttl = query.get("edns_version", 0) << 16
    if query.get("do"):
        ttl |= dns.flags.DO
    return b"\0" + struct.pack("!HHIH", dns.rdatatype.OPT,
                               query.get("bufsize", USUAL_SIZE), ttl,
                               len(options)) + options


def query_octets(query, number):
    """The message of a question, with that number as its id."""
    if "raw" in query:
        octets = bytes.fromhex(query["raw"].replace(" ", ""))
        return struct.pack("!H", number) + octets[2:] if octets[1:] else octets
    opcode = dns.opcode.from_text(query.get("opcode", "QUERY"))
    flags = dns.opcode.to_flags(opcode)
    for flag in FLAGS:
        if query.get(flag.lower(), flag == "RD"):
            flags |= dns.flags.from_text(flag)
    names = query["name"]
    if not isinstance(names, list):
        names = [names]
    parts = [dns.name.from_text(name).to_wire()
             + struct.pack("!HH", dns.rdatatype.from_text(query["type"]),
                           dns.rdataclass.from_text(query.get("class", "IN")))
             for name in names]
    counts = [len(parts)]
    for section in SECTIONS:
        records = [record_octets(text) for text in query.get(section, [])]
        if section == "authority" and "serial" in query:
            records.append(record_octets(
                f"{query['name']} 0 IN SOA . . {query['serial']} 0 0 0 0"))
        if section == "additional" and has_edns(query):
            records.append(opt_octets(query))
        parts += records
        counts.append(len(records))
    return struct.pack("!6H", number, flags, *counts) + b"".join(parts)


# ---- replies -----------------------------------------------------------------

class Reply:
    """A message taken apart."""

    def __init__(self, octets):
        parser = dns.wire.Parser(octets)
        self.octets = octets
        self.id, self.flags, *counts = parser.get_struct("!6H")
        self.opt = None                 # size, ttl, options
        self.question = [self.read_question(parser)
                         for _ in range(counts[0])]
        self.question_end = parser.current
        self.sections = {
            section: [text for text in (self.read_record(parser)
                                        for _ in range(count)) if text]
            for section, count in zip(SECTIONS, counts[1:])}
        self.left_over = len(octets) - parser.current

    @staticmethod
    def read_question(parser):
        name = parser.get_name().to_text()
        rdtype, rdclass = parser.get_struct("!HH")
        return (f"{name} {dns.rdataclass.to_text(rdclass)} "
                f"{dns.rdatatype.to_text(rdtype)}")

    def read_record(self, parser):
        """The record as text; None for an OPT record."""
        name = parser.get_name().to_text()
        rdtype, rdclass, ttl, size = parser.get_struct("!HHIH")
        if rdtype == dns.rdatatype.OPT:
            self.opt = rdclass, ttl, parser.get_bytes(size)
            return None
        data = ""
        if size:
            with parser.restrict_to(size):
                data = dns.rdata.from_wire_parser(rdclass, rdtype,
                                                  parser).to_text()
        return (f"{name} {ttl} {dns.rdataclass.to_text(rdclass)} "
                f"{dns.rdatatype.to_text(rdtype)} {data}").rstrip()

    def options(self):
        rest = self.opt[2] if self.opt else b""
        while len(rest) >= 4:
            code, size = struct.unpack("!HH", rest[:4])
            yield code, rest[4:4 + size]
            rest = rest[4 + size:]

    def dnssec_ok(self):
        return bool(self.opt and self.opt[1] & dns.flags.DO)


def owners_of(records):
    """Owner names of the answer in their order, each once in a row."""
    owners = []
    for record in records:
        fields = record.split(" ", 4)
        if fields[3] != "RRSIG" and owners[-1:] != [fields[0].lower()]:
            owners.append(fields[0].lower())
    return owners


def is_transfer(reply):
    return any(question.split()[-1] in ("AXFR", "IXFR")
               for question in reply.question)


def edns_data(reply, data):
    size, ttl, _ = reply.opt
    data["edns"] = {"version": ttl >> 16 & 255, "bufsize": size,
                    "do": reply.dnssec_ok()}
    options = list(reply.options())
    others = [[code, value.hex()] for code, value in options if code != EDE]
    errors = [[struct.unpack("!H", value[:2])[0], value[2:].decode()]
              for code, value in options if code == EDE]
    if others:
        data["edns"]["options"] = others
    if errors:
        data["ede"] = errors


def reply_data(reply):
    """What is compared of a reply."""
    data = {"question": reply.question,
            "flags": [flag for flag in FLAGS
                      if reply.flags & dns.flags.from_text(flag)]}
    if not reply.flags & dns.flags.QR:
        data["flags"].insert(0, "not-QR")
    opcode = dns.opcode.from_flags(reply.flags)
    if opcode:
        data["opcode"] = dns.opcode.to_text(opcode)
    for section, records in reply.sections.items():
        if records:
            data[section] = sorted(records)
    answer = reply.sections["answer"]
    owners = owners_of(answer)
    if answer and is_transfer(reply):
        data["first"], data["last"] = answer[0], answer[-1]
    elif len(owners) > 1:
        data["owners"] = owners
    rcode = reply.flags & 15
    if reply.opt:
        rcode |= reply.opt[1] >> 24 << 4
        edns_data(reply, data)
    data["rcode"] = dns.rcode.to_text(rcode)
    if reply.left_over:
        data["trailing_bytes"] = reply.left_over
    return data


# ---- asking ------------------------------------------------------------------

def limit_of(query):
    """Octets that the client of a question over UDP can take."""
    if "bufsize" in query:
        return max(512, query["bufsize"])
    return USUAL_SIZE if has_edns(query) else 512


def exchange_udp(query, octets, port, seconds):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((query.get("source", LOOPBACK), 0))
        client.connect((query.get("to", LOOPBACK), port))
        client.send(octets)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            client.settimeout(left)
            reply = client.recv(65535)
            if reply[:2] == octets[:2]:
                return Reply(reply)
    raise TimeoutError


def receive(client, size):
    octets = b""
    while len(octets) < size:
        part = client.recv(size - len(octets))
        if not part:
            raise ConnectionResetError
        octets += part
    return octets


def receive_message(client):
    return receive(client, struct.unpack("!H", receive(client, 2))[0])


def receive_rest(client, query, reply):
    """Appends what further messages of a transfer say, up to its second SOA
    record; an IXFR may end with the first."""
    answer = reply.sections["answer"]
    serial = int(answer[0].split()[6])
    if len(answer) == 1 and serial <= query.get("serial", -1):
        return
    while len(answer) == 1 or answer[-1] != answer[0]:
        answer += Reply(receive_message(client)).sections["answer"]


def exchange_tcp(query, octets, port, seconds):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(seconds)
        client.bind((query.get("source", LOOPBACK), 0))
        client.connect((query.get("to", LOOPBACK), port))
        client.sendall(struct.pack("!H", len(octets)) + octets)
        reply = Reply(receive_message(client))
        if is_transfer(reply) and reply.sections["answer"]:
            receive_rest(client, query, reply)
        return reply


def ask(query, port, seconds):
    """Asks once.  Returns what is compared, and the answer in its order."""
    octets = query_octets(query, random.randrange(1, 65536))
    is_udp = query.get("transport", "udp") == "udp"
    begun = time.monotonic()
    try:
        reply = (exchange_udp if is_udp else exchange_tcp)(
            query, octets, port, seconds)
    except TimeoutError:
        return {"timeout": True}, []
    except ConnectionError:
        return {"closed": True}, []
    data = reply_data(reply)
    if is_udp and len(reply.octets) > limit_of(query):
        data["over_size"] = True
    if "min_ms" in query or "max_ms" in query:
        took_ms = (time.monotonic() - begun) * 1000
        data["slow_enough"] = (query.get("min_ms", 0) <= took_ms
                               <= query.get("max_ms", 1e9))
    return data, reply.sections["answer"]
