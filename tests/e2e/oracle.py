#!/usr/bin/python3
"""Says whether a grafted message is what it must be, with Python's own MIME parser.

    oracle.py BEFORE AFTER [TOKEN=FILE …]      complaints on stdout, exit 1 if there are any

Owns:     a model of what grafting does to a part tree, written from DESIGN.md
Not here: any code of the filter; deliberately nothing is shared with it

check(before, after, stored) returns a list of complaints, empty when:
every part that was there decodes to the same bytes (its marker lines apart),
every header field is the same except Graft*, each new part decodes to its
stored file, nothing else changed, each boundary on the way to a graft is new
and the others are not, base64 stands in full lines of 76, and what was written
is written strictly (strict.py).
"""
import re
import sys
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))     # as a program it stands alone
from e2e.strict import strict  # noqa: E402

NEW_BOUNDARY = re.compile(r'=_g[A-Za-z0-9_-]{22}')
MARKER = re.compile(rb'\(\(graft:([A-Za-z0-9_-]{60})\)\)')
SEALED = ('multipart/signed', 'multipart/encrypted')
STRICTLY = ('content-type', 'content-transfer-encoding', 'content-disposition')
# What an MTA may add on the way.
ADDED = {'received', 'return-path', 'envelope-to', 'delivery-date', 'dkim-signature', 'message-id', 'date', 'from'}
DROPPED = ('content-length', 'lines')
DROPPED_OF_PARTS = ('content-md5', *DROPPED)   # where the body is another one
NAMING = (('content-disposition', 'filename'), ('content-type', 'name'))     # in this order
KEPT_OF_REPLACED = ('content-id', 'content-description', 'content-location', 'content-language')


@dataclass
class Stored:
    """A file in the spool, as its token stands for it."""
    data: bytes
    type: str = None            # None: not compared
    name: str = None
    message: bool = False       # message/rfc822: compared with LF line ends
    cid: bool = False           # it has a Content-ID: it goes beside the HTML


@dataclass
class Part:
    """What we expect of a part."""
    source: object              # the email.message.Message it comes from, or None
    fields: list
    stored: Stored = None       # it is a graft
    body: bytes = None          # decoded, when its text was edited
    children: list = None
    touched: bool = False       # a graft is in it: its boundary must be new
    moved: bool = False         # the root became the child of a new multipart
    made: str = None            # the type of a multipart that was not there
    more: tuple = ((), ())      # its new last parts, in both orders that the design allows


def fields_of(message):
    """[(name, value)] with 8-bit bytes kept and folding as it stands."""
    return [(name, str(value)) for name, value in message.raw_items()]


def named(fields, name):
    return [value for n, value in fields if n.lower() == name]


def without(fields, *names, prefix=None):
    return [(n, v) for n, v in fields
            if n.lower() not in names and not (prefix and n.lower().startswith(prefix))]


