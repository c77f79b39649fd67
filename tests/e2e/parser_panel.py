"""The parsers that mail meets elsewhere: which are here, and what parts each sees in many messages.

Owns:     how each is asked; the one form of their answers (parsers/python.py says it)
Not here: what they must see (parser_compare.py)
"""
import base64
import os
import re
import subprocess
from dataclasses import dataclass

from e2e.exim import ROOT

HERE = ROOT / 'tests/e2e/parsers'
TIME_MAX = 600                  # seconds for all messages


class ParserFailed(Exception):
    """It gave no answer at all, or not one a message."""


@dataclass(frozen=True)
class Part:
    type: str
    name: str
    body: bytes


@dataclass(frozen=True)
class Parser:
    name: str
    command: tuple
    needs: tuple                # a command that succeeds where it is installed
    version: tuple              # a command that says it, as the first number
    every: int = 1              # it is asked about each so many messages only: it is slow
    bodies_only: bool = False   # it shows no types and names, and more than the leaves
    cannot_read: tuple = ()     # features of odd_mail that it gets right only by luck

    def installed(self):
        try:
            return subprocess.run(self.needs, capture_output=True, timeout=30, check=False, env=environment()).returncode == 0
        except FileNotFoundError:
            return False

    def said_version(self):
        done = subprocess.run(self.version, capture_output=True, text=True, timeout=30, check=False, env=environment())
        return re.search(r'\d+(\.\d+)*|$', done.stdout).group()

    def read(self, paths):
        """For each path its leaves; None where it found no message at all."""
        done = subprocess.run(self.command, input=''.join(f'{p}\n' for p in paths).encode(), capture_output=True,
                              timeout=TIME_MAX, check=False, env=environment())
        messages = done.stdout.decode('ascii', 'replace').split('.\n')
        if done.returncode != 0 or len(messages) != len(paths) + 1:
            raise ParserFailed(f'{self.name}: exit {done.returncode}, {len(messages) - 1} of {len(paths)} answers: '
                               f'{done.stderr.decode(errors="replace")[-500:]}')
        return [parts_of(m) for m in messages[:-1]]


def environment():
    """npm's packages are looked for where NODE_PATH says, and in the project."""
    return {**os.environ, 'NODE_PATH': os.environ.get('NODE_PATH', str(ROOT / 'node_modules'))}


def parts_of(text):
    parts = []
    for line in filter(None, text.split('\n')):
        kind, name, body = (base64.b64decode(word) for word in line.split('\t'))
        if kind == b'!':
            return None
        parts.append(Part(kind.decode('utf-8', 'replace').lower(), name.decode('utf-8', 'replace'), body))
    return parts


def npm(package):
    return Parser(package, ('node', str(HERE / 'npm.js'), package), ('node', '-e', f'require.resolve("{package}")'),
                  ('node', '-p', f'require("{package}/package.json").version'))


def python(rules):
    return Parser(f'Python email, {rules}', ('python3', str(HERE / 'python.py'), rules), ('true',), ('python3', '-V'))


GMIME = Parser('GMime', (str(ROOT / 'build/tests/tool-gmime-parts'),), ('test', '-x', str(ROOT / 'build/tests/tool-gmime-parts')),
               ('pkg-config', '--modversion', 'gmime-3.0'))
CHEAP = (
    python('compat32'),
    python('default'),
    Parser('MIME::Parser', ('perl', str(HERE / 'mime-parser.pl')), ('perl', '-MMIME::Parser', '-e1'),
           ('perl', '-MMIME::Parser', '-e', 'print MIME::Parser->VERSION')),
    GMIME,
)
OTHERS = (
    npm('postal-mime'),
    npm('mailparser'),
    npm('emailjs-mime-parser'),
    Parser('rspamd', ('rspamadm', 'lua', '-e', f'dofile("{HERE}/rspamd.lua")'), ('rspamadm', '--version'),
           ('rspamadm', '--version'),
           # it takes the blanks for the delimiter's, and finds the parts only while nothing follows them
           cannot_read=('delimiter-blanks',)),
    Parser('Dovecot', ('python3', str(HERE / 'dovecot.py')), ('test', '-x', '/usr/lib/dovecot/imap'), ('dovecot', '--version')),
    Parser('NeoMutt', ('python3', str(HERE / 'neomutt.py')), ('neomutt', '-v'), ('neomutt', '-v'), every=10, bodies_only=True),
)
PANEL = CHEAP + OTHERS


def installed():
    return [p for p in PANEL if p.installed()]
