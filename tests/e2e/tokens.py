"""Tokens and key files, written from the design and not from the C code: an oracle for both.

(Not named token.py: run as a script from this folder, Python would take it for its own module.)
"""
import base64
import hashlib
import hmac
import struct
import time
from dataclasses import dataclass, replace

LABEL = b'mailgraft token 1\0'
UNIT = 60


@dataclass(frozen=True)
class Key:
    id: bytes
    secret: bytes
    state: str = 'active'

    @classmethod
    def read(cls, path):
        lines = path.read_text().splitlines()
        assert lines[0] == 'mailgraft key 1', lines[0]
        fields = dict(line.split(' ', 1) for line in lines[1:])
        return cls(bytes.fromhex(fields['id']), bytes.fromhex(fields['secret']), fields['state'])


@dataclass(frozen=True)
class Token:
    key_id: bytes
    entry_id: bytes
    expiry: int                 # minutes since 1970
    bound: bool = False
    mac: bytes = bytes(16)

    @classmethod
    def parse(cls, text):
        raw = base64.b64decode(text, altchars=b'-_', validate=True)
        assert len(text) == 60 and len(raw) == 45
        assert raw[0] in (0x10, 0x11), raw[0]
        return cls(raw[1:5], raw[5:25], struct.unpack('>I', raw[25:29])[0], raw[0] == 0x11, raw[29:])

    def _signed(self):
        return bytes([0x11 if self.bound else 0x10]) + self.key_id + self.entry_id + struct.pack('>I', self.expiry)

    def sign(self, key, recipient=''):
        """The same token with the right MAC; `recipient` in canonical spelling."""
        token = replace(self, key_id=key.id, bound=bool(recipient))
        mac = hmac.new(key.secret, LABEL + token._signed() + recipient.encode(), hashlib.sha256).digest()[:16]
        return replace(token, mac=mac)

    def __str__(self):
        return base64.urlsafe_b64encode(self._signed() + self.mac).decode()


def minutes(seconds_from_now=0):
    return int(time.time() + seconds_from_now) // UNIT


def marker(token):
    return f'((graft:{token}))'
