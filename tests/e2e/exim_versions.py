"""Exims of other Debian releases, unpacked side by side: nothing is installed.

Owns:     build/exim-versions/SUITE/root, made by the machine's own apt from the mirror that it uses
Not here: what is tried with them (tests/e2e-exim-versions)

Each lies in a root of its own with its libraries; Exim runs there under chroot,
since it starts itself again by its path.
"""
import os
import re
import shutil
import subprocess
from pathlib import Path

from e2e.exim import ROOT

PLACE = ROOT / 'build/exim-versions'
SUITES = 'bullseye trixie'                  # 4.94, 4.98; sid changes, and is for who asks for it
SECONDS = 100                               # for fetching one
KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'


def mirror():
    """Where this machine's apt has Debian from, or None."""
    said = subprocess.run(['apt-get', 'indextargets', '--format', '$(SITE) $(CODENAME) $(COMPONENT)'], capture_output=True, text=True)
    sites = [line.split()[0] for line in said.stdout.splitlines() if re.search(r'/debian/? \w+ main$', line)]
    return sites[0] if sites else None


def apt(place, *arguments):
    state = ('Dir::Etc::sourcelist=%s/sources.list' % place, 'Dir::Etc::sourceparts=-', 'Dir::State=%s/state' % place,
             'Dir::State::status=%s/state/status' % place, 'Dir::Cache=%s/cache' % place, 'APT::Sandbox::User=root',
             'APT::Install-Recommends=no', 'Acquire::Retries=0', 'Acquire::http::Timeout=10', 'Acquire::Languages=none',
             'APT::Get::AllowUnauthenticated=no', 'Debug::NoLocking=yes')
    done = subprocess.run(['apt-get', '-qq', '-y', *[w for o in state for w in ('-o', o)], *arguments], timeout=SECONDS,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stdout.strip().split('\n')[-1])


def fetch(suite):
    """The root with an Exim of this suite; what was unpacked once is taken again. RuntimeError: it cannot be had."""
    place = PLACE / suite
    root = place / 'root'
    if root.exists():
        return with_users(root)
    site = mirror()
    if site is None:
        raise RuntimeError('apt knows no Debian mirror here')
    shutil.rmtree(place, ignore_errors=True)
    for name in ('state/lists/partial', 'cache/archives/partial', 'unpacked'):
        (place / name).mkdir(parents=True)
    (place / 'state/status').write_text('')
    (place / 'sources.list').write_text(f'deb [signed-by={KEYRING}] {site} {suite} main\n')
    try:
        apt(place, 'update')
        apt(place, 'install', '--download-only', 'exim4-daemon-heavy', 'exim4-config', 'dash', 'coreutils', 'debianutils', 'sed',
            'grep', 'gawk')
    except subprocess.TimeoutExpired:
        raise RuntimeError(f'{suite}: not within {SECONDS} s') from None
    skeleton = place / 'unpacked'
    # Since Debian 13 /bin and /lib are links; as packages ship them.
    for name in ('bin', 'sbin', 'lib', 'lib64'):
        (skeleton / 'usr' / name).mkdir(parents=True, exist_ok=True)
        (skeleton / name).symlink_to(f'usr/{name}')
    for package in sorted((place / 'cache/archives').glob('*.deb')):
        contents = subprocess.Popen(['dpkg-deb', '--fsys-tarfile', package], stdout=subprocess.PIPE)
        subprocess.run(['tar', '-x', '--keep-directory-symlink', '-C', skeleton], stdin=contents.stdout, check=True)
        contents.wait()
    skeleton.rename(root)
    for name in ('cache', 'state'):
        shutil.rmtree(place / name)
    return with_users(root)


def with_users(root):
    """Users and groups are those of this machine."""
    for name in ('passwd', 'group'):
        shutil.copy(f'/etc/{name}', root / 'etc')
    return root


def version(root):
    said = subprocess.run(['chroot', root, '/usr/sbin/exim4', '-C', '/dev/null', '-bV'], capture_output=True, text=True)
    found = re.search(r'Exim version (\S+)', said.stdout)
    return found[1] if found else None
