"""How an odd message is written: header fields, delimiters and encodings, each in a way that the dice choose."""
import base64
import quopri

from e2e.odd_mail_parts import Leaf, Mail, Multi
from e2e.tokens import marker

LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'


class Written:
    """The half of a message in the making that knows its tree and writes it. The other half is odd_mail.One, which has
    dice, features, number and boundaries."""

    def has(self, feature, chance=.6):
        return feature in self.features and self.dice.random() < chance

    def render(self, root, graft_fields, in_header):
        top = ['From: Billing <billing@sender.example>', 'To: customer@example.org', f'Subject: {self.number}',
               'Date: Fri, 20 Nov 2026 10:00:00 +0000', f'Message-ID: <{self.number}@sender.example>']
        if 'no-mime-version' not in self.features:
            top.append('MIME-Version : 1.0' if self.has('blank-before-colon', .2) else 'MIME-Version: 1.0')
        if self.has('eight-bit-header'):
            top.append('X-Sender: Jürgen Müller <j@sender.example>')
        if self.has('blank-before-colon'):
            top.append(self.dice.choice(('X-Mailer : odd', 'Organization\t: x', 'Subject : again')))
        if self.has('content-fields'):
            top += ['Content-Length: 4711', 'Lines: 12']
        if self.has('folded'):
            top.append('X-Folded:\n a\n\tb\n \tc')
        graft_fields = graft_fields + self.attach_fields(in_header)
        self.dice.shuffle(graft_fields)
        at = self.dice.randint(0, len(top))
        top[at:at] = graft_fields
        header, body = self.entity(root)
        header_at = self.dice.randint(0, len(top))
        top[header_at:header_at] = header
        raw = '\n'.join(top).encode() + b'\n\n' + body
        if not raw.endswith(b'\n') and 'no-last-line-end' not in self.features:
            raw += b'\n'
        elif raw.endswith(b'--\n') and 'no-last-line-end' in self.features:
            raw = raw[:-1]
        return self.spoil(raw) if 'wild' in self.features else raw

    def spoil(self, raw):
        how = self.dice.randrange(5)
        head, body = raw.split(b'\n\n', 1)
        if how == 0:
            return head + b'\nContent-Type: text/html\n\n' + body
        if how == 1:
            return head.replace(b'boundary=', b'boundary=other; boundary=', 1) + b'\n\n' + body
        if how == 2:
            return raw[:len(raw) - len(body) // 3]
        if how == 3:
            return head.replace(b'Subject:', b'X-CR: a\rb\nSubject:', 1) + b'\n\n' + body
        return head + b'\nContent-Transfer-Encoding: base64\n\n' + base64.encodebytes(body)

    def attach_fields(self, files):
        if not files:
            return []
        way = self.dice.randrange(5)
        tokens = [f.token for f in files]
        if way == 0:
            return [f'Graft-Attach: {t}' for t in tokens]
        if way == 1:
            return ['Graft-Attach: ' + ',\n\t'.join(tokens)]
        if way == 2:
            return ['graft-attach:' + '  '.join(tokens)]
        if way == 3:
            return [f'Graft-Attach: =?utf-8?Q?{t[:30].replace("_", "=5F")}?=\n =?utf-8?Q?{t[30:].replace("_", "=5F")}?=' for t in tokens]
        return ['GRAFT-ATTACH:\n ' + '\n '.join(tokens)]

    def entity(self, node, in_digest=False):
        """Header lines and body."""
        if isinstance(node, Multi):
            return self.multipart(node)
        if isinstance(node, Mail):
            return self.attached_mail(node, in_digest)
        fields = self.leaf_fields(node)
        if node.bare:
            return [], node.body
        return fields, self.encode(node)

    def attached_mail(self, mail, in_digest):
        fields = [] if in_digest and self.dice.random() < .6 else [self.field('Content-Type', self.with_parameters('message/rfc822', []))]
        if mail.encoding:
            return [*fields, 'Content-Transfer-Encoding: base64'], base64.encodebytes(mail.raw)
        return fields, mail.raw

    def leaf_fields(self, leaf):
        parameters, fields = [], []
        if leaf.text:
            parameters.append(('charset', 'utf-8'))
        ways = []
        if leaf.name:
            leaf.header_name = self.dice.choice(('name', 'filename', 'both')) if leaf.disposition else 'name'
            ways = {'both': ['name', 'filename']}.get(leaf.header_name, [leaf.header_name])
        style = self.name_style(leaf.name)
        if 'name' in ways:
            parameters += self.named('name', leaf.name, style)
        fields.append(self.field('Content-Type', self.with_parameters(leaf.type, parameters)))
        if leaf.encoding != '7bit' or self.dice.random() < .3:
            fields.append(self.field('Content-Transfer-Encoding', self.cased(leaf.encoding)))
        if leaf.disposition:
            extra = self.named('filename', leaf.name, style) if 'filename' in ways else []
            fields.append(self.field('Content-Disposition', self.with_parameters(leaf.disposition, extra, typed=False)))
        if leaf.cid:
            fields.append(f'Content-ID: <{leaf.cid}>')
        if self.has('content-fields'):
            fields.append(self.dice.choice(('Content-Length: 99999', 'Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==', 'Content-Description: a (b) c',
                                            'Content-Location: http://x.example/y', 'Content-Language: de')))
        if self.has('eight-bit-header', .3):
            fields.append('Content-Description: Größe')
        self.dice.shuffle(fields)
        return fields

    def name_style(self, name):
        styles = [s for s in ('rfc2231-name', 'word-name', 'raw-name') if s in self.features]
        if name.isascii() and (not styles or self.dice.random() < .5):
            return 'plain'
        return self.dice.choice(styles or ['rfc2231-name'])

    def named(self, attribute, name, style):
        raw = name.encode()
        if style == 'rfc2231-name':
            code = ''.join(chr(b) if chr(b) in LETTERS + '.-' else f'%{b:02X}' for b in raw)
            if self.dice.random() < .4:
                cut = code.find('%', len(code) // 2)
                cut = cut if cut > 0 else len(code) // 2
                return [(f'{attribute}*0*', f"utf-8''{code[:cut]}"), (f'{attribute}*1*', code[cut:])]
            return [(f'{attribute}*', f"utf-8''{code}")]
        if style == 'word-name':
            return [(attribute, f'"=?utf-8?B?{base64.b64encode(raw).decode()}?="')]
        return [(attribute, '"' + name.replace('\\', '\\\\').replace('"', '\\"') + '"')]

    def cased(self, word):
        if self.has('type-case'):
            return ''.join(c.upper() if self.dice.random() < .5 else c for c in word)
        return word

    def comment(self):
        return self.dice.choice((' (x)', ' (made by; x=y)', ' ((nested) one)')) if self.has('comment', .4) else ''

    def blank(self):
        return self.dice.choice((' ', '\t', '  ')) if self.has('blanks-in-type', .5) else ''

    def with_parameters(self, type, parameters, typed=True):
        main, slash, sub = self.cased(type).partition('/')
        out = self.comment() + main
        if slash:
            out += self.blank() + '/' + self.blank() + sub
        out += self.comment()
        if typed and self.has('parameters'):
            more = [('x-boundary', 'zz'), ('boundary-x', '"a; boundary=no"'), ('xname', '"a.txt; name=b"'), ('x', '"quoted \\" one"'),
                    ('type', '"text/html"'), ('format', 'flowed'), ('delsp', 'no'), ('x-filename*', "utf-8''x")]
            for p in self.dice.sample(more, self.dice.randint(1, 3)):
                parameters.insert(self.dice.randint(0, len(parameters)), p)
        for name, value in parameters:
            fold = self.dice.choice(('\n\t', '\n ', '\n   ')) if self.has('folded') else ' '
            semicolons = '; ;' if self.has('semicolons', .3) else ';'
            out += self.blank() + semicolons + fold + self.cased(name) + self.blank() + '=' + self.blank() + value + self.comment()
        if self.has('semicolons', .4):
            out += ';'
        return out.lstrip(' ')

    def field(self, name, value):
        colon = self.dice.choice((' :', '\t:')) if self.has('blank-before-colon', .3) else ':'
        blank = self.dice.choice(('', '\n ', '\n\t', '   ')) if self.has('folded', .3) else ' '
        return self.cased(name) + colon + blank + value

    def boundary(self):
        fresh = ''.join(self.dice.choice(LETTERS) for _ in range(self.dice.randint(3, 12)))
        if self.has('boundary-prefix', .8) and self.boundaries:
            fresh = self.dice.choice(self.boundaries)[:50] + self.dice.choice(('_', 'x', '-', '0', '--', '-1')) + fresh
        elif self.has('boundary-signs'):
            fresh = self.dice.choice(("{}'()+_,-./:=?x", 'a b {}', '={}=', '{}:', '(x){}', '__{}--', '{}.')).format(fresh)
        elif self.has('boundary-hyphens'):
            fresh = '--' + fresh
        elif self.has('boundary-like-ours'):
            fresh = '=_g' + (fresh * 8)[:22]
        self.boundaries.append(fresh)
        return fresh

    def multipart(self, multi):
        multi.boundary = boundary = self.boundary()
        if self.has('rfc2231-boundary'):
            cut = len(boundary) // 2
            parameters = [('boundary*0', f'"{boundary[:cut]}"'), ('boundary*1', f'"{boundary[cut:]}"')]
        elif set(boundary) <= set(LETTERS + '-_.') and self.dice.random() < .5:
            parameters = [('boundary', boundary)]
        else:
            parameters = [('boundary', f'"{boundary}"')]
        if multi.kind == 'report':
            parameters.append(('report-type', 'delivery-status'))
        fields = [self.field('Content-Type', self.with_parameters(f'multipart/{multi.kind}', parameters))]
        if self.has('labelled'):
            fields.append(f'Content-Transfer-Encoding: {self.dice.choice(("quoted-printable", "base64"))}')
        elif self.dice.random() < .3:
            fields.append(f'Content-Transfer-Encoding: {self.dice.choice(("8bit", "binary"))}')
        self.dice.shuffle(fields)
        out = b''
        if self.has('preamble'):
            out += self.beside().encode() + b'\n'
        for child in multi.children:
            header, body = self.entity(child, multi.kind == 'digest')
            part = ''.join(f'{line}\n' for line in header).encode()
            if not getattr(child, 'headless_end', False):
                part += b'\n' + body
            elif part.endswith(b'\n'):
                part = part[:-1]
            out += b'--' + boundary.encode() + self.after_delimiter() + b'\n' + part + b'\n'
        out += b'--' + boundary.encode() + b'--' + self.after_delimiter()
        if self.has('epilogue'):
            out += b'\n' + self.beside().encode()
        return fields, out + (b'\n' if self.dice.random() < .7 else b'')

    def after_delimiter(self):
        return self.dice.choice((b' ', b'\t', b'  \t ')) if self.has('delimiter-blanks', .5) else b''

    def beside(self):
        fake = marker(''.join(self.dice.choice(LETTERS) for _ in range(60)))
        return self.dice.choice(('This is a multi-part message in MIME format.', fake, '', '\n', f'x\n{fake}\ny', 'Content-Type: text/plain\n\nno part'))

    def encode(self, leaf):
        if leaf.encoding == 'base64':
            return self.base64(leaf.body)
        if leaf.encoding == 'quoted-printable':
            return self.quoted(leaf.body)
        return leaf.body

    def base64(self, body):
        width = self.dice.choice((4, 60, 64, 72, 76, 10 ** 6)) if 'base64-widths' in self.features else 76
        code = base64.b64encode(body)
        if width == 10 ** 6 and len(code) > 990:
            width = 988
        out = b''.join(code[i:i + width] + b'\n' for i in range(0, len(code), width))
        return out[:-1] if self.dice.random() < .3 else out

    def quoted(self, body):
        if 'encoded-line-ends' in self.features:
            code = b''.join(b'=%02X' % b if b < 32 or b in b'= ' or b > 126 else bytes([b]) for b in body)
            return self.softly(code, .02)
        lines = []
        for line in body.split(b'\n'):
            code = quopri.encodestring(line, quotetabs=False).replace(b'=\n', b'').replace(b'\r', b'=0D')
            if code[-1:] in (b' ', b'\t'):
                code = code[:-1] + b'=%02X' % code[-1]
            lines.append(self.softly(code, .1 if 'soft-breaks' in self.features else 0))
        return b'\n'.join(lines)

    def softly(self, code, chance):
        """Soft breaks: often enough for the length, and where chance wants them. None within =XX."""
        out, width, i = b'', 0, 0
        while i < len(code):
            piece = code[i:i + 3] if code[i:i + 1] == b'=' else code[i:i + 1]
            if i > 0 and (width + len(piece) > 75 or self.dice.random() < chance):
                out += b'=\n'
                width = 0
            out += piece
            width += len(piece)
            i += len(piece)
        return out
