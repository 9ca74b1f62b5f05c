"""doh_server - DNS over HTTPS for liar: one HTTP/2 connection

    status-NNN   that status instead of 200          wrongtype    text/html
    huge         70,000 octets                       reset        RST_STREAM
    goaway       the last reply of the connection    nohttp       garbage
"""

import base64
import urllib.parse

import h2.config
import h2.connection
import h2.errors
import h2.events


class Connection:
    """take(octets, protocol, source) gives the messages of a reply."""

    def __init__(self, connection, source, take):
        self.connection, self.source, self.take = connection, source, take
        self.http = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False,
                                      header_encoding="utf-8"))
        self.headers, self.bodies, self.waiting = {}, {}, {}

    def serve(self):
        self.http.initiate_connection()
        self.connection.sendall(self.http.data_to_send())
        while True:
            octets = self.connection.recv(65536)
            if not octets:
                return
            for event in self.http.receive_data(octets):
                self.handle(event)
            self.connection.sendall(self.http.data_to_send())

    def handle(self, event):
        if isinstance(event, h2.events.RequestReceived):
            self.headers[event.stream_id] = dict(event.headers)
            self.bodies[event.stream_id] = b""
        elif isinstance(event, h2.events.DataReceived):
            self.bodies[event.stream_id] += event.data
            self.http.acknowledge_received_data(event.flow_controlled_length,
                                                event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self.answer(event.stream_id)
        elif isinstance(event, h2.events.WindowUpdated):
            for stream in list(self.waiting):
                self.send_body(stream)

    def query_of(self, stream):
        headers = self.headers.pop(stream)
        body = self.bodies.pop(stream)
        if headers[":method"] == "POST":
            assert headers["content-type"] == "application/dns-message"
            assert int(headers["content-length"]) == len(body)
        else:
            assert headers[":method"] == "GET" and body == b""
            parts = urllib.parse.urlsplit(headers[":path"])
            text = urllib.parse.parse_qs(parts.query)["dns"][0]
            body = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        path = headers[":path"].split("?")[0]
        return body, f"https:{headers[':method']}:" \
            f"{headers[':authority']}{path}"

    def answer(self, stream):
        query, protocol = self.query_of(stream)
        messages = self.take(query, protocol, self.source)
        word = query[13:13 + query[12]].decode().lower()
        if word == "nohttp":
            self.connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        if word == "reset":
            self.http.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
            return
        if not messages:
            return
        status, kind, body = "200", "application/dns-message", messages[-1]
        if word.startswith("status-"):
            status, kind, body = word[7:], "text/plain", b"no"
        if word == "wrongtype":
            kind, body = "text/html", b"<html>"
        if word == "huge":
            body = bytes(70000)
        self.http.send_headers(stream, [
            (":status", status), ("content-type", kind),
            ("content-length", str(len(body))),
            ("cache-control", "max-age=300")])
        self.waiting[stream] = body
        self.send_body(stream)
        if word in ("goaway", "closes"):
            self.http.close_connection()

    def send_body(self, stream):
        """As much as the client lets us."""
        body = self.waiting[stream]
        while body:
            part = min(len(body), self.http.local_flow_control_window(stream),
                       self.http.max_outbound_frame_size)
            if part <= 0:
                break
            self.http.send_data(stream, body[:part])
            body = body[part:]
        self.waiting[stream] = body
        if not body:
            del self.waiting[stream]
            self.http.end_stream(stream)
