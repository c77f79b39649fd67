"""One relay with listeners of each kind before one next hop, for the tests of e2e-relay*."""
import os
import socket
import unittest

from e2e.exim import Identity, private_directory
from e2e.hop import Hop
from e2e.relay import Lmtp, Relay
from e2e.sink import make_certificate

SETTINGS = '''
ca-file: %(certificate)s
listen:
  - { lmtp: "unix:{dir}/lmtp", peer: "{user}", next: hop }
  - { lmtp: "unix:{dir}/verified", peer: "{user}", next: verified }
  - { lmtp: "unix:{dir}/required", peer: "{user}", next: required }
  - { lmtp: "unix:{dir}/login", peer: "{user}", next: login }
  - { lmtp: "unix:{dir}/implicit", peer: "{user}", next: implicit }
  - { lmtp: "unix:{dir}/stranger", peer: nobody, next: hop }
  - { socks5: "127.0.0.1:%(socks)d", peer: "{user}", ports: { 24: %(port)d } }
  - { socks5: "127.0.0.1:%(strange)d", peer: nobody, ports: { 24: %(port)d } }
next:
  hop: { host: 127.0.0.1, port: %(port)d }
  verified: { host: 127.0.0.1, port: %(port)d, tls: verified }
  required: { host: 127.0.0.1, port: %(port)d, tls: required }
  login: { host: 127.0.0.1, port: %(port)d, tls: verified, user: u, password-file: "{dir}/password" }
  implicit: { host: 127.0.0.1, port: %(port)d, tls: verified, implicit-tls: true }
limits: { message: 1M }
'''
PLAIN = b'From: a@b.example\nMessage-ID: <%d@x.example>\n\nhello\n.dot\n'
A, B, C = 'anna@one.example', 'bert@one.example', 'carl@one.example'
HERE = private_directory(Identity(os.geteuid(), os.getegid()))
CERTIFICATE = make_certificate(HERE)


def free_ports(count):
    socks = [socket.socket() for _ in range(count)]
    for s in socks:
        s.bind(('127.0.0.1', 0))
    ports = [s.getsockname()[1] for s in socks]
    for s in socks:
        s.close()
    return ports


class Case(unittest.TestCase):
    number = 0

    @classmethod
    def setUpClass(cls):
        cls.port, cls.socks, cls.strange = free_ports(3)
        cls.relay = Relay(SETTINGS % {'certificate': CERTIFICATE, 'socks': cls.socks, 'port': cls.port,
                                      'strange': cls.strange})
        (cls.relay.directory / 'password').write_text('secret\n')
        cls.content = os.urandom(300000)
        cls.token = cls.relay.spool.put(cls.content, name='a.pdf', type='application/pdf')

    @classmethod
    def tearDownClass(cls):
        cls.relay.close()

    def setUp(self):
        self.hop = Hop(port=self.port)
        self.addCleanup(self.hop.close)
        self.relay.log()
        self.mark = len(self.relay.said)

    def logged(self):
        return '\n'.join(self.relay.log()[self.mark:])

    def unix(self, name='lmtp'):
        c = Lmtp(self.relay.directory / name)
        self.addCleanup(c.close)
        return c

    def through_socks(self, port=24, user='hop.example'):
        c = Lmtp.through_socks(('127.0.0.1', self.socks), '127.0.0.1', port, user)
        self.addCleanup(c.close)
        return c

    def plain(self):
        Case.number += 1
        return PLAIN % Case.number

    def marker(self, *tokens):
        Case.number += 1
        text = ''.join(f'((graft:{t}))\n' for t in tokens)
        return (f'From: a@b.example\nMessage-ID: <{Case.number}@x.example>\nGraft: {len(tokens)}\n'
                f'Content-Type: text/plain\n\nhello\n{text}').encode()

    def both(self):
        """A session over each face, greeted."""
        for name, open_face in (('unix', self.unix), ('socks', self.through_socks)):
            c = open_face()
            c.hello()
            yield name, c
