/*
 * confine.c - see confine.h
 */
#include "relay/confine.h"

#if defined(__SANITIZE_ADDRESS__)

void
confine_session(void)
{
}

void
confine_keeper(const char *spool, int state)
{
	(void)spool;
	(void)state;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter/landlock.h"

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef OUR_ARCH

/* What both call: memory, time, descriptors, the end. */
#define SHARED_CALLS \
	SYS_read, SYS_write, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_close, SYS_fstat, \
	    SYS_newfstatat, SYS_fcntl, SYS_lseek, SYS_sendmsg, SYS_sendto, SYS_recvmsg, \
	    SYS_recvfrom, SYS_clock_gettime, SYS_clock_nanosleep, SYS_getrandom, SYS_brk, \
	    SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_futex, SYS_getpid, \
	    SYS_gettid, SYS_tgkill, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, \
	    SYS_restart_syscall, SYS_exit, SYS_exit_group

static const __u32 session_calls[] = {
    SHARED_CALLS,
#ifdef SYS_poll
    SYS_poll,
#endif
    SYS_ppoll,
    SYS_connect,
    SYS_bind,
    SYS_getsockopt,
    SYS_setsockopt,
    SYS_shutdown,
    SYS_ftruncate,
};

static const __u32 keeper_calls[] = {
    SHARED_CALLS,
#ifdef SYS_epoll_wait
    SYS_epoll_wait,
#endif
    SYS_epoll_pwait,
    SYS_epoll_ctl,
    SYS_openat,
    SYS_openat2,
    SYS_fsync,
    SYS_fdatasync,
#ifdef SYS_renameat
    SYS_renameat,
#endif
    SYS_renameat2,
    SYS_dup,
};

enum { CALLS_MAX = 64, HEAD = 4, TAIL = 6 };

/* The lower half of the first argument (both architectures are little-endian). */
enum { FIRST_ARGUMENT = offsetof(struct seccomp_data, args[0]) };

/* `inet`: socket(2) may be called for IPv4 and IPv6. */
static void
confine_calls(const __u32 *calls, unsigned count, bool inet)
{
	const struct sock_filter deny = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_filter program[HEAD + CALLS_MAX + TAIL] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	unsigned at = HEAD, last = HEAD + count + 5;
	struct sock_fprog fprog = {.len = (unsigned short)(last + 1), .filter = program};

	for (unsigned i = 0; i < count; i++, at++) {
		program[at] = (struct sock_filter)BPF_JUMP(
		    BPF_JMP | BPF_JEQ | BPF_K, calls[i], (__u8)(last - at - 1), 0);
	}
	/* socket(): on to its first argument; else to the denial */
	program[at++] = (struct sock_filter)BPF_JUMP(
	    BPF_JMP | BPF_JEQ | BPF_K, inet ? SYS_socket : (__u32)-1, 0, 3);
	program[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIRST_ARGUMENT);
	program[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0);
	program[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0);
	program[at++] = deny;
	program[at] = allow;
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog);
}

#else

enum { session_calls, keeper_calls };
#define confine_calls(calls, count, inet) ((void)0)

#endif

void
confine_session(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
		landlock_enforce(landlock_begin());
		confine_calls(session_calls, sizeof(session_calls) / sizeof(__u32), true);
	}
}

void
confine_keeper(const char *spool, int state)
{
	int rules, dir, spill;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return;
	}
	rules = landlock_begin();
	dir = open(spool, O_PATH | O_DIRECTORY | O_CLOEXEC);
	spill = openat(dir, "spill", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	landlock_allow(rules, dir, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR);
	landlock_allow(rules, spill,
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
	        LANDLOCK_ACCESS_FS_MAKE_REG);
	landlock_allow(rules, state,
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
	        LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE);
	landlock_enforce(rules);
	if (spill >= 0) {
		close(spill);
	}
	if (dir >= 0) {
		close(dir);
	}
	confine_calls(keeper_calls, sizeof(keeper_calls) / sizeof(__u32), false);
}

#endif
