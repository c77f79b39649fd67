/*
 * ls.c - `mailgraft ls`: lists entries, all or those asked for
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
#include "mime/part-header.h"
#include "spool/entry.h"
#include "spool/hex.h"
#include "spool/walk.h"

static const char usage[] =
    "usage: mailgraft ls [--spool DIR] [--json] [TOKEN|ENTRY…]\n"
    "\n"
    "Lists entries: id, size, expiry, media type, name, key, and 'keep' where it is\n"
    "kept, separated by tabs. An entry is asked for by its id or by a token. They come in\n"
    "no order.\n";

struct listing {
	const char *path;
	struct spool *spool;
	bool json;
};

static void
print_entry(const struct listing *l, const uint8_t id[ENTRY_ID_BYTES], const struct entry *e)
{
	char hex[ENTRY_ID_BYTES * 2 + 1], digest[SHA256_BYTES * 2 + 1];
	char name[NAME_MAX_BYTES], expires[TIMESTAMP_MAX];
	size_t name_len = part_header_name(e->filename, e->filename_len, name, sizeof(name));
	uint64_t when = (uint64_t)e->expires * EXPIRY_UNIT;
	char key[KEY_ID_BYTES * 2 + 1] = "-";
	int first = 1;

	if (e->has_key) {
		*hex_encode(e->key, sizeof(e->key), key) = '\0';
	}
	*hex_encode(id, ENTRY_ID_BYTES, hex) = '\0';
	*hex_encode(e->blob, sizeof(e->blob), digest) = '\0';
	if (!l->json) {
		printf("%s\t%llu\t%s\t%.*s\t%.*s\t%s%s\n", hex, (unsigned long long)e->size,
		    timestamp(when, expires), (int)e->type_len, e->type, (int)name_len, name, key,
		    e->keep ? "\tkeep" : "");
		return;
	}
	json_text(stdout, &first, "entry", hex, sizeof(hex) - 1);
	json_text(stdout, &first, "digest", digest, sizeof(digest) - 1);
	json_number(stdout, &first, "size", e->size);
	json_text(stdout, &first, "type", e->type, e->type_len);
	json_text(stdout, &first, "name", name, name_len);
	json_number(stdout, &first, "expires", when);
	if (e->has_key) {
		json_text(stdout, &first, "key", key, strlen(key));
	}
	json_boolean(stdout, &first, "keep", e->keep);
	puts("}");
}

static int
list_all(const struct listing *l, struct complaint *c)
{
	struct spool_fail why = {0};
	struct walk_file f;
	struct walk w;
	struct entry e;
	int ret, damaged = 0;

	walk_begin(&w, l->spool, WALK_ENTRIES);
	while ((ret = walk_next(&w, &f, &why)) > 0) {
		if (!f.named) {
			continue;
		}
		ret = entry_load(l->spool, f.id, &e, &why);
		if (ret == 0) {
			print_entry(l, f.id, &e);
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
	print_entry(l, id, &e);
	return 0;
}

int
ls_main(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS, {0}};
	struct command_line line = {.name = "ls", .usage = usage};
	struct spool_fail why = {0};
	struct listing l = {0};
	struct complaint c;
	int ret = 0;

	if (command_option(argc, argv, options, &line, &ret) == 0) {
		return ret;
	}
	l.path = spool_path(line.spool);
	l.json = line.json;
	if (spool_open(l.path, &l.spool, &why) != 0) {
		complain_spool(&c, l.path, &why, "cannot open the spool");
		return complain_aloud("ls", &c);
	}
	if (optind == argc) {
		ret = list_all(&l, &c);
	}
	for (int i = optind; i < argc && ret == 0; i++) {
		ret = list_one(&l, argv[i], &c);
	}
	spool_close(&l.spool);
	if (ret != 0) {
		return complain_aloud("ls", &c);
	}
	return finish_output("ls");
}
