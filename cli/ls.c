/*
 * ls.c - `mailgraft ls`: lists entries, all or those asked for
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-spool.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "mime/name.h"
#include "spool/entry.h"
#include "spool/hex.h"
#include "spool/walk.h"

static const char usage[] =
    "usage: mailgraft ls [--spool DIR] [--sort COLUMN] [--porcelain | --json] [TOKEN|ENTRY…]\n"
    "\n"
    "Lists entries: entry (its id), size, expires, type, name, key, and 'keep' if it was\n"
    "stored with --keep. Name an entry by its id or by a token. On a terminal entries are\n"
    "sorted by name, otherwise they have no order.\n"
    "\n" TABLE_USAGE;

enum { ENTRY, DIGEST, SIZE, EXPIRES, TYPE, NAME, KEY, KEEP, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    [ENTRY] = {"entry", TABLE_TEXT, false},
    [DIGEST] = {"digest", TABLE_TEXT, true},
    [SIZE] = {"size", TABLE_SIZE, false},
    [EXPIRES] = {"expires", TABLE_TIME, false},
    [TYPE] = {"type", TABLE_TEXT, false},
    [NAME] = {"name", TABLE_TEXT, false},
    [KEY] = {"key", TABLE_TEXT, false},
    [KEEP] = {"keep", TABLE_FLAG, false},
};

struct listing {
	const char *path;
	struct spool *spool;
	struct table *table;
	struct progress progress;
};

/* The name to show. Returns its length; 0: none. */
static size_t
entry_name(const struct entry *e, char out[NAME_BYTES_MAX])
{
	struct name n;

	if (!name_of_piece(e->filename, e->filename_len, &n)) {
		return 0;
	}
	memcpy(out, n.bytes, n.len);
	return n.len;
}

static int
add_entry(const struct listing *l, const uint8_t id[ENTRY_ID_BYTES], const struct entry *e,
    struct complaint *c)
{
	char hex[ENTRY_ID_BYTES * 2 + 1], digest[SHA256_BYTES * 2 + 1];
	char key[KEY_ID_BYTES * 2 + 1], name[NAME_BYTES_MAX];
	const struct table_value values[COLUMNS] = {
	    [ENTRY] = {hex, sizeof(hex) - 1, 0},
	    [DIGEST] = {digest, sizeof(digest) - 1, 0},
	    [SIZE] = {.number = e->size},
	    [EXPIRES] = {.number = (uint64_t)e->expires * EXPIRY_UNIT},
	    [TYPE] = {e->type, e->type_len, 0},
	    [NAME] = {name, entry_name(e, name), 0},
	    [KEY] = {e->has_key ? key : NULL, sizeof(key) - 1, 0},
	    [KEEP] = {.number = e->keep},
	};

	if (e->has_key) {
		*hex_encode(e->key, sizeof(e->key), key) = '\0';
	}
	*hex_encode(id, ENTRY_ID_BYTES, hex) = '\0';
	*hex_encode(e->blob, sizeof(e->blob), digest) = '\0';
	return table_add(l->table, values, c);
}

static int
list_all(struct listing *l, struct complaint *c)
{
	struct spool_fail why = {0};
	struct walk_file f;
	struct walk w;
	struct entry e;
	int ret, damaged = 0;

	walk_begin(&w, l->spool, WALK_ENTRIES);
	while ((ret = walk_next(&w, &f, &why)) > 0) {
		progress_reach(&l->progress, (uint64_t)walk_at(&w), SHARDS);
		progress_add(&l->progress, 1, 0);
		if (!f.named) {
			continue;
		}
		ret = entry_load(l->spool, f.id, &e, &why);
		if (ret == 0) {
			if (add_entry(l, f.id, &e, c) != 0) {
				walk_end(&w);
				return -1;
			}
		} else if (ret == -EBADMSG || ret == -EPROTONOSUPPORT || ret == -EPERM) {
			damaged++;
		} else if (ret != -ENOENT) {
			break;
		}
	}
	walk_end(&w);
	if (ret < 0) {
		return complain_spool(c, l->path, &why, "cannot list the spool");
	}
	if (damaged > 0) {
		return complain(
		    c, EX_DATAERR, "%d entries are damaged: run 'mailgraft fsck'", damaged);
	}
	return 0;
}

static int
list_one(const struct listing *l, const char *word, struct complaint *c)
{
	struct spool_fail why = {0};
	uint8_t id[ENTRY_ID_BYTES];
	struct token token;
	struct entry e;
	size_t len = strlen(word);
	int ret;

	if (token_decode((const uint8_t *)word, len, &token) == TOKEN_OK) {
		memcpy(id, token.entry_id, sizeof(id));
	} else if (len != sizeof(id) * 2 || hex_decode((const uint8_t *)word, len, id) != 0) {
		return complain(c, EX_USAGE, "'%.100s' is neither a token nor an entry's id", word);
	}
	ret = entry_load(l->spool, id, &e, &why);
	if (ret == -ENOENT) {
		return complain(c, EX_NOINPUT, "there is no entry for '%.100s'", word);
	}
	if (ret != 0) {
		return complain_spool(c, l->path, &why, "cannot read the entry for '%.100s'", word);
	}
	return add_entry(l, id, &e, c);
}

static int
list(struct listing *l, int count, char **words, struct complaint *c)
{
	int ret = 0;

	if (count == 0) {
		return list_all(l, c);
	}
	for (int i = 0; i < count && ret == 0; i++) {
		ret = list_one(l, words[i], c);
	}
	return ret;
}

int
ls_main(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS, TABLE_OPTIONS, {0}};
	struct command_line line = {.name = "ls", .usage = usage};
	struct table_options form;
	struct spool_fail why = {0};
	struct listing l = {0};
	struct complaint c;
	int ret = 0;

	if (command_option(argc, argv, options, &line, &ret) == 0) {
		return ret;
	}
	l.path = spool_path(line.spool);
	if (table_form_choose(&line, &form, &c) != 0) {
		return complain_aloud("ls", &c);
	}
	if (form.form == TABLE_PEOPLE && form.sort == NULL) {
		form.sort = "name";
	}
	ret = table_open(&l.table, columns, COLUMNS, NULL, &form, &c);
	if (ret == 0 && spool_open(l.path, &l.spool, &why) != 0) {
		ret = complain_spool(&c, l.path, &why, "cannot open the spool");
	}
	/* Rows that come one by one are progress enough, and would stand in its way. */
	if (form.form == TABLE_PEOPLE || isatty(STDOUT_FILENO) == 0) {
		progress_begin(&l.progress, "files", 0);
	}
	if (ret == 0) {
		note_another_spool("ls", l.path, l.spool);
		ret = list(&l, argc - optind, argv + optind, &c);
	}
	progress_end(&l.progress);
	table_close(&l.table);
	spool_close(&l.spool);
	if (ret != 0) {
		return complain_aloud("ls", &c);
	}
	return finish_output("ls");
}
