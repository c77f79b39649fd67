"""The classic probes for an open relay. Each must be refused by a host that backs up
backup.test and has no business with target.test; some name the backed-up domain on the way."""
import threading

from policy_net import Smtp

RELAY_PROBES = [
    'user@target.test',
    'user%target.test@backup.test',
    'user%target.test@mx1.example.net',
    'user%target.test@[192.0.2.1]',
    'user%target.test',
    'target.test!user@backup.test',
    'target.test!user@mx1.example.net',
    'target.test!user',
    'backup.test!user%target.test',
    '@backup.test:user@target.test',
    '@mx1.example.net,@backup.test:user@target.test',
    '"user@target.test"@backup.test',
    '"user%target.test"@backup.test',
    '"target.test!user"@backup.test',
    '"user@target.test"',
    'user@target.test@backup.test',
    'user@[198.51.100.10]',
    'user@[203.0.113.9]',
    'user@[IPv6:2001:db8:1::11]',
    '"user@[198.51.100.10]"@backup.test',
    'user@b\u00fccher.target.test',
    'user@xn--bcher-kva.target.test',
    'user@xn--0.test',
    'user@foreign.test',
    'user@not-me.test',
    'user@implicit.test',
    'user@198.51.100.10',
    'user@backup.test.target.test',
    'user@.backup.test',
]
SENDERS = ['sender@client.test', '', 'user@backup.test', 'postmaster@mx1.example.net',
           'user@[192.0.2.1]']


def probe_at_once(check, recipients, timeout):
    """While the daemon hangs: each probe on a connection of its own. None may be taken."""
    got = {}

    def one(recipient):
        client = Smtp(timeout=timeout)
        utf8 = '' if recipient.isascii() else ' SMTPUTF8'
        got[recipient] = client.rcpt(recipient, options=utf8)
        client.close()
    threads = [threading.Thread(target=one, args=(r,)) for r in recipients]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for recipient in recipients:
        reply = got.get(recipient, 'no reply')
        check.true(reply[:1] in ('4', '5'), f'hanging: {recipient!r}: {reply}')
