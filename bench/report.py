"""The report of a bulk run: Markdown for people, tab-separated values for programs.

Every figure is a message's share. Where there were several rounds it is their
median, with the least and the most after it; ratios are of medians of one run.
"""
from statistics import median

COLUMNS = ('phase', 'mode', 'wire', 'roll', 'messages', 'wall', 'cpu', 'sink_cpu', 'bytes', 'file_bytes',
           'page_bytes', 'device_bytes', 'delivered', 'digests', 'peak_memory', 'load')


def table(head, rows):
    """A Markdown table; every column but the first is aligned right."""
    lines = ['| ' + ' | '.join(head) + ' |', '|---|' + '--:|' * (len(head) - 1)]
    return '\n'.join(lines + ['| ' + ' | '.join(map(str, row)) + ' |' for row in rows]) + '\n'


def number(value, digits=1):
    return '-' if value is None else f'{value:,.{digits}f}'


def span(values, digits=1):
    """median (least-most)"""
    if not values:
        return '-'
    return f'{number(median(values), digits)} ({number(min(values), digits)}-{number(max(values), digits)})'


def fraction(part, whole):
    """'1/130' or '1.40 ×'"""
    if not part or not whole:
        return '-'
    times = whole / part
    return f'{part / whole:.2f} ×' if times < 3 else f'1/{times:,.{1 if times < 20 else 0}f}'


def verdict(good):
    return '-' if good is None else 'met' if good else '**not met**'


class Rows:
    def __init__(self, rows):
        self.rows = rows

    def pick(self, phase, mode=None, wire=None, compared=None):
        return [r for r in self.rows if r['phase'] == phase and mode in (None, r['mode']) and wire in (None, r['wire'])
                and compared in (None, str(r['roll']).startswith('c')) and r['roll'] != 'null']

    def share(self, field, phase, mode=None, wire=None, compared=None, scale=1.0):
        """The field of each such row, a message's share."""
        return [r[field] / r['messages'] * scale for r in self.pick(phase, mode, wire, compared)
                if r.get(field) is not None]

    def middle(self, field, phase, mode=None, wire=None, compared=None, scale=1.0):
        values = self.share(field, phase, mode, wire, compared, scale)
        return median(values) if values else None

    def total(self, field, phase, mode=None, wire=None, compared=None):
        return sum(r[field] or 0 for r in self.pick(phase, mode, wire, compared))


def write_tsv(path, rows):
    with open(path, 'w') as out:
        out.write('\t'.join(COLUMNS) + '\n')
        for row in rows:
            out.write('\t'.join('' if row.get(c) is None else f'{row[c]:.6g}' if isinstance(row[c], float) else str(row[c])
                                for c in COLUMNS) + '\n')