class Model:
    """The expected tree, from the message as it was queued."""

    def __init__(self, before, stored):
        self.stored = stored
        self.lines = []         # tokens in line form, each once
        message = message_from_bytes(before)
        fields = fields_of(message)
        self.opted_in = bool(named(fields, 'graft') or named(fields, 'graft-attach'))
        self.root = Part(message, without(fields, 'graft-recipient'))
        if not self.opted_in:
            return
        fields = without(fields, *DROPPED, prefix='graft')
        self.root = self.part(message, fields, is_root=True)
        headers = [t for value in named(fields_of(message), 'graft-attach') for t in tokens_of(value)]
        by_header, by_line = [self.graft(t) for t in headers], [self.graft(t) for t in self.lines]
        self.place(by_header + by_line, by_line + by_header)

    def place(self, *orders):
        """What has a Content-ID goes beside the HTML, the rest to the end of a multipart/mixed."""
        html = self.own_html(self.root, (), True)
        beside = tuple([p for p in order if html and p.stored.cid] for order in orders)
        at_end = tuple([p for p in order if not (html and p.stored.cid)] for order in orders)
        if beside[0]:
            part, around = html
            inside = [i for i, p in enumerate(around) if p.source.get_content_type() == 'multipart/related']
            for p in around[:inside[-1] + 1] if inside else around:
                p.touched = True
            if inside:
                around[inside[-1]].more = beside
            else:
                self.make_around(part, 'multipart/related', beside)
        if at_end[0]:
            source = self.root.source
            if source is None or source.get_content_type() != 'multipart/mixed':
                self.make_around(self.root, 'multipart/mixed', at_end)
            self.root.more, self.root.touched = at_end, True

    def own_html(self, part, around, own_text):
        """The first HTML of the message's own text, and the multiparts around it; None where it has none."""
        kind = part.source.get_content_type()
        if part.children is not None:
            found = (self.own_html(child, (*around, part), kind == 'multipart/alternative' or i == 0)
                     for i, child in enumerate(part.children))
            return None if kind in SEALED else next(filter(None, found), None)
        own = own_text and 'Content-Disposition' not in part.source and 'Content-ID' not in part.source
        return (part, around) if own and kind == 'text/html' else None

    def make_around(self, part, kind, more):
        """The part becomes the first child of a new multipart in its place."""
        child, fields = replace(part), []
        if part is self.root:
            child.moved = True
            child.fields = [f for f in part.fields if f[0].lower().startswith('content-')]
            child.touched = child.children is not None
            fields = without(part.fields, prefix='content-')
        vars(part).update(vars(Part(None, fields, children=[child], touched=True, made=kind, more=more)))

    def graft(self, token):
        return Part(None, [], self.stored[token])

    def part(self, message, fields=None, is_root=False, own_text=True):
        fields = fields_of(message) if fields is None else fields
        kind = message.get_content_type()
        main = message.get_content_maintype()
        if main == 'multipart' and message.is_multipart():
            alternative = kind == 'multipart/alternative'
            children = [self.part(child, own_text=alternative or i == 0)
                        for i, child in enumerate(message.get_payload())]
            return Part(message, fields, children=children, touched=any(c.touched or c.stored for c in children))
        if main == 'message' or kind == 'text/rfc822-headers':
            return Part(message, fields)
        body = message.get_payload(decode=True)
        text = kind in ('text/plain', 'text/html')
        whole = MARKER.fullmatch(body.strip(b' \t\r\n'))
        own_text = own_text and text and 'Content-Disposition' not in message and 'Content-ID' not in message
        if whole and not own_text:
            return Part(message, fields, self.stored[whole.group(1).decode()], touched=True)
        if not text:
            return Part(message, fields)
        kept, found = [], []
        for line in re.findall(rb'[^\n]*\n|[^\n]+\Z', body):
            match = MARKER.fullmatch(line.strip(b' \t\r\n'))
            if match:
                found.append(match.group(1).decode())
            else:
                kept.append(line)
        self.lines += [t for i, t in enumerate(found) if t not in found[:i] and t not in self.lines]
        if not found:
            return Part(message, fields)
        return Part(message, without(fields, *DROPPED_OF_PARTS), body=b''.join(kept))


def tokens_of(value):
    words = ''.join(part.decode(charset or 'ascii') if isinstance(part, bytes) else part
                    for part, charset in decode_header(value))
    return [t for t in re.split(r'[\s,]+', words) if t]


