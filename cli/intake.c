/*
 * intake.c - see intake.h
 */
#include "cli/intake.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/address.h"
#include "cli/complain-spool.h"
#include "cli/content.h"
#include "cli/media-type.h"
#include "cli/moved.h"
#include "cli/pieces.h"
#include "cli/settings.h"
#include "cli/tokens.h"
#include "spool/hex.h"
#include "spool/keyring.h"

struct pending {
	struct entry entry;
	enum charset charset; /* what its content is */
	bool message; /* and whether it may go out as message/rfc822, without this number of CRs */
	uint64_t crs;
	uint8_t id[ENTRY_ID_BYTES];
	struct recipient to;
	struct receipt receipt;
	struct moved moved;
};

struct intake {
	struct content_sink sink;
	struct token_clock clock;
	struct pending taken; /* the last one */
};

struct intake_group {
	const char *path;
	const struct spool *spool;
	struct group *files;
	struct sniff *sniff; /* NULL until a type is asked for, like the next */
	struct extensions *extensions;
	uint8_t key[KEY_ID_BYTES]; /* the key that signs the tokens, as the entries say */
	size_t receipts;           /* of the last commit */
	struct pending pending[STORE_GROUP_MAX];
};

int
intake_open(
    const char *spool, struct progress *progress, struct intake **intake_r, struct complaint *c)
{
	struct spool_fail why = {0};
	struct key key;
	struct intake *in = calloc(1, sizeof(*in));
	int ret;

	*intake_r = NULL;
	if (in == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	in->sink.path = spool;
	in->sink.progress = progress;
	ret = spool_open(spool, &in->sink.spool, &why);
	if (ret == 0) {
		note_another_spool("put", spool, in->sink.spool);
		ret = store_open(in->sink.spool, &in->sink.store, &why);
	}
	if (ret == 0) {
		store_limit(in->sink.store, settings()->total);
		ret = keyring_active(in->sink.spool, &key, &why);
		explicit_bzero(&key, sizeof(key));
	}
	if (ret != 0) {
		intake_close(&in);
		return complain_spool(c, spool, &why, "cannot store anything");
	}
	*intake_r = in;
	return 0;
}

void
intake_close(struct intake **intake)
{
	if (*intake == NULL) {
		return;
	}
	moved_forget(&(*intake)->taken.moved);
	store_close(&(*intake)->sink.store);
	spool_close(&(*intake)->sink.spool);
	free(*intake);
	*intake = NULL;
}

int
intake_group_new(const struct intake *in, struct intake_group **group_r, struct complaint *c)
{
	struct spool_fail why = {0};
	struct intake_group *g = calloc(1, sizeof(*g));

	*group_r = NULL;
	if (g == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	g->path = in->sink.path;
	g->spool = in->sink.spool;
	if (group_new(in->sink.spool, &g->files, &why) != 0) {
		intake_group_free(&g);
		return complain_spool(c, in->sink.path, &why, "cannot store anything");
	}
	group_limit(g->files, settings()->total);
	*group_r = g;
	return 0;
}

static void
forget_moved(struct intake_group *g, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		moved_forget(&g->pending[i].moved);
	}
}

void
intake_group_free(struct intake_group **group)
{
	if (*group != NULL && (*group)->files != NULL) {
		forget_moved(*group, group_count((*group)->files));
		forget_moved(*group, (*group)->receipts);
		group_free(&(*group)->files);
		sniff_close(&(*group)->sniff);
		extensions_free(&(*group)->extensions);
	}
	free(*group);
	*group = NULL;
}

static int
note_facts(struct pending *p, const struct put_request *r, const struct content_facts *f,
    struct complaint *c)
{
	struct entry *e = &p->entry;

	p->charset = f->charset;
	p->message = f->message;
	p->crs = f->crs;
	e->size = f->stored.size;
	memcpy(e->blob, f->stored.digest, sizeof(e->blob));
	memcpy(e->checksum, f->stored.checksum, sizeof(e->checksum));
	return r->move && f->taken ? moved_note(&p->moved, r->file, &f->st, f->stored.digest, c)
	                           : 0;
}

int
intake_take(struct intake *in, const struct put_request *r, struct complaint *c)
{
	struct pending *p = &in->taken;
	struct entry *e = &p->entry;
	struct content_facts facts;

	memset(e, 0, sizeof(*e));
	moved_forget(&p->moved);
	p->to.len = 0;
	if (r->to != NULL && address_recipient(r->to, strlen(r->to), &p->to) != 0) {
		return complain(c, EX_DATAERR, "bad recipient '%.100s': not an address", r->to);
	}
	if (pieces_make(r, e, &p->receipt, c) != 0 ||
	    token_expiry(&in->clock, in->sink.spool, r->expires, &e->expires, c) != 0) {
		return -1;
	}
	if (content_store(&in->sink, r, &facts, c) != 0 || note_facts(p, r, &facts, c) != 0) {
		store_abandon(in->sink.store);
		return -1;
	}
	return 0;
}

int
intake_add(
    struct intake *in, struct intake_group *g, const struct put_request *r, struct complaint *c)
{
	struct spool_fail why = {0};

	if (group_count(g->files) == 0 && token_key_choose(g->spool, g->key, &why) != 0) {
		store_abandon(in->sink.store);
		return complain_spool(c, g->path, &why, "cannot store '%.200s'", r->file);
	}
	if (store_add(in->sink.store, g->files, &why) != 0) {
		return complain_spool(c, g->path, &why, "cannot store '%.200s'", r->file);
	}
	g->pending[group_count(g->files) - 1] = in->taken;
	in->taken.moved.path = NULL;
	return 0;
}

bool
intake_full(const struct intake_group *g)
{
	return group_full(g->files);
}

uint64_t
intake_last_size(const struct intake_group *g)
{
	return g->pending[group_count(g->files) - 1].entry.size;
}

size_t
intake_pending(const struct intake_group *g)
{
	return group_count(g->files);
}

/* The type of a file whose entry has none. */
static int
find_type(struct intake_group *g, size_t i, struct spool_fail *why)
{
	struct pending *p = &g->pending[i];
	struct media_facts facts = {
	    .fd = group_fd(g->files, i),
	    .charset = p->charset,
	    .name = p->receipt.name,
	    .name_len = p->receipt.name_len,
	};

	if (g->sniff == NULL) {
		int ret = sniff_open(&g->sniff, why);

		if (ret != 0) {
			return ret;
		}
		g->extensions = extensions_load(EXTENSIONS_FILE);
	}
	media_type_find(g->sniff, g->extensions, &facts, &p->entry);
	return 0;
}

/* Writes the entry of a file in the group. This is done late, since the thread that reads the
 * requests has enough to do. */
static int
describe(struct intake_group *g, size_t i, struct spool_fail *why)
{
	struct pending *p = &g->pending[i];
	struct entry *e = &p->entry;
	struct receipt *r = &p->receipt;
	int ret = e->type_from == ENTRY_TYPE_UNKNOWN ? find_type(g, i, why) : 0;

	if (ret != 0) {
		return ret;
	}
	media_type_settle(e, p->message, p->crs);
	e->has_key = true;
	memcpy(e->key, g->key, sizeof(e->key));
	r->size = e->size;
	r->expires = (uint64_t)e->expires * EXPIRY_UNIT;
	r->type_len = e->type_len;
	memcpy(r->type, e->type, e->type_len);
	*hex_encode(e->blob, sizeof(e->blob), r->digest) = '\0';
	return group_describe(g->files, i, e, p->id, why);
}

static int
describe_all(struct intake_group *g, struct spool_fail *why)
{
	int ret = 0;

	for (size_t i = 0; i < group_count(g->files) && ret == 0; i++) {
		ret = describe(g, i, why);
	}
	if (ret != 0) {
		group_forget(g->files);
	}
	return ret;
}

int
intake_commit(struct intake_group *g, struct complaint *c)
{
	struct spool_fail why = {0};
	size_t count = group_count(g->files);
	struct key key;
	int ret = describe_all(g, &why);

	g->receipts = 0;
	if (ret == 0) {
		ret = group_commit(g->files, &why);
	}
	if (ret == 0 && count > 0) {
		ret = token_key_load(g->spool, g->key, &key, &why);
	}
	if (ret != 0) {
		forget_moved(g, count);
		return complain_spool(c, g->path, &why, "cannot store");
	}
	for (size_t i = 0; i < count; i++) {
		struct pending *p = &g->pending[i];
		token_make(&key, p->id, p->entry.expires, &p->to, p->receipt.token);
	}
	g->receipts = count;
	explicit_bzero(&key, sizeof(key));
	return 0;
}

int
intake_remove_moved(struct intake_group *g, struct complaint *c)
{
	struct complaint later;
	int ret = 0;

	for (size_t i = 0; i < g->receipts; i++) {
		if (moved_remove(&g->pending[i].moved, g->spool, ret == 0 ? c : &later) != 0) {
			ret = -1;
		}
	}
	forget_moved(g, g->receipts);
	return ret;
}

const struct receipt *
intake_receipt(const struct intake_group *g, size_t i)
{
	assert(i < g->receipts);
	return &g->pending[i].receipt;
}