def goals(rows, wire, group):
    """The rows of the goals that a bulk run can answer; CPU only from a control group."""
    lines = []
    compared = bool(rows.pick('deliver', 'whole') and rows.pick('deliver', 'marker'))
    if not compared:
        return lines
    whole = rows.middle('cpu', 'inject-each', 'whole', wire)
    for phase, how, goal in (('inject-each', 'one process a message', 6), ('inject-batch', 'one -bS batch', 50)):
        # Only the full run has real batches; the few messages of a comparison round do not pay for the start.
        full = rows.middle('cpu', phase, 'marker', wire, phase == 'inject-each')
        full = full or rows.middle('cpu', phase, 'marker', wire)
        base = rows.middle('cpu', phase, 'whole', wire, True)
        lines.append((f'injection CPU, {how}', f'{number(full * 1e3, 2)} ms beside {number(base * 1e3)}',
                      fraction(full, base), f'1/{goal}',
                      verdict(full * goal <= base if group else None)))
    for phase, name in (('put', '`put FILE…`'), ('put-batch', '`put --batch`')):
        put = rows.middle('cpu', phase)
        if put:     # not with a shared attachment
            lines.append((f'{name} of its attachment, CPU', f'{number(put * 1e3)} ms beside {number(whole * 1e3)} '
                          '(whole, injected)', fraction(put, whole), 'reported', ''))
    marker, base = (rows.middle('file_bytes', 'inject-each', m, wire) for m in ('marker', 'whole'))
    lines.append(('spool file bytes', f'{number(marker, 0)} beside {number(base, 0)}', fraction(marker, base), '1/1000',
                  verdict(marker * 1000 <= base)))
    # The least: what others write to the same disk meanwhile can only add.
    device, base = (min(rows.share('device_bytes', 'inject-each', m, wire), default=None) for m in ('marker', 'whole'))
    if device and base:
        entries = min((max(0, r['device_bytes'] - r['bytes']) / r['messages']
                       for r in rows.pick('put') + rows.pick('put-batch')), default=0)
        device += entries
        lines.append(('device bytes with entries, without blobs; least of all rounds', f'{number(device / 1e3)} kB '
                      f'({number(entries / 1e3)} for the entry) beside {number(base / 1e3)}', fraction(device, base), '1/50',
                      verdict(device * 50 <= base)))
    marker, cat = (rows.middle('wall', 'deliver', m, wire, True) for m in ('marker', 'cat'))
    lines.append(('delivery throughput beside `/bin/cat` on the whole message',
                  f'{number(1 / marker)} beside {number(1 / cat)} messages/s', f'{cat / marker:.2f} ×', '1.0 ×',
                  verdict(marker <= cat)))
    return lines


def comparison(rows, wires, modes, labels):
    text = ''
    for wire in wires:
        lines = []
        cat = rows.middle('wall', 'deliver', 'cat', wire, True)
        for mode in modes:
            if not rows.pick('deliver', mode, wire, True):
                continue
            wall = rows.middle('wall', 'deliver', mode, wire, True)
            rate = rows.total('bytes', 'deliver', mode, wire, True) / 1e6 / rows.total('wall', 'deliver', mode, wire, True)
            lines.append((
                labels[mode], f'{cat / wall:.2f}' if cat else '-',
                span(rows.share('wall', 'deliver', mode, wire, True, 1e3)),
                span(rows.share('cpu', 'deliver', mode, wire, True, 1e3)),
                number(rows.middle('sink_cpu', 'deliver', mode, wire, True, 1e3)), number(rate, 0),
                span(rows.share('cpu', 'inject-each', mode, wire, True, 1e3)),
                span(rows.share('cpu', 'inject-batch', mode, wire, True, 1e3)),
                number(rows.middle('file_bytes', 'inject-each', mode, wire, True), 0),
                number(rows.middle('device_bytes', 'inject-each', mode, wire, True, 1e-3)),
                number(rows.middle('device_bytes', 'deliver', mode, wire, True, 1e-3))))
        if lines:
            text += f'\n### {wire}\n\n' + table(
                ('mode', 'rate beside cat', 'deliver: wall ms', 'CPU ms', 'sink CPU ms', 'MB/s', 'inject each: CPU ms',
                 'inject batch: CPU ms', 'queue file bytes', 'device kB queued', 'device kB delivering'), lines)
    return text


