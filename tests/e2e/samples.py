"""Real files of different kinds, made at run time, small modules of the formats' essentials."""
import io
import random
import struct
import zipfile
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    label: str                  # what a person calls it
    name: str
    type: str                   # what a receiver must see
    data: bytes
    message: bool = False       # grafted as message/rfc822, not in base64


def pdf(text):
    """One page that says `text`."""
    content = b'BT /F1 24 Tf 72 720 Td (%s) Tj ET' % text.encode()
    objects = [
        b'<< /Type /Catalog /Pages 2 0 R >>',
        b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R'
        b' /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>',
        b'<< /Length %d >>\nstream\n%s\nendstream' % (len(content), content),
    ]
    out = bytearray(b'%PDF-1.4\n%\xe2\xe3\xcf\xd3\n')
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b'%d 0 obj\n%s\nendobj\n' % (number, body)
    table = len(out)
    out += b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1)
    out += b''.join(b'%010d 00000 n \n' % place for place in places)
    out += b'trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' % (len(objects) + 1, table)
    return bytes(out)


def png(width, height):
    """A colour gradient."""
    def chunk(kind, body):
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
    rows = b''.join(b'\0' + bytes(v for x in range(width) for v in (x * 255 // width, y * 255 // height, 128))
                    for y in range(height))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def docx(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns='
                   '"http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType='
                   '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
                   'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
        z.writestr('_rels/.rels', '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns='
                   '"http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://'
                   'schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
                   'Target="word/document.xml"/></Relationships>')
        z.writestr('word/document.xml', '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document xmlns:w='
                   '"http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
                   f'{text}</w:t></w:r></w:p></w:body></w:document>')
    return out.getvalue()


def noise(size, seed=1):
    return random.Random(seed).randbytes(size)


def archive(size):
    """A zip of about `size` bytes that no compression makes smaller."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_STORED) as z:
        z.writestr('measurements.bin', noise(size))
    return out.getvalue()


def message(boundary):
    """A mail that was forwarded before, with a line that looks like its new surroundings."""
    return (f'From: customer@sender.example\r\nTo: support@example.org\r\nSubject: my order\r\n'
            f'Date: Fri, 20 Nov 2026 09:00:00 +0000\r\nMessage-ID: <order-1@sender.example>\r\nMIME-Version: 1.0\r\n'
            f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
            f'--{boundary}\r\nContent-Type: text/plain\r\n\r\nWhere is it?\r\nFrom here it looks lost.\r\n.\r\n'
            f'--{boundary}--\r\n').encode()


def catalogue(boundary):
    """What the demo sends. `boundary` is one that the messages around use too."""
    return [
        Sample('PDF', 'invoice-4711.pdf', 'application/pdf', pdf('Invoice 4711')),
        Sample('PNG', 'logo.png', 'image/png', png(120, 80)),
        Sample('office file', 'contract.docx',
               'application/vnd.openxmlformats-officedocument.wordprocessingml.document', docx('The contract')),
        Sample('5 MB archive', 'measurements.zip', 'application/zip', archive(5_000_000)),
        Sample('a mail', 'order.eml', 'message/rfc822', message(boundary), message=True),
        Sample('Japanese name', '請求書 2026年11月.pdf', 'application/pdf', pdf('Seikyuusho')),
        Sample('quotes in its name', 'the "final" one; v2.pdf', 'application/pdf', pdf('Final')),
    ]
