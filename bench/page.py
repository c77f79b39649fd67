"""Tables and plots of the micro-benchmarks as one HTML page; the plots as SVG in it, lines by gnuplot.

Not here: measuring (micro)
"""
import html
import math
import re
import subprocess

STYLE = '''
body, text { font-family: "DejaVu Sans", Helvetica, Arial, sans-serif } body { font-size: 16px; line-height: 1.45; max-width: 62em; margin: 2em auto; padding: 0 1em; color: #222 }
h1, h2 { font-weight: 600; line-height: 1.2 } h2 { margin-top: 2.2em; border-top: 1px solid #ccc; padding-top: .8em }
table { border-collapse: collapse; margin: 1em 0; font-size: .88em } summary { font-weight: 600; cursor: pointer; padding: .3em 0 }
th, td { padding: .22em .7em; border-bottom: 1px solid #ddd; text-align: right } th:first-child, td:first-child { text-align: left }
th { background: #f3f3f3; font-weight: 600 } tr.own td { background: #eef5ee } td.bad { color: #a00; font-weight: 600 }
td.good { color: #060 } p, li { max-width: 50em } svg { max-width: 100%; height: auto } .note { color: #555; font-size: .92em }
'''


WIDTH, ROW, LETTER = 900, 26, 7.6     # px; LETTER is a wide one of the font below


def text(x, y, words, anchor='start', weight=400):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="{anchor}" font-weight="{weight}">{html.escape(words)}</text>\n'


def tick(most):
    """The distance of an axis' marks: 1, 2 or 5 times a power of ten, four to ten of them."""
    power = 10 ** math.floor(math.log10(most / 4))
    return max(step * power for step in (1, 2, 5) if step * power <= most / 4)


class Page:
    def __init__(self, title, subtitle):
        self.parts = [f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
                      f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>\n'
                      f'<h1>{html.escape(title)}</h1>\n<p>{html.escape(subtitle)}</p>\n']
        self.plots = 0

    def heading(self, text):
        self.parts.append(f'<h2>{html.escape(text)}</h2>\n')

    def say(self, text):
        self.parts.append(f'<p class="note">{html.escape(text)}</p>\n')

    def table(self, caption, head, rows, own=()):
        """Rows of text. One whose first cell is in `own` is tinted, 'met' and 'not met' are coloured."""
        lines = [f'<details{" open" if caption == "Goals" else ""}><summary>{html.escape(caption)}</summary>\n<table>\n<tr>',
                 ''.join(f'<th>{html.escape(h)}</th>' for h in head), '</tr>\n']
        for row in rows:
            tint = ' class="own"' if row[0] in own else ''
            cells = ''.join(f'<td{mark(cell)}>{html.escape(str(cell))}</td>' for cell in row)
            lines.append(f'<tr{tint}>{cells}</tr>\n')
        self.parts += [*lines, '</table></details>\n']

    def bars(self, title, unit, bars):
        """[(label, middle, least, most), …] as bars from 0, a label before each, with whiskers.

        The axis is made for the middles: a whisker beyond it is cut off, and has no end.
        """
        left = 20 + max(len(label) for label, *_ in bars) * LETTER
        width, scale = WIDTH - left - 90, 1.2 * max(middle for _, middle, *_ in bars) or 1
        height = 40 + ROW * len(bars) + 30
        parts = [f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">\n', text(0, 20, title, weight=600)]
        step = tick(scale)
        for i in range(int(scale / step) + 1):
            x = left + width * i * step / scale
            parts.append(f'<path d="M{x:.1f} 32V{height - 26}" stroke="#ddd"/>\n' + text(x, height - 10, f'{i * step:g}', anchor='middle'))
        parts.append(text(WIDTH, height - 10, unit, anchor='end'))
        for i, (label, middle, least, most) in enumerate(bars):
            y = 40 + ROW * i
            lo, mid, hi = (left + width * min(value / scale, 1) for value in (least, middle, most))
            end = '' if most > scale else f'M{hi:.1f} {y + 6}v8'
            parts.append(text(left - 8, y + 14, label, anchor='end') +
                         f'<path d="M{left} {y + 2}H{mid:.1f}V{y + 18}H{left}z" fill="#4477aa"/>\n'
                         f'<path d="M{lo:.1f} {y + 10}H{hi:.1f}M{lo:.1f} {y + 6}v8{end}" stroke="#333" fill="none"/>\n' +
                         text(hi + 8, y + 14, f'{middle:.3g}'))
        self.parts.append(''.join(parts) + '</svg>\n')

    def lines(self, title, x, y, series):
        """{name: [(x, y), …]} as lines with points."""
        data, plots = '', []
        for i, (name, points) in enumerate(series.items()):
            data += f'# {name}\n' + ''.join(f'{a}\t{b}\n' for a, b in points) + '\n\n'
            plots.append(f'$data index {i} using 1:2 with linespoints pt 7 ps 0.6 lw 2 title "{name}"')
        self._plot(f'''
set title "{title}"
set xlabel "{x}"
set ylabel "{y}"
set grid lc rgb "#dddddd"
set key left top
set xrange [0:*]
set yrange [0:*]
plot {', '.join(plots)}
''', data)

    def _plot(self, commands, data):
        self.plots += 1
        script = (f'set terminal svg size 900,380 font "sans,13" name "plot{self.plots}" background rgb "white"\n'
                  f'$data << EOD\n{data}EOD\n{commands}')
        done = subprocess.run(['gnuplot'], input=script, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f'gnuplot: {done.stderr.strip()}')
        # the page's font, as everywhere
        self.parts.append(re.sub(r' font-family="[^"]*"', '', done.stdout[done.stdout.index('<svg'):]) + '\n')

    def write(self, path):
        path.write_text(''.join(self.parts) + '</html>\n')


def mark(cell):
    return {'met': ' class="good"', 'not met': ' class="bad"'}.get(cell, '')