class Check:
    """Compares a delivered message with the model."""

    def __init__(self, before, after, stored):
        self.complaints = []
        self.boundaries = []
        model = Model(before, stored)
        self.opted_in = model.opted_in
        got = message_from_bytes(after)
        if not model.opted_in:
            self.plain(model, before, after)
            return
        self.part('root', model.root, got, after)
        self.root_fields(model, got)
        if len(set(self.boundaries)) != len(self.boundaries):
            self.say('root', 'a boundary is used twice')

    @staticmethod
    def fits(order, parts):
        return len(order) == len(parts) and all(
            want.stored.message or have.get_payload(decode=True) == want.stored.data
            for want, have in zip(order, parts))

    def say(self, where, what):
        self.complaints.append(f'{where}: {what}')

    def plain(self, model, before, after):
        body = before.split(b'\n\n', 1)[1:] or [b'']
        if (after.split(b'\n\n', 1)[1:] or [b'']) != body:
            self.say('root', 'the body of a message that did not opt in changed')
        self.compare_fields('root', model.root.fields, on_top(fields_of(message_from_bytes(after)), model.root.fields))

    def root_fields(self, model, got):
        fields = on_top(fields_of(got), model.root.fields)
        for name, _ in fields:
            if name.lower().startswith('graft'):
                self.say('root', f'a {name} field is left')
        if not named(model.root.fields, 'mime-version'):
            if named(fields, 'mime-version') not in ([], ['1.0']):
                self.say('root', 'a wrong MIME-Version')
            fields = without(fields, 'mime-version')
        if model.root.source is None:
            fields = without(fields, 'content-type', 'content-transfer-encoding')
            self.compare_fields('root', model.root.fields, fields)
        elif model.root.stored is not None:
            self.compare_fields('root', without(model.root.fields, prefix='content-'), without(fields, prefix='content-'))
        else:
            self.compare_part_fields('root', model.root, got, fields)

    def compare_fields(self, where, want, have):
        if want != have:
            missing = [f for f in want if f not in have]
            extra = [f for f in have if f not in want]
            self.say(where, f'fields differ: missing {missing}, extra {extra}' if missing or extra
                     else 'fields stand in another order')

    def compare_part_fields(self, where, part, got, fields):
        """The same fields; of a new boundary only that parameter differs, and where a header is written
        again, comments and blanks in Content- fields."""
        rewritten = part.touched and part.children is not None

        def rest(some):
            if rewritten or part.moved or part.body is not None:
                some = [(n, less(v) if n.lower() in STRICTLY else v) for n, v in some]
            return without(some, 'content-type') if rewritten else some
        wanted = part.fields
        if rewritten:       # it loses a label that a multipart may not have (RFC 2045 6.4)
            wanted = [(n, v) for n, v in wanted if n.lower() != 'content-transfer-encoding'
                      or v.strip().lower() in ('7bit', '8bit', 'binary')]
        self.compare_fields(where, rest(wanted), rest(fields))
        if part.touched and part.children is not None and part.source is not None:
            def parameters(message):
                return [p for p in message.get_params([]) if p[0].lower() not in ('boundary', '')]
            if parameters(part.source) != parameters(got):
                self.say(where, 'Content-Type changed in more than its boundary')

    def part(self, where, part, got, raw):
        if where != 'root' and part.made is not None:
            self.compare_fields(where, [], without(fields_of(got), 'content-type', 'content-transfer-encoding'))
        elif where != 'root' and part.stored is None:
            self.compare_part_fields(where, part, got, fields_of(got))
        if part.stored is not None:
            self.graft(where, part, got, raw)
        elif part.children is not None:
            self.multipart(where, part, got, raw)
        elif part.body is not None:
            if got.is_multipart() or got.get_payload(decode=True) != part.body:
                self.say(where, f'edited text is {clip(got.get_payload(decode=True))}, not {clip(part.body)}')
        elif part.source.is_multipart():
            if not got.is_multipart() or flat(part.source) != flat(got):
                self.say(where, 'an attached message changed')
        elif got.is_multipart() or part.source.get_payload(decode=True) != got.get_payload(decode=True):
            self.say(where, f'decodes to {clip(got.get_payload(decode=True))}, '
                            f'not {clip(part.source.get_payload(decode=True))}')

    def multipart(self, where, part, got, raw):
        if not isinstance(got.get_payload(), list) or got.get_content_maintype() != 'multipart':
            self.say(where, f'is {got.get_content_type()}, not a multipart')
            return
        if part.made is not None and got.get_content_type() != part.made:
            self.say(where, f'wrapped in {got.get_content_type()}')
        if part.made == 'multipart/related' and got.get_param('type') != 'text/html':
            self.say(where, 'does not say what its first part is (RFC 2387)')
        boundary = got.get_boundary()
        self.boundaries.append(boundary)
        old = part.source.get_boundary() if part.source is not None else None
        if part.touched and not NEW_BOUNDARY.fullmatch(boundary):
            self.say(where, f'the boundary {boundary!r} is not a new one')
        if not part.touched and boundary != old:
            self.say(where, f'the boundary {old!r} became {boundary!r} for nothing')
        if got.defects:
            self.say(where, f'defects: {got.defects}')
        if part.source is not None:
            for name in ('preamble', 'epilogue'):
                if (getattr(part.source, name) or '').strip('\n') != (getattr(got, name) or '').strip('\n'):
                    self.say(where, f'the {name} changed')
        children, wanted = got.get_payload(), list(part.children)
        first, second = part.more
        wanted += first if self.fits(first, children[len(wanted):]) else second
        if len(children) != len(wanted):
            self.say(where, f'{len(children)} children instead of {len(wanted)}')
            return
        raws = raw_children(body_of(raw), boundary)
        if len(raws) != len(children):
            self.say(where, f'{len(raws)} raw parts where the parser sees {len(children)}')
            return
        for number, (want, have, bytes_) in enumerate(zip(wanted, children, raws), 1):
            self.part(f'{where}.{number}', want, have, bytes_)

    def graft(self, where, part, got, raw):
        stored = part.stored
        if stored.type and got.get_content_type() != stored.type.split(';')[0].strip():
            self.say(where, f'type {got.get_content_type()}, not {stored.type}')
        if stored.message:
            if body_of(raw) != stored.data.replace(b'\r\n', b'\n'):
                self.say(where, f'the attached message is {clip(body_of(raw))}')
        else:
            if got.is_multipart() or got.get_payload(decode=True) != stored.data:
                self.say(where, 'does not decode to the stored file')
            elif (got.get('Content-Transfer-Encoding') or '').lower() != 'base64':
                self.say(where, f'encoding {got.get("Content-Transfer-Encoding")!r}')
            lines = body_of(raw).split(b'\n')
            while lines and not lines[-1]:
                lines.pop()
            if any(len(line) != 76 for line in lines[:-1]) or (lines and not 0 < len(lines[-1]) <= 76):
                self.say(where, 'base64 is not in full lines of 76')
        if part.source is not None:
            self.kept(where, part, got)
        if stored.name is not None:
            self.named(where, author_name(part.source) or stored.name, got)

    def named(self, where, want, got):
        """Both parameters have the name, each in its own form."""
        for field, parameter in NAMING:
            have = shown_name(got, field, parameter)
            if have != want and (field in got or field == 'content-type'):
                self.say(where, f'{parameter} is {have!r}, not {want!r}')
        if 'name*' in got['content-type']:
            self.say(where, f'a name that old mail programs cannot read: {got["content-type"]!r}')

    def kept(self, where, part, got):
        for name in KEPT_OF_REPLACED:
            want = named(part.fields, name)
            if want and named(fields_of(got), name) != want:
                self.say(where, f"the author's {name} is lost")
        if part.source.get_content_disposition() not in (None, got.get_content_disposition()):
            self.say(where, f'the disposition became {got.get_content_disposition()}')
        for name in DROPPED_OF_PARTS:
            if named(fields_of(got), name):
                self.say(where, f'{name} is left')


