/*
 * intake.c - stores one source after the other, makes tokens
 */
#include "cli/intake.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/address.h"
#include "cli/arguments.h"
#include "cli/complain-spool.h"
#include "cli/media-type.h"
#include "cli/scanner.h"
#include "cli/settings.h"
#include "cli/source.h"
#include "cli/timestamp.h"
#include "mime/message-check.h"
#include "mime/part-header.h"
#include "spool/hex.h"
#include "spool/keyring.h"
#include "spool/seen.h"

/* A file whose name goes when all is done. */
struct moved {
	char *path; /* NULL: none */
	struct stat st;
	uint8_t digest[SHA256_BYTES];
};

struct pending {
	struct entry entry;
	bool sniffs;    /* its type is what libmagic says */
	bool eight_bit; /* what its content was found to have */
	bool message;   /* and whether it may go out as message/rfc822, less so many CRs */
	uint64_t crs;
	uint8_t id[ENTRY_ID_BYTES];
	struct recipient to;
	struct receipt receipt;
	struct moved moved;
};

struct intake {
	const char *path;
	struct spool *spool;
	struct store *store;
	bool said_copied;
	time_t clock;         /* at the last request; 0: none yet */
	time_t seen;          /* by the spool, when it was last asked */
	struct pending taken; /* last */
	uint8_t chunk[READ_CHUNK];
};

struct intake_group {
	const char *path;
	const struct spool *spool;
	struct group *files;
	struct sniff *sniff;       /* NULL until a type is asked for */
	uint8_t key[KEY_ID_BYTES]; /* that signs the tokens, as the entries say */
	size_t receipts;           /* of the last commit */
	struct pending pending[STORE_GROUP_MAX];
};

