"""A private Exim: its own directory, spool, log and configuration, and nothing else.

Owns:     the Exim processes it starts and everything beneath its directory
Not here: the servers Exim delivers to (sink.py), the attachment spool (spool.py)

Exim runs from `-C FILE` with `exim_user` set to the identity it delivers with:
the caller, or, where the caller is root, a service user. As root it is as
privileged as in production and really runs initgroups(); an ordinary user may
not, so there, and only there, that one line of the documented configuration is
left out. `deliver_drop_privilege` lets an unprivileged Exim log to its own file
(without it the log goes to stderr, without message ids).

The options of the transports are those of doc/exim/mailgraft-transport.conf,
word for word; only its paths and its group are replaced.
"""
import atexit
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / 'doc/exim/mailgraft-transport.conf'
SENDER = 'billing@sender.example'
TIMEOUT = 120

DOCUMENTED_FILTER = '/usr/lib/mailgraft/mailgraft-filter'
DOCUMENTED_SPOOL = '/var/spool/mailgraft'
DOCUMENTED_GROUP = 'group = mailgraft\n'


class EximError(Exception):
    """Exim is absent, refuses its configuration, or did not end in time."""


@dataclass(frozen=True)
class Identity:
    """The user that Exim delivers as, and so the filter runs as."""
    uid: int
    gid: int

    @classmethod
    def here(cls):
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        for name in ('Debian-exim', 'nobody'):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid)
        raise EximError('neither a user Debian-exim nor nobody')

    def own(self, *paths):
        """Gives paths to this identity; only root needs to."""
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def popen(self):
        """Arguments for subprocess that run a command as this identity."""
        if os.geteuid() != 0:
            return {}
        return {'user': self.uid, 'group': self.gid, 'extra_groups': []}


def private_directory(identity):
    """A new directory that the identity owns and everybody may enter; gone when we are, however we end."""
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)   # not between making it and seeing to its end
    try:
        path = Path(tempfile.mkdtemp(prefix='mailgraft-'))
        atexit.register(shutil.rmtree, path, ignore_errors=True)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
    path.chmod(0o755)
    identity.own(path)
    return path


def exim_binary():
    for path in (Path('/usr/sbin/exim4'), Path('/usr/sbin/exim'), ROOT / 'build/exim/usr/sbin/exim4'):
        if os.access(path, os.X_OK):
            return path
    return None


@dataclass
class Route:
    """Mail for `domain` goes through a transport of this kind to this place.

    kind: smtp, tls, dkim, dkim-bdat, lmtp (smtp driver), lmtp-socket (lmtp driver), mbox, maildir
    to:   a port on loopback; for lmtp-socket, mbox and maildir a path
    """
    domain: str
    kind: str
    to: object
    options: tuple = ()         # lines for the transport, instead of documented ones of the same name

    @property
    def name(self):
        return 't_' + re.sub('[^a-z0-9]', '_', self.domain)


@dataclass
class Queued:
    id: str
    size: str
    recipients: list = field(default_factory=list)


def documented_sections(text=None):
    """The pieces of the document by their titles, comments left out."""
    text = DOCUMENT.read_text() if text is None else text
    sections, lines = {}, []
    for line in text.splitlines(keepends=True):
        title = re.fullmatch(r'# --- (.+) ---\n', line)
        if title:
            lines = sections.setdefault(title.group(1), [])
        elif line.strip() and not line.startswith('#'):
            lines.append(line)
    return {title: ''.join(lines) for title, lines in sections.items()}


