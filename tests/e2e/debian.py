"""Debian's own Exim, privileged, with mailgraft installed as the documents say, in private namespaces.

    if __name__ == '__main__':
        debian.main()           runs the unittest of the calling script inside

Owns:     mount, network and process namespaces; overlays on /etc, /usr and /var;
          a new /dev and /run; a name server; sinks on port 25. All of it ends
          with the process, and nothing of the machine is changed
Not here: a private Exim under -C (exim.py), whose groups and local deliveries
          are not those of production

Addresses are of 203.0.113.0/24 (documentation), routed to loopback: Exim takes
none of them for itself. The machine's own Exim is neither asked nor touched.
"""
import os
import re
import shutil
import socket
import stat
import struct
import subprocess
import sys
import threading
import unittest
from pathlib import Path

from e2e.exim import ROOT, SENDER, Identity, PrivateExim, stop_on_signals
from e2e.rig import LogDaemon
from e2e.sink import Sink
from e2e.spool import Spool

INSIDE = 'MAILGRAFT_INSIDE'
SPOOL = Path('/var/spool/mailgraft')
SETUP = '/usr/lib/mailgraft/mailgraft-exim-setup'
REMOTE, HUB, SMART = '203.0.113.25', '203.0.113.30', '203.0.113.40'
STRANGER = '203.0.113.99'
# Mail for these goes to REMOTE.
DOMAINS = ('remote.example', 'other.example', 'relay.example', 'sender.example')
HUBBED, LOCAL = 'hubbed.example', 'local.example'
STOCK = Path('/mnt/stock')       # Debian's configuration as it was
USERS = ('anna', 'bert', 'carl', 'dora')
HOME = Path('/var/home')


