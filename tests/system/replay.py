"""What a real API server sent, octet by octet.

    replay.py FOLDER PORT-FILE CERTIFICATE KEY

Each kind of objects has a row of answers to lists, and one to watches: first
refusals of all kinds, then what was asked for.  The last list comes again and
again; a watch behind the last one is silent.
"""

import os
import re
import socketserver
import ssl
import sys
import threading
import time

REFUSALS = ("err-401-bad-token", "err-403-norights", "err-429",
            "gone-continue-after-restart")
LISTS = {
    "namespaces": ("list-namespaces",),
    "services": REFUSALS + ("list-services",),
    "endpointslices": ("list-endpointslices",),
    "pods": ("list-pods",),
}
WATCHES = {
    "namespaces": ("watch-namespaces-delete",),
    "services": ("err-403-watch", "cut-sigterm", "gone-watch-after-restart",
                 "watch-services"),
    "endpointslices": ("err-400-rv-watch", "gone-watch-after-restart",
                       "watch-endpointslices"),
    "pods": ("gone-watch-after-restart",),
}
SILENT = (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
          b"Transfer-Encoding: chunked\r\n\r\n")


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.request.do_handshake()
            head = b""
            while b"\r\n\r\n" not in head:
                octets = self.request.recv(4096)
                if not octets:
                    return
                head += octets
            self.answer(head.split(b" ")[1].decode())
        except OSError:
            pass

    def answer(self, path):
        name = re.match(r"[^?]*/(\w+)", path)[1]
        is_watch = "watch=true" in path
        octets = self.server.next_of(name, is_watch)
        self.request.sendall(SILENT if octets is None else octets)
        while octets is None:
            time.sleep(1)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder, certificate, key):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.lock = threading.Lock()
        self.counts = {}

    def get_request(self):
        connection, address = super().get_request()
        return self.context.wrap_socket(connection, server_side=True,
                                        do_handshake_on_connect=False), address

    def handle_error(self, *_):
        pass

    def next_of(self, name, is_watch):
        """The next answer; None: silence."""
        row = (WATCHES if is_watch else LISTS)[name]
        with self.lock:
            count = self.counts.get((name, is_watch), 0)
            self.counts[name, is_watch] = count + 1
        if is_watch and count >= len(row):
            return None
        with open(f"{self.folder}/{row[min(count, len(row) - 1)]}.http",
                  "rb") as file:
            return file.read()


def main():
    server = Server(sys.argv[1], sys.argv[3], sys.argv[4])
    with open(sys.argv[2] + ".new", "w", encoding="utf-8") as file:
        file.write("%d\n" % server.server_address[1])
    os.rename(sys.argv[2] + ".new", sys.argv[2])
    server.serve_forever()


main()