class PrivateExim:
    """`with PrivateExim(routes, filter_path, spool) as exim: exim.inject(…)`"""

    def __init__(self, routes, filter_path, spool='/nonexistent', *, log_socket=None,
                 certificate=None, dkim_key=None, identity=None, group=None):
        self.binary = exim_binary()
        if self.binary is None:
            raise EximError('no Exim: install exim4-daemon-heavy')
        self.identity = identity or Identity.here()
        self.group = group or self.identity.gid
        self.routes = list(routes)
        self.filter_path = filter_path
        self.spool = spool
        self.log_socket = log_socket
        self.certificate = certificate
        self.dkim_key = dkim_key
        self.running = set()
        self.directory = private_directory(self.identity)
        atexit.register(self.close)     # where an interrupt passes every `with` and clean-up by
        try:
            for name in ('queue', 'log'):
                (self.directory / name).mkdir()
                self.identity.own(self.directory / name)
            self.configuration = self.directory / 'exim.conf'
            self.configuration.write_text(self._configuration())
            self._exim('-bV')
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        atexit.unregister(self.close)
        for process in list(self.running):
            self._kill(process)
        shutil.rmtree(self.directory, ignore_errors=True)

    # -- configuration

    def _documented(self, title):
        text = documented_sections()[title]
        filter_and_spool = f'--spool {self.spool}'
        if self.log_socket:
            filter_and_spool += f' --log-socket {self.log_socket}'
        text = text.replace(DOCUMENTED_FILTER, str(self.filter_path))
        text = text.replace(f'--spool {DOCUMENTED_SPOOL}', filter_and_spool)
        text = text.replace(DOCUMENTED_GROUP, f'group = {self.group}\n')
        if os.geteuid() != 0:
            text = text.replace('  initgroups\n', '')
        return text

    def _configuration(self):
        here = self.identity
        lines = [
            'keep_environment =',
            f'exim_path = {self.binary}',
            'primary_hostname = mta.example',
            f'exim_user = {here.uid}',
            f'exim_group = {here.gid}',
            f'spool_directory = {self.directory}/queue',
            f'log_file_path = {self.directory}/log/%slog',
            'unknown_login = mailgraft',
            'untrusted_set_sender = *',
            'no_local_from_check',
            'disable_ipv6',
            'check_spool_space = 0',
            'check_spool_inodes = 0',
            'no_message_logs',
            'remote_max_parallel = 1',
            'ignore_bounce_errors_after = 0s',
            'smtputf8_advertise_hosts = *',
            'acl_smtp_rcpt = accept',
        ]
        if os.geteuid() != 0:
            lines.append('deliver_drop_privilege')
        lines.append(self._documented('main section'))
        lines.append('begin routers')
        # An alias before the rest: the recipient in the header must be the one submitted.
        lines += ['alias:', '  driver = redirect', '  local_parts = alias',
                  '  data = ${quote_local_part:target.of.alias}@$domain']
        # Bounces and warnings end here, where a test can see that there are none.
        lines += ['bounces:', '  driver = accept', '  senders = :', '  transport = t_bounces']
        for route in self.routes:
            lines.append(f'{route.name}:')
            if route.kind in ('mbox', 'maildir', 'lmtp-socket'):
                lines.append('  driver = accept')
            else:
                lines += ['  driver = manualroute', '  route_list = * 127.0.0.1', '  self = send']
            lines += [f'  domains = {route.domain}', f'  transport = {route.name}']
        lines.append('begin transports')
        for route in self.routes:
            replaced = {option.split()[0] for option in route.options}
            options = [line for line in '\n'.join(self._transport(route)).splitlines() if line]
            lines.append(f'{route.name}:')
            lines += [line for line in options if line.split()[0] not in replaced]
            lines += [f'  {option}' for option in route.options]
        lines += ['t_bounces:', '  driver = appendfile', f'  file = {self.directory}/bounces',
                  f'  user = {here.uid}', f'  group = {here.gid}']
        lines += ['begin retry', '* * F,2h,1m']
        return '\n'.join(lines) + '\n'

    def _transport(self, route):
        local = [self._documented('every appendfile and lmtp transport'), f'  user = {self.identity.uid}']
        if route.kind == 'mbox':
            return ['  driver = appendfile', f'  file = {route.to}', *local]
        if route.kind == 'maildir':
            return ['  driver = appendfile', f'  directory = {route.to}', '  maildir_format',
                    '  create_directory', *local]
        if route.kind == 'lmtp-socket':
            return ['  driver = lmtp', f'  socket = {route.to}', *local]
        lines = ['  driver = smtp', f'  port = {route.to}', '  hosts_try_fastopen =',
                 self._documented('every smtp transport (with protocol = lmtp too)')]
        if route.kind == 'lmtp':
            lines.append('  protocol = lmtp')
        if route.kind == 'tls':
            lines += ['  hosts_require_tls = *', '  tls_verify_hosts = *',
                      '  tls_verify_cert_hostnames =', f'  tls_verify_certificates = {self.certificate}']
        else:
            lines.append('  hosts_avoid_tls = *')
        if route.kind.startswith('dkim'):
            lines += ['  dkim_domain = sender.example', '  dkim_selector = s1',
                      f'  dkim_private_key = {self.dkim_key}']
        return lines

    # -- running it

    def start(self, *arguments, **popen):
        """Starts Exim in its own session, so that its children can be stopped with it."""
        process = subprocess.Popen(
            [self.binary, '-C', self.configuration, *arguments],
            cwd='/', env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin'}, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **popen)
        self.running.add(process)
        return process

    def finish(self, process, data=None, timeout=TIMEOUT):
        """Waits for a started Exim; returns (exit code, what it printed)."""
        try:
            out, err = process.communicate(data, timeout)
        except subprocess.TimeoutExpired:
            self._kill(process)
            raise EximError(f'exim {process.args[3:]} took over {timeout} s') from None
        self.running.discard(process)
        return process.returncode, out + err

    def _kill(self, process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()
        self.running.discard(process)

    def _exim(self, *arguments, data=None):
        process = self.start(*arguments, stdin=subprocess.DEVNULL if data is None else subprocess.PIPE)
        code, said = self.finish(process, data)
        if code != 0:
            raise EximError(f'exim {" ".join(map(str, arguments))} exited {code}: {said.decode(errors="replace")}')
        return said

    def inject(self, message, *recipients, sender=SENDER):
        """Queues one message (bytes, LF) without delivering it; returns its id."""
        mark = len(self.mainlog())
        self._exim('-odq', '-oi', '-f', sender, '--', *recipients, data=message)
        return self._received(mark)[0]

    def inject_batch(self, messages):
        """Queues [(message, recipient, …), …] through one `-bS` process; returns their ids."""
        mark = len(self.mainlog())
        batch = []
        for message, *recipients in messages:
            batch.append(b'MAIL FROM:<%s>\n' % SENDER.encode())
            batch += [b'RCPT TO:<%s>\n' % r.encode() for r in recipients]
            batch.append(b'DATA\n' + re.sub(rb'(?m)^\.', b'..', message))
            batch.append(b'.\n' if message.endswith(b'\n') else b'\n.\n')
        self._exim('-odq', '-bS', data=b''.join(batch))
        return self._received(mark)

    def inject_smtp(self, message, recipient):
        """Queues one message as a server takes it, SMTPUTF8 asked for; returns its id."""
        mark = len(self.mainlog())
        session = (f'EHLO client.example\r\nMAIL FROM:<{SENDER}> SMTPUTF8\r\nRCPT TO:<{recipient}>\r\nDATA\r\n'.encode() +
                   re.sub(rb'(?m)^\.', b'..', message).replace(b'\n', b'\r\n') + b'.\r\nQUIT\r\n')
        self._exim('-odq', '-bs', data=session)
        return self._received(mark)[0]

    def _received(self, mark):
        ids = [m.group(1) for m in (re.match(r'(\S+) <= ', line) for line in self.mainlog()[mark:]) if m]
        if not ids:
            raise EximError('exim took the message and logged no arrival')
        return ids

    def run_queue(self, how='-qff', timeout=TIMEOUT):
        """One queue run; over everything, frozen or waiting for its retry time included, unless told otherwise."""
        self.finish(self.start(how, stdin=subprocess.DEVNULL), timeout=timeout)

    # -- looking at it

    def queue(self):
        """What `exim -bp` lists."""
        messages = []
        for line in self._exim('-bp').decode().splitlines():
            first = re.match(r'\s*\S+\s+(\S+)\s+(\S+-\S+-\S+)\s+<', line)
            if first:
                messages.append(Queued(first.group(2), first.group(1)))
            elif line.strip() and messages:
                messages[-1].recipients.append(line.strip())
        return messages

    def queue_ids(self):
        """The ids in the queue, from the files themselves (no process)."""
        return sorted(p.name[:-2] for p in (self.directory / 'queue/input').glob('*-H'))

    def leftovers(self):
        """Files in the queue that are no message: a temporary of DKIM signing, a journal."""
        return sorted(p.name for p in (self.directory / 'queue/input').glob('*')
                      if p.name[-2:] not in ('-H', '-D'))

    def queue_bytes(self):
        """Bytes that the queue takes on disk."""
        return sum(p.stat().st_size for p in (self.directory / 'queue/input').glob('*'))

    def _log(self, name):
        """A log's lines without their time stamps."""
        try:
            text = (self.directory / 'log' / name).read_text(errors='replace')
        except FileNotFoundError:
            return []
        return [line[20:] for line in text.splitlines()]

    def mainlog(self, id=None):
        lines = self._log('mainlog')
        return lines if id is None else [line[len(id) + 1:] for line in lines if line.startswith(id)]

    def paniclog(self):
        return self._log('paniclog')

    def filter_failures(self, id):
        """The codes with which the filter of this message ended, in order, as the mainlog has them."""
        return [int(m.group(1)) for m in
                (re.search(r'^== .*transport filter process failed \((-?\d+)\)', line) for line in self.mainlog(id)) if m]

    def bounces(self):
        try:
            return (self.directory / 'bounces').read_bytes()
        except FileNotFoundError:
            return b''

    def forget_retries(self):
        """Removes the hints, so that an earlier failure delays nothing."""
        shutil.rmtree(self.directory / 'queue/db', ignore_errors=True)

    def clear(self):
        """Removes every message, hint and log line."""
        for path in (self.directory / 'queue/input').glob('*'):
            path.unlink()
        for path in (self.directory / 'log').glob('*'):
            path.unlink()
        (self.directory / 'bounces').unlink(missing_ok=True)
        self.forget_retries()


def stop_on_signals():
    """SIGTERM and SIGHUP end us as SIGINT does, cleaning up. (unittest takes a SystemExit for a failed test.)"""
    def stop(_number, _frame):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
