/*
 * keys.c - `mailgraft keys`: lists, adds, retires and revokes keys
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-spool.h"
#include "cli/size.h"
#include "cli/table.h"
#include "cli/timestamp.h"
#include "spool/create.h"
#include "spool/entry.h"
#include "spool/hex.h"
#include "spool/keyring.h"
#include "spool/walk.h"

static const char usage[] =
    "usage: mailgraft keys [--spool DIR] [--sort COLUMN] [--porcelain | --json] [list]\n"
    "       mailgraft keys [--spool DIR] add\n"
    "       mailgraft keys [--spool DIR] retire ID\n"
    "       mailgraft keys [--spool DIR] [--yes] revoke ID\n"
    "\n"
    "  list      every key: id, state, created\n"
    "  add       make a key that signs the new tokens, and print its id\n"
    "  retire    the key signs no more tokens; its tokens stay good\n"
    "  revoke    refuse every token of this key, at once and for ever; asks first if it\n"
    "            signed for entries that have not expired\n"
    "\n"
    "  --yes           revoke without a question\n" TABLE_USAGE;

enum { ID, STATE, CREATED, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    [ID] = {"id", TABLE_TEXT, false},
    [STATE] = {"state", TABLE_TEXT, false},
    [CREATED] = {"created", TABLE_TIME, false},
};

enum { NOT_REVOKED = 1 };

struct keys_request {
	const char *path;
	struct spool *spool;
	bool yes;
	int count; /* of the words that follow the options */
	char **words;
};

static int
add_row(struct table *table, const struct key *key, struct complaint *c)
{
	char id[KEY_ID_BYTES * 2 + 1];
	const char *state = key_state_name(key->state);
	const struct table_value values[COLUMNS] = {
	    [ID] = {id, sizeof(id) - 1, 0},
	    [STATE] = {state, strlen(state), 0},
	    [CREATED] = {.number = (uint64_t)key->created * EXPIRY_UNIT},
	};

	*hex_encode(key->id, KEY_ID_BYTES, id) = '\0';
	return table_add(table, values, c);
}

static int
list_keys(const struct spool *spool, const char *path, struct table *table, struct complaint *c)
{
	struct spool_fail why = {0};
	struct keyring ring;
	int ret = 0;

	if (keyring_load(spool, &ring, &why) != 0) {
		return complain_spool(c, path, &why, "cannot list the keys");
	}
	for (size_t i = 0; i < ring.count && ret == 0; i++) {
		ret = add_row(table, &ring.keys[i], c);
	}
	keyring_wipe(&ring);
	return ret;
}

static int
add_key(const struct spool *spool, const char *path, struct complaint *c)
{
	struct spool_fail why = {0};
	struct key key;

	if (create_allowed(spool, &why) != 0 || keyring_add(spool, now_units(), &key, &why) != 0) {
		return complain_spool(c, path, &why, "cannot add a key");
	}
	printf("%02x%02x%02x%02x\n", key.id[0], key.id[1], key.id[2], key.id[3]);
	explicit_bzero(&key, sizeof(key));
	return 0;
}

/* Counts the entries that have not expired and whose tokens the key signed, and their bytes. */
static int
count_living(const struct spool *spool, const uint8_t id[KEY_ID_BYTES], uint64_t *entries_r,
    uint64_t *bytes_r, struct spool_fail *why)
{
	uint32_t now = now_units();
	struct walk_file f;
	struct walk w;
	struct entry e;
	int ret;

	*entries_r = *bytes_r = 0;
	walk_begin(&w, spool, WALK_ENTRIES);
	while ((ret = walk_next(&w, &f, why)) > 0) {
		/* An entry that cannot be read names no key. */
		if (f.named && entry_load(spool, f.id, &e, why) == 0 && e.expires > now &&
		    e.has_key && memcmp(e.key, id, sizeof(e.key)) == 0) {
			++*entries_r;
			*bytes_r += e.size;
		}
	}
	walk_end(&w);
	return ret;
}

static bool
answered_yes(void)
{
	char answer[8] = "";

	fflush(stderr);
	return fgets(answer, sizeof(answer), stdin) != NULL &&
	    (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0);
}

