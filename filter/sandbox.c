/*
 * sandbox.c - see sandbox.h
 */
#include "filter/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)

void
sandbox_enter(int spool, bool has_openat2)
{
	(void)spool;
	(void)has_openat2;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter/landlock.h"

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

static void
confine_files(int spool)
{
	int rules = landlock_begin(), spill;

	if (rules < 0) {
		return;
	}
	spill = openat(spool, "spill", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (spill < 0 && (errno == EMFILE || errno == ENFILE)) {
		/* else a spill would be forbidden, and the refusal about rights */
		close(rules);
		return;
	}
	landlock_allow(rules, spool, LANDLOCK_ACCESS_FS_READ_FILE);
	landlock_allow(rules, spill,
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
	        LANDLOCK_ACCESS_FS_MAKE_REG);
	landlock_enforce(rules);
	if (spill >= 0) {
		close(spill);
	}
}

#ifdef OUR_ARCH

/* What grafting calls; not what the C library could call when we have made a mistake: that may end
 * here. */
static const __u32 calls[] = {
    /* the message and the blobs */
    SYS_read,
    SYS_pread64,
    SYS_write,
    SYS_writev,
    SYS_openat2,
    SYS_newfstatat,
    SYS_fstat,
    SYS_close,
    SYS_fcntl,
#ifdef SYS_poll
    SYS_poll,
#else
    SYS_ppoll,
#endif
    /* time, the alarm, the log */
    SYS_clock_gettime,
    SYS_sendmsg,
    SYS_rt_sigreturn,
    SYS_restart_syscall,
#ifdef SYS_alarm
    SYS_alarm,
#else
    SYS_setitimer,
#endif
    /* the end of the command after the filter */
    SYS_wait4,
    /* memory for the text of an error that the C library does not know, and the end */
    SYS_brk,
    SYS_mmap,
    SYS_exit_group,
};

enum { CALLS = sizeof(calls) / sizeof(calls[0]), KILL = 4 + CALLS, ALLOW };

/* A short program: the kernel runs it once for each system call there is, to see which are always
 * allowed. */
static void
confine_calls(bool has_openat2)
{
	struct sock_filter program[ALLOW + 1] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    [KILL] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	    [ALLOW] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog fprog = {.len = ALLOW + 1, .filter = program};

	for (unsigned i = 0; i < CALLS; i++) {
		/* Where openat2 is missing, the spool opens by openat (spool/beneath.h). */
		__u32 call = calls[i] == SYS_openat2 && !has_openat2 ? SYS_openat : calls[i];
		program[4 + i] = (struct sock_filter)BPF_JUMP(
		    BPF_JMP | BPF_JEQ | BPF_K, call, (__u8)(ALLOW - 4 - i - 1), 0);
	}
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog);
}

#else

static void
confine_calls(bool has_openat2)
{
	(void)has_openat2;
}

#endif

void
sandbox_enter(int spool, bool has_openat2)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return;
	}
	confine_files(spool);
	confine_calls(has_openat2);
}

#endif
