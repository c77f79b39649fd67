"""A next hop that does as it is told: an SMTP server on loopback whose every answer can be set.

Owns:     one listening socket, its threads, what was taken
Not here: the relay (relay.py), what a message should look like (oracle.py)

`taken` grows by one (sender, recipients, message with LF line ends) for each message whose final dot
was answered with 2xx, whether or not the answer was heard. `begun` counts those whose text began to
come, `dots` the final dots.
"""
import re
import socket
import threading
import time

from e2e.sink import Closed, Connection, address, unstuff

OFFERS = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES', 'SIZE 200000000']


class Hop:
    """`with Hop() as hop:`; hop.say['RCPT'] = '550 no' and so on; None: hang up."""

    def __init__(self, address='127.0.0.1', port=0, context=None, implicit=False, login=None):
        self.say = {}           # verb, 'greeting' or 'dot': the answer, None, or a function of the line
        self.rcpt = {}          # a pattern: the answer to RCPT where it matches
        self.offers = list(OFFERS)
        self.context, self.implicit, self.login = context, implicit, login
        self.lose_answer = 0    # hang up instead of the answer to the dot, though it is taken, that often
        self.cut_after = 0      # hang up in the middle of a message, after so many bytes
        # Events: before it is set, the dot is not answered, and nothing of a message is read
        self.wait_at_dot = self.wait_in_data = None
        self.behind_starttls = b''  # bytes sent together with the answer to STARTTLS
        self.close_after = 0        # messages in a session, then it hangs up
        self.taken, self.begun, self.dots, self.connections = [], 0, 0, 0
        self.commands = []
        self.inside = threading.Event()     # a message's text has begun to come
        self.at_dot = threading.Event()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((address, port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        self.open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for sock in [self.listener, *self.open]:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.listener.close()

    def settle(self, seconds=10):
        """Waits until no session is open."""
        end = time.monotonic() + seconds
        while self.open and time.monotonic() < end:
            time.sleep(0.01)

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.open.add(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        c = Connection(sock)
        try:
            if self.implicit:
                c.upgrade(self.context)
            self._session(c)
        except Closed:
            pass
        finally:
            c.sock.close()
            self.open.discard(sock)

    def _answer(self, c, what, usual, line=''):
        """Says what is set for this, or the usual; returns the code."""
        answer = self.say.get(what, usual)
        answer = answer(line) if callable(answer) else answer
        if answer is None:
            raise Closed
        c.say(*answer.split('\n'))
        return answer.split('\n')[-1][:3]

    def _session(self, c):
        self._answer(c, 'greeting', '220 hop.example ESMTP')
        tls, messages, sender, recipients = self.implicit, 0, None, []
        while True:
            line = c.line()
            self.commands.append(line)
            verb = line.split(' ', 1)[0].upper()
            if verb == 'EHLO':
                offers = [o for o in self.offers if not (tls and o == 'STARTTLS')]
                lines = ['hop.example', *offers]
                self._answer(c, verb, '\n'.join(f'250{"-" if i + 1 < len(lines) else " "}{o}'
                                                for i, o in enumerate(lines)))
            elif verb == 'STARTTLS':
                if self.behind_starttls:
                    c.sock.sendall(b'220 go\r\n' + self.behind_starttls)
                    raise Closed
                if self._answer(c, verb, '220 go') == '220':
                    c.upgrade(self.context)
                    tls = True
            elif verb == 'AUTH':
                self._auth(c, line)
            elif verb == 'MAIL':
                recipients = []
                sender = address(line) if self._answer(c, verb, '250 2.1.0 ok', line)[0] == '2' else None
            elif verb == 'RCPT':
                said = next((a for p, a in self.rcpt.items() if re.search(p, address(line))), None)
                if said is None and sender is None:
                    said = '503 5.5.1 MAIL first'
                if said:
                    c.say(said)
                elif self._answer(c, verb, '250 2.1.5 ok', line)[0] == '2':
                    recipients.append(address(line))
            elif verb == 'DATA':
                if not recipients and 'DATA' not in self.say:
                    c.say('503 5.5.1 nobody')
                elif self._answer(c, verb, '354 go') == '354':
                    self._message(c, sender, recipients)
                    messages += 1
                    if messages == self.close_after:
                        raise Closed
                sender = None
            elif verb == 'RSET':
                sender, recipients = None, []
                self._answer(c, verb, '250 2.0.0 ok')
            elif verb == 'QUIT':
                c.say('221 2.0.0 bye')
                c.end_tls()
                return
            else:
                c.say('500 5.5.2 what?')

    def _auth(self, c, line):
        got = [line]
        while got[-1] in ('AUTH LOGIN',) or (got[0] == 'AUTH LOGIN' and len(got) < 3):
            c.say('334 VXNlcm5hbWU6')
            got.append(c.line())
        c.say('235 2.7.0 ok' if got == self.login else '535 5.7.8 no')

    def _message(self, c, sender, recipients):
        self.begun += 1
        self.inside.set()
        if self.wait_in_data:
            self.wait_in_data.wait(60)
        look = 0
        while not c.buffer.startswith(b'.\r\n') and c.buffer.find(b'\r\n.\r\n', max(0, look - 5)) < 0:
            if self.cut_after and len(c.buffer) >= self.cut_after:
                raise Closed
            look = len(c.buffer)
            c._more()
        end = 0 if c.buffer.startswith(b'.\r\n') else c.buffer.find(b'\r\n.\r\n') + 2
        text = unstuff(bytes(c.buffer[:end]))
        del c.buffer[:end + 3]
        self.dots += 1
        self.at_dot.set()
        if self.wait_at_dot:
            self.wait_at_dot.wait(60)
        answer = self.say.get('dot', '250 2.0.0 taken')
        if answer is None:
            raise Closed
        if answer[0] == '2':
            self.taken.append((sender, list(recipients), text.replace(b'\r\n', b'\n')))
        if self.lose_answer:
            self.lose_answer -= 1
            raise Closed
        c.say(*answer.split('\n'))


