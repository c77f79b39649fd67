"""Waits for a condition, never for a time.

until() is generous: a machine may be slow, and only a test that fails waits so long.
"""
import time

PATIENCE = 60       # seconds


def until(condition, what, seconds=PATIENCE):
    """What `condition()` returns as soon as that is true. `what` says what was waited for."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f'waited {seconds} s for {what}')
        time.sleep(0.005)
    return result


def lines_in(path):
    """How many lines a file has so far; 0 while it is not there."""
    try:
        with open(path, 'rb') as f:
            return f.read().count(b'\n')
    except FileNotFoundError:
        return 0


def state_of(pid):
    """The letter that ps shows for a process."""
    with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as f:
        return f.read().rpartition(')')[2].split()[0]
