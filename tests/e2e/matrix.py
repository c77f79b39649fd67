"""The cases that every transport has to pass, through a real Exim.

A script tests/e2e-exim-* makes one class of them:

    class Smtp(Matrix, unittest.TestCase):
        kind = 'smtp'

After each failure: the message is still queued and nobody was told otherwise,
nothing whole or partial reached the mailbox, Exim logged the exit code of the
design, and the filter logged one line that says why.
"""
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import unittest
from dataclasses import replace

from e2e import messages, rig
from e2e.exim import ROOT, stop_on_signals
from e2e.oracle import Stored, check, leaves
from e2e.samples import Sample, docx, message, noise, pdf, png
from e2e.sink import Behaviour
from e2e.tokens import Token, minutes
from e2e.wait import until

# Exit codes of DESIGN.md.
BAD_MESSAGE, MISSING, CONTENT, REFUSED = 65, 66, 74, 77

SAMPLES = {
    'header': Sample('PDF', 'rechnung März.pdf', 'application/pdf', pdf('Rechnung')),
    'part': Sample('PNG', '請求書.png', 'image/png', png(64, 64)),
    'line': Sample('office', 'the "final" one.docx',
                   'application/vnd.openxmlformats-officedocument.wordprocessingml.document', docx('Vertrag')),
    'big': Sample('300 kB', 'big.bin', 'application/octet-stream', noise(300_000)),
    'mail': Sample('mail', 'order.eml', 'message/rfc822', message(messages.BOUNDARY), message=True),
    'victim': Sample('the one that is spoiled', 'victim.bin', 'application/octet-stream', noise(200_001, seed=2)),
}