def run(*command, **options):
    """Runs a command; its output is in the exception where it fails."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=120, **options)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(map(str, command))} exited {done.returncode}: {done.stdout.strip()}')
    return done.stdout


def missing():
    """Why none of it can be run here, or None."""
    if os.geteuid() != 0:
        return 'a privileged Exim needs root'
    for path in ('/usr/sbin/exim4', '/usr/sbin/update-exim4.conf', '/usr/sbin/useradd'):
        if not os.access(path, os.X_OK):
            return f'no {path}: install exim4-daemon-heavy and exim4-config'
    for path in ('build/mailgraft', 'build/mailgraft-filter'):
        if not (ROOT / path).exists():
            return f'{path} is not built'
    overlay = 'mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w && ' \
              'mount -t overlay none -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /etc && ip link set lo up'
    done = subprocess.run(['unshare', '-mnp', '--fork', '--mount-proc', 'sh', '-c', overlay], capture_output=True, text=True)
    if done.returncode != 0:
        return f'no private namespaces with overlays here: {done.stderr.strip()}'
    return None


def enter():
    """Runs the calling script again, inside; 77 where that is not allowed."""
    if INSIDE not in os.environ:
        why = missing()
        if why:
            print(f'skipped: {why}')
            sys.exit(77)
        os.environ[INSIDE] = '1'
        os.execvp('unshare', ['unshare', '-mnp', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private',
                              sys.executable, *sys.argv])
    stop_on_signals()
    enclose()
    NameServer()


def main():
    """Runs the tests of the calling script inside."""
    enter()
    unittest.main(verbosity=2)


def enclose():
    """Everything that may be written to becomes private; mailgraft is installed."""
    here = Path('/mnt')
    run('mount', '-t', 'tmpfs', 'none', here)
    for name in ('etc', 'usr', 'var'):
        upper, work = here / f'{name}.new', here / f'{name}.work'
        upper.mkdir()
        work.mkdir()
        run('mount', '-t', 'overlay', 'none', '-o', f'lowerdir=/{name},upperdir={upper},workdir={work}', f'/{name}')
    run('mount', '-t', 'tmpfs', 'none', '/run')
    devices()
    run('ip', 'link', 'set', 'lo', 'up')
    run('ip', 'route', 'add', 'local', '203.0.113.0/24', 'dev', 'lo')
    for path, text in (('/etc/resolv.conf', 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n'),
                       ('/etc/mailname', f'{LOCAL}\n'), ('/etc/hosts', '127.0.0.1 localhost mta.local.example\n'),
                       ('/etc/aliases', '')):
        Path(path).unlink(missing_ok=True)
        Path(path).write_text(text)
    for name in ('spool/exim4', 'log/exim4'):
        empty(Path('/var') / name)
    shutil.copytree('/etc/exim4', STOCK, symlinks=True)
    HOME.mkdir()
    for user in USERS:
        run('useradd', '--create-home', '--home-dir', HOME / user, '--shell', '/bin/sh', user)
        (HOME / user).chmod(0o755)
    run('make', '-s', '-C', ROOT, '-o', 'programs', 'install')     # what is built: tests run side by side


def devices():
    """A /dev with a log socket of its own."""
    new = Path('/mnt/dev')
    new.mkdir()
    for name in ('null', 'zero', 'full', 'random', 'urandom', 'tty'):
        node = os.stat(f'/dev/{name}')
        os.mknod(new / name, stat.S_IFCHR | 0o666, node.st_rdev)
        (new / name).chmod(0o666)
    (new / 'shm').mkdir(mode=0o1777)
    for name, target in (('fd', '/proc/self/fd'), ('stdin', 'fd/0'), ('stdout', 'fd/1'), ('stderr', 'fd/2')):
        (new / name).symlink_to(target)
    run('mount', '--bind', new, '/dev')


def empty(directory):
    """Removes what is in a directory, but not the folders."""
    for path in directory.rglob('*'):
        if not path.is_dir():
            path.unlink()


class NameServer:
    """Answers on 127.0.0.1:53: MX and A of what it knows, NXDOMAIN for the rest."""

    def __init__(self):
        self.mx = {f'{d}.': f'mx.{d}.' for d in DOMAINS}
        self.a = {mx: REMOTE for mx in self.mx.values()}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            query, peer = self.socket.recvfrom(4096)
            try:
                self.socket.sendto(self._answer(query), peer)
            except (struct.error, IndexError):
                pass

    def _answer(self, query):
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode('latin-1').lower())
            at += 1 + query[at]
        kind, = struct.unpack('>H', query[at + 1:at + 3])
        name, question = '.'.join(labels) + '.', query[12:at + 5]
        data = None
        if kind == 15 and name in self.mx:
            data = struct.pack('>H', 10) + encode(self.mx[name])
        elif kind == 1 and name in self.a:
            data = socket.inet_aton(self.a[name])
        known = name in self.mx or name in self.a
        head = query[:2] + struct.pack('>HHHHH', 0x8580 | (0 if known else 3), 1, data is not None, 0, 0)
        if data is None:
            return head + question
        return head + question + b'\xc0\x0c' + struct.pack('>HHIH', kind, 1, 60, len(data)) + data


def encode(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')[:-1]) + b'\0'


class DebianExim(PrivateExim):
    """The machine's Exim, as PrivateExim is looked at; its configuration is Debian's."""

    def __init__(self):
        self.binary = Path('/usr/sbin/exim4')
        self.directory = Path('/mnt/exim')
        self.running = set()
        if not self.directory.exists():
            self.directory.mkdir()
            (self.directory / 'queue').symlink_to('/var/spool/exim4')
            (self.directory / 'log').symlink_to('/var/log/exim4')

    def close(self):
        for process in list(self.running):
            self._kill(process)

    def clear(self):
        """Removes every message of every queue, hint and log line."""
        empty(Path('/var/spool/exim4'))
        empty(Path('/var/log/exim4'))

    def start(self, *arguments, **popen):
        process = subprocess.Popen([self.binary, *arguments], cwd='/', env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin'},
                                   start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **popen)
        self.running.add(process)
        return process

    def session(self, *lines, host=STRANGER, timeout=60):
        """An SMTP session from a host, over standard input; what Exim answered."""
        process = self.start('-bs', '-odq', '-oMa', host, stdin=subprocess.PIPE)
        data = b''.join(line if isinstance(line, bytes) else line.encode() + b'\r\n' for line in lines)
        return self.finish(process, data, timeout)[1].decode(errors='replace')

    def submit(self, message, *recipients, host=STRANGER, sender=SENDER):
        """One message over SMTP; (the answer to its final dot, its id or None)."""
        mark = len(self.mainlog())
        text = b''.join((b'.' if line.startswith(b'.') else b'') + line + b'\r\n' for line in message.splitlines())
        said = self.session('EHLO there.example', f'MAIL FROM:<{sender}>', *[f'RCPT TO:<{r}>' for r in recipients],
                            'DATA', text + b'.\r\n', 'QUIT', host=host)
        ids = [line.split()[0] for line in self.mainlog()[mark:] if ' <= ' in line]
        *_, answer, _ = re.findall(r'(?m)(?:^\d{3}-.*\n)*^\d{3} .*\n', said.replace('\r', ''))
        code = answer[:3]
        return f'{code} ' + ' '.join(line[4:] for line in answer.splitlines()), ids[0] if ids else None

    def queue_run(self, *how):
        """One queue run as the daemon makes it: `-q`, `-qq`; retry times count."""
        self.finish(self.start(*(how or ('-qff',)), stdin=subprocess.DEVNULL))

    def header(self, id):
        """The header of a queued message: the fields that still count, as bytes."""
        raw = (self.directory / 'queue/input' / f'{id}-H').read_bytes().split(b'\n\n', 1)[1]
        kept = b''
        while raw:
            digits = len(raw) - len(raw.lstrip(b'0123456789'))
            count, flag = int(raw[:digits]), raw[digits:digits + 1]
            text = raw[digits + 2:digits + 2 + count]
            kept += b'' if flag == b'*' else text
            raw = raw[digits + 2 + count:]
        return kept


class Production:
    """One configuration of Debian's Exim, with mailgraft set up, sinks and a log.

    macros: lines of the administrator's local macros; files: {path beneath /etc/exim4: text}
    """

    def __init__(self, kind='internet', split=True, mailbox='maildir_home', macros=(), files=None, install=True):
        self.sinks = {address: Sink(address=(address, 25)) for address in (REMOTE, HUB, SMART)}
        self.exim = DebianExim()
        self.exim.clear()
        Path('/dev/log').unlink(missing_ok=True)
        self.log = LogDaemon('/dev/log')
        shutil.rmtree('/etc/exim4', ignore_errors=True)
        shutil.copytree(STOCK, '/etc/exim4', symlinks=True)
        for path, text in (files or {}).items():
            (Path('/etc/exim4') / path).write_text(text)
        self.configure(kind, split, mailbox, macros)
        if install:
            self.setup('install')
            self.spool = installed_spool()

    def configure(self, kind, split, mailbox, macros):
        self.split = split
        settings = {
            'dc_eximconfig_configtype': kind, 'dc_other_hostnames': LOCAL, 'dc_local_interfaces': '127.0.0.1',
            'dc_readhost': 'hub.example' if kind == 'satellite' else '', 'dc_relay_domains': 'relay.example',
            'dc_minimaldns': 'false', 'dc_relay_nets': '', 'dc_smarthost': f'{SMART}::25', 'CFILEMODE': '644',
            'dc_use_split_config': str(split).lower(), 'dc_hide_mailname': '', 'dc_mailname_in_oh': 'true',
            'dc_localdelivery': mailbox,
        }
        text = ''.join(f"{name}='{value}'\n" for name, value in settings.items())
        Path('/etc/exim4/update-exim4.conf.conf').write_text(text)
        Path('/etc/exim4/hubbed_hosts').write_text(f'{HUBBED}: {HUB}\n')
        local = Path('/etc/exim4/conf.d/main/000_localmacros' if split else '/etc/exim4/exim4.conf.localmacros')
        local.write_text('\n'.join(['MAIN_HARDCODE_PRIMARY_HOSTNAME = mta.local.example',
                                    'MAILDIR_HOME_CREATE_DIRECTORY = yes', *macros]) + '\n')
        run('update-exim4.conf')

    def setup(self, *arguments):
        """Runs mailgraft-exim-setup; what its test message left in queue and logs goes."""
        said = run(SETUP, *arguments)
        self.exim.clear()
        self.log.lines()
        return said

    def close(self):
        self.exim.close()
        self.log.close()
        for sink in self.sinks.values():
            sink.close()

    def reset(self):
        self.exim.clear()
        self.log.lines()
        for sink in self.sinks.values():
            sink.reset()
        for user in USERS:
            shutil.rmtree(HOME / user / 'Maildir', ignore_errors=True)
            (HOME / user / '.forward').unlink(missing_ok=True)
        for path in ('/var/mail/mail', '/var/tmp/piped', *(f'/var/mail/{u}' for u in USERS)):
            Path(path).unlink(missing_ok=True)
        Path('/etc/aliases').write_text('')

    # -- looking at what came of it

    def arrived(self, address=None):
        """What the sinks took, bounces apart."""
        sinks = [self.sinks[address]] if address else self.sinks.values()
        return [t for sink in sinks for t in sink.delivered() if t.mail_from]

    def bounces(self):
        return [t for sink in self.sinks.values() for t in sink.delivered() if not t.mail_from]

    def aborted(self):
        return [t for sink in self.sinks.values() for t in sink.aborted()]

    def mailbox(self, user):
        new = HOME / user / 'Maildir/new'
        return [p.read_bytes() for p in sorted(new.iterdir())] if new.exists() else []

    def left(self):
        """Everything that left Exim's queue, whole or not, bounces apart: bytes."""
        out = [t.data for sink in self.sinks.values() for t in sink.transactions if t.mail_from]
        for user in USERS:
            out += self.mailbox(user)
        for path in ('/var/mail/mail', '/var/tmp/piped', *(f'/var/mail/{u}' for u in USERS)):
            if Path(path).exists():
                out.append(Path(path).read_bytes())
        return out


def installed_spool():
    """The spool that the setup made, filled by its owner."""
    spool = Spool.__new__(Spool)
    spool.path, spool.program = SPOOL, Path('/usr/bin/mailgraft')
    owner = SPOOL.stat()
    spool.identity = Identity(owner.st_uid, owner.st_gid)
    return spool

