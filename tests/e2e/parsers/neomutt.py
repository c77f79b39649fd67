#!/usr/bin/python3
"""The parts of messages as NeoMutt sees them. What it reads and writes: see python.py

NeoMutt has no batch mode. It is given a maildir, a terminal that nobody looks at, and keys that open each message's
list of attachments, tag all entries and pipe them into a file. So there are no types and names, and multiparts
are entries like others. How many entries there are nobody knows: the last one is tagged and untagged till the
keys are used up. Hence two files, one of which has it.
"""
import base64
import os
import pty
import re
import select
import shutil
import sys
import tempfile
import time

SECONDS_MAX = 120
BATCH = 25                      # messages of one run: the keys that it can be given are limited
BETWEEN = '=-=-between-entries-=-='
SETTINGS = '''
set folder={0} spoolfile={0}/mail mbox_type=maildir sort=mailbox-order wait_key=no pipe_decode=no attach_split=no sleep_time=0
set digest_collapse=no mail_check=0 timeout=1 quit=yes history=0 history_file=/dev/null confirmappend=no resolve=yes beep=no
set header_cache="" mark_old=no charset=utf-8 tmpdir={0} pager_index_lines=0 edit_headers=no help=no
set attach_sep="{1}"
unset mailcap_path
'''


def entries_max(data):
    """No message has more entries than lines that may be delimiters, and itself."""
    return 2 + len(re.findall(rb'^--', data, re.M))


def keys(directory, paths):
    out = ''
    for number, path in enumerate(paths):
        with open(path, 'rb') as file:
            most = entries_max(file.read())
        out += f'<jump>{number + 1}<enter><view-attachments>' + '<tag-entry>' * most
        out += f'<tag-prefix><pipe-entry>cat>{directory}/out/{number}-0<enter>'
        out += f'<last-entry><tag-entry><tag-prefix><pipe-entry>cat>{directory}/out/{number}-1<enter><exit>'
    return out + '<quit>'


def run(directory):
    """Until it is gone; what it draws is thrown away."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM='xterm', HOME=directory, LC_ALL='C.UTF-8')
        os.execvp('neomutt', ['neomutt', '-n', '-F', f'{directory}/rc', '-f', f'{directory}/mail'])
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            try:
                os.read(terminal, 1 << 16)
            except OSError:
                break
    else:
        os.kill(pid, 9)
    os.waitpid(pid, 0)


def contents(directory, number):
    """Of a message; fails where NeoMutt wrote nothing at all."""
    there = [path for way in range(2) if os.path.exists(path := f'{directory}/out/{number}-{way}')]
    if not there:
        sys.exit(f'NeoMutt stopped before message {number} of {directory}')
    longest = b''
    for path in there:
        with open(path, 'rb') as file:
            longest = max(longest, file.read(), key=lambda data: data.count(BETWEEN.encode()))
    return longest.split(BETWEEN.encode())[:-1]     # one after each


def read(paths):
    with tempfile.TemporaryDirectory() as directory:
        for folder in ('out', 'mail', 'mail/cur', 'mail/new', 'mail/tmp'):
            os.mkdir(f'{directory}/{folder}')
        for number, path in enumerate(paths):
            shutil.copyfile(path, f'{directory}/mail/cur/{number:06}:2,S')
        with open(f'{directory}/rc', 'w', encoding='ascii') as rc:
            rc.write(SETTINGS.format(directory, BETWEEN) + f"push '{keys(directory, paths)}'\n")
        run(directory)
        for number in range(len(paths)):
            for body in contents(directory, number):
                print('\t'.join(('', '', base64.b64encode(body).decode())))
            print('.')


def main():
    paths = sys.stdin.read().split('\n')[:-1]
    for first in range(0, len(paths), BATCH):
        read(paths[first:first + BATCH])


if __name__ == '__main__':
    main()
