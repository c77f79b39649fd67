"""Tables and plots of the micro-benchmarks as one HTML page; the plots by gnuplot, as SVG in it.

Not here: measuring (micro)
"""
import html
import subprocess

STYLE = '''
body { font: 16px/1.45 sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em; color: #222 }
h1, h2 { font-weight: 600; line-height: 1.2 } h2 { margin-top: 2.2em; border-top: 1px solid #ccc; padding-top: .8em }
table { border-collapse: collapse; margin: 1em 0; font-size: .88em } caption { text-align: left; font-weight: 600; padding: .3em 0 }
th, td { padding: .22em .7em; border-bottom: 1px solid #ddd; text-align: right } th:first-child, td:first-child { text-align: left }
th { background: #f3f3f3; font-weight: 600 } tr.own td { background: #eef5ee } td.bad { color: #a00; font-weight: 600 }
td.good { color: #060 } p, li { max-width: 50em } svg { max-width: 100%; height: auto } .note { color: #555; font-size: .92em }
'''


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
        lines = [f'<table><caption>{html.escape(caption)}</caption>\n<tr>',
                 ''.join(f'<th>{html.escape(h)}</th>' for h in head), '</tr>\n']
        for row in rows:
            tint = ' class="own"' if row[0] in own else ''
            cells = ''.join(f'<td{mark(cell)}>{html.escape(str(cell))}</td>' for cell in row)
            lines.append(f'<tr{tint}>{cells}</tr>\n')
        self.parts += [*lines, '</table>\n']

    def bars(self, title, unit, bars, log=False):
        """[(label, middle, least, most), …] as horizontal-label bars with whiskers."""
        data = ''.join(f'{i}\t{middle}\t{least}\t{most}\t"{label}"\n' for i, (label, middle, least, most) in enumerate(bars))
        bottom = min(least for _, _, least, _ in bars) / 2 if log else 0
        self._plot(f'''
set title "{title}"
set ylabel "{unit}"
set style fill solid 0.75 noborder
set boxwidth 0.6
set grid ytics lc rgb "#dddddd"
set xtics rotate by -28 nomirror
set yrange [{bottom}:*]
{'set logscale y' if log else ''}
unset key
plot $data using 1:2:xtic(5) with boxes lc rgb "#4477aa", $data using 1:2:3:4 with yerrorbars pt 0 lw 1.5 lc rgb "#333333"
''', data)

    def lines(self, title, x, y, series, log=''):
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
{f'set logscale {log}' if log else 'set yrange [0:*]'}
plot {', '.join(plots)}
''', data)

    def _plot(self, commands, data):
        self.plots += 1
        script = (f'set terminal svg size 900,380 font "sans,13" name "plot{self.plots}" background rgb "white"\n'
                  f'$data << EOD\n{data}EOD\n{commands}')
        done = subprocess.run(['gnuplot'], input=script, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f'gnuplot: {done.stderr.strip()}')
        self.parts.append(done.stdout[done.stdout.index('<svg'):] + '\n')

    def write(self, path):
        path.write_text(''.join(self.parts) + '</html>\n')


def mark(cell):
    return {'met': ' class="good"', 'not met': ' class="bad"'}.get(cell, '')
