/*
 * scratch.h - a folder for one test, and spools and files in it
 *
 * Each test that begins with scratch_begin() must end with scratch_end().
 * Failures of the scratch folder itself end the test.
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/init.h"

static char scratch[64];

static inline void
scratch_begin(void)
{
	/* In memory where that is possible: syncs cost nothing there. */
	snprintf(scratch, sizeof(scratch), "%s/mailgraft-test-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	ck_assert_int_eq(chdir(scratch), 0);
}

static inline int
scratch_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return kind == FTW_DP ? rmdir(path) : unlink(path);
}

static inline void
scratch_end(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(nftw(scratch, scratch_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* A new spool called "spool", opened; its first key. */
static inline struct spool *
scratch_spool(struct key *key_r)
{
	struct spool_fail why = {0};
	struct spool *spool = NULL;

	ck_assert_int_eq(spool_init("spool", (uid_t)-1, (gid_t)-1, 29000000, key_r, &why), 0);
	ck_assert_int_eq(spool_open("spool", &spool, &why), 0);
	return spool;
}

static inline void
scratch_file(const char *path, const void *data, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

/* Runs a suite of test cases; the exit status for main. */
static inline int
scratch_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}

#endif
