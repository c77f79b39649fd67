/*
 * test-fsck.c - each damage is found and named; repairing twice finds nothing the second time
 */
#include "spool/fsck.h"

#include <errno.h>

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
on_step(void *arg, uint64_t bytes)
{
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
	tcase_add_test(tc, no_gc_meanwhile);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