def full_run(rows, options, wire):
    put, batched, each, batch, deliver = (rows.pick(p, 'marker', None, False) for p in (
        'put', 'put-batch', 'inject-each', 'inject-batch', 'deliver'))
    lines = []
    for name, part in (('put FILE…', put), ('put --batch', batched), ('inject, one process each', each),
                       ('inject, -bS batches', batch), ('deliver', deliver)):
        count = sum(r['messages'] for r in part)
        if not count:
            continue
        wall, cpu, sink = (sum(r[f] for r in part) for f in ('wall', 'cpu', 'sink_cpu'))
        moved = sum(r['bytes'] for r in part) if name.startswith(('put', 'deliver')) else 0
        device = [r['device_bytes'] / r['messages'] / 1e3 for r in part if r['device_bytes'] is not None]
        lines.append((name, f'{count:,}', number(wall), number(wall / count * 1e3, 2), number(cpu), number(cpu / count * 1e3, 2),
                      number(sink), number(moved / 1e9) if moved else '-', number(moved / 1e6 / wall, 0) if moved else '-',
                      span(device),
                      number(max((r['peak_memory'] or 0) / 1e6 for r in part) or None, 0)))
    delivered = sum(r['delivered'] for r in deliver)
    digests = sum(r.get('digests', 0) for r in deliver)
    rolls = len(deliver)
    short = '' if delivered >= options.n else f'**Time was up: {delivered:,} of {options.n:,} were run.** '
    return (short + f'{delivered:,} messages were delivered to `{wire}` in {rolls} rolls of at most {options.roll:,}; every one '
            f'had its final dot, its own number once, and an attachment of the right length; {digests:,} attachments '
            'were decoded and compared with their SHA-256.\n\n') + table(
        ('phase', 'messages', 'wall s', 'ms each', 'CPU s', 'ms each', 'sink CPU s', 'GB', 'MB/s',
         'device kB each, median (least-most) of rolls', 'peak memory MB'), lines)


def extrapolated(rows, options, wire):
    wall = {p: rows.middle('wall', p, 'whole', wire, True) for p in ('inject-each', 'inject-batch', 'deliver')}
    cpu = {p: rows.middle('cpu', p, 'whole', wire, True) for p in ('inject-each', 'inject-batch', 'deliver')}
    queue = rows.middle('file_bytes', 'inject-each', 'whole', wire, True)
    device = rows.middle('device_bytes', 'inject-each', 'whole', wire, True)
    n = options.n
    return (f'{options.sample} whole messages were sampled in {options.rounds} rounds. **Extrapolated, not run**, to '
            f'{n:,}: queue {n * queue / 1e9:,.0f} GB' + (f', {n * device / 1e9:,.0f} GB to the device' if device else '') +
            f'; injection {n * wall["inject-each"]:,.0f} s wall and {n * cpu["inject-each"]:,.0f} s CPU by a process each, '
            f'{n * wall["inject-batch"]:,.0f} s and {n * cpu["inject-batch"]:,.0f} s by batches; delivery '
            f'{n * wall["deliver"]:,.0f} s and {n * cpu["deliver"]:,.0f} s.\n')


NOTES = '''
## How it was measured

- The same Exim, configuration, sink and runner in every mode: {jobs} `exim -q` at a time deliver, {jobs} processes
  at a time inject (`-odq`), one process injects a `-bS` batch, {jobs} `mailgraft put` at a time store,
  by turns `put FILE…` with some 100 files each and `put --batch`.
  The transports are those of doc/exim/mailgraft-transport.conf, word for word; `cat` and `php` replace its
  `transport_filter` line. Whole messages are what mailgraft-filter made of the messages with markers, so the same
  bytes travel in every mode (`php`: other boundaries). Rounds alternate, beginning with another mode each time.
- CPU is {account}. The driver that starts processes takes its own off. Part of the sink's work, the loopback's,
  is done in its sender's system calls and so counted as Exim's, in every mode.
- Bytes on the device are of the whole disk, `sync` before and after, so what others write meanwhile is in them.
  File bytes are the sizes of Exim's -H and -D files. Building messages is not counted: an
  application's cost, larger for whole messages. Source files and small messages lay in {sources}.
- The sink holds each message in memory and checks its final dot, its number, and the length of its attachment, and of
  every {digest}th the SHA-256. Null run, no Exim: {null}.
- Peak memory is the sum of resident pages over all processes, shared ones counted each time, sampled ten times a second.
- What loopback cannot show: a real run is bounded by the line (135 GB take 3 h at 100 Mbit/s) and by the receivers.
- `php` is a stand-in for the original: fgets, and convert.base64-encode on a marker line. It checks no token and no
  content, and has no sandbox.
'''


