"""build/mailgraft-relay for a test, and an MTA's side of both of its faces.

Owns:     the relay's directory, its processes, its log socket
Not here: the next hop (hop.py), real MTAs (exim.py, policy_net.py)
"""
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from e2e.exim import ROOT, Identity
from e2e.rig import LogSocket
from e2e.spool import Spool

PROGRAM = ROOT / os.environ.get('RELAY_PROGRAM', 'build/mailgraft-relay')


class Relay:
    """`with Relay(listen='…', next='…') as relay:`; {dir} and {user} are filled in."""

    preexec = None      # for whoever measures: called in the relay before it runs

    def __init__(self, settings, program=PROGRAM, spool=True):
        self.directory = Path(tempfile.mkdtemp(prefix='mailgraft-relay-'))
        self.directory.chmod(0o755)
        self.log_socket = LogSocket(self.directory / 'log')
        self.program = program
        self.said, self.process = [], None
        (self.directory / 'state').mkdir(mode=0o700)
        if spool:
            self.spool = Spool(self.directory, ROOT / 'build/mailgraft', Identity(os.geteuid(), os.getegid()))
        self.config = self.directory / 'relay.yaml'
        self.configure(settings)
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def configure(self, settings):
        user = pwd.getpwuid(os.geteuid()).pw_name
        text = settings.replace('{dir}', str(self.directory)).replace('{user}', user)
        self.config.write_text(f'spool: {self.directory}/attachments\nstate: {self.directory}/state\n{text}')

    def start(self):
        if self.process:
            self.process.stderr.close()
        self.process = subprocess.Popen(
            [self.program, '--config', self.config, '--log-socket', self.directory / 'log'], cwd='/',
            stderr=subprocess.PIPE, start_new_session=True, preexec_fn=type(self).preexec)
        self.wait_for('is ready')

    def stop(self, number=signal.SIGTERM, timeout=60):
        """Ends the master by a signal; its exit status."""
        self.process.send_signal(number)
        code = self.process.wait(timeout)
        if number == signal.SIGKILL:
            self.kill_all()
        return code

    def kill_all(self):
        """SIGKILL for every process of the relay, at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def close(self):
        if self.process:
            self.kill_all()
            self.process.stderr.close()
        self.log_socket.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def log(self):
        """Every line so far."""
        self.said += [line.split(']: ', 1)[-1] for line in self.log_socket.lines()]
        return self.said

    def wait_for(self, text, seconds=20):
        """Waits until a line has this text (a pattern); returns the line."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in self.log():
                if re.search(text, line):
                    return line
            if self.process.poll() is not None:
                raise AssertionError(f'the relay exited {self.process.returncode}: {self.process.stderr.read().decode()}')
            time.sleep(0.01)
        raise AssertionError(f'no line with {text!r} in ' + '\n'.join(self.log()))

    def children(self):
        """{pid: command line} of the master's children."""
        out = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(self.process.pid)], capture_output=True, text=True).stdout
        return [int(p) for p in out.split()]


class Lmtp:
    """An MTA's side. `say` sends and reads one reply; replies are lists of lines."""

    def __init__(self, where, timeout=30):
        self.sock = socket.socket(socket.AF_UNIX if isinstance(where, (str, Path)) else socket.AF_INET)
        self.sock.settimeout(timeout)
        self.sock.connect(str(where) if isinstance(where, Path) else where)
        self.file = self.sock.makefile('rb')

    @classmethod
    def through_socks(cls, where, address, port, user=None, timeout=30):
        """Connects to the relay, asks for a next hop; the greeting is still to be read."""
        c = cls(where, timeout)
        name = user.encode() if user is not None else None
        c.sock.sendall(b'\5\1\2' if name is not None else b'\5\1\0')
        assert c.file.read(2) in (b'\5\2', b'\5\0')
        if name is not None:
            c.sock.sendall(b'\1' + bytes([len(name)]) + name + b'\1x')
            assert c.file.read(2) == b'\1\0'
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        c.sock.sendall(b'\5\1\0' + (b'\4' if ':' in address else b'\1') + socket.inet_pton(family, address) +
                       port.to_bytes(2, 'big'))
        head = c.file.read(4)
        assert head[:2] == b'\5\0', head
        c.file.read(6 if head[3] == 1 else 18)
        return c

    def close(self):
        self.file.close()
        self.sock.close()

    def read(self):
        lines = []
        while True:
            line = self.file.readline().decode('utf-8', 'replace')
            if not line:
                return lines or None
            lines.append(line.rstrip('\r\n'))
            if line[3:4] != '-':
                return lines

    def send(self, line):
        self.sock.sendall(line if isinstance(line, bytes) else line.encode() + b'\r\n')

    def say(self, line):
        self.send(line)
        return self.read()

    def hello(self, name='mta.example'):
        """Greeting and LHLO; what is offered."""
        greeting = self.read()
        assert greeting and greeting[0].startswith('220'), greeting
        lines = self.say(f'LHLO {name}')
        assert lines and lines[0].startswith('250'), lines
        return [line[4:] for line in lines[1:]]

    def message(self, message, *recipients, sender='billing@sender.example', ident=None, parameters=''):
        """One message; the answer for each recipient, None where the relay hung up."""
        commands = [f'XFORWARD IDENT={ident}'] if ident else []
        commands += [f'MAIL FROM:<{sender}>{parameters}', *[f'RCPT TO:<{r}>' for r in recipients], 'DATA']
        self.sock.sendall(''.join(c + '\r\n' for c in commands).encode())
        for command in commands:
            said = self.read()
            if said is None or said[0][0] not in '23':
                return [said and ' '.join(said)] * len(recipients)
        self.sock.sendall(wire(message) + b'.\r\n')
        return [said and ' '.join(said) for said in (self.read() for _ in recipients)]


def wire(message):
    """LF to CRLF, dots stuffed."""
    text = re.sub(rb'(?m)^\.', b'..', message)
    return text.replace(b'\n', b'\r\n')
