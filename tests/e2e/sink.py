"""An SMTP and LMTP server on loopback that keeps what it is told and can misbehave.

Owns:     one listening socket (a port, or a path for LMTP), its threads, the transactions
Not here: Exim (exim.py), what a message should look like (oracle.py)

Every message that was begun is recorded, whole or not: one that did not get its
final dot (or its last chunk) was aborted, and must never count as delivered.
"""
import os
import re
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

CHUNK = 1 << 16


@dataclass
class Behaviour:
    """What the sink does wrong. Counters go down as they are used."""
    tempfail: int = 0           # answer 451 at the final dot, that many times
    cut: int = 0                # close the connection in the middle of DATA, that many times
    cut_after: int = 1000       # bytes of DATA before such a cut
    slow: float = 0.0           # seconds of sleep before each read of DATA
    reject: str = ''            # answer 550 at RCPT where this pattern matches
    stall_after: int = 0        # stop reading DATA after so many bytes, until `resume` is set
    resume: threading.Event = field(default_factory=threading.Event)
    stalled: threading.Event = field(default_factory=threading.Event)


@dataclass
class Transaction:
    """One message, by DATA or in BDAT chunks."""
    mail_from: str
    recipients: list
    tls: bool
    complete: bool = False      # the final dot, or the last chunk, arrived
    accepted: bool = False      # and was answered 250
    wire: bytes = b''           # dots unstuffed, line ends as received, without the final dot

    @property
    def data(self):
        """The message with LF line ends."""
        return self.wire.replace(b'\r\n', b'\n')


class Closed(Exception):
    """The peer went away, or the sink hangs up."""


