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
#include "cli/progress.h"
#include "cli/size.h"
#include "cli/table.h"
#include "spool/entry.h"
#include "spool/hex.h"
#include "spool/keyring.h"
#include "spool/walk.h"

static const char usage[] =
    "usage: mailgraft stat [--spool DIR] [--sort COLUMN] [--porcelain | --json]\n"
    "\n"
    "Counts entries and blobs, their bytes, the bytes that sharing saves, the entries that\n"
    "expire soon, and the keys by state. A line for each key follows, with what would be\n"
    "refused if you revoked it: key, state, entries, bytes.\n"
    "\n" TABLE_USAGE;

enum { DAY = 24 * 60 * 60 };

struct totals {
	uint64_t entries, entry_bytes; /* as if nothing were shared */
	uint64_t blobs, blob_bytes;
	uint64_t expired, day, week; /* entries; within a day, within a week */
	uint64_t damaged;
	uint64_t keys[KEY_REVOKED + 1];
	struct keyring ring;
	/* Entries that have not expired, by their key's place in the ring; the last place: the key
	 * is not known. */
	struct {
		uint64_t entries, bytes;
	} by_key[KEYRING_MAX + 1];
};

/* The place of the entry's key in the ring; KEYRING_MAX: the key is not known. */
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
count_all(const struct spool *spool, struct totals *t, struct progress *p, struct spool_fail *why)
{
	uint64_t now = (uint64_t)time(NULL);
	struct walk_file f;
	struct walk w;
	struct entry e;
	int ret;

	walk_begin(&w, spool, WALK_ENTRIES);
	while ((ret = walk_next(&w, &f, why)) > 0) {
		progress_reach(p, (uint64_t)walk_at(&w), (uint64_t)2 * SHARDS);
		progress_add(p, 1, 0);
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
		progress_reach(p, (uint64_t)walk_at(&w) + SHARDS, (uint64_t)2 * SHARDS);
		progress_add(p, 1, 0);
		t->blobs++;
		t->blob_bytes += (uint64_t)f.st.st_size;
	}
	walk_end(&w);
	return ret;
}

/* Only ids and states are needed. */
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

enum { KEY, STATE, ENTRIES, BYTES, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    [KEY] = {"key", TABLE_TEXT, false},
    [STATE] = {"state", TABLE_TEXT, false},
    [ENTRIES] = {"entries", TABLE_NUMBER, false},
    [BYTES] = {"bytes", TABLE_SIZE, false},
};

static int
add_key(struct table *table, const struct totals *t, size_t i, struct complaint *c)
{
	bool known = i < KEYRING_MAX;
	const char *state = known ? key_state_name(t->ring.keys[i].state) : NULL;
	char id[KEY_ID_BYTES * 2 + 1] = "unknown";
	const struct table_value values[COLUMNS] = {
	    [KEY] = {id, known ? sizeof(id) - 1 : strlen(id), 0},
	    [STATE] = {state, known ? strlen(state) : 0, 0},
	    [ENTRIES] = {.number = t->by_key[i].entries},
	    [BYTES] = {.number = t->by_key[i].bytes},
	};

	if (known) {
		*hex_encode(t->ring.keys[i].id, KEY_ID_BYTES, id) = '\0';
	}
	return table_add(table, values, c);
}

static int
add_keys(struct table *table, const struct totals *t, struct complaint *c)
{
	int ret = 0;

	for (size_t i = 0; i < t->ring.count && ret == 0; i++) {
		ret = add_key(table, t, i, c);
	}
	if (ret == 0 && t->by_key[KEYRING_MAX].entries > 0) {
		ret = add_key(table, t, KEYRING_MAX, c);
	}
	return ret;
}

static void
print_for_people(const char *name, uint64_t value, bool bytes)
{
	char words[32], size[SIZE_TEXT_MAX];

	snprintf(words, sizeof(words), "%s", name);
	for (char *at = words; *at != '\0'; at++) {
		*at = (char)(*at == '_' ? ' ' : *at);
	}
	if (bytes) {
		printf("%-20s %10s\n", words, size_short(value, size));
	} else {
		printf("%-20s %10llu\n", words, (unsigned long long)value);
	}
}

static void
print_totals(const struct totals *t, enum table_form form)
{
	uint64_t saved = t->entry_bytes > t->blob_bytes ? t->entry_bytes - t->blob_bytes : 0;
	const struct {
		const char *name;
		uint64_t value;
		bool bytes;
	} rows[] = {
	    {"entries", t->entries, false},
	    {"entry_bytes", t->entry_bytes, true},
	    {"blobs", t->blobs, false},
	    {"blob_bytes", t->blob_bytes, true},
	    {"saved_by_sharing", saved, true},
	    {"expired", t->expired, false},
	    {"expire_within_a_day", t->day, false},
	    {"expire_within_a_week", t->day + t->week, false},
	    {"damaged", t->damaged, false},
	    {"keys_active", t->keys[KEY_ACTIVE], false},
	    {"keys_retired", t->keys[KEY_RETIRED], false},
	    {"keys_revoked", t->keys[KEY_REVOKED], false},
	};
	int first = 1;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (form == TABLE_JSON) {
			json_number(stdout, &first, rows[i].name, rows[i].value);
		} else if (form == TABLE_TABS) {
			printf("%s\t%llu\n", rows[i].name, (unsigned long long)rows[i].value);
		} else {
			print_for_people(rows[i].name, rows[i].value, rows[i].bytes);
		}
	}
	if (form != TABLE_TABS) {
		puts(form == TABLE_JSON ? "}" : "");
	}
}

/* Counts what is in the spool at `path`, into *t. */
static int
count(const char *path, struct totals *t, struct complaint *c)
{
	struct spool_fail why = {0};
	struct spool *spool = NULL;
	struct progress progress;
	int ret = spool_open(path, &spool, &why);

	progress_begin(&progress, "files", 0);
	if (ret == 0) {
		ret = load_keys(spool, t, &why);
	}
	if (ret == 0) {
		ret = count_all(spool, t, &progress, &why);
	}
	progress_end(&progress);
	spool_close(&spool);
	return ret == 0 ? 0 : complain_spool(c, path, &why, "cannot count the spool");
}

int
stat_main(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS, TABLE_OPTIONS, {0}};
	struct command_line line = {.name = "stat", .usage = usage};
	static struct totals totals;
	struct table *table = NULL;
	struct table_options form;
	struct complaint c;
	int ret = 0;

	if (command_option(argc, argv, options, &line, &ret) == 0) {
		return ret;
	}
	if (optind < argc) {
		complain(&c, EX_USAGE, "stat takes no argument, and got '%s'", argv[optind]);
		return complain_aloud("stat", &c);
	}
	ret = table_form_choose(&line, &form, &c);
	if (ret == 0) {
		ret = table_open(&table, columns, COLUMNS, "key", &form, &c);
	}
	if (ret == 0) {
		ret = count(spool_path(line.spool), &totals, &c);
	}
	if (ret == 0) {
		print_totals(&totals, form.form);
		ret = add_keys(table, &totals, &c);
	}
	table_close(&table);
	if (ret != 0) {
		return complain_aloud("stat", &c);
	}
	return finish_output("stat");
}
