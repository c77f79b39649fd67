"""What a parser must see in a grafted message, from what the same parser saw before.

Owns:     the rules, from DESIGN.md ("Markers")
Not here: any model of where a part stands in the tree (oracle.py has that); the parsers

Contents are compared first, without order: line ends of texts and empty lines around them are no difference,
since parsers differ there. Then each new part's name and type. What a parser makes of a stored file or of
its name is learned from an ordinary message with the same file (plain_message).
"""
import re
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage

from e2e.parser_panel import Part

MARKER = re.compile(rb'\(\(graft:([A-Za-z0-9_-]{60})\)\)')
MARKER_LINE = re.compile(rb'(?:\A|(?<=\n))[ \t]*\(\(graft:([A-Za-z0-9_-]{60})\)\)[ \t]*\r*(?:\n|\Z)')
BLANK = b' \t\r\n'
BESIDE = b'beside the file'


@dataclass
class Difference:
    """Empty lists: none."""
    missing: list = field(default_factory=list)     # contents that were there before, or were to be grafted
    extra: list = field(default_factory=list)       # contents that nobody wrote
    labels: list = field(default_factory=list)      # sentences about names and types
    misread: bool = False       # the parser saw something else than was written even before
    mended: bool = False        # and sees what was written now


def plain(body):
    """Comparable: LF alone, no empty lines around."""
    return body.replace(b'\r', b'').strip(b'\n')


def contents(bodies):
    """How often each occurs. Empty ones are not counted: many parsers show no part for them."""
    counted = Counter(plain(b) for b in bodies)
    del counted[b'']
    return counted


def typed(parts):
    return Counter((p.type, plain(p.body)) for p in parts if plain(p.body))


def empties(parts):
    return sum(not plain(p.body) for p in parts)


def whole_marker(body):
    return MARKER.fullmatch(body.strip(BLANK))


def remaining(part, live, replaced):
    """The body less its marker lines; None where the part is replaced."""
    match = whole_marker(part.body)
    if match and match.group(1).decode() in replaced:
        return None
    return MARKER_LINE.sub(lambda m: b'' if m.group(1).decode() in live else m.group(0), part.body)


def plain_message(file, disposition=True):
    """The file attached by Python's email package; without a Content-Disposition some parsers show another content."""
    message = EmailMessage()
    message['From'] = 'a@x.example'
    message['Subject'] = 'a file'
    message.set_content(BESIDE.decode())
    main, sub = file.type.split(';')[0].split('/')
    if file.leaves:
        message.add_attachment(message_from_bytes(file.data.replace(b'\r\n', b'\n'), policy=policy.default), filename=file.name)
    else:
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
        part = message.get_payload()[1]
        for parameter in file.type.split(';')[1:]:
            part.set_param(*parameter.strip().split('='))
    if not disposition:
        del message.get_payload()[1]['Content-Disposition']
    return bytes(message)


def kept_of(parts, live, replaced):
    """The contents that must still be there."""
    bodies = [remaining(p, live, replaced) for p in parts]
    return contents(b for b in bodies if b is not None)


def known_of(parts):
    """What a parser saw of the file in plain_message."""
    return [p for p in parts or () if plain(p.body) != BESIDE]


def misses_markers(message, before):
    """Whether a marker that the message has is not whole for this parser."""
    seen = {t.decode() for p in before for t in MARKER_LINE.findall(p.body)}
    seen |= {m.group(1).decode() for p in before if (m := whole_marker(p.body))}
    return bool(message.in_bodies - seen)


def compare(message, leaves, before, after, known, bodies_only=False, lucky=False):
    """leaves: [(type, name, body)] in the message as it was written; before and after: a parser's Parts, or None;
    known: {token: the parts that it saw in each plain_message}; bodies_only: it shows no types and names;
    lucky: it cannot read such a message, whatever it seems to see."""
    found = Difference()
    leaves = [Part(*leaf) for leaf in leaves]
    if bodies_only:
        found.misread = before is None or bool(contents(p.body for p in leaves) - contents(p.body for p in before))
    else:                       # an empty part more is one that nobody wrote
        found.misread = before is None or typed(before) != typed(leaves) or empties(before) > empties(leaves)
    found.misread = found.misread or lucky or misses_markers(message, before or ())
    if after is None:
        found.missing.append('everything')
        return found
    replaced = {f.token for f, _, type in message.files if type is not None}
    kept = kept_of(before or (), message.live, replaced)
    have = contents(p.body for p in after)
    grafted = [body for f, _, _ in message.files for body in bodies_of(f, have, known[f.token])]
    if found.misread or bodies_only:        # what it had right must stay; the rest may be anything
        written = kept_of(leaves, message.live, replaced)
        found.mended = found.misread and written + contents(grafted) == have
        kept &= written
    wanted = kept + contents(grafted)
    found.missing = list((wanted - have).elements())
    if not bodies_only:
        if not found.misread:
            found.extra = list((have - wanted).elements())
            compare_others(message, leaves, before, after, replaced, found)
        compare_labels(message, before or (), after, known, found)
    return found


def bodies_of(file, have, known):
    """The contents that stand for a file, of several ways the one that is there."""
    ways = [[p.body for p in parts] for parts in known] + [[file.data], [body for _, body in file.leaves]]
    there = [w for w in ways if w and not contents(w) - have]
    return there[0] if there else ways[0]


def bare(name):
    """Some parsers show encoded words as they are, some leave the backslashes of a quoted string in; and the filter
    cuts folders off, of either kind of slash."""
    try:
        name = str(make_header(decode_header(name)))
    except (UnicodeError, LookupError, ValueError, HeaderParseError):
        pass
    return re.split(r'[/\\](?!")', name)[-1].replace('\\', '')


def compare_others(message, leaves, before, after, replaced, found):
    """The parts that were there keep type and name, or have those that were written and that the parser misread."""
    written = {(p.type, p.name) for p in leaves}
    old = [(p, remaining(p, message.live, replaced)) for p in before]
    old = Counter((p.type, p.name, plain(body)) for p, body in old if body is not None and plain(body))
    for type, name, body in old - Counter((p.type, p.name, plain(p.body)) for p in after):
        mended = (type, name) not in written and any((p.type, p.name) in written for p in after if plain(p.body) == body)
        if body not in found.missing and not mended:
            found.labels.append(f'what was {type} {name!r} is another now: {body[:40]!r}')


def compare_labels(message, before, after, known, found):
    for file, name, type in message.files:
        if file.leaves:
            continue
        plain_parts = [p for parts in known[file.token] for p in parts]
        there = [p for p in after if plain(p.body) in {plain(b.body) for b in plain_parts} | {plain(file.data)}]
        if not file.data and len(there) <= (0 if found.misread else empties(before)):
            found.missing.append(f'the empty {file.name}')
        if not there:
            continue
        old = [p for p in before if (m := whole_marker(p.body)) and m.group(1).decode() == file.token]
        names = {name or file.name} | {p.name for p in old if p.name}
        if not name:
            names |= {p.name for p in plain_parts}
        if not {bare(p.name) for p in there} & {bare(n) for n in names}:
            found.labels.append(f'{file.name} is named {sorted({p.name for p in there})}, not {sorted(names)}')
        if not any(p.type == file.type.split(';')[0] for p in there):
            found.labels.append(f'{file.name} is {sorted({p.type for p in there})}, not {file.type}')
