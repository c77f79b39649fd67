/*
 * test-beneath.c - with openat2 and without it, the same paths open and the same do not
 */
#include "spool/beneath.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "filter/sandbox.h"
#include "tests/stored.h"

static int top;

static void
begin(void)
{
	umask(077);
	scratch_begin();
	ck_assert_int_eq(mkdir("top", 0700), 0);
	ck_assert_int_eq(mkdir("top/in", 0700), 0);
	scratch_file("secret", "x", 1, 0600);
	scratch_file("top/in/file", "x", 1, 0600);
	ck_assert_int_eq(symlink("file", "top/in/link"), 0);
	ck_assert_int_eq(symlink("../../secret", "top/in/out"), 0);
	ck_assert_int_eq(symlink("in", "top/folder"), 0);
	ck_assert_int_eq(symlink("/", "top/root"), 0);
	top = open("top", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(top, 0);
}

static void
end(void)
{
	close(top);
	scratch_end();
}

static const struct row {
	const char *path;
	int flags;
	int error; /* 0: it opens */
} rows[] = {
    {"in/file", O_RDONLY, 0},
    {"in", O_RDONLY | O_DIRECTORY, 0},
    {".", O_RDONLY | O_DIRECTORY, 0},
    {"./in/file", O_RDONLY, 0},
    {"in//file", O_RDONLY, 0},
    {"in/file", O_PATH, 0},
    {".", O_RDWR | O_TMPFILE, 0},
    {"in", O_RDWR | O_TMPFILE, 0},
    {"in/none", O_RDONLY, ENOENT},
    {"none/file", O_RDONLY, ENOENT},
    {"", O_RDONLY, ENOENT},
    {"in/file/file", O_RDONLY, ENOTDIR},
    {"in/file", O_RDONLY | O_DIRECTORY, ENOTDIR},
    {"in/link", O_RDONLY, ELOOP},
    {"in/out", O_RDONLY, ELOOP},
    {"in/link", O_PATH, ELOOP},
    {"folder", O_RDONLY | O_DIRECTORY, ELOOP},
    {"folder", O_PATH | O_DIRECTORY, ELOOP},
    {"folder", O_RDWR | O_TMPFILE, ELOOP},
    {"folder/file", O_RDONLY, ELOOP},
    {"root/etc/passwd", O_RDONLY, ELOOP},
    {"/etc/passwd", O_RDONLY, EXDEV},
    {"..", O_RDONLY | O_DIRECTORY, EXDEV},
    {"../secret", O_RDONLY, EXDEV},
    {"../top/in/file", O_RDONLY, EXDEV},
};

START_TEST(both_ways_agree)
{
	const struct row *r = &rows[_i];

	begin();
	for (int way = 0; way < 2; way++) {
		mode_t mode = (r->flags & O_TMPFILE) == O_TMPFILE ? 0600 : 0;
		int fd = way == 0 ? beneath_open(top, r->path, r->flags, mode)
		                  : beneath_walk(top, r->path, r->flags, mode);
		ck_assert_msg(r->error == 0 ? fd >= 0 : fd == -r->error, "'%s', way %d: %d",
		    r->path, way, fd);
		if (fd >= 0) {
			ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
			close(fd);
		}
	}
	end();
}
END_TEST

/* A walk leaves nothing open, whether it arrives or not. */
START_TEST(no_descriptor_is_left)
{
	int before, after;

	begin();
	before = dup(top);
	close(before);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = beneath_walk(top, rows[i].path, rows[i].flags, 0600);
		if (fd >= 0) {
			close(fd);
		}
	}
	after = dup(top);
	close(after);
	ck_assert_int_eq(after, before);
	end();
}
END_TEST

/* openat2 fails, as in an old kernel (ENOSYS) or an old container (EPERM). */
static void
forbid_openat2(int error)
{
	struct sock_filter program[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog fprog = {sizeof(program) / sizeof(program[0]), program};

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog), 0);
}

/* Everything that the spool does, and what the filter does in its sandbox. */
START_TEST(a_spool_works_without_openat2)
{
	static const int errors[] = {ENOSYS, EPERM};
	char path[STORED_PATH_MAX];
	uint8_t id[ENTRY_ID_BYTES];
	struct spool *spool;
	struct entry e;
	struct key key;
	int status, fd;
	pid_t child;

	umask(077);
	scratch_begin();
	forbid_openat2(errors[_i]);
	spool = scratch_spool(&key);
	ck_assert(!spool_has_openat2(spool));
	ck_assert_int_eq(spool_on_one_device(spool, NULL), 0);
	ck_assert_int_eq(rmdir("spool/blobs/2c"), 0); /* "hello": made again */
	stored_put(spool, "hello", "a", 29000000, id);
	stored_blob_path(spool, id, path);
	ck_assert(stored_is_there(path));
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		sandbox_enter(spool_dirfd(spool), spool_has_openat2(spool));
		fd = entry_load(spool, id, &e, NULL) == 0 ? spool_spill(spool, NULL) : -1;
		_exit(fd >= 0 && write(fd, "x", 1) == 1 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%#x", (unsigned)status);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	fd = spool_open_file(spool, path + strlen("spool/"), 0, &(uint64_t){0}, NULL);
	ck_assert_int_eq(fd, -ELOOP);
	spool_close(&spool);
	scratch_end();
}
END_TEST

/* Root can mount: neither way crosses. */
START_TEST(another_file_system_is_not_entered)
{
	begin();
	if (geteuid() == 0 && mount("none", "top/in", "tmpfs", 0, "size=64k") == 0) {
		ck_assert_int_eq(beneath_open(top, "in", O_RDONLY | O_DIRECTORY, 0), -EXDEV);
		ck_assert_int_eq(beneath_walk(top, "in", O_RDONLY | O_DIRECTORY, 0), -EXDEV);
		ck_assert_int_eq(beneath_walk(top, "in/x", O_RDWR | O_CREAT, 0600), -EXDEV);
		ck_assert_int_eq(umount("top/in"), 0);
	}
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("beneath");
	TCase *tc = tcase_create("beneath");

	tcase_add_loop_test(tc, both_ways_agree, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, no_descriptor_is_left);
	tcase_add_loop_test(tc, a_spool_works_without_openat2, 0, 2);
	tcase_add_test(tc, another_file_system_is_not_entered);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