class Connection:
    """Buffered lines and DATA over one socket."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = bytearray()

    def _more(self):
        try:
            chunk = self.sock.recv(CHUNK)
        except (OSError, ssl.SSLError) as error:
            raise Closed from error
        if not chunk:
            raise Closed
        self.buffer += chunk

    def line(self):
        while (end := self.buffer.find(b'\n')) < 0:
            self._more()
        line = bytes(self.buffer[:end + 1])
        del self.buffer[:end + 1]
        return line.rstrip(b'\r\n').decode('utf-8', 'replace')

    def say(self, *lines):
        try:
            self.sock.sendall(''.join(line + '\r\n' for line in lines).encode())
        except (OSError, ssl.SSLError) as error:
            raise Closed from error

    def upgrade(self, context):
        if self.buffer:
            raise Closed        # commands before the handshake: an injection, or a bug
        try:
            self.sock = context.wrap_socket(self.sock, server_side=True)
        except (OSError, ssl.SSLError) as error:
            raise Closed from error

    def end_tls(self):
        if isinstance(self.sock, ssl.SSLSocket):
            try:
                self.sock.settimeout(2)
                self.sock.unwrap()
            except (OSError, ssl.SSLError):
                pass

    def _more_data(self, behaviour, cut):
        """The next bytes of a message, with whatever is to go wrong while they come."""
        if cut and len(self.buffer) >= behaviour.cut_after:
            raise Closed
        if behaviour.stall_after and len(self.buffer) >= behaviour.stall_after:
            behaviour.stalled.set()
            behaviour.resume.wait(60)
            behaviour.stall_after = 0
        if behaviour.slow:
            time.sleep(behaviour.slow)
        self._more()

    def data(self, transaction, behaviour, cut):
        """Reads up to the final dot into the transaction; what came is kept when it does not come."""
        end = b'\r\n.\r\n'
        look = 0
        try:
            while True:
                if self.buffer.startswith(b'.\r\n'):
                    stop, after = 0, 3
                    break
                found = self.buffer.find(end, max(0, look - len(end)))
                if found >= 0:
                    stop, after = found + 2, found + len(end)
                    break
                look = len(self.buffer)
                self._more_data(behaviour, cut)
        except Closed:
            transaction.wire = unstuff(bytes(self.buffer))
            raise
        transaction.wire = unstuff(bytes(self.buffer[:stop]))
        transaction.complete = True
        del self.buffer[:after]

    def chunk(self, transaction, length, behaviour, cut):
        """Reads one BDAT chunk."""
        try:
            while len(self.buffer) < length:
                self._more_data(behaviour, cut)
        finally:
            transaction.wire += bytes(self.buffer[:length])
            del self.buffer[:length]


def unstuff(wire):
    wire = wire.replace(b'\r\n.', b'\r\n')
    return wire[1:] if wire.startswith(b'.') else wire


class Sink:
    """`with Sink() as sink:` listens on `sink.port`; `sink.transactions` grows."""

    def __init__(self, *, lmtp=False, chunking=False, certificate=None, path=None,
                 address=('127.0.0.1', 0)):
        self.lmtp = lmtp
        self.chunking = chunking
        self.behaviour = Behaviour()
        self.transactions = []
        self.connections = 0
        self.lock = threading.Lock()
        self.open = set()
        self.path = path
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        if path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(str(path))
            os.chmod(path, 0o777)
        else:
            self.listener = socket.socket(socket.AF_INET)
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.listener.bind(address)
            self.port = self.listener.getsockname()[1]
        self.listener.listen(64)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.behaviour.resume.set()
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.thread.join(5)
        with self.lock:
            still_open = list(self.open)
        for sock, _ in still_open:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for _, thread in still_open:
            thread.join(5)
        if self.path:
            os.unlink(self.path)

    def reset(self):
        """Forgets everything and behaves again."""
        self.behaviour.resume.set()
        self.settle()
        self.behaviour = Behaviour()
        self.transactions = []

    def settle(self, seconds=5):
        """Waits until every connection has ended, so that all they brought is recorded."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.lock:
                if not self.open:
                    return
            time.sleep(0.01)

    def delivered(self):
        """The transactions that ended well."""
        self.settle()
        return [t for t in self.transactions if t.accepted]

    def aborted(self):
        """The transactions that never got their final dot."""
        self.settle()
        return [t for t in self.transactions if not t.complete]

    # -- serving

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            with self.lock:
                self.open.add((sock, thread))
            thread.start()

    def _serve(self, sock):
        connection = Connection(sock)
        try:
            self._session(connection)
        except Closed:
            pass
        finally:
            connection.sock.close()
            sock.close()
            with self.lock:
                self.open = {(s, t) for s, t in self.open if s is not sock}

    def _session(self, c):
        c.say('220 sink.example ' + ('LMTP' if self.lmtp else 'ESMTP'))
        tls = False
        sender, recipients = None, []
        while True:
            line = c.line()
            verb = line.split(' ', 1)[0].upper()
            if verb in ('EHLO', 'LHLO', 'HELO'):
                if (verb == 'LHLO') != self.lmtp:
                    c.say('500 5.5.1 wrong protocol')
                    continue
                offers = ['sink.example', 'PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 200000000']
                if self.chunking:
                    offers.append('CHUNKING')
                if self.context and not tls:
                    offers.append('STARTTLS')
                c.say(*[f'250-{o}' for o in offers[:-1]], f'250 {offers[-1]}')
            elif verb == 'STARTTLS' and self.context and not tls:
                c.say('220 2.0.0 go ahead')
                c.upgrade(self.context)
                tls = True
            elif verb == 'MAIL':
                sender, recipients = address(line), []
                c.say('250 2.1.0 ok')
            elif verb == 'RCPT':
                if self.behaviour.reject and re.search(self.behaviour.reject, address(line)):
                    c.say('550 5.1.1 no such user')
                else:
                    recipients.append(address(line))
                    c.say('250 2.1.5 ok')
            elif verb in ('DATA', 'BDAT') and not recipients:
                c.say('503 5.5.1 no recipients')
            elif verb == 'DATA':
                c.say('354 go ahead')
                with self._message(c, Transaction(sender, recipients, tls)) as (transaction, cut):
                    c.data(transaction, self.behaviour, cut)
                sender, recipients = None, []
            elif verb == 'BDAT':
                with self._message(c, Transaction(sender, recipients, tls)) as (transaction, cut):
                    self._chunks(c, line, transaction, cut)
                sender, recipients = None, []
            elif verb in ('RSET', 'NOOP'):
                if verb == 'RSET':
                    sender, recipients = None, []
                c.say('250 2.0.0 ok')
            elif verb == 'QUIT':
                c.say('221 2.0.0 bye')
                c.end_tls()
                return
            else:
                c.say('500 5.5.2 what?')

    def _chunks(self, c, line, transaction, cut):
        """BDAT after BDAT up to the last; `line` is the first command."""
        while True:
            words = line.split()
            if words[0].upper() != 'BDAT':
                raise Closed
            c.chunk(transaction, int(words[1]), self.behaviour, cut)
            if words[-1].upper() == 'LAST':
                transaction.complete = True
                return
            c.say('250 2.0.0 go on')
            line = c.line()

    @contextmanager
    def _message(self, c, transaction):
        """Records a message while the body of the `with` reads it, and answers."""
        behaviour = self.behaviour
        cut = behaviour.cut > 0
        behaviour.cut -= cut
        self.transactions.append(transaction)
        yield transaction, cut
        if cut:
            raise Closed        # shorter than cut_after: hang up instead of the answer
        answer = '250 2.0.0 taken'
        if behaviour.tempfail > 0:
            behaviour.tempfail -= 1
            answer = '451 4.3.0 try again later'
        transaction.accepted = answer.startswith('250')
        c.say(*[answer] * (len(transaction.recipients) if self.lmtp else 1))


def address(line):
    found = re.search(r'<(.*)>', line)
    return found.group(1) if found else ''


def make_certificate(directory):
    """A self-signed certificate with its key for loopback, made by openssl; returns its path."""
    path = directory / 'sink.pem'
    key = directory / 'sink.key'
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
         '-days', '2', '-subj', '/CN=sink.example', '-addext', 'subjectAltName=DNS:sink.example,IP:127.0.0.1',
         '-keyout', key, '-out', path],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    with open(path, 'ab') as out:
        out.write(key.read_bytes())
    key.unlink()
    return path


def make_dkim_key(directory):
    """An RSA key for signing; returns (its path, the TXT record that publishes it)."""
    path = directory / 'dkim.key'
    subprocess.run(['openssl', 'genrsa', '-traditional', '-out', path, '2048'],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    public = subprocess.run(['openssl', 'rsa', '-in', path, '-pubout', '-outform', 'PEM'],
                            check=True, capture_output=True).stdout
    text = b''.join(public.splitlines()[1:-1])
    return path, b'v=DKIM1; k=rsa; p=' + text
