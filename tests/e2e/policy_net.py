"""A private machine for MTAs: own network, mounts and accounts; nothing leaves it.

enter() runs the calling script again inside `unshare`, where lo has the documents' addresses,
/var/spool, /var/lib and /run are empty, and the users of the packages exist. A
name server (NSD) answers on 127.0.0.1:53 from the zone text given."""
import os
import shutil
import socket
import subprocess
import sys
import time
from policy_daemon import ROOT, program

ADDRESSES = ['192.0.2.1', '198.51.100.10', '198.51.100.11', '198.51.100.12', '198.51.100.13',
             '203.0.113.9', '203.0.113.50', '2001:db8::1', '2001:db8:1::11', '2001:db8:ffff::12']
POSTFIX = os.path.join(ROOT, 'build/postfix')
NSD = os.path.join(ROOT, 'build/nsd')


def listens(address, port):
    with socket.socket() as s:
        return s.connect_ex((address, port)) == 0


def skip(why):
    print(why)
    sys.exit(77)


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def enter():
    if os.environ.get('POLICY_NET') != 'inside':
        if os.geteuid() != 0:
            skip('not root: cannot make a private network for the mail servers')
        for path in (f'{POSTFIX}/unpacked', f'{NSD}/unpacked'):
            if not os.path.exists(path):
                skip(f'{path} is missing: .ci/packages test')
        if subprocess.run(['unshare', '-mnpf', '--mount-proc', 'true'],
                          capture_output=True).returncode:
            skip('cannot unshare: no private network for the mail servers')
        os.environ['POLICY_NET'] = 'inside'
        os.execvp('unshare', ['unshare', '-mnpf', '--mount-proc', '--kill-child', sys.executable,
                              *sys.argv])
    run('ip', 'link', 'set', 'lo', 'up')
    for a in ADDRESSES:
        run('ip', 'addr', 'add', f'{a}/{128 if ":" in a else 32}', 'dev', 'lo',
            *(['nodad'] if ':' in a else []))
    folder = '/tmp/policy-net'
    os.makedirs(folder, exist_ok=True)
    run('mount', '-t', 'tmpfs', 'tmpfs', folder)
    os.chmod(folder, 0o755)
    for name in ('/var/spool', '/var/lib', '/run'):
        run('mount', '-t', 'tmpfs', 'tmpfs', name)
    os.mkdir('/run/mailgraft')
    os.chmod('/run/mailgraft', 0o755)
    os.mkdir('/var/lib/mailgraft')
    accounts(folder)
    with open(f'{folder}/resolv.conf', 'w') as f:
        f.write('nameserver 127.0.0.1\noptions timeout:1 attempts:2\n')
    run('mount', '--bind', f'{folder}/resolv.conf', os.path.realpath('/etc/resolv.conf'))
    return folder


def accounts(folder):
    """The users of the packages, without touching the machine's own files."""
    for path, lines in (('/etc/passwd', ['postfix:x:64001:64001::/nonexistent:/bin/false',
                                         'nsd:x:64003:64003::/nonexistent:/bin/false',
                                         'mailgraft-policyd:x:64004:64004::/nonexistent:/bin/false',
                                         'Debian-exim:x:64005:64005::/nonexistent:/bin/false']),
                        ('/etc/group', ['postfix:x:64001:', 'postdrop:x:64002:', 'nsd:x:64003:',
                                        'mailgraft-policyd:x:64004:', 'Debian-exim:x:64005:'])):
        with open(path) as f:
            text = f.read()
        have = {line.split(':')[0] for line in text.splitlines()}
        text += ''.join(line + '\n' for line in lines if line.split(':')[0] not in have)
        mine = f'{folder}/{os.path.basename(path)}'
        with open(mine, 'w') as f:
            f.write(text)
        run('mount', '--bind', mine, path)


