/*
 * keys.c - `mailgraft keys`: lists, adds, retires and revokes keys
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-spool.h"
#include "cli/json.h"
#include "cli/timestamp.h"
#include "spool/create.h"
#include "spool/hex.h"
#include "spool/keyring.h"

static const char usage[] =
    "usage: mailgraft keys [--spool DIR] [--json] [list]\n"
    "       mailgraft keys [--spool DIR] add\n"
    "       mailgraft keys [--spool DIR] retire|revoke ID\n"
    "\n"
    "  list      every key: id, state, when it was made\n"
    "  add       makes a key and prints its id; new tokens are signed by it\n"
    "  retire    signs no more tokens; those it signed stay good\n"
    "  revoke    refuses every token it signed, at once and for ever\n";

static void
print_key(const struct key *key, bool json)
{
	char id[KEY_ID_BYTES * 2 + 1], created[TIMESTAMP_MAX];
	const char *state = key_state_name(key->state);
	uint64_t when = (uint64_t)key->created * EXPIRY_UNIT;
	int first = 1;

	*hex_encode(key->id, KEY_ID_BYTES, id) = '\0';
	if (json) {
		json_text(stdout, &first, "id", id, sizeof(id) - 1);
		json_text(stdout, &first, "state", state, strlen(state));
		json_number(stdout, &first, "created", when);
		puts("}");
		return;
	}
	printf("%s  %-8s %s\n", id, state, timestamp(when, created));
}

static int
list_keys(const struct spool *spool, const char *path, bool json, struct complaint *c)
{
	struct spool_fail why = {0};
	struct keyring ring;

	if (keyring_load(spool, &ring, &why) != 0) {
		return complain_spool(c, path, &why, "cannot list the keys");
	}
	for (size_t i = 0; i < ring.count; i++) {
		print_key(&ring.keys[i], json);
	}
	keyring_wipe(&ring);
	return 0;
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

static int
change_key(const struct spool *spool, const char *path, const char *text, enum key_state state,
    struct complaint *c)
{
	struct spool_fail why = {0};
	uint8_t id[KEY_ID_BYTES];
	int ret;

	if (strlen(text) != sizeof(id) * 2 ||
	    hex_decode((const uint8_t *)text, sizeof(id) * 2, id) != 0) {
		return complain(
		    c, EX_USAGE, "bad key id '%s': it has eight digits 0-9 and a-f", text);
	}
	ret = create_allowed(spool, &why);
	if (ret == 0) {
		ret = keyring_set_state(spool, id, state, &why);
	}
	if (ret == -ENOENT) {
		return complain(c, EX_DATAERR, "there is no key '%s'", text);
	}
	if (ret == -EPERM && why.check == FAIL_STATE) {
		return complain(c, EX_DATAERR, "key '%s' is revoked, and stays so", text);
	}
	return ret == 0 ? 0 : complain_spool(c, path, &why, "cannot change key '%s'", text);
}

/* words: what follows the options, NULL-terminated. */
static int
run(const char *path, bool json, int count, char **words, struct complaint *c)
{
	const char *verb = count == 0 ? "list" : words[0];
	bool changes = strcmp(verb, "retire") == 0 || strcmp(verb, "revoke") == 0;
	struct spool_fail why = {0};
	struct spool *spool = NULL;
	int ret;

	if (!changes && strcmp(verb, "list") != 0 && strcmp(verb, "add") != 0) {
		return complain(
		    c, EX_USAGE, "there is no 'keys %s'; 'mailgraft keys --help' says more", verb);
	}
	if (count > 0 && count != (changes ? 2 : 1)) {
		return complain(c, EX_USAGE, "'keys %s' takes %s", verb,
		    changes ? "one key id" : "no argument");
	}
	if (spool_open(path, &spool, &why) != 0) {
		return complain_spool(c, path, &why, "cannot open the spool");
	}
	if (changes) {
		ret = change_key(spool, path, words[1],
		    strcmp(verb, "retire") == 0 ? KEY_RETIRED : KEY_REVOKED, c);
	} else if (strcmp(verb, "add") == 0) {
		ret = add_key(spool, path, c);
	} else {
		ret = list_keys(spool, path, json, c);
	}
	spool_close(&spool);
	return ret;
}

int
keys_main(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS, {0}};
	struct command_line line = {.name = "keys", .usage = usage};
	struct complaint c;
	int code;

	if (command_option(argc, argv, options, &line, &code) == 0) {
		return code;
	}
	if (run(spool_path(line.spool), line.json, argc - optind, argv + optind, &c) != 0) {
		return complain_aloud("keys", &c);
	}
	return finish_output("keys");
}
