/*
 * test-fsck.c - each damage is found and named; repairing twice finds nothing the second time
 */
#include "spool/fsck.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "spool/lock.h"
#include "tests/stored.h"

static struct spool *spool;
static struct spool_fail why;
static char entry[STORED_PATH_MAX], blob[STORED_PATH_MAX];

/* How many, and the first of them. */
static struct {
	int count;
	enum fsck_grade grade;
	bool repaired;
	char path[STORED_PATH_MAX], what[128];
} found;

static void
on_finding(void *arg, const struct fsck_finding *f)
{
	(void)arg;
	if (found.count++ > 0) {
		return;
	}
	found.grade = f->grade;
	found.repaired = f->repaired;
	snprintf(found.path, sizeof(found.path), "spool/%s", f->path);
	snprintf(found.what, sizeof(found.what), "%s", f->what);
}

static void
on_step(void *arg, uint64_t files, uint64_t bytes)
{
	(void)files;
	*(uint64_t *)arg += bytes;
}

static int
check(bool repair, struct fsck_result *result_r)
{
	static uint64_t bytes;
	struct fsck_options o = {
	    .repair = repair, .found = on_finding, .step = on_step, .arg = &bytes};

	memset(&found, 0, sizeof(found));
	return fsck(spool, &o, result_r, &why);
}

static void
begin(void)
{
	uint8_t id[ENTRY_ID_BYTES];
	struct key key;

	umask(077);
	scratch_begin();
	spool = scratch_spool(&key);
	stored_put(spool, "hello", "a", 29000000, id);
	stored_entry_path(id, entry);
	stored_blob_path(spool, id, blob);
}

static void
end(void)
{
	spool_close(&spool);
	scratch_end();
}

static void
plant(const char *path)
{
	scratch_file(path, "x", 1, 0440);
}

static void
empty_entry(void)
{
	stored_overwrite(entry, "");
}

static void
other_entry(void)
{
	stored_overwrite(entry, "mailgraft entry 1\n");
}

/* Named by what it holds, and nothing else is known of it. */
static void
newer_entry(void)
{
	static const char text[] = "mailgraft entry 3\n";
	uint8_t id[ENTRY_ID_BYTES];

	entry_id((const uint8_t *)text, sizeof(text) - 1, id);
	stored_entry_path(id, entry);
	scratch_file(entry, text, sizeof(text) - 1, 0440);
}

static void
other_content(void)
{
	stored_overwrite(blob, "jello");
}

static void
no_blob(void)
{
	ck_assert_int_eq(unlink(blob), 0);
}

static void
no_entry(void)
{
	ck_assert_int_eq(unlink(entry), 0);
}

static void
entry_mode(void)
{
	ck_assert_int_eq(chmod(entry, 0444), 0);
}

static void
blob_mode(void)
{
	ck_assert_int_eq(chmod(blob, 0460), 0);
}

static void
shard_mode(void)
{
	ck_assert_int_eq(chmod("spool/blobs/aa", 0770), 0);
}

static void
no_shard(void)
{
	ck_assert_int_eq(rmdir("spool/entries/00"), 0);
}

static void
stranger(void)
{
	plant("spool/stranger");
}

static void
in_keys(void)
{
	plant("spool/keys/note");
}

static void
cut_off_key(void)
{
	plant("spool/keys/1a2b3c4d.new");
}

static void
no_key(void)
{
	scratch_file("spool/keys/1a2b3c4d", "x", 1, 0640);
}

static void
in_spill(void)
{
	plant("spool/spill/left");
}

static void
beside_shards(void)
{
	plant("spool/blobs/left");
}

static void
in_shard(void)
{
	plant("spool/blobs/aa/left");
}

static void
cut_off_format(void)
{
	plant("spool/format.new");
}

static void
no_count(void)
{
	int fd = open("spool/used", O_WRONLY | O_TRUNC);

	close(fd);
}

