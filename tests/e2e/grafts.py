"""What every test under Debian's own Exim asks: is it grafted, and did nothing raw leave?

Owns:     the one stored file, its token
Not here: where mail goes (the tests), how Exim is set up (debian.py)
"""
import unittest

from e2e import messages
from e2e.debian import Production
from e2e.exim import SENDER
from e2e.oracle import Stored, check

DATA = bytes(range(256)) * 40
NAME = 'invoice.bin'
MARKER = b'((graft:'


class ProductionTest(unittest.TestCase):
    """Sub-classes say what configuration they want; each is made once."""
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.production = Production(**cls.options)
        cls.addClassCleanup(cls.production.close)
        cls.exim, cls.spool = cls.production.exim, cls.production.spool
        cls.token = cls.spool.put(DATA, name=NAME)
        cls.stored = {cls.token: Stored(DATA, 'application/octet-stream', NAME)}
        cls.message = messages.part_form(cls.token)

    def setUp(self):
        self.production.reset()

    def tearDown(self):
        """Whatever a test was about: no marker and no Graft field has left."""
        for data in self.production.left():
            self.assertNotIn(MARKER, data)
            header = data.split(b'\n\n', 1)[0].lower()
            self.assertNotIn(b'\ngraft', b'\n' + header)
        self.assertEqual(self.exim.paniclog(), [])

    def send(self, *recipients, message=None, sender=SENDER):
        """Injects and runs the queue once; returns the id."""
        id = self.exim.inject(message or self.message, *recipients, sender=sender)
        self.exim.run_queue()
        return id

    def assert_grafted(self, data, message=None):
        self.assertEqual(check(message or self.message, data, self.stored), [], data[:2000])

    def assert_arrived(self, address, *recipients):
        """Each recipient got the grafted message over SMTP, and the queue is empty."""
        arrived = self.production.arrived(address)
        self.assertEqual(sorted(r for t in arrived for r in t.recipients), sorted(recipients), self.exim.mainlog())
        for transaction in arrived:
            self.assert_grafted(transaction.data)
        self.assertEqual(self.exim.queue_ids(), [], self.exim.mainlog())

    def assert_in_mailbox(self, user):
        mail = self.production.mailbox(user)
        self.assertEqual(len(mail), 1, self.exim.mainlog())
        self.assert_grafted(mail[0])

    def assert_deferred(self, id, *because):
        self.assertEqual(self.exim.queue_ids(), [id], self.exim.mainlog())
        log = '\n'.join(self.exim.mainlog(id))
        for text in because:
            self.assertIn(text, log)

    def assert_bounced(self, *because):
        """The sender got a bounce that says why, and the queue is empty."""
        [bounce] = self.production.bounces()
        for text in because:
            self.assertIn(text.encode(), bounce.data.replace(b'\n    ', b' '), bounce.data)
        self.assertEqual(self.exim.queue_ids(), [], self.exim.mainlog())
