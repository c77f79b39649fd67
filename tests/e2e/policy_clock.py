"""A clock of the daemon's that a test moves forward: a library that stands before the C library."""
import mmap
import os
import struct
import subprocess

SOURCE = r'''
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *ts)
{
	static const volatile long *seconds;
	if (seconds == NULL) {
		int fd = open(getenv("CLOCK_FILE"), O_RDONLY | O_CLOEXEC);
		seconds = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		close(fd);
	}
	int r = (int)syscall(SYS_clock_gettime, id, ts);
	ts->tv_sec += *seconds;
	return r;
}
'''


class Clock:
    """environment: what a Daemon needs to have this clock."""

    def __init__(self, folder):
        with open(f'{folder}/clock.c', 'w') as f:
            f.write(SOURCE)
        subprocess.run(['cc', '-shared', '-fPIC', '-O1', '-D_GNU_SOURCE', '-o',
                        f'{folder}/clock.so', f'{folder}/clock.c'], check=True)
        with open(f'{folder}/clock', 'w+b') as f:
            f.truncate(4096)
            self.page = mmap.mmap(f.fileno(), 4096)
        os.chmod(f'{folder}/clock', 0o644)
        self.moved = 0
        self.environment = {'LD_PRELOAD': f'{folder}/clock.so', 'CLOCK_FILE': f'{folder}/clock'}

    def move(self, daemon, seconds):
        """The daemon's timers fall due when something next wakes it."""
        self.moved += seconds
        self.page[:8] = struct.pack('l', self.moved)
        daemon.command('status')
        daemon.command('status')
