"""What an odd message consists of (odd_mail.py)."""
from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    """A stored file. leaves: what is in it, where it is a mail: [(content type, body)]."""
    token: str
    data: bytes
    type: str
    name: str
    leaves: tuple = ()


@dataclass
class Leaf:
    type: str
    body: bytes                     # decoded, markers included
    encoding: str = '7bit'
    name: str = ''
    cid: str = ''
    disposition: str = ''
    bare: bool = False              # no header where the type allows it
    headless_end: bool = False      # no empty line, no body
    file: File = None               # it is a marker for this one
    header_name: str = ''           # as it was written: '', 'name', 'filename', 'both'

    @property
    def text(self):
        return self.type in ('text/plain', 'text/html')


@dataclass
class Mail:
    raw: bytes
    encoding: str                   # '' or base64
    leaves: list
    in_digest: bool = False


@dataclass
class Multi:
    kind: str
    children: list
    boundary: str = ''
    label: str = ''


@dataclass
class Message:
    raw: bytes
    features: list
    leaves: list                    # [(type, name, decoded body)] in the message, markers included
    files: list                     # [(File, author's name or None, author's type or None)] that must be there afterwards
    live: dict                      # token: File
    in_bodies: set                  # those tokens of them that stand in part or line form
