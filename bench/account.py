"""What a bulk run costs: CPU of all its processes, bytes on the device, memory, load.

Owns:     a control group of its own; stops what is still in it
Not here: the sink's CPU (it says it itself), the time of the wall (bench-spawn)

CPU is that of a control group, so that processes nobody waits for count too.
Where there is none to be had, it is what the whole machine was busy, which is
more than the run used; `CpuAccount.says` tells the reader which it was.
"""
import os
import signal
import threading
import time
from pathlib import Path

TICK = os.sysconf('SC_CLK_TCK')
PAGE = os.sysconf('SC_PAGE_SIZE')


def group_mounts():
    """(kind, mount point) of control groups that tell CPU time, version 2 first."""
    found = []
    for line in Path('/proc/self/mounts').read_text().splitlines():
        _, where, kind, options, *_ = line.split()
        if kind == 'cgroup2':
            found.insert(0, ('2', Path(where)))
        elif kind == 'cgroup' and 'cpuacct' in options.split(','):
            found.append(('1', Path(where)))
    return found


class CpuAccount:
    def __init__(self):
        self.path = None
        for version, mount in group_mounts():
            path = mount / f'mailgraft-bench-{os.getpid()}'
            try:
                path.mkdir()
                (path / 'cgroup.procs').open('w').close()
            except OSError:
                continue
            self.path, self.version = path, version
            self.says = f'of a control group (version {version}) with every process of the run but sink and driver'
            return
        self.says = ('of the WHOLE MACHINE, since no control group can be made here: '
                     'an upper bound, sink and driver included')

    def enter(self):
        """For preexec_fn: the process and all it starts are in the account."""
        if self.path:
            with open(self.path / 'cgroup.procs', 'w') as procs:
                procs.write('0')

    def seconds(self):
        if not self.path:
            user, nice, system, _, _, irq, soft, *_ = map(int, Path('/proc/stat').read_text().split()[1:9])
            return (user + nice + system + irq + soft) / TICK
        if self.version == '1':
            return int((self.path / 'cpuacct.usage').read_text()) / 1e9
        return int((self.path / 'cpu.stat').read_text().split()[1]) / 1e6

    def pids(self):
        return [int(p) for p in (self.path / 'cgroup.procs').read_text().split()] if self.path else []

    def close(self):
        """Stops what is left in the group, and removes it."""
        for _ in range(50):
            for pid in self.pids():
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if self.path is None or not self.pids():
                break
            time.sleep(0.1)
        if self.path:
            try:
                self.path.rmdir()
            except OSError:
                pass
            self.path = None


class Device:
    """The block device beneath a directory. Others write to it too: take medians of several rounds."""

    def __init__(self, directory):
        number = os.stat(directory).st_dev
        self.stat = Path(f'/sys/dev/block/{os.major(number)}:{os.minor(number)}/stat')
        self.known = self.stat.exists()

    def written(self):
        """Bytes written so far, everything dirty included; None where no device is known."""
        if not self.known:
            return None
        os.sync()
        return int(self.stat.read_text().split()[6]) * 512


class MemoryWatch(threading.Thread):
    """The largest resident memory of an account's processes together, measured ten times a second."""

    def __init__(self, account):
        super().__init__(daemon=True)
        self.account = account
        self.peak = 0
        self.ending = threading.Event()

    def run(self):
        while not self.ending.wait(0.1):
            total = 0
            for pid in self.account.pids():
                try:
                    resident = int(Path(f'/proc/{pid}/statm').read_text().split()[1]) * PAGE
                except (OSError, IndexError):
                    continue
                total += resident
            self.peak = max(self.peak, total)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()


def load():
    return os.getloadavg()[0]


def machine():
    """The machine in general words."""
    model = next((line.split(':')[1].strip() for line in Path('/proc/cpuinfo').read_text().splitlines()
                  if line.startswith('model name')), 'unknown CPU')
    flags = next((line for line in Path('/proc/cpuinfo').read_text().splitlines() if line.startswith('flags')), '')
    vector = next((name for flag, name in (('avx512_vbmi ', 'AVX-512 VBMI'), ('avx512vbmi ', 'AVX-512 VBMI'),
                                           ('avx2 ', 'AVX2'), ('ssse3 ', 'SSSE3')) if flag in flags + ' '), 'no vectors')
    memory = os.sysconf('SC_PHYS_PAGES') * PAGE / 2**30
    kernel = '.'.join(os.uname().release.split('.')[:2])
    virtual = ', virtual' if 'hypervisor' in flags else ''
    return (f'{os.cpu_count()} CPUs ({model}, {vector}{", SHA-NI" if "sha_ni" in flags else ""}{virtual}), '
            f'{memory:.0f} GB memory, Linux {kernel}')