class Nsd:
    """zone: {name: {type: [values]}} of names below 'test', 'net' and others; names that are
    'SERVFAIL' become zones that cannot be loaded, for which NSD answers SERVFAIL."""

    def __init__(self, folder, zone, ttl=60):
        self.folder = f'{folder}/nsd'
        os.makedirs(self.folder)
        broken = [n for n, v in zone.items() if v == 'SERVFAIL']
        tops = sorted({n.rsplit('.', 1)[-1] for n in zone})
        conf = [f'server:\n ip-address: 127.0.0.1\n username: nsd\n zonesdir: "{self.folder}"\n'
                f' database: ""\n pidfile: "{self.folder}/pid"\n xfrdfile: "{self.folder}/xfrd"\n'
                f' zonelistfile: "{self.folder}/list"\n logfile: "{self.folder}/log"\n'
                f' server-count: 1\n rrl-ratelimit: 0\n'
                f'remote-control:\n control-enable: no\n']
        for name in broken:
            conf.append(f'zone:\n name: "{name}"\n zonefile: "missing-{name}"\n')
        for top in tops:
            conf.append(f'zone:\n name: "{top}"\n zonefile: "{top}"\n')
            text = [f'$ORIGIN {top}.\n$TTL {ttl}\n@ SOA ns.{top}. root.{top}. 1 60 60 60 {ttl}\n'
                    f'@ NS ns.{top}.\nns A 127.0.0.1\n']
            for name, entry in zone.items():
                if name.rsplit('.', 1)[-1] != top:
                    continue
                if name in broken:
                    text.append(f'{name}. NS ns.{top}.\n')
                    continue
                for kind, values in (entry if isinstance(entry, dict) else {}).items():
                    for value in values:
                        if kind in ('MX', 'CNAME') and not value.endswith('.'):
                            value += '.'
                        text.append(f'{name}. {kind} {value}\n')
            with open(f'{self.folder}/{top}', 'w') as f:
                f.write(''.join(text))
        with open(f'{self.folder}/nsd.conf', 'w') as f:
            f.write(''.join(conf))
        os.chmod(self.folder, 0o777)
        self.start()

    def start(self):
        self.process = subprocess.Popen([f'{NSD}/usr/sbin/nsd', '-d', '-c',
                                         f'{self.folder}/nsd.conf'],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        query = (b'\x12\x34\1\0\0\1\0\0\0\0\0\0\2ns\4test\0\0\1\0\1')
        end = time.time() + 10
        while time.time() < end:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(0.2)
            try:
                s.sendto(query, ('127.0.0.1', 53))
                if s.recv(512)[3] & 15 == 0:
                    return
            except OSError:
                pass
            finally:
                s.close()
        with open(f'{self.folder}/log') as f:
            raise RuntimeError('nsd does not answer: ' + f.read())

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def delivery_filter(mta, config=f'{ROOT}/doc/policyd.yaml'):
    return run(program(), 'print-delivery-filter', '--config', config, mta)


class Postfix:
    """The documents' main.cf and master.cf with the places of this test after them."""

    def __init__(self, folder, main='', master=''):
        self.etc = f'{folder}/postfix'
        self.log_path = '/var/spool/postfix.log'
        os.makedirs(self.etc)
        os.makedirs('/var/lib/postfix')
        shutil.chown('/var/lib/postfix', 'postfix')
        with open(f'{ROOT}/doc/postfix/main.cf') as f:
            text = f.read().replace('/etc/postfix/', self.etc + '/')
        text += f'''
queue_directory = /var/spool/postfix
daemon_directory = {POSTFIX}/usr/lib/postfix/sbin
command_directory = {POSTFIX}/usr/sbin
shlib_directory = {POSTFIX}/usr/lib/postfix
meta_directory = {POSTFIX}/etc/postfix
data_directory = /var/lib/postfix
maillog_file_prefixes = /var
import_environment = MAIL_CONFIG TZ LANG=C LD_LIBRARY_PATH={POSTFIX}/usr/lib/postfix
export_environment = MAIL_CONFIG TZ LANG=C LD_LIBRARY_PATH
maillog_file = {self.log_path}
sendmail_path = {POSTFIX}/usr/sbin/sendmail
{main}
'''
        self.write('main.cf', text)
        with open(f'{ROOT}/doc/postfix/master.cf') as f:
            self.write('master.cf', f.read().replace('/etc/postfix/', self.etc + '/') + master)
        self.write('primaries.regexp', delivery_filter('postfix'))
        run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj',
            '/CN=mx1.example.net', '-keyout', f'{folder}/key', '-out', f'{folder}/cert')
        with open(f'{self.etc}/mx1.pem', 'w') as out:
            for name in ('key', 'cert'):
                with open(f'{folder}/{name}') as f:
                    out.write(f.read())
        os.makedirs('/var/spool/postfix/etc')
        for name in ('resolv.conf', 'services', 'nsswitch.conf', 'hosts'):
            if os.path.exists(f'/etc/{name}'):
                shutil.copy(f'/etc/{name}', f'/var/spool/postfix/etc/{name}')
        self.environment = dict(os.environ, LD_LIBRARY_PATH=f'{POSTFIX}/usr/lib/postfix',
                                MAIL_CONFIG=self.etc)
        self.environment.pop('POLICY_NET', None)
        self.queue_dirs()

    def write(self, name, text):
        with open(f'{self.etc}/{name}', 'w') as f:
            f.write(text)

    queue = '/var/spool/postfix'

    def queue_dirs(self):
        """What `postfix start` would make; it insists on files that a package installs."""
        q = self.queue
        for name in ('active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold',
                     'incoming', 'private', 'saved', 'trace', 'maildrop', 'public', 'pid'):
            os.makedirs(f'{q}/{name}', exist_ok=True)
            if name != 'pid':
                shutil.chown(f'{q}/{name}', 'postfix', 'postdrop' if name in ('maildrop', 'public')
                             else 'postfix')
            os.chmod(f'{q}/{name}', {'maildrop': 0o730, 'public': 0o710}.get(name, 0o700)
                     if name != 'pid' else 0o755)

    def start(self):
        with open(self.log_path, 'a'):
            pass
        shutil.chown(self.log_path, 'postfix')
        self.process = subprocess.Popen(
            [f'{POSTFIX}/usr/lib/postfix/sbin/master', '-c', self.etc, '-d'],
            env=self.environment, stderr=subprocess.STDOUT,
            stdout=open(f'{self.etc}/master.out', 'w'))
        end = time.time() + 15
        while time.time() < end:
            try:
                socket.create_connection(('192.0.2.1', 25), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError('postfix does not start: ' + self.log())

    def log(self):
        with open(self.log_path) as f, open(f'{self.etc}/master.out') as g:
            return g.read() + f.read()

    def command(self, *words):
        return run(f'{POSTFIX}/usr/sbin/{words[0]}', *words[1:], env=self.environment)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Smtp:
    """A client that is a stranger: it comes from 203.0.113.50."""

    def __init__(self, address='192.0.2.1', port=25, timeout=40):
        self.s = socket.create_connection((address, port), timeout,
                                          source_address=('203.0.113.50', 0))
        self.f = self.s.makefile('rb')
        self.reply()
        self.say('EHLO client.test')

    def reply(self):
        lines = []
        while True:
            line = self.f.readline().decode('utf-8', 'replace').rstrip('\r\n')
            lines.append(line)
            if len(line) < 4 or line[3] != '-':
                return '\n'.join(lines)

    def say(self, line):
        raw = line if isinstance(line, bytes) else line.encode()
        self.s.sendall(raw + b'\r\n')
        return self.reply()

    def rcpt(self, recipient, sender='sender@client.test', options=''):
        """One recipient in a transaction of its own: its reply."""
        self.say('RSET')
        got = self.say(f'MAIL FROM:<{sender}>{options}')
        if not got.startswith('250'):
            return got
        return self.say(f'RCPT TO:<{recipient}>')

    def send(self, recipient, text):
        got = self.rcpt(recipient)
        if not got.startswith('250'):
            return got
        self.say('DATA')
        return self.say(text + '\r\n.')

    def close(self):
        try:
            self.s.sendall(b'QUIT\r\n')
        except OSError:
            pass
        self.s.close()
