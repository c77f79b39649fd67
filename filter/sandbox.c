/*
 * sandbox.c - see sandbox.h
 */
#include "filter/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)

void
sandbox_enter(int spool)
{
	(void)spool;
}

#else

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

/* Everything about files that the first version of Landlock knows. */
static const __u64 ALL_ACCESS =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
    LANDLOCK_ACCESS_FS_MAKE_SYM;

static void
allow_beneath(int ruleset, int directory, __u64 access)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = access, .parent_fd = directory,
	};

	if (directory >= 0) {
		syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	}
}

static void
confine_files(int spool)
{
	struct landlock_ruleset_attr files = {.handled_access_fs = ALL_ACCESS};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &files, sizeof(files), 0);
	int spill;

	if (ruleset < 0) {
		return;         /* a kernel without Landlock, or with it switched off */
	}
	spill = openat(spool, "spill", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	allow_beneath(ruleset, spool, LANDLOCK_ACCESS_FS_READ_FILE);
	allow_beneath(ruleset, spill,
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG);
	syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
	if (spill >= 0) {
		close(spill);
	}
}

#ifdef OUR_ARCH

/* Jumps to the end where the number is this one; the last one is followed by the kill. */
#define ALLOW(call) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void
confine_calls(void)
{
	static const struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		/* the message and the blobs */
		ALLOW(read),
		ALLOW(pread64),
		ALLOW(write),
		ALLOW(writev),
		ALLOW(openat2),
		ALLOW(newfstatat),
		ALLOW(fstat),
		ALLOW(close),
		ALLOW(lseek),
		ALLOW(ppoll),
#ifdef SYS_poll
		ALLOW(poll),
#endif
		ALLOW(fcntl),
		/* time, the alarm, the log */
		ALLOW(clock_gettime),
		ALLOW(gettimeofday),
#ifdef SYS_time
		ALLOW(time),
#endif
#ifdef SYS_alarm
		ALLOW(alarm),
#endif
		ALLOW(setitimer),
		ALLOW(rt_sigreturn),
		ALLOW(restart_syscall),
		ALLOW(sendmsg),
		/* the C library's memory, and the end */
		ALLOW(brk),
		ALLOW(mmap),
		ALLOW(munmap),
		ALLOW(exit_group),
		ALLOW(exit),
		/* abort() */
		ALLOW(rt_sigprocmask),
		ALLOW(rt_sigaction),
		ALLOW(gettid),
		ALLOW(getpid),
		ALLOW(tgkill),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	/* The kernel's structure is not const, though it only reads. */
	struct sock_fprog fprog = {
		.len = sizeof(program) / sizeof(program[0]),
		.filter = (struct sock_filter *)(size_t)program,
	};

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog);
}

#else

static void
confine_calls(void)
{
}

#endif

void
sandbox_enter(int spool)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return;
	}
	confine_files(spool);
	confine_calls();
}

#endif
