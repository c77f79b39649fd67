"""What a bulk run sends: attachments of their own or shared, and the messages around them.

Attachments are slices of one pool of random bytes, each with its number in it, so that making one
costs a copy and no two are alike. A whole message is what mailgraft-filter itself makes of the
message with the marker: the same bytes go over the wire in every mode.
"""
import os
import random
import re
import subprocess
from dataclasses import dataclass

UNITS = {'': 1, 'k': 1000, 'M': 1000_000}
MESSAGE = '''\
From: Billing <billing@sender.example>
To: customer{index}@{domain}
Subject: Your invoice {index}
Date: Fri, 20 Nov 2026 10:00:00 +0000
Message-ID: <{mode}.{index}@sender.example>
X-Bench: {index} {size} {digest}
MIME-Version: 1.0
{fields}Content-Type: {type}

{body}'''
TEXT = 'Dear customer,\n\nplease find your invoice attached to this message.\n\nKind regards\nBilling\n'
PHP_BODY = ('--the-boundary\nContent-Type: text/plain; charset=utf-8\n\n' + TEXT +
            '--the-boundary\nContent-Type: application/pdf; name=invoice.pdf\n'
            'Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=invoice.pdf\n\n'
            '((file:{path}))\n--the-boundary--\n')


def size_of(text):
    """'5M', '300k', '1234' as bytes."""
    found = re.fullmatch(r'(\d+(?:\.\d+)?)([kM]?)', text)
    if not found:
        raise ValueError(f"'{text}' is no size: 5M, 300k, 1234")
    return int(float(found.group(1)) * UNITS[found.group(2)])


class Sizes:
    """'5M', 'uniform:1k-5M', 'log:1k-5M' or weights, '50k:60,500k:30,5M:10'. The same order at each run."""

    def __init__(self, text):
        self.text = text
        self.random = random.Random(text)
        spread = re.fullmatch(r'(uniform|log):([^-]+)-([^-]+)', text)
        if spread:
            self.kind = spread.group(1)
            self.low, self.high = size_of(spread.group(2)), size_of(spread.group(3))
            self.most = self.high
            return
        self.kind = 'weights'
        pairs = [p.partition(':') for p in text.split(',')]
        self.sizes = [size_of(p[0]) for p in pairs]
        self.weights = [float(p[2] or 1) for p in pairs]
        self.most = max(self.sizes)

    def next(self):
        if self.kind == 'uniform':
            return self.random.randint(self.low, self.high)
        if self.kind == 'log':
            return round(self.low * (self.high / self.low) ** self.random.random())
        return self.random.choices(self.sizes, self.weights)[0]


@dataclass
class Attachment:
    index: int
    size: int
    token: str = ''
    digest: str = ''


class Corpus:
    def __init__(self, sizes, spool):
        self.sizes = sizes
        self.spool = spool
        self.pool = os.urandom(sizes.most + (1 << 20))

    def make(self, index, path):
        """Writes attachment number `index` to path."""
        size = max(self.sizes.next(), 40)
        head = b'%%PDF-1.4\n%%%020d\n' % index
        start = index * 4099 % (1 << 20)
        with open(path, 'wb', buffering=0) as out:
            out.write(head)
            out.write(memoryview(self.pool)[start:start + size - len(head)])
        return Attachment(index, size)

    def blob(self, attachment):
        return self.spool / 'blobs' / attachment.digest[:2] / attachment.digest

    def message(self, attachment, index, domain, mode):
        fields, kind, body = '', 'text/plain; charset=utf-8', TEXT
        if mode == 'php':
            kind, body = 'multipart/mixed; boundary=the-boundary', PHP_BODY.format(path=self.blob(attachment))
        else:
            fields = f'Graft-Attach: {attachment.token}\n'
        return MESSAGE.format(index=index, domain=domain, mode=mode, size=attachment.size,
                              digest=attachment.digest, fields=fields, type=kind, body=body).encode()


def grafted(program, spool, message, to, run_as):
    """Writes what the filter makes of a message to a file."""
    with open(to, 'wb') as out:
        subprocess.run([program, '--spool', spool, '--log-socket', '/nonexistent'], input=message, stdout=out,
                       check=True, cwd='/', **run_as)


