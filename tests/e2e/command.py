"""Runs mailgraft in a scratch folder, for the tests of its subcommands."""

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOT = os.geteuid() == 0
NOBODY = 65534
# In memory where that is possible: syncs cost nothing there.
FAST = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None


class Base(unittest.TestCase):
    program = os.path.join(TOP, 'build/mailgraft')

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='mailgraft-test-', dir=FAST)
        os.chmod(self.dir, 0o755)
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.spool = self.path('spool')
        self.ok('init', '--spool', self.spool)

    def path(self, name):
        return os.path.join(self.dir, name)

    def file(self, name, data=b'hello\n'):
        path = os.path.join(os.fsencode(self.dir), os.fsencode(name))
        with open(path, 'wb') as f:
            f.write(data)
        return path

    def environment(self, more=None):
        environment = {'PATH': '/usr/bin:/bin', 'LC_ALL': 'C', 'MAILGRAFT_CONFIG': '/dev/null'}
        for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS'):
            if name in os.environ:
                environment[name] = os.environ[name]
        environment.update(more or {})
        return environment

    def run_it(self, *args, stdin=b'', env=None, uid=None, **more):
        def become():
            if uid is not None:
                os.setgroups([])
                os.setgid(uid)
                os.setuid(uid)
        program = self.program if uid is None else self.for_others()
        return subprocess.run([program, *args], input=stdin, capture_output=True, timeout=60,
                              env=self.environment(env), cwd=self.dir, preexec_fn=become, **more)

    def for_others(self):
        """A copy that another user can run: the folders above the program may be closed to him."""
        folder = tempfile.mkdtemp(prefix='mailgraft-test-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o755)
        return shutil.copy(self.program, folder)

    def ok(self, *args, **more):
        r = self.run_it(*args, **more)
        self.assertEqual((r.returncode, r.stderr), (0, b''), r)
        return r.stdout

    def refused(self, code, text, *args, **more):
        """One line on stderr that says `text`, this exit code, nothing on stdout, nothing stored."""
        before = self.stored()
        r = self.run_it(*args, **more)
        self.assertEqual((r.returncode, r.stdout), (code, b''), r)
        self.assertEqual(r.stderr.count(b'\n'), 1, r.stderr)
        self.assertIn(text, r.stderr.decode())
        self.assertEqual(self.stored(), before)

    def stored(self):
        found = []
        for folder, _, names in os.walk(self.spool):
            found += [os.path.join(folder, n) for n in names]
        return sorted(found)

    def count(self, kind):
        return len([p for p in self.stored() if '/%s/' % kind in p])

    def entry_path(self, token):
        name = base64.urlsafe_b64decode(token)[5:25].hex()
        return os.path.join(self.spool, 'entries', name[:2], name)

    def entry(self, token):
        with open(self.entry_path(token)) as f:
            return dict(line.rstrip('\n').split(' ', 1) for line in f)

    def blob_path(self, token):
        digest = self.entry(token)['blob']
        return os.path.join(self.spool, 'blobs', digest[:2], digest)


    def age(self, path, days):
        when = time.time() - days * 86400
        os.utime(path, (when, when))

    def expire(self, token, days=10):
        """Makes an entry, and the token for it, that expired days ago and is as old, with its blob."""
        path = self.entry_path(token)
        with open(path) as f:
            lines = f.read().splitlines(True)
        os.unlink(path)
        lines[4] = 'expires %d\n' % ((time.time() - days * 86400) // 60)
        raw = bytearray(base64.urlsafe_b64decode(token))
        raw[5:25] = hashlib.sha256(''.join(lines).encode()).digest()[:20]
        token = base64.urlsafe_b64encode(raw).decode()
        path = self.entry_path(token)
        if os.path.exists(path):        # the same entry, from before
            os.unlink(path)
        with open(path, 'w') as f:
            f.write(''.join(lines))
        os.chmod(path, 0o440)
        self.age(path, days)
        self.age(self.blob_path(token), days)
        return token


def both(loader, *cases):
    """Each case with the program, and with the one that has sanitizers."""
    suite = unittest.TestSuite()
    for variant in ('build/mailgraft', 'build/asan/mailgraft'):
        program = os.path.join(TOP, variant)
        if not os.path.exists(program):
            continue
        for case in cases:
            named = type(case.__name__ + ' ' + variant, (case,), {'program': program})
            suite.addTests(loader.loadTestsFromTestCase(named))
    return suite
