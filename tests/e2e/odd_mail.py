"""Odd messages with markers, from a seed: what mail programs really write, made dense.

Owns:     the trees, where markers stand, and what a reader who knows MIME finds in each message
Not here: how a tree is written (odd_mail_bytes.py), what parsers make of it (parser_compare.py)

Each message takes a few of FEATURES and has them wherever they fit. One reader's trouble with one
feature then hides nothing about the others. Its parts carry a number, so that no two hold the same bytes.
"""
import base64
import random

from e2e.odd_mail_bytes import LETTERS, Written
from e2e.odd_mail_parts import Leaf, Mail, Message, Multi
from e2e.tokens import marker

# Each with how often a message has it.
FEATURES = {
    'blank-before-colon': .08,      # in a part's header, and in the top one
    'comment': .08,                 # (x) in Content-Type and other fields
    'blanks-in-type': .08,          # multipart / mixed ; boundary = b
    'type-case': .10,               # MULTIPART/Mixed, BASE64
    'parameters': .15,              # more of them, some that look like a boundary or a name
    'semicolons': .08,              # one too many
    'folded': .20,                  # wherever it is allowed, also before the value
    'rfc2231-name': .12,
    'rfc2231-boundary': .04,        # boundary*0=
    'word-name': .10,               # =?utf-8?…?= in quotes, as most programs write them
    'raw-name': .06,                # UTF-8 as it is
    'eight-bit-header': .08,
    'carriage-returns': .10,        # in bodies
    'delimiter-blanks': .10,        # after the delimiters
    'boundary-prefix': .15,         # an inner boundary is an outer one and more
    'boundary-signs': .12,
    'boundary-hyphens': .08,        # it begins with two
    'boundary-like-ours': .05,
    'preamble': .20,                # with marker text in it
    'epilogue': .20,
    'delimiter-like': .15,          # lines that begin with two hyphens
    'no-empty-line': .10,           # a part that ends in its header
    'no-header': .15,               # a part that begins with its empty line
    'empty-part': .12,
    'long-line': .10,               # 998 bytes
    'no-mime-version': .10,
    'labelled': .10,                # a multipart said to be in quoted-printable or base64
    'mail': .20,                    # message/rfc822
    'mail-in-base64': .08,
    'no-last-line-end': .10,
    'soft-breaks': .15,
    'encoded-line-ends': .08,       # quoted-printable with =0A for every line end
    'base64-widths': .12,
    'marker-blanks': .15,
    'unknown-multipart': .08,
    'content-fields': .15,          # Content-Length, -MD5, -Description, -Location
    'deep': .08,
    'wild': .03,                    # what has to be refused
}
EXTENDABLE = ('mixed', 'related', 'alternative')
WORDS = ('Guten Tag', 'anbei die Rechnung', 'für März', 'お世話になっております', 'please find', 'a < b & c > d', '50 % = half',
         'From here on', '.', '..', '-- ', 'x=3D', 'tab\there', 'Content-Type: text/plain', '=?utf-8?q?no?=', '  indented')
NAMES = ('report.pdf', 'a b.txt', 'x;y.bin', 'say "hi".txt', 'back\\slash.dat', 'Größe.pdf', '請求書.pdf', 'no-suffix', 'ends in dot.', "o'neil.csv")


class Maker:
    """message(i) of one seed is the same bytes for the same files."""

    def __init__(self, seed, files):
        self.seed = seed
        self.files = files

    def message(self, number):
        return One(random.Random(f'{self.seed}/{number}'), number, self.files).make()


