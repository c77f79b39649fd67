#!/usr/bin/python3
"""The parts of messages as Dovecot's IMAP server sees them. What it reads and writes: see python.py

The messages are put into a maildir. BODYSTRUCTURE says what parts there are, BINARY what is in each.
"""
import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from email.header import decode_header, make_header
from email.utils import collapse_rfc2231_value, decode_params

IMAP = '/usr/lib/dovecot/imap'
NOBODY = 65534


class Server:
    """Dovecot's imap process on two pipes, logged in already."""

    def __init__(self, directory):
        identity = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []} if os.geteuid() == 0 else {}
        self.process = subprocess.Popen([IMAP, '-c', f'{directory}/conf'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env={'USER': 'nobody', 'HOME': directory}, **identity)
        self.line()

    def line(self):
        """One answer: its text, with each literal as a NUL, and the literals."""
        text, literals = b'', []
        while True:
            line = self.process.stdout.readline()
            if not line:
                sys.exit('dovecot.py: the server is gone')
            match = re.search(rb'~?\{(\d+)\}\r\n\Z', line)
            if not match:
                return text + line.rstrip(b'\r\n'), literals
            text += line[:match.start()] + b'\0'
            literals.append(self.process.stdout.read(int(match.group(1))))

    def ask(self, command):
        """The answers that are data, parsed; None where it says no."""
        self.process.stdin.write(b'x ' + command.encode() + b'\r\n')
        self.process.stdin.flush()
        data = []
        while True:
            text, literals = self.line()
            if text.startswith(b'x '):
                return data if text.startswith(b'x OK') else None
            if b' FETCH ' in text:
                data.append(parse(text.split(b' FETCH ', 1)[1], literals)[0])


def parse(text, literals):
    """IMAP's lists, strings and atoms as Python's lists, bytes and None."""
    stack, literals = [[]], iter(literals)
    for match in re.finditer(rb'\(|\)|\0|"((?:[^"\\]|\\.)*)"|(?:[^\s()"\0\[]|\[[^\]]*\])+', text):
        word = match.group()
        if word == b'(':
            stack.append([])
        elif word == b')':
            done = stack.pop()
            stack[-1].append(done)
        elif word == b'\0':
            stack[-1].append(next(literals))
        elif word.startswith(b'"'):
            stack[-1].append(re.sub(rb'\\(.)', rb'\1', match.group(1)))
        else:
            stack[-1].append(None if word == b'NIL' else word)
    return stack[0]


def leaves(structure, section=''):
    """[(section, type, name)], attached messages opened."""
    if isinstance(structure[0], list):
        children = [c for c in structure if isinstance(c, list) and c and isinstance(c[0], (list, bytes))]
        children = children[:next((i for i, c in enumerate(structure) if not isinstance(c, list)), len(structure))]
        for number, child in enumerate(children, 1):
            yield from leaves(child, f'{section}.{number}'.lstrip('.'))
        return
    kind = (structure[0] + b'/' + structure[1]).decode('ascii', 'replace').lower()
    if kind == 'message/rfc822':
        inner = structure[8]
        yield from leaves(inner, section if isinstance(inner[0], list) else f'{section}.1'.lstrip('.'))
        return
    yield section or '1', kind, name_of(structure, kind)


def pairs(parameters):
    words = [w.decode('utf-8', 'replace') for w in parameters or ()]
    return list(zip(words[::2], words[1::2]))


def name_of(structure, kind):
    at = 9 if kind.startswith('text/') else 8
    disposition = structure[at] if len(structure) > at else None
    for attribute, parameters in (('filename', disposition[1] if disposition else None), ('name', structure[2])):
        found = dict((k.lower(), v) for k, v in decode_params([('', ''), *pairs(parameters)])).get(attribute)
        if isinstance(found, tuple):
            return collapse_rfc2231_value(found).strip('"')
        if found:
            return str(make_header(decode_header(found.strip('"'))))
    return ''


def content(server, number, sections):
    fetched = server.ask(f'FETCH {number} ({" ".join(f"BINARY.PEEK[{s}]" for s in sections)})')
    if fetched is None:         # an encoding that it does not know
        return [(server.ask(f'FETCH {number} (BINARY.PEEK[{s}])') or server.ask(f'FETCH {number} (BODY.PEEK[{s}])'))[0][1]
                for s in sections]
    return fetched[0][1::2]


def fill(directory, paths):
    for folder in ('mail', 'mail/cur', 'mail/new', 'mail/tmp'):
        os.mkdir(f'{directory}/{folder}')
    with open(f'{directory}/mail/dovecot-uidlist', 'w', encoding='ascii') as uids:
        uids.write(f'3 V1 N{len(paths) + 1}\n')
        for i, path in enumerate(paths, 1):
            shutil.copyfile(path, f'{directory}/mail/cur/{i}:2,')
            uids.write(f'{i} :{i}\n')
    with open(f'{directory}/conf', 'w', encoding='ascii') as conf:
        conf.write(f'mail_location = maildir:{directory}/mail:INDEX=MEMORY\nmail_fsync = never\nmaildir_very_dirty_syncs = yes\nssl = no\nbase_dir = {directory}/run\n'
                   f'state_dir = {directory}/run\nlog_path = /dev/stderr\nmail_uid = {NOBODY}\nmail_gid = {NOBODY}\n')
    if os.geteuid() == 0:
        for folder, _, files in os.walk(directory):
            for name in ('.', *files):
                os.chown(f'{folder}/{name}', NOBODY, NOBODY)


def main():
    paths = sys.stdin.read().split('\n')[:-1]
    with tempfile.TemporaryDirectory() as directory:
        fill(directory, paths)
        server = Server(directory)
        server.ask('SELECT INBOX')
        for number in range(1, len(paths) + 1):
            found = list(leaves(server.ask(f'FETCH {number} (BODYSTRUCTURE)')[0][1]))
            bodies = content(server, number, [section for section, _, _ in found])
            for (_, kind, name), body in zip(found, bodies):
                print('\t'.join(base64.b64encode(b).decode() for b in (kind.encode(), name.encode('utf-8', 'replace'), body or b'')))
            print('.')
        server.process.stdin.close()
        server.process.wait()


if __name__ == '__main__':
    main()