static const struct row {
	const char *name;
	void (*damage)(void);
	const char *path; /* NULL: the entry's or the blob's, by `what` */
	const char *what; /* part of it */
	enum fsck_grade grade;
	bool repaired;
	const char *after; /* what is found after --repair; NULL: nothing */
} rows[] = {
    {"empty entry", empty_entry, NULL, "is not the entry", FSCK_BAD, true, "named by no entry"},
    {"another entry", other_entry, NULL, "is not the entry", FSCK_BAD, true, "named by no entry"},
    {"newer entry", newer_entry, NULL, "newer version", FSCK_BAD, false, "newer version"},
    {"other content", other_content, NULL, "has other content", FSCK_BAD, true,
        "blob that is missing"},
    {"no blob", no_blob, NULL, "blob that is missing", FSCK_BAD, false, "blob that is missing"},
    {"no entry", no_entry, NULL, "named by no entry", FSCK_UNUSED, false, "named by no entry"},
    {"entry's mode", entry_mode, NULL, "another mode", FSCK_BAD, true, NULL},
    {"blob's mode", blob_mode, NULL, "another mode", FSCK_BAD, true, NULL},
    {"shard's mode", shard_mode, "spool/blobs/aa", "another mode", FSCK_BAD, true, NULL},
    {"no shard", no_shard, "spool/entries/00", "is missing", FSCK_BAD, true, NULL},
    {"stranger", stranger, "spool/stranger", "does not belong", FSCK_BAD, true, NULL},
    {"note among keys", in_keys, "spool/keys/note", "not a key", FSCK_BAD, true, NULL},
    {"cut-off key", cut_off_key, "spool/keys/1a2b3c4d.new", "cut off", FSCK_UNUSED, false,
        "cut off"},
    {"no key", no_key, "spool/keys/1a2b3c4d", "not a key", FSCK_BAD, true, NULL},
    {"left in spill", in_spill, "spool/spill/left", "does not belong", FSCK_BAD, true, NULL},
    {"beside shards", beside_shards, "spool/blobs/left", "does not belong", FSCK_BAD, true, NULL},
    {"in a shard", in_shard, "spool/blobs/aa/left", "does not belong", FSCK_BAD, true, NULL},
    {"cut-off format", cut_off_format, "spool/format.new", "cut off", FSCK_UNUSED, false,
        "cut off"},
    {"no count", no_count, "spool/used", "not a count", FSCK_BAD, true, NULL},
};

START_TEST(a_new_spool_is_clean)
{
	struct fsck_result result;

	begin();
	ck_assert_int_eq(check(false, &result), 0);
	ck_assert_int_eq(found.count, 0);
	ck_assert_uint_eq(result.entries, 1);
	ck_assert_uint_eq(result.blobs, 1);
	ck_assert_uint_eq(result.bytes, 5);
	ck_assert_uint_eq(result.bad + result.unused + result.repaired, 0);
	end();
}
END_TEST

START_TEST(each_damage_is_found_and_mended)
{
	const struct row *r = &rows[_i];
	struct fsck_result result;

	begin();
	r->damage();
	for (int repair = 0; repair < 2; repair++) {
		ck_assert_int_eq(check(repair == 1, &result), 0);
		ck_assert_msg(found.count >= 1 && strstr(found.what, r->what) != NULL, "%s: %d: %s",
		    r->name, found.count, found.what);
		ck_assert_int_eq(found.grade, r->grade);
		ck_assert_int_eq(found.repaired, repair == 1 && r->repaired);
		ck_assert_uint_eq(result.bad, r->grade == FSCK_BAD);
		ck_assert_uint_eq(result.repaired, found.repaired);
		if (r->path != NULL) {
			ck_assert_str_eq(found.path, r->path);
		}
	}
	ck_assert_int_eq(check(false, &result), 0);
	ck_assert_msg(found.count == (r->after != NULL) &&
	        (r->after == NULL || strstr(found.what, r->after) != NULL),
	    "%s: %d: %s", r->name, found.count, found.what);
	end();
}
END_TEST

/* What does not belong is moved, with its content, and two of one name lie side by side. */
START_TEST(nothing_is_deleted)
{
	struct fsck_result result;

	begin();
	for (int i = 0; i < 2; i++) {
		plant("spool/stranger");
		ck_assert_int_eq(check(true, &result), 0);
		ck_assert(!stored_is_there("spool/stranger"));
	}
	ck_assert(stored_is_there("spool/quarantine/stranger"));
	ck_assert(stored_is_there("spool/quarantine/stranger.1"));
	end();
}
END_TEST

static bool
in_a_mount_of_its_own(void)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("spool", "spool", NULL, MS_BIND, NULL) == 0;
}

