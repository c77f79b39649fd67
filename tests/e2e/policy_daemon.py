"""Starts mailgraft-policyd on a configuration, asks it as the MTAs do, and stops it."""
import atexit
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def program():
    """POLICYD chooses another build; the sanitized one is not the default: it is slower."""
    path = os.environ.get('POLICYD', os.path.join(ROOT, 'build/mailgraft-policyd'))
    if not os.access(path, os.X_OK):
        print(f'{path} is not built')
        sys.exit(77)
    return path


def scratch():
    """A private folder, short enough for UNIX sockets, that others may pass through."""
    path = tempfile.mkdtemp(prefix='policy-', dir='/tmp')
    os.chmod(path, 0o755)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def until(test, seconds=30):
    """Waits for a condition; what the test said last. The time is for what never comes."""
    end = time.time() + seconds
    while not (said := test()) and time.time() < end:
        time.sleep(0.02)
    return said


class Checks:
    """Counts, and shows what failed. Exits with it."""

    def __init__(self):
        self.failed = 0
        self.passed = 0

    def equal(self, got, want, what):
        if got == want:
            self.passed += 1
        else:
            self.failed += 1
            print(f'FAILED: {what}\n    got  {got!r}\n    want {want!r}', flush=True)

    def true(self, got, what):
        self.equal(bool(got), True, what)

    def finish(self):
        print(f'{self.passed} checks passed, {self.failed} failed')
        sys.exit(1 if self.failed or not self.passed else 0)


class Daemon:
    def __init__(self, config, folder=None, environment=None, wrapper=None):
        self.folder = folder or scratch()
        self.own = folder is None
        self.config_path = os.path.join(self.folder, 'policyd.yaml')
        self.socket = os.path.join(self.folder, 'policy')
        self.control = os.path.join(self.folder, 'control')
        self.log_path = os.path.join(self.folder, 'log')
        self.environment = dict(os.environ, **(environment or {}))
        self.wrapper = wrapper or []
        self.process = None
        self.write(config)
        self.start()

    def write(self, config):
        """A mapping is completed with the sockets; a text is taken as it is."""
        if isinstance(config, str):
            text = config
        else:
            whole = {'listen': [{'unix': self.socket, 'mode': '0666'}],
                     'control': {'unix': self.control}}
            whole.update(config)
            text = json.dumps(whole, indent=1)
        with open(self.config_path, 'w') as f:
            f.write(text)

    def start(self):
        self.process = subprocess.Popen(
            [*self.wrapper, program(), '--config', self.config_path],
            stderr=open(self.log_path, 'ab'), env=self.environment)
        end = time.time() + 15
        while time.time() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f'daemon ended {self.process.returncode}: {self.log()}')
            if ' ready, mode ' in self.log().split('---')[-1]:
                return
            time.sleep(0.01)
        raise RuntimeError('daemon does not get ready: ' + self.log())

    def log(self):
        with open(self.log_path, errors='replace') as f:
            return f.read()

    def mark_log(self):
        with open(self.log_path, 'a') as f:
            f.write('---\n')

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(20)
        self.mark_log()
        return status

    def close(self):
        status = self.stop()
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)
        return status

    def command(self, line):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(10)
        s.connect(self.control)
        s.sendall(line.encode() + b'\n')
        out = b''
        while True:
            data = s.recv(65536)
            if not data:
                return out.decode()
            out += data

    def expire(self, *names):
        """Waits until all that is known of these names has outlived its TTL."""
        for name in names:
            if not until(lambda: 'ttl left' not in self.command(f'dump {name}')):
                raise RuntimeError(f'{name} never expires')

    def memory_kb(self):
        with open(f'/proc/{self.process.pid}/status') as f:
            for line in f:
                if line.startswith('VmRSS:'):
                    return int(line.split()[1])
        return 0

    def descriptors(self):
        return len(os.listdir(f'/proc/{self.process.pid}/fd'))


def request(recipient, context='relay', **more):
    fields = {'request': 'smtpd_access_policy', 'protocol_state': 'RCPT',
              'protocol_name': 'ESMTP', 'client_address': '192.0.2.77',
              'client_name': 'client.test', 'helo_name': 'client.test',
              'sender': 'sender@client.test', 'recipient': recipient, 'instance': '1.2.3',
              'size': '0', 'policy_context': context}
    fields.update(more)
    body = b''
    for name, value in fields.items():
        if value is not None:
            raw = value if isinstance(value, bytes) else value.encode()
            body += name.encode() + b'=' + raw + b'\n'
    return body + b'\n'


class PostfixClient:
    """As Postfix's attr_clnt: one question at a time on a connection that stays. A byte, or an
    end, that is there before a question costs Postfix a second, and counts as a failure."""

    def __init__(self, address):
        self.address = address
        self.penalties = 0
        self.connect()

    def connect(self):
        if isinstance(self.address, str):
            self.s = socket.socket(socket.AF_UNIX)
        else:
            self.s = socket.socket(socket.AF_INET)
        self.s.settimeout(15)
        self.s.connect(self.address)

    def ask_raw(self, body):
        if select.select([self.s], [], [], 0)[0]:
            self.penalties += 1
            self.s.close()
            self.connect()
        self.s.sendall(body)
        out = b''
        while not out.endswith(b'\n\n'):
            data = self.s.recv(4096)
            if not data:
                return out
            out += data
        return out

    def ask(self, recipient, context='relay', **more):
        out = self.ask_raw(request(recipient, context, **more))
        if not (out.startswith(b'action=') and out.endswith(b'\n\n') and out.count(b'\n') == 2
                and len(out) > 9 and b'\r' not in out
                and not out[7:-2].strip().isdigit()):
            raise AssertionError(f'not a policy reply: {out!r}')
        return out[7:-2].decode('ascii')


def ask_exim(path, body):
    """As Exim's readsocket: everything, then the end of our side, then read to the end."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(15)
    s.connect(path)
    s.sendall(body)
    s.shutdown(socket.SHUT_WR)
    out = b''
    while True:
        data = s.recv(4096)
        if not data:
            s.close()
            return out
        out += data


def short(action):
    """'554 5.7.1 ... [NOT_MX about]' as '554 NOT_MX'."""
    words = action.split()
    if words[0] in ('554', '550', '450'):
        return words[0] + ' ' + action.rsplit('[', 1)[-1].rstrip(']').split()[0]
    return action