def write_run(tsv, markdown, options, rows, facts, labels):
    for row in rows:
        row['roll'] = str(row['roll'])
    write_tsv(tsv, rows)
    rows = Rows(rows)
    wire = options.wires[0]
    null = facts['null']
    null_text = (f'{null["bytes"] / 1e6 / null["wall"]:,.0f} MB/s, '
                 f'{null["wall"] / null["messages"] * 1e3:.1f} ms wall and {null["sink_cpu"] / null["messages"] * 1e3:.1f} ms '
                 'CPU of the sink a message')
    best = max((sum(r['bytes'] for r in rows.pick('deliver', m, w)) / max(1e-9, rows.total('wall', 'deliver', m, w))
                for m in labels for w in options.wires), default=0) / 1e6
    null_text += f'; through Exim at most {best:,.0f} MB/s' + (
        '' if best < null['bytes'] / 1e6 / null['wall'] else ': **the sink is the limit, throughput figures are void**')
    text = ['# A bulk run\n\n', f'{facts["machine"]}; {facts["exim"]}; load {facts["load"][0]:.1f} before, '
            f'{facts["load"][1]:.1f} after; took {facts["took"] / 60:.0f} min. `{options.text}`\n']
    if facts['problems']:
        text.append('\n**Problems:** ' + '; '.join(facts['problems']) + '\n')
    lines = goals(rows, wire, facts['group'])
    if lines:
        text += ['\n## Ratios first\n\n', table(('what', 'measured, per message', 'ratio', 'goal for 5 MB', ''), lines)]
    if options.mode != 'whole':
        text += ['\n## Messages with markers, the full run\n\n', full_run(rows, options, wire),
                 f'\nThe queue was at most {facts["peak_queue"] / 1e3:,.0f} kB with a roll in it.\n']
    if options.mode in ('whole', 'both'):
        text += ['\n## Every mode in alternating rounds\n\nMedians (least-most) of rounds, a message\'s share. "Rate '
                 'beside cat" is messages a second beside `transport_filter = /bin/cat` on the whole message.\n',
                 comparison(rows, options.wires, options.modes, labels),
                 '\n## What whole messages would take\n\n', extrapolated(rows, options, wire)]
    text.append(NOTES.format(jobs=options.jobs, account=facts['account'], digest=options.digest, null=null_text,
                             sources='memory (tmpfs)' if facts['sources'] == 'memory' else 'the same file system'))
    markdown.write_text(''.join(text))


def write_offline(tsv, markdown, options, runs, where):
    """The filter alone, without Exim: N invocations, spawn included."""
    with open(tsv, 'w') as out:
        out.write('roll\tname\tround\twall_us\twriter_cpu_us\treader_cpu_us\trss_kb\tbytes\tstatus\n')
        out.writelines(f'{roll}\t' + '\t'.join(run) + '\n' for roll, run in runs)
    lines, middle = [], {}
    for name in ('mailgraft-filter', 'cat'):
        mine = [[float(x) for x in run[2:]] for _, run in runs if run[0] == name]
        wall = [r[0] / 1e3 for r in mine]
        middle[name] = median(wall)
        size = sum(r[4] for r in mine)
        lines.append((name, f'{len(mine):,}', sum(r[5] != 0 for r in mine), number(sum(wall) / 1e3), span(wall, 2),
                      number(median([(r[1] + r[2]) / 1e3 for r in mine]), 2), number(size / 1e3 / sum(wall), 0),
                      number(max(r[3] for r in mine) / 1e3)))
    markdown.write_text(
        f'# The filter alone, {options.n:,} times\n\n{where}. `{options.text}`\n\n'
        f'One invocation takes {middle["mailgraft-filter"] / middle["cat"]:.2f} × the time of `cat` of the finished message, '
        'process start included in both.\n\n' + table(
            ('', 'invocations', 'failed', 'wall s', 'wall ms each, median (least-most)', 'CPU ms, with the reader', 'MB/s', 'peak MB'),
            lines) +
        '\nEvery message has its attachment to itself. Each is started by vfork and execve with the message on a pipe, one after\n'
        'the other, and read 8 KiB at a time as Exim does; neither is held to a CPU. `cat` takes its turns among them.\n')