/* A snapshot, or a disk that is on its way out: looked at, and nothing is written. */
START_TEST(a_mount_may_be_read_only)
{
	struct fsck_result result;
	char name[16];
	uint8_t id[ENTRY_ID_BYTES];

	begin();
	spool_close(&spool);
	if (in_a_mount_of_its_own()) {
		ck_assert_int_eq(spool_open("spool", &spool, &why), 0);
		/* One blob with more entries than are kept without a temporary file. */
		for (int i = 0; i < 100; i++) {
			snprintf(name, sizeof(name), "n%d", i);
			stored_put(spool, "hello", name, 29000000, id);
		}
		spool_close(&spool);
		ck_assert_int_eq(
		    mount("none", "spool", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), 0);
		ck_assert_int_eq(spool_open("spool", &spool, &why), 0);
		ck_assert_int_eq(check(false, &result), 0);
		ck_assert_int_eq(found.count, 0);
		ck_assert_uint_eq(result.entries, 101);
		ck_assert_int_eq(check(true, &result), -EROFS);
		spool_close(&spool);
		ck_assert_int_eq(umount("spool"), 0);
	}
	end();
}
END_TEST

START_TEST(another_file_system_is_named)
{
	struct fsck_result result;

	begin();
	if (in_a_mount_of_its_own()) {
		spool_close(&spool);
		ck_assert_int_eq(mount("none", "spool/spill", "tmpfs", 0, "size=64k"), 0);
		ck_assert_int_eq(spool_open("spool", &spool, &why), 0);
		ck_assert_int_eq(spool_spill(spool, &why), -EXDEV);
		ck_assert_int_eq(why.check, FAIL_DEVICE);
		ck_assert_int_eq(check(false, &result), -EXDEV);
		ck_assert_int_eq(why.check, FAIL_DEVICE);
		ck_assert_str_eq(found.path, "spool/spill");
		spool_close(&spool);
		ck_assert_int_eq(umount("spool/spill"), 0);
		ck_assert_int_eq(umount("spool"), 0);
	}
	end();
}
END_TEST

static void
own(const char *path, uid_t owner)
{
	ck_assert_int_eq(lchown(path, owner, 65532), 0);
}

static int
own_all(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	own(path, 65533);
	return 0;
}

/* Another's folder cannot be moved by the spool's owner: the rest is repaired all the same. */
START_TEST(what_others_plant_in_spill_stops_nothing)
{
	struct fsck_result result;
	int status;
	pid_t child;

	begin();
	if (geteuid() == 0) {
		ck_assert_int_eq(chmod(".", 0711), 0);
		spool_close(&spool);
		ck_assert_int_eq(nftw("spool", own_all, 16, FTW_PHYS), 0);
		ck_assert_int_eq(mkdir("spool/spill/folder", 0755), 0);
		own("spool/spill/folder", 65531);
		ck_assert_int_eq(mkfifo("spool/spill/fifo", 0600), 0);
		own("spool/spill/fifo", 65531);
		plant("spool/spill/file");
		own("spool/spill/file", 65531);
		ck_assert_int_eq(chmod(blob, 0400), 0);
		child = fork();
		ck_assert_int_ge(child, 0);
		if (child == 0) {
			bool ok = setgid(65532) == 0 && setuid(65533) == 0 &&
			    spool_open("spool", &spool, &why) == 0 && check(true, &result) == 0 &&
			    result.bad == 4 && result.repaired == 3;
			_exit(ok ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_int_eq(status, 0);
		ck_assert(stored_is_there("spool/spill/folder"));
		ck_assert(stored_is_there("spool/quarantine/spill_fifo"));
		ck_assert(stored_is_there("spool/quarantine/spill_file"));
	}
	end();
}
END_TEST

START_TEST(no_gc_meanwhile)
{
	struct fsck_result result;
	int lock;

	begin();
	lock = lock_open(spool, &why);
	ck_assert_int_eq(lock_take(lock, LOCK_SWEEP, true, false, &why), 0);
	ck_assert_int_eq(check(false, &result), -EAGAIN);
	ck_assert_int_eq(why.check, FAIL_SWEEP);
	close(lock);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("fsck");
	TCase *tc = tcase_create("fsck");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_new_spool_is_clean);
	tcase_add_loop_test(tc, each_damage_is_found_and_mended, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, nothing_is_deleted);
	tcase_add_test(tc, a_mount_may_be_read_only);
	tcase_add_test(tc, another_file_system_is_named);
	tcase_add_test(tc, what_others_plant_in_spill_stops_nothing);
	tcase_add_test(tc, no_gc_meanwhile);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
