"""A DNS server that answers, and misbehaves, as a test says. Loopback only."""
import socket
import struct
import threading

TYPES = {'A': 1, 'CNAME': 5, 'SOA': 6, 'MX': 15, 'AAAA': 28}


def encode_name(name):
    out = b''
    for label in name.rstrip('.').split('.'):
        if label:
            raw = label.encode('ascii')
            out += bytes([len(raw)]) + raw
    return out + b'\0'


def encode_data(kind, value):
    if kind == 'A':
        return socket.inet_pton(socket.AF_INET, value)
    if kind == 'AAAA':
        return socket.inet_pton(socket.AF_INET6, value)
    if kind == 'MX':
        preference, host = value.split()
        return struct.pack('>H', int(preference)) + encode_name('' if host == '.' else host)
    return encode_name(value)


class FakeDns:
    """zone: {name: {type: [values]}}; a name's value may also be a fault for all its types:
    'NXDOMAIN' 'SERVFAIL' 'REFUSED' 'FORMERR' 'TIMEOUT' 'WRONGID' 'JUNK' 'TC' 'TCLOOP'
    'NOTMINE' 'LAME' (no error, no data, no SOA)
    'NOEDNS' (FORMERR to a question with EDNS; the answer is at '=' and the name). Names that are absent do not exist. fault: applies to everything."""

    def __init__(self, zone=None, ttl=300, negative=30, address='127.0.0.1', port=0):
        self.zone = dict(zone or {})
        self.ttl = ttl
        self.negative = negative
        self.fault = None
        self.asked = []
        self.by_tcp = 0
        self.lock = threading.Lock()
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        for _ in range(20):
            self.udp.bind((address, port))
            self.port = self.udp.getsockname()[1]
            self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                self.tcp.bind((address, self.port))
                break
            except OSError:
                self.udp.close()
                self.tcp.close()
                self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp.listen(64)
        self.server = f'{address}:{self.port}'
        self.closing = False
        threading.Thread(target=self.serve_udp, daemon=True).start()
        threading.Thread(target=self.serve_tcp, daemon=True).start()

    def close(self):
        self.closing = True
        self.udp.close()
        self.tcp.close()

    def count(self, name, kind=None):
        with self.lock:
            return sum(1 for n, k in self.asked
                       if n == name and (kind is None or k == TYPES[kind]))

    def look(self, name):
        entry = self.zone.get(name)
        if entry is None:
            labels = name.split('.')
            for i in range(1, len(labels) + 1):
                wild = '.'.join(['*'] + labels[i:])
                if wild in self.zone:
                    return self.zone[wild]
            if any(n.endswith('.' + name) for n in self.zone):
                return {}
        return entry

    def answer(self, query, tcp):
        ident = query[:2]
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode('ascii', 'replace'))
            at += 1 + query[at]
        kind = struct.unpack('>H', query[at + 1:at + 3])[0]
        question = query[12:at + 5]
        name = '.'.join(labels).lower()
        with self.lock:
            self.asked.append((name, kind))
            self.by_tcp += tcp
        entry = self.fault or self.look(name)

        def message(rcode=0, answers=b'', count=0, authority=b'', ns=0, flags=0x8180,
                    the_id=ident, q=question):
            return (the_id + struct.pack('>HHHHH', flags | rcode, 1, count, ns, 0)
                    + q + answers + authority)
        soa = (b'\0' + struct.pack('>HHIH', 6, 1, self.negative, 22) + b'\0\0'
               + struct.pack('>IIIII', 1, 2, 3, 4, self.negative))
        if entry is None or entry == 'NXDOMAIN':
            return message(3, authority=soa, ns=1)
        if entry in ('SERVFAIL', 'REFUSED', 'FORMERR'):
            return message({'SERVFAIL': 2, 'REFUSED': 5, 'FORMERR': 1}[entry])
        if entry == 'NOEDNS':
            if query[11]:
                return message(1)
            entry = self.zone.get('=' + name, {})
        if entry == 'LAME':
            return message()
        if entry == 'TIMEOUT':
            return None
        if entry == 'JUNK':
            return ident + b'\xff' * 40
        if entry == 'NOTMINE':
            return message(q=encode_name('other.test') + question[-4:])
        if entry in ('TC', 'TCLOOP') and (not tcp or entry == 'TCLOOP'):
            return message(flags=0x8380)
        wrong = entry == 'WRONGID'
        if wrong or entry == 'TC':
            entry = self.zone.get('=' + name, {})
        answers, count, owner = b'', 0, name
        for _ in range(12):
            chain = entry if isinstance(entry, dict) else {}
            values = []
            for text, number in TYPES.items():
                if number == kind:
                    values = chain.get(text, [])
                    for value in values:
                        data = encode_data(text, value)
                        answers += (encode_name(owner) + struct.pack('>HHIH', kind, 1, self.ttl,
                                                                     len(data)) + data)
                        count += 1
            if values or 'CNAME' not in chain:
                break
            target = chain['CNAME'][0]
            data = encode_name(target)
            answers += encode_name(owner) + struct.pack('>HHIH', 5, 1, self.ttl, len(data)) + data
            count += 1
            owner = target
            entry = self.look(target)
            if isinstance(entry, str):
                return message(2)
        the_id = bytes([ident[0] ^ 0xff, ident[1]]) if wrong else ident
        if not count:
            return message(authority=soa, ns=1, the_id=the_id)
        return message(answers=answers, count=count, the_id=the_id)

    def serve_udp(self):
        while not self.closing:
            try:
                query, peer = self.udp.recvfrom(4096)
                reply = self.answer(query, False)
                if reply:
                    self.udp.sendto(reply, peer)
            except OSError:
                if self.closing:
                    return
            except (IndexError, struct.error):
                pass

    def serve_tcp(self):
        while not self.closing:
            try:
                peer, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_stream, args=(peer,), daemon=True).start()

    def serve_stream(self, peer):
        try:
            data = b''
            while True:
                more = peer.recv(4096)
                if not more:
                    break
                data += more
                while len(data) >= 2 and len(data) >= 2 + struct.unpack('>H', data[:2])[0]:
                    size = struct.unpack('>H', data[:2])[0]
                    reply = self.answer(data[2:2 + size], True)
                    data = data[2 + size:]
                    if reply:
                        peer.sendall(struct.pack('>H', len(reply)) + reply)
        except (OSError, IndexError, struct.error):
            pass
        peer.close()
