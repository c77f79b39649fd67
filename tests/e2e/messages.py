"""Messages with markers in each of the three places, as a careful application writes them."""
from e2e.tokens import marker

BOUNDARY = '=-mixed-20261120'

TOP = ('From: Billing <billing@sender.example>\n'
       'To: customer@example.org\n'
       'Subject: =?UTF-8?Q?Ihre_Rechnung_f=C3=BCr_M=C3=A4rz?=\n'
       'Date: Fri, 20 Nov 2026 10:00:00 +0000\n'
       'Message-ID: <4711@sender.example>\n'
       'MIME-Version: 1.0\n')
TEXT = 'Guten Tag,\n\nanbei die gew=C3=BCnschten Unterlagen.\n'


def mixed(graft_fields, *parts):
    body = ''.join(f'--{BOUNDARY}\n{part}\n' for part in parts)
    return (f'{TOP}{graft_fields}Content-Type: multipart/mixed;\n\tboundary="{BOUNDARY}"\n\n'
            f'A preamble.\n{body}--{BOUNDARY}--\nAn epilogue.\n').encode()


def text_part(text=TEXT):
    return f'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{text}'


def marker_part(token):
    return ('Content-Type: application/octet-stream\nContent-Disposition: attachment\n'
            f'Content-Description: replaced\n\n{marker(token)}\n')


def header_form(*tokens):
    """Graft-Attach fields: one alone, the others folded into a second."""
    fields = f'Graft-Attach: {tokens[0]}\n'
    if tokens[1:]:
        fields += 'Graft-Attach: ' + ',\n\t'.join(map(str, tokens[1:])) + '\n'
    return mixed(fields, text_part())


def part_form(*tokens):
    """Leaves that are nothing but a marker."""
    return mixed(f'Graft: {len(tokens)}\n', text_part(), *map(marker_part, tokens))


def line_form(*tokens):
    """Lines of the only text: the message has to be wrapped."""
    lines = ''.join(f'{marker(t)}\n' for t in tokens)
    return (f'{TOP}Graft: {len(tokens)}\nContent-Type: text/plain; charset=utf-8\n'
            f'Content-Transfer-Encoding: quoted-printable\n\n{TEXT}{lines}Ihr Team\n').encode()


def alternative_form(*tokens):
    """The same markers in a plain and an HTML text: each is appended once and counts twice."""
    lines = ''.join(f'{marker(t)}\n' for t in tokens)
    inner = 'alt-1'
    return (f'{TOP}Graft: {2 * len(tokens)}\nContent-Type: multipart/alternative; boundary={inner}\n\n'
            f'--{inner}\nContent-Type: text/plain\n\nText\n{lines}\n'
            f'--{inner}\nContent-Type: text/html\n\n<p>Text</p>\n{lines}<p>End</p>\n'
            f'--{inner}--\n').encode()


def all_forms(header, part, line):
    """One marker in each place."""
    return mixed(f'Graft: 3\nGraft-Attach: {header}\n', text_part(f'{TEXT}{marker(line)}\nIhr Team\n'),
                 marker_part(part))


FORMS = {'header': header_form, 'part': part_form, 'line': line_form, 'alternative': alternative_form}
