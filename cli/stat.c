/*
 * stat.c - `mailgraft stat`: how much is stored, shared, and about to expire
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/json.h"
#include "spool/entry.h"
#include "spool/keyring.h"
#include "spool/walk.h"

static const char usage[] =
    "usage: mailgraft stat [--spool DIR] [--json]\n"
    "\n"
    "Counts entries and blobs, their bytes, what sharing saves, what expires soon, and\n"
    "keys by their state.\n";

enum { DAY = 24 * 60 * 60 };

struct totals {
	uint64_t entries, entry_bytes;  /* as if nothing were shared */
	uint64_t blobs, blob_bytes;
	uint64_t expired, day, week;    /* entries; within a day, within a week */
	uint64_t damaged;
	uint64_t keys[KEY_REVOKED + 1];
};

static void
count_entry(struct totals *t, const struct entry *e, uint64_t now)
{
	uint64_t expires = (uint64_t)e->expires * EXPIRY_UNIT;

	t->entries++;
	t->entry_bytes += e->size;
	if (expires < now) {
		t->expired++;
	} else if (expires - now < DAY) {
		t->day++;
	} else if (expires - now < (uint64_t)7 * DAY) {
		t->week++;
	}
}

static int
count_all(const struct spool *spool, struct totals *t, struct spool_fail *why)
{
	uint64_t now = (uint64_t)time(NULL);
	struct walk_file f;
	struct walk w;
	struct entry e;
	int ret;

	walk_begin(&w, spool, WALK_ENTRIES);
	while ((ret = walk_next(&w, &f, why)) > 0) {
		ret = f.named ? entry_load(spool, f.id, &e, why) : -EBADMSG;
		if (ret == 0) {
			count_entry(t, &e, now);
		} else if (ret == -EBADMSG || ret == -EPERM) {
			t->damaged++;
		} else if (ret != -ENOENT) {
			break;
		}
	}
	walk_end(&w);
	if (ret < 0) {
		return ret;
	}
	walk_begin(&w, spool, WALK_BLOBS);
	while ((ret = walk_next(&w, &f, why)) > 0) {
		t->blobs++;
		t->blob_bytes += (uint64_t)f.st.st_size;
	}
	walk_end(&w);
	return ret;
}

static int
count_keys(const struct spool *spool, struct totals *t, struct spool_fail *why)
{
	struct keyring ring;
	int ret = keyring_load(spool, &ring, why);

	for (size_t i = 0; ret == 0 && i < ring.count; i++) {
		t->keys[ring.keys[i].state]++;
	}
	keyring_wipe(&ring);
	return ret;
}

static void
print_totals(const struct totals *t, bool json)
{
	uint64_t saved = t->entry_bytes > t->blob_bytes ? t->entry_bytes - t->blob_bytes : 0;
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "entries", t->entries }, { "entry_bytes", t->entry_bytes },
		{ "blobs", t->blobs }, { "blob_bytes", t->blob_bytes }, { "saved_by_sharing", saved },
		{ "expired", t->expired }, { "expire_within_a_day", t->day },
		{ "expire_within_a_week", t->day + t->week }, { "damaged", t->damaged },
		{ "keys_active", t->keys[KEY_ACTIVE] }, { "keys_retired", t->keys[KEY_RETIRED] },
		{ "keys_revoked", t->keys[KEY_REVOKED] },
	};
	int first = 1;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (json) {
			json_number(stdout, &first, rows[i].name, rows[i].value);
		} else {
			printf("%-22s %llu\n", rows[i].name, (unsigned long long)rows[i].value);
		}
	}
	if (json) {
		puts("}");
	}
}

int
stat_main(int argc, char **argv)
{
	static const struct option options[] = { COMMON_OPTIONS, { 0 } };
	struct command_line line = { .name = "stat", .usage = usage };
	struct spool_fail why = { 0 };
	struct spool *spool = NULL;
	struct totals totals = { 0 };
	struct complaint c;
	const char *path;
	int ret = 0;

	if (command_option(argc, argv, options, &line, &ret) == 0) {
		return ret;
	}
	path = spool_path(line.spool);
	if (optind < argc) {
		complain(&c, EX_USAGE, "stat takes no argument, and got '%s'", argv[optind]);
		return complain_aloud("stat", &c);
	}
	ret = spool_open(path, &spool, &why);
	if (ret == 0) {
		ret = count_all(spool, &totals, &why);
	}
	if (ret == 0) {
		ret = count_keys(spool, &totals, &why);
	}
	spool_close(&spool);
	if (ret != 0) {
		complain_spool(&c, path, &why, "cannot count the spool");
		return complain_aloud("stat", &c);
	}
	print_totals(&totals, line.json);
	return finish_output("stat");
}
