"""An API server of Kubernetes, as far as lists and watches go.

It keeps objects, numbers their changes, serves lists in pages and watches with
bookmarks, and fails in all the ways the real one does.  Orders come as JSON
by POST to /control; what each does stands at its function.

    api_server.py [--port N] [--certificate FILE --key FILE] [--client-ca FILE]
                  [--token TEXT] [--objects FILE] [--port-file FILE]
"""

import argparse
import bisect
import collections
import http.server
import json
import os
import re
import socket
import ssl
import threading
import time
import urllib.parse

RESOURCES = {
    'namespaces': ('Namespace', 'v1', '/api/v1/namespaces'),
    'services': ('Service', 'v1', '/api/v1/services'),
    'pods': ('Pod', 'v1', '/api/v1/pods'),
    'endpointslices': ('EndpointSlice', 'discovery.k8s.io/v1',
                       '/apis/discovery.k8s.io/v1/endpointslices'),
    'serviceimports': ('ServiceImport', 'multicluster.x-k8s.io/v1alpha1',
                       '/apis/multicluster.x-k8s.io/v1alpha1/serviceimports'),
}
NAMES = {kind: name for name, (kind, _, _) in RESOURCES.items()}
BOOKMARK_SECONDS = 1.0


def dump(value):
    return json.dumps(value, separators=(',', ':')).encode()


def key_of(item):
    meta = item['metadata']
    return '%s/%s' % (meta.get('namespace', ''), meta['name'])


def status(code, reason, message, **more):
    return dump({'kind': 'Status', 'apiVersion': 'v1', 'metadata': more,
                 'status': 'Failure', 'message': message, 'reason': reason,
                 'code': code}) + b'\n'


def selects(selector, labels):
    """Whether a label selector selects these labels."""
    for term in re.findall(r'(?:[^,(]|\([^)]*\))+', selector or ''):
        term = term.strip()
        found = re.match(r'(\S+)\s+(in|notin)\s*\(([^)]*)\)$', term)
        if found:
            values = [value.strip() for value in found[3].split(',')]
            inside = labels.get(found[1]) in values
            if inside != (found[2] == 'in'):
                return False
        elif '!=' in term:
            name, value = term.split('!=')
            if labels.get(name.strip()) == value.strip():
                return False
        elif '=' in term:
            name, value = re.split('==?', term)
            if labels.get(name.strip()) != value.strip():
                return False
        elif term.startswith('!'):
            if term[1:] in labels:
                return False
        elif term not in labels:
            return False
    return True


class Item:
    """One object: its octets without kind, as in lists, and its labels."""

    def __init__(self, thing, version):
        thing['metadata']['resourceVersion'] = str(version)
        self.labels = thing['metadata'].get('labels') or {}
        self.space = thing['metadata'].get('namespace', '')
        self.octets = dump({name: value for name, value in thing.items()
                            if name not in ('kind', 'apiVersion')})


class Store:
    """All objects, and what became of them."""

    def __init__(self):
        self.version = 100
        self.items = {name: {} for name in RESOURCES}
        self.sorted = {}
        self.history = {name: collections.deque() for name in RESOURCES}
        self.oldest = {name: 0 for name in RESOURCES}
        self.changed = threading.Condition()

    def apply(self, kind, thing, quietly=False):
        """An object is ADDED, MODIFIED or DELETED; quietly: no watch is told,
        as if the event had been lost."""
        name = NAMES[thing['kind']]
        with self.changed:
            self.version += 1
            key = key_of(thing)
            old = self.items[name].get(key)
            item = Item(thing, self.version)
            if kind == 'DELETED':
                self.items[name].pop(key, None)
            else:
                self.items[name][key] = item
                kind = 'MODIFIED' if old else 'ADDED'
            if kind != 'MODIFIED':
                self.sorted.pop(name, None)
            if not quietly:
                self.history[name].append((self.version, kind, item,
                                           old.labels if old else None))
            self.changed.notify_all()
            return self.version

    def load(self, things):
        """Many objects at once."""
        with self.changed:
            for thing in things:
                self.version += 1
                self.items[NAMES[thing['kind']]][key_of(thing)] = Item(
                    thing, self.version)
            self.sorted.clear()

    def after(self, name, version):
        """Events later than that version, the first one first."""
        events = []
        for event in reversed(self.history[name]):
            if event[0] <= version:
                break
            events.append(event)
        return events[::-1]

    def forget(self):
        """No watch can begin at, and no page belong to, an older version."""
        with self.changed:
            self.version += 1
            for name in RESOURCES:
                self.oldest[name] = self.version
                self.history[name].clear()

    def keys(self, name):
        if name not in self.sorted:
            self.sorted[name] = sorted(self.items[name])
        return self.sorted[name]


