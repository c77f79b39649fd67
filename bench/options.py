"""The settings of bench/run, as NAME=VALUE words."""
from pathlib import Path

from corpus import Sizes

DEFAULTS = {'N': '20000', 'SIZE': '5M', 'MODE': 'both', 'ROLL': '1000', 'SHARED': 'no', 'WIRE': 'plain,tls,dkim',
            'SAMPLE': '200', 'ROUNDS': '5', 'JOBS': '2', 'DIGEST': '10', 'PORT': '0', 'MINUTES': '0', 'NAME': 'run'}
PHP = Path('/usr/bin/php')


class Refused(Exception):
    """One line that says what to install or to free."""


class Options:
    def __init__(self, words):
        values = dict(DEFAULTS)
        for word in words:
            name, equals, value = word.partition('=')
            if name not in values or not equals:
                raise Refused(f"'{word}' is none of {', '.join(f'{n}=' for n in values)}")
            values[name] = value
        try:
            self.n, self.roll, self.sample, self.rounds, self.jobs, self.digest, self.port, self.minutes = (
                int(values[name]) for name in ('N', 'ROLL', 'SAMPLE', 'ROUNDS', 'JOBS', 'DIGEST', 'PORT', 'MINUTES'))
            self.sizes = Sizes(values['SIZE'])
        except ValueError as error:
            raise Refused(str(error)) from None
        self.shared = values['SHARED'] == 'yes'
        self.wires = values['WIRE'].split(',')
        self.name = values['NAME']
        self.mode = values['MODE']
        if self.mode not in ('marker', 'whole', 'both', 'offline') or not set(self.wires) <= {'plain', 'tls', 'dkim'}:
            raise Refused('MODE is marker, whole, both or offline; WIRE of plain, tls, dkim')
        self.modes = {'marker': ['marker'], 'whole': ['whole', 'cat'],
                      'both': ['whole', 'cat', 'marker', 'php'], 'offline': ['marker']}[self.mode]
        if 'php' in self.modes and not PHP.exists():
            self.modes.remove('php')
        self.text = ' '.join(f'{n}={v}' for n, v in values.items() if n not in ('PORT', 'MINUTES', 'NAME'))