/* Whether a key may be revoked: 0, or -1 with *c filled in. */
static int
ask(const struct keys_request *r, const uint8_t id[KEY_ID_BYTES], struct complaint *c)
{
	struct spool_fail why = {0};
	uint64_t entries, bytes;
	char size[SIZE_TEXT_MAX], what[COMPLAINT_MAX / 2];

	if (r->yes) {
		return 0;
	}
	if (count_living(r->spool, id, &entries, &bytes, &why) < 0) {
		return complain_spool(c, r->path, &why, "cannot count what hangs on the key");
	}
	if (entries == 0) {
		return 0;
	}
	snprintf(what, sizeof(what), "%" PRIu64 " %s (%s) that %s not expired", entries,
	    entries == 1 ? "entry" : "entries", size_short(bytes, size),
	    entries == 1 ? "has" : "have");
	if (isatty(STDIN_FILENO) == 0) {
		return complain(c, EX_USAGE,
		    "revoking key '%s' refuses the tokens of %s: say --yes to do it", r->words[1],
		    what);
	}
	fprintf(stderr,
	    "Revoking key '%s' refuses the tokens of %s, for ever.\n"
	    "Messages that wait for them will bounce. Revoke it? [y/N] ",
	    r->words[1], what);
	return answered_yes() ? 0 : complain(c, NOT_REVOKED, "not revoked");
}

static int
change_key(const struct keys_request *r, enum key_state state, struct complaint *c)
{
	const char *text = r->words[1];
	struct spool_fail why = {0};
	uint8_t id[KEY_ID_BYTES];
	struct key key;
	int ret;

	if (strlen(text) != sizeof(id) * 2 ||
	    hex_decode((const uint8_t *)text, sizeof(id) * 2, id) != 0) {
		return complain(
		    c, EX_USAGE, "bad key id '%s': it has eight digits 0-9 and a-f", text);
	}
	ret = create_allowed(r->spool, &why);
	if (ret == 0) {
		ret = key_load(r->spool, id, &key, &why);
		explicit_bzero(key.secret, sizeof(key.secret));
	}
	if (ret == 0 && state == KEY_REVOKED && key.state != KEY_REVOKED && ask(r, id, c) != 0) {
		return -1;
	}
	if (ret == 0) {
		ret = keyring_set_state(r->spool, id, state, &why);
	}
	if (ret == -ENOENT) {
		return complain(c, EX_DATAERR, "there is no key '%s'", text);
	}
	if (ret == -EPERM && why.check == FAIL_STATE) {
		return complain(c, EX_DATAERR, "key '%s' is revoked, and stays so", text);
	}
	return ret == 0 ? 0 : complain_spool(c, r->path, &why, "cannot change key '%s'", text);
}

/* In the opened spool. */
static int
act(const struct keys_request *r, const char *verb, struct table *table, struct complaint *c)
{
	if (strcmp(verb, "retire") == 0) {
		return change_key(r, KEY_RETIRED, c);
	}
	if (strcmp(verb, "revoke") == 0) {
		return change_key(r, KEY_REVOKED, c);
	}
	return strcmp(verb, "add") == 0 ? add_key(r->spool, r->path, c)
	                                : list_keys(r->spool, r->path, table, c);
}

static int
run(struct keys_request *r, struct table *table, struct complaint *c)
{
	const char *verb = r->count == 0 ? "list" : r->words[0];
	bool changes = strcmp(verb, "retire") == 0 || strcmp(verb, "revoke") == 0;
	struct spool_fail why = {0};
	int ret;

	if (!changes && strcmp(verb, "list") != 0 && strcmp(verb, "add") != 0) {
		return complain(
		    c, EX_USAGE, "there is no 'keys %s'; 'mailgraft keys --help' says more", verb);
	}
	if (r->count > 0 && r->count != (changes ? 2 : 1)) {
		return complain(c, EX_USAGE, "'keys %s' takes %s", verb,
		    changes ? "one key id" : "no argument");
	}
	if (spool_open(r->path, &r->spool, &why) != 0) {
		return complain_spool(c, r->path, &why, "cannot open the spool");
	}
	ret = act(r, verb, table, c);
	spool_close(&r->spool);
	return ret;
}

int
keys_main(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OPTIONS,
	    TABLE_OPTIONS,
	    {"yes", no_argument, NULL, 'y'},
	    {0},
	};
	struct command_line line = {.name = "keys", .usage = usage};
	struct keys_request r = {.yes = false};
	struct table_options form;
	struct table *table = NULL;
	struct complaint c;
	int option, code, ret;

	while ((option = command_option(argc, argv, options, &line, &code)) > 0) {
		r.yes = true;
	}
	if (option == 0) {
		return code;
	}
	r.path = spool_path(line.spool);
	r.count = argc - optind;
	r.words = argv + optind;
	ret = table_form_choose(&line, &form, &c);
	if (ret == 0) {
		ret = table_open(&table, columns, COLUMNS, NULL, &form, &c);
	}
	if (ret == 0) {
		ret = run(&r, table, &c);
	}
	table_close(&table);
	return ret != 0 ? complain_aloud("keys", &c) : finish_output("keys");
}
