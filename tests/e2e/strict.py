"""The rules for what the filter writes, by nothing but lines (DESIGN.md, What is rewritten is written strictly).

strict(before, after) returns a list of complaints. What is rewritten: the top
header, each multipart with a boundary of ours, and any other header that is no
part's in the message before.

Not here: whether the output is the right one (oracle.py); tests/strict.h is the
same for the tests in C
"""
import re

OURS = re.compile(rb'boundary="(=_g[A-Za-z0-9_-]{22})"')
TOKEN = rb'[!#-\'*+.0-9A-Z^-~-]+'
# A value that is no token and has no quotes stays what it was.
PARAMETERS = rb'(?:;\s*[^\s()<>@,;:\\"/\[\]?=]+=(?:"(?:[^"\\]|\\.)*"|[^\s;"(]+))*;?\s*'
TYPE = re.compile(TOKEN + rb'/' + TOKEN + PARAMETERS, re.S)
WORD = re.compile(TOKEN + PARAMETERS, re.S)
IDENTITY = (b'7bit', b'8bit', b'binary')
LINE_MAX = 998


def split(entity):
    """Header and body; a header that lacks its empty line is all there is, and the body None."""
    if entity.startswith(b'\n'):
        return b'', entity[1:]
    header, empty, body = entity.partition(b'\n\n')
    return header + b'\n', body if empty else None


def fields(header):
    """[(name, what stands between it and the colon, value with its folds)]"""
    return [(m[1].lower(), m[2], m[3]) for m in
            re.finditer(rb'^([^\s:]+)([ \t]*):[ \t]*(.*(?:\n[ \t].*)*)$', header, re.M)]


def parts(body, boundary):
    """The parts of a multipart with the line end of the next delimiter, and whether one has blanks."""
    found, start, bad = [], None, False
    for match in re.finditer(rb'^--' + re.escape(boundary) + rb'(--)?([ \t]*)$', body, re.M):
        bad = bad or bool(match[2])
        if start is not None:
            found.append(body[start:match.start()])
        start = match.end() + 1
        if match[1]:
            break
    return found, bad


class Strict:
    def __init__(self, before, after):
        self.before, self.complaints = before, []
        # every place where the header of a part begins
        self.heads = [m.end() for m in re.finditer(rb'^--.*\n', before, re.M)]
        self.entity('root', after, top=True, around_ours=True)
        self.lines(after)

    def say(self, where, what):
        self.complaints.append(f'{where}: {what}')

    def is_kept(self, header):
        return any(self.before.startswith(header, at) for at in self.heads)

    def entity(self, where, data, top=False, around_ours=False):
        header, body = split(data)
        ours = OURS.search(header)
        ours = ours[1] if ours and ours[1] not in self.before else None
        if body is None and (top or around_ours):
            self.say(where, 'a header without an empty line')
        if top or ours or not self.is_kept(header):
            for field in fields(header):
                self.field(where, *field, multipart=ours is not None)
        if ours:
            children, bad = parts(b'\n' + (body or b''), ours)
            if bad:
                self.say(where, 'blanks at the end of a delimiter')
            for number, child in enumerate(children, 1):
                self.entity(f'{where}.{number}', child, around_ours=True)

    def field(self, where, name, blank, value, multipart):
        if blank:
            self.say(where, f'a blank before the colon of {name!r}')
        if name == b'content-type' and b'/' in value and not TYPE.fullmatch(value):
            self.unless_kept(where, name, value)
        if name in (b'content-transfer-encoding', b'content-disposition') and not WORD.fullmatch(value):
            self.unless_kept(where, name, value)
        if multipart and name == b'content-transfer-encoding' and value.strip().lower() not in IDENTITY:
            self.say(where, f'a multipart in {value!r}')

    def unless_kept(self, where, name, value):
        """What nobody can read as one thing stays as its author wrote it."""
        if value not in self.before or b'(' in re.sub(rb'"(?:[^"\\]|\\.)*"', b'', value):
            self.say(where, f'{name.decode()} is not strict: {value!r}')

    def lines(self, after):
        for line in after.split(b'\n'):
            if len(line) > LINE_MAX and line not in self.before and line[:-1] not in self.before:
                self.say('root', f'a line of {len(line)} bytes that was not there: {line[:60]!r}')


def strict(before, after):
    return Strict(before, after).complaints