class Matrix:
    kind = None
    program = ROOT / 'build/mailgraft-filter'

    @classmethod
    def setUpClass(cls):
        cls.rig = rig.Rig([cls.kind], cls.program)
        cls.addClassCleanup(cls.rig.close)
        cls.exim, cls.spool, cls.box = cls.rig.exim, cls.rig.spool, cls.rig.boxes[cls.kind]
        cls.sink = cls.rig.sinks.get(cls.kind)
        cls.tokens = {label: cls.spool.put(s.data, name=s.name, type=s.type) for label, s in SAMPLES.items()}
        cls.stored = {cls.tokens[label]: Stored(s.data, s.type, s.name, s.message) for label, s in SAMPLES.items()}

    def setUp(self):
        self.rig.reset()

    def to(self, local_part='customer'):
        return f'{local_part}@{self.kind}.example'

    def needs_sink(self):
        if self.sink is None:
            self.skipTest('a mailbox has no peer')

    # -- what must be true

    def assert_delivered(self, message, data, stored=None):
        complaints = check(message, data, stored or self.stored)
        self.assertEqual(complaints, [])
        self.assertEqual(self.by_perl(data), [(kind, hashlib.sha256(body).hexdigest()) for kind, body in leaves(data)])
        if self.kind.startswith('dkim'):
            self.assert_signed(data)

    def by_perl(self, data):
        """The leaves as MIME::Parser sees them."""
        out = subprocess.run([ROOT / 'tests/e2e/oracle.pl'], input=data, capture_output=True, check=True).stdout

        def walk(node):
            return [leaf for part in node['parts'] for leaf in walk(part)] if 'parts' in node \
                else [(node['type'], node['sha256'])]
        return walk(json.loads(out))

    def assert_signed(self, data):
        import dkim
        self.assertTrue(dkim.verify(data.replace(b'\n', b'\r\n'),
                                    dnsfunc=lambda name, timeout=5: self.rig.dkim_record))

    def assert_kept(self, id, code, says=None):
        """Still queued after the filter ended with this code, nothing got out, and it said why in one line."""
        self.assertEqual(self.exim.queue_ids(), [id], self.exim.mainlog())
        self.assertEqual(self.exim.filter_failures(id), [code], self.exim.mainlog(id))
        self.assertTrue(self.box.nothing_whole())
        self.assertEqual(self.exim.bounces(), b'')
        self.assertEqual(self.exim.leftovers(), [])
        said = self.rig.log.lines()
        self.assertEqual(len(said), 1 if says else 0, said)
        for line in said:
            self.assertRegex(line, r'^<2\d>mailgraft-filter\[\d+\]: ' + re.escape(id) + ': ')
            self.assertIn(says, line)

    def refused(self, message, code, reason):
        """Queues it, and sees the filter refuse it."""
        id = self.exim.inject(message, self.to())
        self.exim.run_queue()
        self.assert_kept(id, code, f' refused exit={code} reason={reason}: ')

    def goes_now(self, message, stored=None):
        """The next queue run delivers what was kept."""
        self.exim.run_queue()
        self.assertEqual(self.exim.queue_ids(), [], self.exim.mainlog())
        data = self.box.delivered()
        self.assertEqual(len(data), 1)
        self.assert_delivered(message, data[0], stored)

    # -- success

    def test_each_form(self):
        several = [self.tokens[label] for label in ('header', 'part', 'mail', 'big')]
        for form, build in messages.FORMS.items():
            for tokens in (several[:1], several):
                with self.subTest(form=form, tokens=len(tokens)):
                    self.rig.reset()
                    message = build(*tokens)
                    id = self.exim.inject(message, self.to())
                    self.exim.run_queue()
                    self.assertEqual(self.exim.queue_ids(), [], self.exim.mainlog())
                    [data] = self.box.delivered()
                    self.assert_delivered(message, data)
                    [said] = self.rig.log.lines()
                    self.assertRegex(said, re.escape(id) + ': grafted ')

    def test_all_forms_at_once(self):
        message = messages.all_forms(*[self.tokens[label] for label in ('header', 'part', 'line')])
        self.exim.inject(message, self.to())
        self.goes_now(message)

    def test_large_message(self):
        """More than the filter holds in memory: it goes through the spool's spill directory."""
        message = messages.mixed('Graft: 2\n', messages.text_part('A line of text, and more of it.\n' * 20_000),
                                 messages.marker_part(self.tokens['part']),
                                 messages.text_part(f'And:\n{messages.marker(self.tokens["line"])}\n'))
        self.exim.inject(message, self.to())
        self.goes_now(message)

    def test_ordinary_mail_is_unchanged(self):
        message = messages.line_form(self.tokens['header']).replace(b'Graft: 1\n', b'Graft-Recipient: x@y.example\n')
        self.exim.inject(message, self.to())
        self.goes_now(message)
        self.assertEqual(self.rig.log.lines(), [])

    def test_bound_token(self):
        """Exim says who the recipient is; what the message says itself does not count."""
        sample = SAMPLES['header']
        token = self.spool.put(sample.data, '--to', self.to('Customer'), name=sample.name, type=sample.type)
        stored = {token: Stored(sample.data, sample.type, sample.name)}
        message = messages.header_form(token).replace(b'Graft-Attach', b'Graft-Recipient: other@x.example\nGraft-Attach')
        self.exim.inject(message, self.to('CUSTOMER'))
        self.goes_now(message, stored)

    # -- what the spool can do to us

    def test_blob_missing(self):
        message = messages.part_form(self.tokens['header'], self.tokens['victim'])
        with self.spool.hidden(self.spool.blob(SAMPLES['victim'].data)):
            self.refused(message, MISSING, 'blob-missing')
        self.goes_now(message)

    def test_entry_missing(self):
        message = messages.header_form(self.tokens['victim'])
        with self.spool.hidden(self.spool.entry(self.tokens['victim'])):
            self.refused(message, MISSING, 'entry-missing')
        self.goes_now(message)

    def test_entry_altered(self):
        message = messages.part_form(self.tokens['victim'])
        with self.spool.changed(self.spool.entry(self.tokens['victim']), lambda b: b.replace(b'victim', b'killer')):
            self.refused(message, CONTENT, 'entry-damaged')
        self.goes_now(message)

    def test_blob_truncated(self):
        message = messages.line_form(self.tokens['header'], self.tokens['victim'])
        with self.spool.truncated(SAMPLES['victim'].data):
            self.refused(message, CONTENT, 'blob-size')
        self.goes_now(message)

    def test_blob_altered_in_place(self):
        """Seen only when most of it is out: the final dot must not follow."""
        message = messages.part_form(self.tokens['victim'])
        for at in (0, 100_000, -1):
            with self.subTest(at=at):
                self.rig.reset()
                with self.spool.altered(SAMPLES['victim'].data, at):
                    self.refused(message, CONTENT, 'blob-content')
        self.goes_now(message)

    # -- tokens

    def test_token_forged(self):
        good = Token.parse(self.tokens['header'])
        key = self.spool.key()
        self.assertEqual(str(good.sign(key)), self.tokens['header'])     # our reading of the design is the program's
        other = replace(key, secret=bytes(32))
        stranger = replace(key, id=bytes([key.id[0] ^ 1]) + key.id[1:])
        for reason, token in (('token-forged', good.sign(other)), ('token-key', good.sign(stranger)),
                              ('token-forged', replace(good, expiry=good.expiry + 1)),
                              ('token-forged', replace(good, entry_id=bytes(20))),
                              ('token-malformed', '!' + self.tokens['header'][1:])):
            with self.subTest(token=str(token)):
                self.rig.reset()
                self.refused(messages.header_form(token), REFUSED, reason)

    def test_token_expired(self):
        token = replace(Token.parse(self.tokens['header']), expiry=minutes(-120)).sign(self.spool.key())
        self.refused(messages.part_form(token), REFUSED, 'token-expired')

    def test_token_revoked(self):
        message = messages.line_form(self.tokens['header'])
        with self.spool.revoked():
            self.refused(message, REFUSED, 'token-revoked')
        self.goes_now(message)

    def test_token_for_another_recipient(self):
        sample = SAMPLES['header']
        token = self.spool.put(sample.data, '--to', self.to('other'), name=sample.name, type=sample.type)
        self.refused(messages.header_form(token), REFUSED, 'token-forged')

    # -- counts

    def test_wrong_count(self):
        message = messages.line_form(self.tokens['header']).replace(b'Graft: 1', b'Graft: 2')
        self.refused(message, BAD_MESSAGE, 'count')

    # -- pipes and processes

    def test_stdin_cut_off(self):
        """Exim's writer dies: the filter sees the end of the message too early."""
        message = messages.part_form(self.tokens['header'])
        for missing in (20, 200):
            with self.subTest(missing=missing):
                self.rig.reset()
                with self.rig.wrapped_filter(f'/usr/bin/head -c -{missing} | {{filter}} "$@"'):
                    self.refused(message, BAD_MESSAGE, 'mime')
        self.goes_now(message)

    def test_killed_in_mid_output(self):
        message = messages.part_form(self.tokens['big'])
        with self.rig.wrapped_filter('{filter} "$@" | /usr/bin/head -c 150000; kill -KILL $$'):
            id = self.exim.inject(message, self.to())
            self.exim.run_queue()
            self.rig.log.lines()        # the real filter that the wrapper runs may have said something
            self.assert_kept(id, -9)
        self.goes_now(message)

    def test_killed_for_real(self):
        """The filter itself is killed while the peer does not read."""
        self.needs_sink()
        if self.kind.startswith('dkim'):
            self.skipTest('Exim finishes the filter before it talks')
        message = messages.part_form(*[self.tokens['big']] * 20)
        self.sink.behaviour = Behaviour(stall_after=100_000)
        id = self.exim.inject(message, self.to())
        run = self.exim.start('-qff', stdin=subprocess.DEVNULL)
        self.assertTrue(self.sink.behaviour.stalled.wait(20), 'the sink saw no data')
        [pid] = until(self.rig.filter_processes, 'the filter that Exim runs')
        os.kill(pid, signal.SIGKILL)
        self.sink.behaviour.resume.set()
        self.exim.finish(run)
        self.assert_kept(id, -9)
        self.goes_now(message)

    # -- the peer

    def test_peer_tempfails_at_the_final_dot(self):
        """The filter runs again and gives the identical message."""
        self.needs_sink()
        message = messages.all_forms(*[self.tokens[label] for label in ('header', 'part', 'line')])
        self.sink.behaviour = Behaviour(tempfail=2)
        self.exim.inject(message, self.to())
        for _ in range(2):
            self.exim.run_queue()
            self.assertEqual(len(self.exim.queue_ids()), 1)
            self.assertEqual(self.box.delivered(), [])
        self.goes_now(message)
        first, second, third = [without_signature(t.data) for t in self.sink.transactions]
        self.assertEqual(first, second)
        self.assertEqual(first, third)
        self.assertEqual(len(self.rig.log.lines()), 3)

    def test_peer_closes_in_the_middle(self):
        self.needs_sink()
        message = messages.part_form(*[self.tokens['big']] * 20)
        self.sink.behaviour = Behaviour(cut=1, cut_after=100_000)
        id = self.exim.inject(message, self.to())
        self.exim.run_queue()
        self.assertEqual(self.exim.queue_ids(), [id], self.exim.mainlog())
        self.assertTrue(self.box.nothing_whole())
        self.assertEqual(self.exim.leftovers(), [])
        self.assertEqual(self.rig.filter_processes(), [])
        self.rig.log.lines()
        self.goes_now(message)

    def test_slow_peer(self):
        self.needs_sink()
        message = messages.part_form(*[self.tokens['big']] * 2)
        self.sink.behaviour = Behaviour(slow=0.02)
        self.exim.inject(message, self.to())
        self.goes_now(message)

    # -- several recipients

    def test_several_recipients(self):
        message = messages.header_form(self.tokens['header'])
        self.exim.inject(message, *[self.to(f'r{i}') for i in range(3)])
        self.exim.run_queue()
        self.assertEqual(self.exim.queue_ids(), [], self.exim.mainlog())
        delivered = self.box.delivered()
        self.assertEqual(len(delivered), 3)
        for data in delivered:
            self.assert_delivered(message, data)
        if self.sink:
            self.assertEqual(sorted(t.recipients for t in self.sink.transactions),
                             [[self.to(f'r{i}')] for i in range(3)])

    def test_several_recipients_each_see_their_own(self):
        """A token bound to one of two is good for that one only."""
        sample = SAMPLES['header']
        token = self.spool.put(sample.data, '--to', self.to('r1'), name=sample.name, type=sample.type)
        message = messages.header_form(token)
        id = self.exim.inject(message, self.to('r1'), self.to('r2'))
        self.exim.run_queue()
        self.assertEqual(self.exim.queue_ids(), [id], self.exim.mainlog())
        self.assertEqual(self.exim.filter_failures(id), [REFUSED])
        self.assertTrue(any(line.startswith(f'== {self.to("r2")}') for line in self.exim.mainlog(id)))
        [data] = self.box.delivered()
        self.assert_delivered(message, data, {token: Stored(sample.data, sample.type, sample.name)})


def without_signature(data):
    return re.sub(rb'(?m)^DKIM-Signature:.*\n([ \t].*\n)*', b'', data, count=1)


def main():
    """Runs the classes of the calling script; 77 where nothing can be run."""
    stop_on_signals()
    why = rig.missing()
    if why:
        print(f'skipped: {why}')
        sys.exit(77)
    unittest.main(verbosity=2)