class Faults:
    """What is to go wrong, until it is told otherwise."""

    def __init__(self):
        self.answers = {'list': [], 'watch': []}    # [code, times, seconds]
        self.silent = False
        self.forget_after_page = 0
        self.cut_list_after = None
        self.page_delay = 0
        self.bookmarks = True
        self.unknown = []
        self.connections = set()

    def refusal(self, what):
        for entry in self.answers[what]:
            if entry[1] > 0:
                entry[1] -= 1
                return entry
        return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_version = 'api'

    def log_message(self, *_):
        pass

    def setup(self):
        if isinstance(self.request, ssl.SSLSocket):
            self.request.settimeout(5)
            self.request.do_handshake()
            self.request.settimeout(None)
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.faults.connections.add(self.connection)

    def finish(self):
        self.server.faults.connections.discard(self.connection)
        try:
            super().finish()
        except OSError:
            pass

    def answer(self, code, body, kind='application/json', wait=0):
        self.send_response(code)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        if wait:
            self.send_header('Retry-After', str(wait))
        self.end_headers()
        self.wfile.write(body)

    def chunk(self, octets):
        self.wfile.write(b'%x\r\n%s\r\n' % (len(octets), octets))
        self.wfile.flush()

    def begin_chunks(self):
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        self.wfile.flush()

    # ---- orders ------------------------------------------------------------

    def do_POST(self):
        size = int(self.headers.get('Content-Length', 0))
        order = json.loads(self.rfile.read(size))
        if self.path != '/control':
            self.answer(405, status(405, 'MethodNotAllowed', 'no'))
            return
        self.answer(200, dump(self.server.control(order)))

    # ---- requests ----------------------------------------------------------

    def do_GET(self):
        try:
            self.serve()
        except OSError:
            self.close_connection = True

    def may(self):
        wanted = self.server.token
        if wanted is None:
            return True
        return self.headers.get('Authorization') == 'Bearer ' + wanted

    def serve(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        self.server.requests.append(self.path)
        if not self.may():
            self.answer(401, status(401, 'Unauthorized', 'Unauthorized'))
            return
        path, space = url.path, None
        found = re.match(r'(.*)/namespaces/([^/]+)/([^/]+)$', path)
        if found:
            path, space = '%s/%s' % (found[1], found[3]), found[2]
        name = next((name for name, row in RESOURCES.items()
                     if row[2] == path), None)
        if name is None or name in self.server.faults.unknown:
            self.answer(404, b'404 page not found\n', 'text/plain')
            return
        what = 'watch' if query.get('watch') in ('true', '1') else 'list'
        refusal = self.server.faults.refusal(what)
        if refusal:
            self.refuse(refusal)
        elif what == 'watch':
            self.watch(name, space, query)
        else:
            self.list(name, space, query)

    def refuse(self, refusal):
        code, _, wait = refusal
        if code == 429:
            self.answer(429, b'Too many requests, please try again later.\n',
                        'text/plain', wait)
        elif code == 410:
            self.answer(410, status(410, 'Expired', 'too old'))
        else:
            self.answer(code, status(code, 'Reason%d' % code,
                                     'refused with %d' % code), wait=wait)

    def expired(self):
        self.answer(410, status(410, 'Expired', 'The provided continue '
                                'parameter is too old to display a consistent '
                                'list result.'))

    def list(self, name, space, query):
        store, faults = self.server.store, self.server.faults
        limit = int(query.get('limit', 0))
        selector = query.get('labelSelector')
        start, version = '', None
        if 'continue' in query:
            version, start = json.loads(query['continue'])
            if version < store.oldest[name]:
                self.expired()
                return
        if faults.page_delay:
            time.sleep(faults.page_delay)
        with store.changed:
            version = version or store.version
            keys = store.keys(name)
            chosen = []
            more = None
            for i in range(bisect.bisect_right(keys, start), len(keys)):
                key = keys[i]
                item = store.items[name][key]
                if (space and item.space != space) \
                        or not selects(selector, item.labels):
                    continue
                if limit and len(chosen) == limit:
                    more = last
                    break
                chosen.append(item.octets)
                last = key
        self.write_list(name, version, chosen, more)
        if more and faults.forget_after_page > 0:
            faults.forget_after_page -= 1
            store.forget()

    def write_list(self, name, version, chosen, more):
        faults = self.server.faults
        kind, group, _ = RESOURCES[name]
        meta = {'resourceVersion': str(version)}
        if more is not None:
            meta['continue'] = json.dumps([version, more])
        self.begin_chunks()
        self.chunk(b'{"kind":"%sList","apiVersion":"%s","metadata":%s,"items":['
                   % (kind.encode(), group.encode(), dump(meta)))
        for i in range(0, len(chosen), 50):
            part = b','.join(chosen[i:i + 50])
            if faults.cut_list_after is not None:
                faults.cut_list_after -= 1
                if faults.cut_list_after < 0:
                    faults.cut_list_after = None
                    self.chunk(part[:len(part) // 2])
                    self.connection.shutdown(socket.SHUT_RDWR)
                    raise OSError('cut')
            self.chunk((b',' if i else b'') + part)
        self.chunk(b']}\n')
        self.chunk(b'')

    def watch(self, name, space, query):
        store, faults = self.server.store, self.server.faults
        version = int(query.get('resourceVersion') or store.version)
        selector = query.get('labelSelector')
        end = time.monotonic() + float(query.get('timeoutSeconds', 300))
        self.begin_chunks()
        if version < store.oldest[name]:
            self.chunk(dump({'type': 'ERROR', 'object': json.loads(status(
                410, 'Expired', 'too old resource version: %d (%d)'
                % (version, store.oldest[name])))}) + b'\n')
            self.chunk(b'')
            return
        generation = self.server.generation
        next_bookmark = time.monotonic() + BOOKMARK_SECONDS
        while time.monotonic() < end:
            with store.changed:
                events = [] if faults.silent else store.after(name, version)
                if not events:
                    store.changed.wait(0.05)
                    if store.oldest[name] > version:
                        version = store.oldest[name]
            if self.server.generation != generation:
                return self.stop(self.server.way)
            for event in events:
                version = event[0]
                self.event(name, space, selector, event)
            if faults.bookmarks and not faults.silent \
                    and time.monotonic() > next_bookmark:
                next_bookmark = time.monotonic() + BOOKMARK_SECONDS
                version = self.latest(name, version)
                self.chunk(b'{"type":"BOOKMARK","object":{"kind":"%s",'
                           b'"metadata":{"resourceVersion":"%d"}}}\n'
                           % (RESOURCES[name][0].encode(), version))
        self.chunk(b'')

    def latest(self, name, version):
        """The version of now, when all events up to it have been told."""
        store = self.server.store
        with store.changed:
            told = store.history[name][-1][0] if store.history[name] else 0
            return store.version if told <= version else version

    def event(self, name, space, selector, event):
        _, kind, item, old_labels = event
        if space and item.space != space:
            return
        is_in = selects(selector, item.labels)
        was_in = old_labels is not None and selects(selector, old_labels)
        if kind == 'MODIFIED' and is_in != was_in:
            kind = 'ADDED' if is_in else 'DELETED'
        elif not is_in and not was_in:
            return
        group = RESOURCES[name]
        self.chunk(b'{"type":"%s","object":{"kind":"%s","apiVersion":"%s",%s}\n'
                   % (kind.encode(), group[0].encode(), group[1].encode(),
                      item.octets[1:]))

    def stop(self, way):
        """Ends a watch: clean, or without its last chunk, in the middle of an
        event, or with an event that is an error."""
        self.close_connection = True
        if way == 'clean':
            self.chunk(b'')
        elif way == 'half':
            self.wfile.write(b'64\r\n{"type":"ADDED","object":{"kind":')
            self.wfile.flush()
        elif way == 'error':
            self.chunk(dump({'type': 'ERROR', 'object': json.loads(status(
                500, 'InternalError', 'etcdserver: no leader'))}) + b'\n')
            self.chunk(b'')
        elif way == 'garbage':
            self.chunk(b'{"type":"ADDED","object":{]}}\n')
        elif way == 'gone':
            self.chunk(dump({'type': 'ERROR', 'object': json.loads(status(
                410, 'Expired', 'too old'))}) + b'\n')
            self.chunk(b'')


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    allow_reuse_address = True

    def __init__(self, address, context=None, token=None):
        super().__init__(address, Handler)
        self.context = context
        self.token = token
        self.store = Store()
        self.faults = Faults()
        self.generation = 0
        self.way = 'clean'
        self.requests = []

    def get_request(self):
        connection, address = super().get_request()
        if self.context is not None:
            connection = self.context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, *_):
        pass

    def control(self, order):
        """apply {type, object, quietly}; load {objects}; forget; fault {name:
        value}; refuse {what, code, times, seconds}; end {way}: all watches;
        cut: all connections; token {token}; back {version}: the history is set
        back; requests: what was asked; version."""
        what = order['order']
        if what == 'apply':
            return self.store.apply(order['type'], order['object'],
                                    order.get('quietly', False))
        if what == 'load':
            return self.store.load(order['objects'])
        if what == 'forget':
            return self.store.forget()
        if what == 'fault':
            for name, value in order['faults'].items():
                assert hasattr(self.faults, name), name
                setattr(self.faults, name, value)
        elif what == 'refuse':
            self.faults.answers[order['what']].append(
                [order['code'], order.get('times', 1), order.get('seconds', 0)])
        elif what == 'end':
            self.way = order['way']
            self.generation += 1
        elif what == 'cut':
            for connection in list(self.faults.connections):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        elif what == 'token':
            self.token = order['token']
        elif what == 'back':
            with self.store.changed:
                self.store.version = order['version']
                for name in RESOURCES:
                    self.store.history[name].clear()
                    self.store.oldest[name] = 0
        elif what == 'requests':
            taken, self.requests = self.requests, []
            return taken
        elif what == 'version':
            return self.store.version
        else:
            raise ValueError(what)
        return None


def make_context(arguments):
    if not arguments.certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(arguments.certificate, arguments.key)
    context.set_alpn_protocols(['http/1.1'])
    if arguments.client_ca:
        context.load_verify_locations(arguments.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--certificate')
    parser.add_argument('--key')
    parser.add_argument('--client-ca')
    parser.add_argument('--token')
    parser.add_argument('--objects')
    parser.add_argument('--port-file')
    arguments = parser.parse_args()
    server = Server(('127.0.0.1', arguments.port), make_context(arguments),
                    arguments.token)
    if arguments.objects:
        with open(arguments.objects, encoding='utf-8') as file:
            server.store.load(json.load(file))
    if arguments.port_file:
        with open(arguments.port_file + '.new', 'w', encoding='utf-8') as file:
            file.write('%d\n' % server.server_address[1])
        os.rename(arguments.port_file + '.new', arguments.port_file)
    server.serve_forever()


if __name__ == '__main__':
    main()
