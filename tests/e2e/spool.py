"""An attachment spool for a test: made and filled by build/mailgraft, spoiled by hand.

Owns:     the spool directory; knows where DESIGN.md puts things in it
Not here: what a token means (tokens.py)

Each way of spoiling is a context manager that puts everything right again.
"""
import hashlib
import os
import subprocess
from contextlib import contextmanager

from e2e.tokens import Key, Token


class SpoolError(Exception):
    """A command of mailgraft failed."""


class Spool:
    def __init__(self, directory, program, identity):
        self.path = directory / 'attachments'
        self.program = program
        self.identity = identity
        self.run('init', '--spool', self.path)

    def run(self, *arguments, data=None):
        """Runs build/mailgraft as the spool's owner; returns its stdout."""
        done = subprocess.run([self.program, *arguments], input=data, capture_output=True, timeout=60,
                              cwd='/', **self.identity.popen())
        if done.returncode != 0:
            raise SpoolError(f'mailgraft {" ".join(map(str, arguments))} exited {done.returncode}: '
                             f'{done.stderr.decode(errors="replace").strip()}')
        return done.stdout

    def put(self, data, *options, name='file.bin', type='application/octet-stream'):
        """Stores bytes under a name; returns the token. `type` None leaves it to mailgraft."""
        path = self.path.parent / ('put-' + hashlib.sha256(name.encode()).hexdigest()[:8])
        path.write_bytes(data)
        path.chmod(0o644)
        try:
            chosen = ['--type', type] if type else []
            out = self.run('put', '--spool', self.path, '--name', name, *chosen, *options, path)
        finally:
            path.unlink()
        [token] = out.decode().split('\n')[:-1]
        return token

    def blob(self, data):
        digest = hashlib.sha256(data).hexdigest()
        return self.path / 'blobs' / digest[:2] / digest

    def entry(self, token):
        name = Token.parse(token).entry_id.hex()
        return self.path / 'entries' / name[:2] / name

    def key_path(self):
        [path] = (self.path / 'keys').iterdir()
        return path

    def key(self):
        return Key.read(self.key_path())

    @contextmanager
    def hidden(self, path):
        aside = path.with_name(path.name + '.aside')
        path.rename(aside)
        try:
            yield
        finally:
            aside.rename(path)

    @contextmanager
    def changed(self, path, change):
        """Rewrites a file in place with change(bytes): the same inode, owner and mode."""
        before = path.read_bytes()
        try:
            rewrite(path, change(before))
            yield
        finally:
            rewrite(path, before)

    def truncated(self, data):
        return self.changed(self.blob(data), lambda b: b[:-1])

    def altered(self, data, at=-1):
        """One bit of one byte is another; the size stays."""
        def change(b):
            b = bytearray(b)
            b[at] ^= 1
            return bytes(b)
        return self.changed(self.blob(data), change)

    def revoked(self):
        return self.changed(self.key_path(), lambda b: b.replace(b'state active', b'state revoked'))


def rewrite(path, data):
    mode = path.stat().st_mode & 0o7777
    path.chmod(mode | 0o200)
    with open(path, 'r+b') as out:
        out.write(data)
        out.truncate()
        out.flush()
        os.fsync(out.fileno())
    path.chmod(mode)