def less(value):
    """A Content- field's value without comments and blanks."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|\([^()]*\)|\s+', lambda m: m[1] or '', value)


def shown_name(message, field, parameter):
    """A name as a mail program shows it, whatever form it has; None: there is none."""
    raw = dict((k.lower(), v) for k, v in message.raw_items()).get(field)
    if raw is None:
        return None
    copy = Message()
    copy['x'] = raw.encode('ascii', 'surrogateescape').decode('utf-8', 'replace')   # it may be UTF-8 in the raw
    names = [value for key, value in copy.get_params([], header='x') if key.lower() == parameter]
    # RFC 2231 before plain, then the first that is not empty
    for value in sorted(names, key=lambda v: not isinstance(v, tuple)):
        name = value[2].encode('latin-1').decode(value[0] or 'utf-8') if isinstance(value, tuple) else value
        if '=?' in name:
            name = str(make_header(decode_header(name)))
        name = re.sub(r'\s+', ' ', re.split(r'[/\\]', name)[-1]).strip()
        if name:
            return name
    return None


def author_name(message):
    names = [shown_name(message, *n) for n in NAMING] if message is not None else []
    return next((n for n in names if n), None)


def on_top(fields, original):
    """Leaves out what an MTA added."""
    return [f for f in fields if f in original or f[0].lower() not in ADDED]


def flat(message):
    """A whole subtree as comparable data."""
    if message.is_multipart():
        return fields_of(message), message.preamble, [flat(m) for m in message.get_payload()]
    return fields_of(message), message.get_payload()


def clip(data):
    return repr(data if data is None or len(data) < 120 else data[:60] + b'...' + data[-60:])


def body_of(raw):
    return raw[1:] if raw.startswith(b'\n') else (raw.split(b'\n\n', 1) + [b''])[1]


def raw_children(body, boundary):
    """The parts of a multipart as bytes, by nothing but its delimiter lines."""
    delimiter = re.compile(rb'(?:\A|\n)--' + re.escape(boundary.encode()) + rb'(--)?[ \t]*(?:\n|\Z)')
    parts, start, place = [], None, 0
    while (match := delimiter.search(body, place)):
        if start is not None:
            parts.append(body[start:match.start()])
        if match.group(1):
            break
        start = match.end()
        place = match.end() - 1     # its line end may begin the next delimiter
    return parts


def check(before, after, stored):
    """Complaints about `after` as a graft of `before`; stored: {token: Stored}. Both with LF line ends."""
    found = Check(before, after, {str(t): s for t, s in stored.items()})
    return found.complaints + (strict(before, after) if found.opted_in else [])


def leaves(data):
    """[(type, decoded bytes)] in order, attached messages opened."""
    return [(m.get_content_type(), m.get_payload(decode=True))
            for m in message_from_bytes(data).walk() if not m.is_multipart()]


def main(arguments):
    if len(arguments) < 2:
        print(__doc__.strip(), file=sys.stderr)
        return 64
    before, after = (open(path, 'rb').read() for path in arguments[:2])
    stored = {}
    for pair in arguments[2:]:
        token, path = pair.split('=', 1)
        stored[token] = Stored(open(path, 'rb').read())
    complaints = check(before, after, stored)
    print('\n'.join(complaints))
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
