#!/usr/bin/python3
"""Stores files in the mailgraft spool from a long-lived process, without temporary files.

Needs the sudoers line of doc/spool/README.md, or must run as the spool's owner.
"""

import json
import subprocess


class Mailgraft:
    def __init__(self, command=('sudo', '-n', '-u', 'mailgraft', '/usr/bin/mailgraft', 'put', '--batch')):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def put(self, content, name, **more):
        """Returns the answer: token, marker, header, size … `more`: type, to, expires, inline, cid."""
        request = dict(more, name=name, bytes=len(content))
        self.process.stdin.write(json.dumps(request).encode() + b'\n' + content)
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError('mailgraft ended with %s' % self.process.wait())
        answer = json.loads(line)
        if 'error' in answer:
            raise ValueError(answer['error'])
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait()


if __name__ == '__main__':
    import sys
    client = Mailgraft(sys.argv[1:]) if len(sys.argv) > 1 else Mailgraft()
    print(client.put(b'%PDF-1.4 ...', 'Rechnung März.pdf', to='joe@example.net', expires='21d')['header'])
    sys.exit(client.close())
