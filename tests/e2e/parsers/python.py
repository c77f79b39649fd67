#!/usr/bin/python3
"""The parts of messages as Python's email package sees them.

    python.py compat32|default < PATHS

Reads paths, one a line. Writes for each message its leaves, one a line: type, name and decoded body, each in
base64, separated by tabs. The type "!" has what the parser died of as its body. A dot on a line ends a message.
All parsers in this folder do the same.
"""
import base64
import sys
from email import message_from_bytes, policy


def row(type, name, body):
    return '\t'.join(base64.b64encode(b).decode() for b in (type.encode('utf-8', 'surrogateescape'), name, body))


def rows(data, rules):
    try:
        for part in message_from_bytes(data, policy=rules).walk():
            if not part.is_multipart():
                name = part.get_filename() or ''
                yield row(part.get_content_type(), name.encode('utf-8', 'surrogateescape'), part.get_payload(decode=True) or b'')
    except Exception as error:      # pylint: disable=broad-except  # it has a few of its own
        yield row('!', b'', repr(error).encode())


def main():
    rules = getattr(policy, sys.argv[1])
    for path in sys.stdin.read().split('\n')[:-1]:
        with open(path, 'rb') as file:
            print('\n'.join([*rows(file.read(), rules), '.']))


if __name__ == '__main__':
    main()
