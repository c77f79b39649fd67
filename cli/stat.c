/*
 * stat.c - `mailgraft stat`: how much is stored, shared, about to expire, and hangs on each key
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-spool.h"
#include "cli/json.h"
#include "spool/entry.h"
#include "spool/hex.h"
#include "spool/keyring.h"
#include "spool/walk.h"

static const char usage[] =
    "usage: mailgraft stat [--spool DIR] [--json]\n"
    "\n"
    "Counts entries and blobs, their bytes, what sharing saves, what expires soon, keys\n"
    "by their state; and for each key what would be lost if it were revoked.\n";

enum { DAY = 24 * 60 * 60 };

struct totals {
	uint64_t entries, entry_bytes; /* as if nothing were shared */
	uint64_t blobs, blob_bytes;
	uint64_t expired, day, week; /* entries; within a day, within a week */
	uint64_t damaged;
	uint64_t keys[KEY_REVOKED + 1];
	struct keyring ring;
	/* Entries that have not expired, by their key's place in the ring; the last: no key is
	 * known. */
	struct {
		uint64_t entries, bytes;
	} by_key[KEYRING_MAX + 1];
};

/* The entry's key among those that the spool has; KEYRING_MAX: nobody knows. */
static size_t
key_of(const struct totals *t, const struct entry *e)
{
	for (size_t i = 0; e->has_key && i < t->ring.count; i++) {
		if (memcmp(t->ring.keys[i].id, e->key, sizeof(e->key)) == 0) {
			return i;
		}
	}
	return KEYRING_MAX;
}

static void
count_entry(struct totals *t, const struct entry *e, uint64_t now)
{
	uint64_t expires = (uint64_t)e->expires * EXPIRY_UNIT;

	t->entries++;
	t->entry_bytes += e->size;
	if (expires <= now) {
		t->expired++;
		return;
	}
	t->by_key[key_of(t, e)].entries++;
	t->by_key[key_of(t, e)].bytes += e->size;
	if (expires - now < DAY) {
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
		} else if (ret == -EBADMSG || ret == -EPROTONOSUPPORT || ret == -EPERM) {
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

/* Only ids and states are of interest. */
static int
load_keys(const struct spool *spool, struct totals *t, struct spool_fail *why)
{
	int ret = keyring_load(spool, &t->ring, why);

	for (size_t i = 0; ret == 0 && i < t->ring.count; i++) {
		t->keys[t->ring.keys[i].state]++;
		explicit_bzero(t->ring.keys[i].secret, sizeof(t->ring.keys[i].secret));
	}
	return ret;
}

static void
print_key(const struct totals *t, size_t i, bool json)
{
	bool known = i < KEYRING_MAX;
	const char *state = known ? key_state_name(t->ring.keys[i].state) : "";
	char id[KEY_ID_BYTES * 2 + 1] = "unknown";
	int first = 1;

	if (known) {
		*hex_encode(t->ring.keys[i].id, KEY_ID_BYTES, id) = '\0';
	}
	if (!json) {
		printf("key %-8s %-9s %llu entries, %llu bytes\n", id, state,
		    (unsigned long long)t->by_key[i].entries,
		    (unsigned long long)t->by_key[i].bytes);
		return;
	}
	json_text(stdout, &first, "key", id, strlen(id));
	if (known) {
		json_text(stdout, &first, "state", state, strlen(state));
	}
	json_number(stdout, &first, "entries", t->by_key[i].entries);
	json_number(stdout, &first, "bytes", t->by_key[i].bytes);
	puts("}");
}

static void
print_keys(const struct totals *t, bool json)
{
	for (size_t i = 0; i < t->ring.count; i++) {
		print_key(t, i, json);
	}
	if (t->by_key[KEYRING_MAX].entries > 0) {
		print_key(t, KEYRING_MAX, json);
	}
}

static void
print_totals(const struct totals *t, bool json)
{
	uint64_t saved = t->entry_bytes > t->blob_bytes ? t->entry_bytes - t->blob_bytes : 0;
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
	    {"entries", t->entries},
	    {"entry_bytes", t->entry_bytes},
	    {"blobs", t->blobs},
	    {"blob_bytes", t->blob_bytes},
	    {"saved_by_sharing", saved},
	    {"expired", t->expired},
	    {"expire_within_a_day", t->day},
	    {"expire_within_a_week", t->day + t->week},
	    {"damaged", t->damaged},
	    {"keys_active", t->keys[KEY_ACTIVE]},
	    {"keys_retired", t->keys[KEY_RETIRED]},
	    {"keys_revoked", t->keys[KEY_REVOKED]},
	};
	int first = 1;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
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
	static const struct option options[] = {COMMON_OPTIONS, {0}};
	struct command_line line = {.name = "stat", .usage = usage};
	struct spool_fail why = {0};
	struct spool *spool = NULL;
	static struct totals totals;
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
		ret = load_keys(spool, &totals, &why);
	}
	if (ret == 0) {
		ret = count_all(spool, &totals, &why);
	}
	spool_close(&spool);
	if (ret != 0) {
		complain_spool(&c, path, &why, "cannot count the spool");
		return complain_aloud("stat", &c);
	}
	print_totals(&totals, line.json);
	print_keys(&totals, line.json);
	return finish_output("stat");
}
