"""Plain output for people: headings, tables, wrapped lines; colour only on a terminal."""
import os
import shutil
import sys
import textwrap
import unicodedata

MAX_WIDTH = 100


class Screen:
    def __init__(self, out=sys.stdout):
        self.out = out
        if hasattr(out, 'reconfigure'):
            out.reconfigure(errors='replace', line_buffering=True)
        self.width = min(shutil.get_terminal_size((80, 24)).columns, MAX_WIDTH)
        self.colour = out.isatty() and os.environ.get('TERM', 'dumb') != 'dumb' and 'NO_COLOR' not in os.environ

    def _line(self, text=''):
        print(text.rstrip(), file=self.out)

    def _paint(self, code, text):
        return f'\033[{code}m{text}\033[0m' if self.colour else text

    def heading(self, text):
        self._line()
        self._line(self._paint('1', text))

    def say(self, text):
        for line in textwrap.wrap(text, self.width - 3, break_long_words=True, break_on_hyphens=False):
            self._line('   ' + line)

    def quote(self, text):
        """A line of a log, as it stands there, wrapped."""
        wrapper = textwrap.TextWrapper(self.width - 3, subsequent_indent='     ', break_on_hyphens=False)
        for line in wrapper.wrap(text):
            self._line('   ' + self._paint('2', line))

    def result(self, good, text):
        mark = self._paint('32', 'ok   ') if good else self._paint('1;31', 'WRONG')
        for line in textwrap.wrap(text, self.width - 9):
            self._line(f'   {mark} {line}')
            mark = ' ' * 5

    def table(self, head, rows):
        """Columns as wide as they need; the widest is cut where the screen ends. A head in '>…' aligns right."""
        right = [h.startswith('>') for h in head]
        rows = [[h.lstrip('>') for h in head]] + [[str(cell) for cell in row] for row in rows]
        widths = [max(columns(row[i]) for row in rows) for i in range(len(head))]
        while sum(widths) + 2 * len(widths) + 1 > self.width and max(widths) > 8:
            widths[widths.index(max(widths))] -= 1
        for number, row in enumerate(rows):
            cells = [pad(cell, width, r) for cell, width, r in zip(row, widths, right)]
            line = '   ' + '  '.join(cells).rstrip()
            self._line(line)
            if number == 0:
                self._line('   ' + '  '.join('-' * width for width in widths))


def columns(text):
    """How many columns a terminal gives it."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in text)


def pad(text, width, right=False):
    if columns(text) > width:
        while columns(text) > width - 1:
            text = text[:-1]
        text += '…'
    fill = ' ' * (width - columns(text))
    return fill + text if right else text + fill


def size(count):
    """1,234,567 bytes as a person says it."""
    for unit, step in (('MB', 1_000_000), ('kB', 1000)):
        if count >= step:
            return f'{count / step:.1f} {unit}'
    return f'{count} B'
