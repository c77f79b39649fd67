"""Exim's queue written by hand: what 4.94 to 4.100 leave there.

Owns:     nothing; knows the form of -H and -D files
"""
import time

OLD, NEW = '1xUOo3-0000pH-1u', '1xUOo3-0000000AbCd-1uXy'
# One a line as Exim writes them: tainted, quoted by a lookup, ACL variables over several lines.
OPTIONS = ('-received_time_usec .123456\n--helo_name there.example\n-host_address [203.0.113.9]:4711\n'
           '-aclm mailgraft 9\nsubmitter\n--aclc _x 12\none\n\ntwo\n-y\n\n-(sqlite)aclm q 1\n1\n-body_linecount 12\n'
           '-max_received_linelength 99\n-deliver_firsttime\n')


def header_file(id, message, recipients=('x@remote.example',), options=OPTIONS, delivered='XX\n', deleted=(), age=0):
    head, _, _ = message.partition(b'\n\n')
    fields = []
    for line in head.split(b'\n'):
        if line[:1] in (b' ', b'\t'):
            fields[-1] += line + b'\n'
        else:
            fields.append(line + b'\n')
    text = (f'{id}-H\nroot 0 0\n<billing@sender.example>\n{int(time.time()) - age} 0\n{options}{delivered}'
            f'{len(recipients)}\n' + ''.join(f'{r}\n' for r in recipients) + '\n').encode()
    for field in fields:
        gone = field.split(b':')[0].decode() in deleted
        text += b'%03d%c %s' % (len(field), b'*'[0] if gone else b' '[0], field)
    return text


def add(queue, message, id=OLD, where='input', **how):
    """Queues a message beneath a spool directory (a Path); its -H file."""
    folder = queue / where
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f'{id}-H').write_bytes(header_file(id, message, **how))
    (folder / f'{id}-D').write_bytes(f'{id}-D\n'.encode() + message.partition(b'\n\n')[2])
    return folder / f'{id}-H'