class One(Written):
    """One message in the making."""

    def __init__(self, dice, number, files):
        self.dice = dice
        self.number = number
        self.files = dice.sample(files, min(len(files), 8))
        self.features = [f for f, share in FEATURES.items() if dice.random() < share]
        self.serial = 0
        self.boundaries = []
        self.live = {}
        self.count = 0              # occurrences of markers

    # ---- the tree

    def make(self):
        root = self.tree(0, 4 if 'deep' in self.features else 2)
        fields, in_header, attached = self.place(root)
        raw = self.render(root, fields, in_header)
        leaves = list(self.walk(root))
        files = [(f, None, None) for f in attached]
        files += [(leaf.file, leaf.name or None, leaf.type) for leaf in self.leaves_of(root) if leaf.file]
        return Message(raw, self.features, leaves, files, self.live, set(self.live) - {f.token for f in in_header})

    def tree(self, depth, deepest):
        roll = self.dice.random()
        if depth == 0 and roll < .15:
            return self.text(self.dice.choice(('plain', 'html')))
        kinds = [('mixed', 8), ('alternative', 4), ('related', 3)]
        if depth < 2:
            kinds += [('report', 1), ('digest', 1)]
        if self.has('unknown-multipart'):
            kinds += [('x-odd', 4), ('parallel', 3), ('form-data', 1)]
        kind = self.dice.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        return Multi(kind, self.children(kind, depth, deepest))

    def children(self, kind, depth, deepest):
        def deeper(chance, *otherwise):
            if depth < deepest and self.dice.random() < (.95 if 'deep' in self.features else chance):
                return [self.tree(depth + 1, deepest)]
            return list(otherwise)
        if kind == 'alternative':
            children = [self.text('plain'), *deeper(.3, self.text('html'))]
            if self.dice.random() < .2:
                children.append(self.other('text/calendar'))
        elif kind == 'related':
            children = [*deeper(.3, self.text('html')), *(self.other('image/png') for _ in range(self.dice.randint(0, 2)))]
        elif kind == 'digest':
            children = [self.mail(in_digest=True) for _ in range(self.dice.randint(1, 3))]
        elif kind == 'report':
            children = [self.text('plain'), self.other('message/delivery-status'),
                        self.mail() if self.dice.random() < .5 else self.other('text/rfc822-headers')]
        else:
            children = deeper(.4, self.text(self.dice.choice(('plain', 'html'))))
            for _ in range(self.dice.randint(0, 3)):
                roll = self.dice.random()
                children += deeper(.5, self.other()) if roll < .3 else [self.other() if roll < .7 else self.text('plain', True)]
            if self.has('mail', .9) or self.has('mail-in-base64', .9):
                children.insert(self.dice.randint(0, len(children)), self.mail())
        if kind != 'digest':
            if self.has('empty-part'):
                children.insert(self.dice.randint(1, len(children)),
                                Leaf(self.dice.choice(('text/plain', 'application/x-empty')), b'', name=self.name()))
            if self.has('no-empty-line'):
                children.insert(self.dice.randint(1, len(children)), Leaf(self.dice.choice(('text/plain', 'image/gif')), b'', headless_end=True))
            if self.has('no-header'):
                children.insert(self.dice.randint(0, len(children)), self.text('plain', bare=True))
        return children

    def next(self):
        self.serial += 1
        return f'{self.number}.{self.serial}'

    def lines(self, kind):
        n = self.next()
        out = [f'leaf {n} begins']
        for i in range(self.dice.randint(0, 6)):
            line = self.dice.choice(WORDS)
            out += [f'<p>{n}/{i} {line}</p>' if kind == 'html' else line if self.dice.random() < .6 else f'{n}/{i} {line}']
            if self.has('delimiter-like'):
                out.append(self.dice.choice(('--', '---', '-- x', '--=_gAAAAAAAAAAAAAAAAAAAAAA', '--foo--', '----', '--=_')))
            if self.has('long-line', .2):
                out.append('l' * 998)
            if self.dice.random() < .2:
                out.append('')
        out.append(f'leaf {n} ends')
        return out

    def text(self, kind, attached=False, bare=False):
        body = '\n'.join(self.lines(kind)).encode()
        if 'carriage-returns' in self.features:
            body = body.replace(b'\n', b'\r\n')
        if self.dice.random() < .5:
            body += b'\n'
        if self.dice.random() < .1:
            body = b'\n' + body
        encoding = self.dice.choice(('8bit', '8bit', 'quoted-printable', 'quoted-printable', 'base64', 'binary'))
        leaf = Leaf(f'text/{kind}', body, encoding)
        if 'soft-breaks' in self.features or 'encoded-line-ends' in self.features:
            leaf.encoding = 'quoted-printable'
        if 'base64-widths' in self.features:
            leaf.encoding = 'base64'
        if bare:
            leaf.encoding, leaf.bare = '8bit', True
        if attached:
            leaf.name, leaf.disposition = self.name(), 'attachment'
        return leaf

    def other(self, type=None):
        type = type or self.dice.choice(('application/octet-stream', 'image/jpeg', 'application/x-data', 'text/csv', 'audio/x-wav'))
        n = self.next()
        if type.startswith('text/') or type.startswith('message/'):
            body = f'Reporting-MTA: dns; part-{n}.example\n\nFinal-Recipient: rfc822; a@b.example\n'.encode()
            encoding = '7bit'
        else:
            body = f'part {n} '.encode() + self.dice.randbytes(self.dice.randint(1, 200))
            encoding = 'base64'
        leaf = Leaf(type, body, encoding)
        if type == 'image/png':
            leaf.cid = f'img-{n}@x.example'
            leaf.disposition = self.dice.choice(('inline', '', 'inline'))
        elif not type.startswith('message/') and type != 'text/rfc822-headers':
            leaf.disposition = self.dice.choice(('attachment', 'attachment', ''))
            leaf.name = self.name()
        return leaf

    def name(self):
        name = self.dice.choice(NAMES)
        if not name.isascii() and not {'rfc2231-name', 'word-name', 'raw-name'} & set(self.features):
            name = 'plain.dat'
        return f'{self.next()}-{name}' if self.dice.random() < .8 else ''

    def mail(self, in_digest=False):
        """An attached one. Its markers are just text, of tokens that nobody asked for."""
        n = self.next()
        fake = marker(''.join(self.dice.choice(LETTERS) for _ in range(60)))
        encoding = 'base64' if 'mail-in-base64' in self.features and not in_digest else ''
        text = f'mail {n} begins\n{fake}\nmail {n} ends'
        if self.dice.random() < .5:
            boundary = self.boundary()
            raw = (f'Subject: {n}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{boundary}"\n\n'
                   f'--{boundary}\nContent-Type: text/plain\n\n{text}\n--{boundary}\nContent-Type: image/gif\n'
                   f'Content-Transfer-Encoding: base64\n\n{base64.b64encode(n.encode()).decode()}\n--{boundary}--\n')
            leaves = [('text/plain', '', text.encode()), ('image/gif', '', n.encode())]
        else:
            raw = f'From: x@y.example\nSubject: {n}\n\n{text}\n'
            leaves = [('text/plain', '', text.encode())]
        return Mail(raw.encode(), encoding, leaves, in_digest)

    # ---- the markers

    def place(self, root):
        """Puts the markers where they count. Returns what the header must say, and what will be appended."""
        wanted = self.dice.choices((1, 2, 3, 4), (5, 3, 2, 1))[0]
        in_header, attached = [], []
        multis = [m for m in self.multis(root) if m.kind in EXTENDABLE]
        texts = [t for t in self.leaves_of(root) if t.text and t.body]
        to_lines = []
        for file in self.files[:wanted]:
            self.live[file.token] = file
            form = self.dice.choice(('header', 'part', 'part', 'line', 'line'))
            if form == 'part' and multis:
                self.place_part(file, self.dice.choice(multis))
                self.count += 1
            elif form == 'line' and texts:
                to_lines.append(file)
                attached.append(file)
            else:
                in_header.append(file)
                attached.append(file)
                self.count += 1
        own = self.own_texts(root)      # now that all parts are there
        for file in to_lines:
            for leaf in self.dice.sample(texts, min(len(texts), self.dice.choice((1, 1, 2)))):
                self.place_line(file, leaf, any(leaf is t for t in own))
                self.count += 1
        fields = [f'Graft: {self.count}'] if self.count > len(in_header) or self.dice.random() < .3 else []
        return fields, in_header, attached

    def own_texts(self, root):
        """Those that stay when a marker was all they had."""
        own = [root] + [c for m in self.multis(root) for i, c in enumerate(m.children) if i == 0 or m.kind == 'alternative']
        return [t for t in own if isinstance(t, Leaf) and t.text and not t.disposition and not t.cid]

    def place_part(self, file, multi):
        body = marker(file.token)
        if self.dice.random() < .5:
            body += '\n'
        if self.has('marker-blanks'):
            body = self.dice.choice((' ', '\n', '\t\n \n', '')) + body + self.dice.choice((' ', '\n\n', '\r\n', ''))
        leaf = Leaf(self.dice.choice(('application/octet-stream', file.type, 'application/pdf')).split(';')[0], body.encode(),
                    self.dice.choice(('7bit', '8bit', 'base64', 'base64', 'quoted-printable')), file=file)
        if leaf.type.startswith(('message/', 'text/')):
            leaf.type = 'application/octet-stream'
        leaf.name = self.name() if self.dice.random() < .6 else ''
        leaf.disposition = self.dice.choice(('attachment', 'inline', ''))
        if multi.kind == 'related' or self.dice.random() < .1:
            leaf.cid = f'graft-{self.next()}@x.example'
        at = self.dice.randint(0 if self.dice.random() < .1 else 1, len(multi.children))
        multi.children.insert(at, leaf)

    def place_line(self, file, leaf, may_be_all):
        line = marker(file.token).encode()
        if self.has('marker-blanks'):
            line = self.dice.choice((b' ', b'\t', b'')) + line + self.dice.choice((b' ', b' \t', b''))
        if may_be_all and b'((graft:' not in leaf.body and self.dice.random() < .1:
            leaf.body = line
            return
        lines = leaf.body.split(b'\n')
        cr = b'\r' if lines[0].endswith(b'\r') else b''
        at = self.dice.randint(0, len(lines))
        if at == len(lines) and not lines[-1].endswith(cr):
            lines[-1] += cr
        lines.insert(at, line + (cr if at < len(lines) else b''))
        leaf.body = b'\n'.join(lines)

    def multis(self, node):
        if isinstance(node, Multi):
            yield node
            for child in node.children:
                yield from self.multis(child)

    def leaves_of(self, node):
        if isinstance(node, Multi):
            for child in node.children:
                yield from self.leaves_of(child)
        elif isinstance(node, Leaf):
            yield node

    def walk(self, node):
        """What there is to see before anything is grafted."""
        if isinstance(node, Multi):
            for child in node.children:
                yield from self.walk(child)
        elif isinstance(node, Leaf):
            yield node.type, node.name if node.header_name else '', node.body
        else:
            yield from node.leaves
