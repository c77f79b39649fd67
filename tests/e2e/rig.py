"""Everything one end-to-end case needs, wired together: spool, filter, log, sinks, Exim.

Owns:     the directory, the copy of the programs, the log socket; closes all of it
Not here: what is sent and what must come of it (matrix.py, ../demo)

The programs are copied, so that the user Exim delivers as can run them even
where the source tree is closed to it, and so that a test can put a faulty
wrapper in the filter's place.
"""
import atexit
import mailbox
import os
import select
import shutil
import socket
import threading
from contextlib import ExitStack, closing, contextmanager

from e2e.exim import ROOT, Identity, PrivateExim, Route, exim_binary, private_directory
from e2e.sink import Sink, make_certificate, make_dkim_key
from e2e.spool import Spool

KINDS = ('smtp', 'tls', 'dkim', 'dkim-bdat', 'lmtp', 'lmtp-socket', 'mbox', 'maildir')


class LogSocket:
    """A private /dev/log."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(str(path))
        os.chmod(path, 0o777)

    def lines(self):
        """What came since the last call, as text."""
        lines = []
        while True:
            try:
                lines.append(self.socket.recv(1 << 16).decode(errors='replace'))
            except BlockingIOError:
                return lines

    def close(self):
        self.socket.close()


class LogDaemon(LogSocket):
    """The same, read all the time as by a syslog daemon: a program may log as much as it likes."""

    def __init__(self, path):
        super().__init__(path)
        self.lock = threading.Lock()
        self.gathered = []
        self.closing = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def gather(self):
        with self.lock:
            self.gathered += super().lines()

    def run(self):
        while not self.closing.is_set():
            if select.select([self.socket], [], [], 0.2)[0]:
                self.gather()

    def lines(self):
        self.gather()
        with self.lock:
            lines, self.gathered = self.gathered, []
        return lines

    def close(self):
        self.closing.set()
        self.thread.join()
        super().close()


class SinkBox:
    """A sink, looked at as a mailbox."""

    def __init__(self, sink):
        self.sink = sink

    def delivered(self):
        return [t.data for t in self.sink.delivered()]

    def nothing_whole(self):
        return self.delivered() == [] and all(not t.complete for t in self.sink.transactions)

    def reset(self):
        self.sink.reset()


class FileBox:
    """An mbox file or a maildir."""

    def __init__(self, path, maildir):
        self.path = path
        self.maildir = maildir

    def delivered(self):
        if not self.path.exists():
            return []
        if self.maildir:
            return [p.read_bytes() for p in sorted((self.path / 'new').iterdir())]
        with closing(mailbox.mbox(self.path)) as mbox:
            return [mbox.get_bytes(key).replace(b'\n>From ', b'\nFrom ') for key in mbox.keys()]

    def nothing_whole(self):
        """Nothing at all: no byte in the mbox, no file in the maildir."""
        if not self.path.exists():
            return True
        if self.maildir:
            return not any(p.is_file() for p in self.path.rglob('*'))
        return self.path.stat().st_size == 0

    def reset(self):
        if self.maildir:
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            self.path.unlink(missing_ok=True)


class Rig:
    """`with Rig(['smtp']) as rig:` recipients are anything@KIND.example."""

    def __init__(self, kinds=KINDS, program=ROOT / 'build/mailgraft-filter', *, options=(), owner=None, group=None,
                 domains=()):
        """owner: who runs `mailgraft` (whoever Exim delivers as); group: of local deliveries (theirs);
        domains: go where those of the kinds go."""
        with ExitStack() as stack:
            self.identity = Identity.here()
            self.directory = private_directory(self.identity)
            stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
            self.filter = self._copy(program, 'filter')
            self.program = self._copy(program, 'real-filter')
            self.spool = Spool(self.directory, self._copy(ROOT / 'build/mailgraft', 'mailgraft'),
                               owner or self.identity)
            self.log = LogSocket(self.directory / 'log')
            stack.callback(self.log.close)
            self.sinks, self.boxes, routes = {}, {}, []
            certificate = make_certificate(self.directory) if 'tls' in kinds else None
            dkim_key, self.dkim_record = (
                make_dkim_key(self.directory) if any(k.startswith('dkim') for k in kinds) else (None, None))
            self.identity.own(*filter(None, (certificate, dkim_key)))
            for kind in kinds:
                routes.append(Route(' : '.join([f'{kind}.example', *domains]), kind, self._place(kind, certificate, stack), options))
            self.exim = PrivateExim(routes, self.filter, self.spool.path, log_socket=self.log.path,
                                    certificate=certificate, dkim_key=dkim_key, identity=self.identity, group=group)
            stack.callback(self.exim.close)
            self.stack = stack.pop_all()
            atexit.register(self.close)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        atexit.unregister(self.close)
        self.stack.close()

    def _copy(self, source, name):
        path = self.directory / name
        shutil.copyfile(source, path)
        path.chmod(0o755)
        return path

    def _place(self, kind, certificate, stack):
        """Where mail of this kind goes: a port or a path."""
        if kind in ('mbox', 'maildir'):
            path = self.directory / kind
            self.boxes[kind] = FileBox(path, maildir=kind == 'maildir')
            return path
        sink = Sink(lmtp=kind.startswith('lmtp'), chunking=kind in ('smtp', 'dkim-bdat'),
                    certificate=certificate if kind == 'tls' else None,
                    path=self.directory / 'lmtp' if kind == 'lmtp-socket' else None)
        stack.callback(sink.close)
        self.sinks[kind] = sink
        self.boxes[kind] = SinkBox(sink)
        return sink.path or sink.port

    def reset(self):
        """As new, but for what is in the spool."""
        self.exim.clear()
        self.log.lines()
        for box in self.boxes.values():
            box.reset()

    @contextmanager
    def wrapped_filter(self, script):
        """Runs a shell script in the filter's place; {filter} in it is the real one."""
        aside = self.directory / 'filter.new'
        aside.write_text('#!/bin/sh\n' + script.format(filter=self.program) + '\n')
        aside.chmod(0o755)
        aside.rename(self.filter)
        try:
            yield
        finally:
            self._copy(self.program, 'filter.new').rename(self.filter)

    def filter_processes(self):
        """The pids of running filters, by their executable."""
        found = []
        for entry in os.listdir('/proc'):
            if entry.isdigit():
                try:
                    if os.readlink(f'/proc/{entry}/exe') in (str(self.filter), str(self.program)):
                        found.append(int(entry))
                except OSError:
                    pass
        return found


def missing():
    """Why nothing can be run here, or None."""
    if exim_binary() is None:
        return 'no Exim here'
    for name in ('build/mailgraft', 'build/mailgraft-filter'):
        if not (ROOT / name).exists():
            return f'{name} is not built'
    return None