int
intake_open(const char *spool, struct intake **intake_r, struct complaint *c)
{
	struct spool_fail why = {0};
	struct key key;
	struct intake *in = calloc(1, sizeof(*in));
	int ret;

	*intake_r = NULL;
	if (in == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	in->path = spool;
	ret = spool_open(spool, &in->spool, &why);
	if (ret == 0) {
		ret = store_open(in->spool, &in->store, &why);
	}
	if (ret == 0) {
		store_limit(in->store, settings()->total);
		ret = keyring_active(in->spool, &key, &why);
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
	free((*intake)->taken.moved.path);
	store_close(&(*intake)->store);
	spool_close(&(*intake)->spool);
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
	g->path = in->path;
	g->spool = in->spool;
	if (group_new(in->spool, &g->files, &why) != 0) {
		intake_group_free(&g);
		return complain_spool(c, in->path, &why, "cannot store anything");
	}
	group_limit(g->files, settings()->total);
	*group_r = g;
	return 0;
}

static void
forget_moved(struct intake_group *g, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(g->pending[i].moved.path);
		g->pending[i].moved.path = NULL;
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
	}
	free(*group);
	*group = NULL;
}

static int
bad_piece(struct complaint *c, enum part_header bad, const char *what, const char *text)
{
	static const char *const reasons[] = {
	    [PART_HEADER_SYNTAX] = "not one",
	    [PART_HEADER_COMPOSITE] =
	        "multipart and message types cannot be stored, but message/rfc822",
	    [PART_HEADER_EMPTY] = "empty",
	    [PART_HEADER_ENCODING] = "not UTF-8; say another one with --name",
	    [PART_HEADER_CONTROL] = "control characters; say another one with --name",
	    [PART_HEADER_TOO_LONG] = "too long",
	};

	return complain(c, EX_DATAERR, "bad %s '%.100s': %s", what, text, reasons[bad]);
}

/* The entry's pieces that do not depend on the content. */
static int
make_pieces(const struct request *r, struct entry *e, struct pending *p, struct complaint *c)
{
	const char *name = r->name, *base;
	enum part_header bad;
	size_t len;

	if (name == NULL && r->input == NULL && strcmp(r->file, "-") != 0) {
		name = r->file;
	}
	p->receipt.name_len = 0;
	if (name != NULL) {
		bad = part_header_base_name(name, strlen(name), &base, &len);
		if (bad == PART_HEADER_OK && len > sizeof(p->receipt.name)) {
			bad = PART_HEADER_TOO_LONG;
		}
		if (bad == PART_HEADER_OK) {
			bad = part_header_filename(
			    base, len, e->filename, sizeof(e->filename), &e->filename_len);
		}
		if (bad != PART_HEADER_OK) {
			return bad_piece(c, bad, "name", name);
		}
		memcpy(p->receipt.name, base, len);
		p->receipt.name_len = len;
	}
	if (r->type != NULL) {
		bad = part_header_type(
		    r->type, strlen(r->type), e->type, sizeof(e->type), &e->type_len);
		if (bad != PART_HEADER_OK) {
			return bad_piece(c, bad, "type", r->type);
		}
	}
	if (r->cid != NULL) {
		bad = part_header_cid(r->cid, strlen(r->cid), e->cid, sizeof(e->cid), &e->cid_len);
		if (bad != PART_HEADER_OK) {
			return bad_piece(c, bad, "content id", r->cid);
		}
	}
	p->to.len = 0;
	if (r->to != NULL && address_recipient(r->to, strlen(r->to), &p->to) != 0) {
		return complain(c, EX_DATAERR, "bad recipient '%.100s': not an address", r->to);
	}
	e->is_inline = r->is_inline;
	e->keep = r->keep;
	return 0;
}

/* A clock that was set back, before the start or while we run, would make tokens that are dead when
 * it is set right. */
static bool
seen_later_than(struct intake *in, uint64_t expires, time_t now)
{
	if (in->clock == 0 || now < in->clock || expires <= (uint64_t)in->seen) {
		in->seen = seen_lately(in->spool);
	}
	in->clock = now;
	return expires <= (uint64_t)in->seen;
}

static int
make_expiry(struct intake *in, const struct request *r, struct entry *e, struct complaint *c)
{
	time_t now = time(NULL);
	uint64_t expires = ((uint64_t)now + r->expires + EXPIRY_UNIT - 1) / EXPIRY_UNIT;
	char then[TIMESTAMP_MAX], seen[TIMESTAMP_MAX];

	if (r->expires == 0 || expires > UINT32_MAX) {
		return complain(c, EX_DATAERR, "bad expiry: it is now, or thousands of years off");
	}
	if (seen_later_than(in, expires * EXPIRY_UNIT, now)) {
		return complain(c, EX_TEMPFAIL,
		    "by this clock it would expire at %s, and the spool has seen %s: "
		    "set the clock, or run 'mailgraft gc --force' if it is right",
		    timestamp(expires * EXPIRY_UNIT, then), timestamp((uint64_t)in->seen, seen));
	}
	e->expires = (uint32_t)expires;
	return 0;
}

/* The next chunk, wherever the content comes from; `size` is what came before it. */
static ssize_t
read_source(struct intake *in, const struct request *r, int fd, uint64_t size)
{
	uint64_t left = r->bytes - size;
	ssize_t n;

	if (r->input != NULL) {
		if (left == 0) {
			return 0;
		}
		return (ssize_t)input_bytes(r->input, in->chunk,
		    left < sizeof(in->chunk) ? (size_t)left : sizeof(in->chunk));
	}
	do {
		n = read(fd, in->chunk, sizeof(in->chunk));
	} while (n < 0 && errno == EINTR);
	return n;
}

/* What a piece of the content may be, and what it says of the whole. `size` is with it. */
static int
check_piece(const struct intake *in, const char *file, size_t len, uint64_t size,
    struct message_check *check, struct complaint *c)
{
	if (size > settings()->largest_file) {
		return complain(c, EX_DATAERR,
		    "cannot store '%.200s': over the %llu bytes that largest-file allows", file,
		    (unsigned long long)settings()->largest_file);
	}
	message_check_add(check, in->chunk, len);
	return 0;
}

/* The content shares the file's blocks already: what is hashed is the spool's own. */
static int
read_clone(struct intake *in, const char *file, uint64_t *size, struct message_check *check,
    struct complaint *c)
{
	struct spool_fail why = {0};
	ssize_t n;

	while ((n = store_read(in->store, in->chunk, sizeof(in->chunk), &why)) > 0) {
		*size += (uint64_t)n;
		if (check_piece(in, file, (size_t)n, *size, check, c) != 0) {
			return -1;
		}
	}
	return n == 0 ? 0 : complain_spool(c, in->path, &why, "cannot store '%.200s'", file);
}

/* `limit`: one that grows without end must not fill the disk. */
static int
copy_bytes(struct intake *in, const struct request *r, int fd, uint64_t limit, uint64_t *size,
    struct message_check *check, struct complaint *c)
{
	struct spool_fail why = {0};

	for (;;) {
		ssize_t n = read_source(in, r, fd, *size);
		if (n < 0) {
			return complain(
			    c, EX_NOINPUT, "cannot read '%.200s': %s", r->file, reason(errno));
		}
		*size += (uint64_t)n;
		if (n == 0 || *size > limit) {
			return 0;
		}
		if (check_piece(in, r->file, (size_t)n, *size, check, c) != 0) {
			return -1;
		}
		if (store_write(in->store, in->chunk, (size_t)n, &why) != 0) {
			return complain_spool(c, in->path, &why, "cannot store '%.200s'", r->file);
		}
	}
}

/* The file itself becomes the content; or it is said, once, that it does not. */
static bool
take_source(struct intake *in, struct source *s)
{
	enum take_over how = s->how;
	struct taken taken;

	if (how == TAKE_OVER_DONE) {
		how = take_over(in->spool, s->fd, &taken);
	}
	if (how == TAKE_OVER_DONE) {
		store_take(in->store, s->fd, &taken);
		s->given = true;
		return true;
	}
	if (!in->said_copied) {
		source_say_copied(s, how);
		in->said_copied = true;
	}
	return false;
}

/* The content gets into the store: as it is, as a clone, or byte by byte. */
static int
get_content(struct intake *in, const struct request *r, struct source *s, uint64_t *size,
    struct message_check *check, struct complaint *c)
{
	struct spool_fail why = {0};

	if (r->take_over && s->fd >= 0 && take_source(in, s)) {
		return read_clone(in, r->file, size, check, c);
	}
	if (store_begin(in->store, &why) != 0) {
		return complain_spool(c, in->path, &why, "cannot store '%.200s'", r->file);
	}
	if (r->reflink && s->regular && store_clone(in->store, s->fd)) {
		return read_clone(in, r->file, size, check, c);
	}
	return copy_bytes(
	    in, r, s->fd, s->regular ? (uint64_t)s->st.st_size : UINT64_MAX, size, check, c);
}

static int
copy_source(struct intake *in, const struct request *r, struct source *s,
    struct message_check *check, struct complaint *c)
{
	uint64_t size = 0;

	message_check_begin(check);
	if (get_content(in, r, s, &size, check, c) != 0) {
		return -1;
	}
	if (r->input != NULL && size < r->bytes) {
		return complain(c, EX_DATAERR, "cannot store '%.200s': %llu of its %llu bytes came",
		    r->file, (unsigned long long)size, (unsigned long long)r->bytes);
	}
	return s->regular ? source_unchanged(s, size, c) : 0;
}

static int
note_moved(struct moved *m, const struct source *s, const uint8_t digest[SHA256_BYTES],
    struct complaint *c)
{
	m->path = strdup(s->file);
	if (m->path == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	m->st = s->st;
	memcpy(m->digest, digest, sizeof(m->digest));
	return 0;
}

static int
store_source(struct intake *in, const struct request *r, struct pending *p, struct complaint *c)
{
	struct entry *e = &p->entry;
	struct source source = {.file = r->file, .fd = -1};
	struct store_content content;
	struct message_check check;
	int ret;

	if (r->input == NULL && source_open(r->file, r->take_over, &source, c) != 0) {
		return -1;
	}
	ret = copy_source(in, r, &source, &check, c);
	source_close(&source);
	if (ret != 0) {
		return ret;
	}
	store_end(in->store, &content);
	if (r->scanner != NULL && scanner_run(r->scanner, store_fd(in->store), r->file, c) != 0) {
		return -1;
	}
	p->eight_bit = check.eight_bit;
	p->message = message_check_end(&check);
	p->crs = check.crs;
	e->size = content.size;
	memcpy(e->blob, content.digest, sizeof(e->blob));
	memcpy(e->checksum, content.checksum, sizeof(e->checksum));
	return r->move && source.given ? note_moved(&p->moved, &source, content.digest, c) : 0;
}

int
intake_take(struct intake *in, const struct request *r, struct complaint *c)
{
	struct pending *p = &in->taken;
	struct entry *e = &p->entry;

	memset(e, 0, sizeof(*e));
	free(p->moved.path);
	p->moved.path = NULL;
	p->sniffs = r->type == NULL;
	if (make_pieces(r, e, p, c) != 0 || make_expiry(in, r, e, c) != 0) {
		return -1;
	}
	if (store_source(in, r, p, c) != 0) {
		store_abandon(in->store);
		return -1;
	}
	return 0;
}

/* Asked for once a group: in a long run keys come and go. */
static int
choose_key(struct intake_group *g, struct spool_fail *why)
{
	struct key key;
	int ret = keyring_active(g->spool, &key, why);

	if (ret == 0) {
		memcpy(g->key, key.id, sizeof(g->key));
		explicit_bzero(&key, sizeof(key));
	}
	return ret;
}

int
intake_add(struct intake *in, struct intake_group *g, const struct request *r, struct complaint *c)
{
	struct spool_fail why = {0};

	if (group_count(g->files) == 0 && choose_key(g, &why) != 0) {
		store_abandon(in->store);
		return complain_spool(c, g->path, &why, "cannot store '%.200s'", r->file);
	}
	if (store_add(in->store, g->files, &why) != 0) {
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

/* The entry of a content that is in the group: all that was put off, for whoever reads requests has
 * enough to do. */
static int
describe(struct intake_group *g, size_t i, struct spool_fail *why)
{
	struct pending *p = &g->pending[i];
	struct entry *e = &p->entry;
	struct receipt *r = &p->receipt;
	int ret = p->sniffs && g->sniff == NULL ? sniff_open(&g->sniff, why) : 0;

	if (ret != 0) {
		return ret;
	}
	if (p->sniffs) {
		media_type_find(g->sniff, group_fd(g->files, i), p->eight_bit, e);
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

/* That which the entries name. One that was revoked meanwhile makes no token that anybody would
 * take. */
static int
signing_key(const struct intake_group *g, struct key *key_r, struct spool_fail *why)
{
	int ret = key_load(g->spool, g->key, key_r, why);

	if (ret == 0 && key_r->state == KEY_REVOKED) {
		explicit_bzero(key_r, sizeof(*key_r));
		ret = spool_fail_check(why, FAIL_KEY, "keys", EKEYREVOKED);
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
		ret = signing_key(g, &key, &why);
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
	int ret = 0;

	for (size_t i = 0; i < g->receipts; i++) {
		const struct moved *m = &g->pending[i].moved;
		int error = m->path == NULL
		    ? 0
		    : take_over_remove(g->spool, m->path, &m->st, m->digest);
		if (error != 0 && ret == 0) {
			ret = complain(c, EX_IOERR, "stored, but cannot remove '%.200s': %s",
			    m->path,
			    error == -ESTALE ? "it is not what was stored any more"
			                     : reason(-error));
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
