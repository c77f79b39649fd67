/*
 * entry.c - reads and writes the file of an entry
 *
 * Not here: storing it (store.h), making its pieces (mime/part-header.h).
 */
#include "spool/entry.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "spool/field.h"
#include "spool/hex.h"
#include "spool/path.h"

/* The separator between the folded lines of a piece: between whole parameters, or any lines. */
static const char parameters[] = ";\n\t", lines[] = "\n\t";

_Static_assert(
    ENTRY_FILE_MAX >= ENTRY_TYPE_MAX + ENTRY_NAME_MAX + ENTRY_FILENAME_MAX + ENTRY_CID_MAX + 1024,
    "an entry's file holds all pieces at their longest");

static const char *const type_from_words[] = {
    [ENTRY_TYPE_GIVEN] = "given",
    [ENTRY_TYPE_SNIFFED] = "sniffed",
    [ENTRY_TYPE_NAMED] = "name",
};

enum { TYPE_FROM_WORDS = sizeof(type_from_words) / sizeof(type_from_words[0]) };

/* Header pieces go out unchanged, so they may hold printable ASCII only. */
static bool
is_printable(const uint8_t *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e) {
			return false;
		}
	}
	return true;
}

static bool
parse_type(struct field_lines *f, struct entry *e)
{
	static const char message[] = "message/rfc822";
	const uint8_t *text;

	if (!field_text(f, "type", &text, &e->type_len) || e->type_len > sizeof(e->type) ||
	    !is_printable(text, e->type_len) || memchr(text, '/', e->type_len) == NULL) {
		return false;
	}
	memcpy(e->type, text, e->type_len);
	return !e->message ||
	    (e->type_len == sizeof(message) - 1 && memcmp(text, message, e->type_len) == 0);
}

static bool
parse_type_from(struct field_lines *f, struct entry *e)
{
	for (int i = ENTRY_TYPE_UNKNOWN + 1; i < TYPE_FROM_WORDS; i++) {
		if (field_is(f, "type-from", type_from_words[i])) {
			e->type_from = (enum entry_type_from)i;
			return true;
		}
	}
	return false;
}

/* All lines of a piece that is called `what`, and begins so. */
static bool
parse_folded(
    struct field_lines *f, const char *what, const char *join, char *out, size_t cap, size_t *len_r)
{
	const uint8_t *text;
	size_t len, begin = strlen(what);

	while (field_text(f, what, &text, &len)) {
		size_t sep = *len_r > 0 ? strlen(join) : 0;
		/* A parameter may go on in a line of its own, but none begins otherwise. */
		bool begins = len > begin && memcmp(text, what, begin) == 0;
		if (len == 0 || (!begins && (sep == 0 || join == parameters)) ||
		    !is_printable(text, len) || sep + len > cap - *len_r) {
			return false;
		}
		memcpy(out + *len_r, join, sep);
		memcpy(out + *len_r + sep, text, len);
		*len_r += sep + len;
	}
	return true;
}

static bool
parse_cid(struct field_lines *f, struct entry *e)
{
	const uint8_t *text;

	if (!field_text(f, "cid", &text, &e->cid_len)) {
		return true;
	}
	if (e->cid_len == 0 || e->cid_len > sizeof(e->cid) || !is_printable(text, e->cid_len) ||
	    memchr(text, ' ', e->cid_len) != NULL || memchr(text, '<', e->cid_len) != NULL ||
	    memchr(text, '>', e->cid_len) != NULL) {
		return false;
	}
	memcpy(e->cid, text, e->cid_len);
	return true;
}

/* The fields that version 2 has and version 1 does not. */
static bool
parse_new_lines(struct field_lines *f, struct entry *e)
{
	return parse_type_from(f, e) &&
	    parse_folded(f, "name", lines, e->name, sizeof(e->name), &e->name_len);
}

int
entry_parse(const uint8_t *text, size_t len, struct entry *e)
{
	struct field_lines f = {text, text + len};
	uint64_t version, expires;

	memset(e, 0, sizeof(*e));
	if (!field_number(&f, "mailgraft entry", UINT32_MAX, &version) || version == 0) {
		return -EBADMSG;
	}
	if (version > ENTRY_VERSION) {
		return -EPROTONOSUPPORT;
	}
	if (!field_hex(&f, "blob", e->blob, SHA256_BYTES) ||
	    !field_hex(&f, "checksum", e->checksum, CHECKSUM_BYTES) ||
	    !field_number(&f, "size", INT64_MAX, &e->size) ||
	    !field_number(&f, "expires", UINT32_MAX, &expires)) {
		return -EBADMSG;
	}
	e->expires = (uint32_t)expires;
	if (field_is(&f, "encoding", "message")) {
		e->message = true;
		if (!field_number(&f, "crs", e->size, &e->crs)) {
			return -EBADMSG;
		}
	} else if (!field_is(&f, "encoding", "base64")) {
		return -EBADMSG;
	}
	if (!parse_type(&f, e) || (version > 1 && !parse_new_lines(&f, e))) {
		return -EBADMSG;
	}
	if (field_is(&f, "disposition", "inline")) {
		e->is_inline = true;
	} else if (!field_is(&f, "disposition", "attachment")) {
		return -EBADMSG;
	}
	if (!parse_folded(
	        &f, "filename", parameters, e->filename, sizeof(e->filename), &e->filename_len) ||
	    !parse_cid(&f, e)) {
		return -EBADMSG;
	}
	e->keep = field_is(&f, "keep", "yes");
	e->has_key = field_hex(&f, "key", e->key, sizeof(e->key));
	return f.at == f.end ? 0 : -EBADMSG;
}

struct out {
	uint8_t *buf;
	size_t len, cap;
};

static void
put(struct out *o, const void *data, size_t len)
{
	if (o->len <= o->cap && len <= o->cap - o->len) {
		memcpy(o->buf + o->len, data, len);
		o->len += len;
	} else {
		o->len = o->cap + 1;
	}
}

static void
put_line(struct out *o, const char *name, const void *value, size_t len)
{
	put(o, name, strlen(name));
	put(o, " ", 1);
	put(o, value, len);
	put(o, "\n", 1);
}

static void
put_hex(struct out *o, const char *name, const uint8_t *bytes, size_t len)
{
	char text[SHA256_BYTES * 2];

	assert(len <= SHA256_BYTES);
	hex_encode(bytes, len, text);
	put_line(o, name, text, len * 2);
}

static void
put_number(struct out *o, const char *name, uint64_t value)
{
	char text[20], *at = text + sizeof(text);

	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	put_line(o, name, at, (size_t)(text + sizeof(text) - at));
}

static void
put_folded(struct out *o, const char *what, const char *join, const char *piece, size_t len)
{
	const char *at = piece, *end = piece + len;

	while (at < end) {
		const char *stop = memmem(at, (size_t)(end - at), join, strlen(join));
		if (stop == NULL) {
			stop = end;
		}
		put_line(o, what, at, (size_t)(stop - at));
		at = stop == end ? end : stop + strlen(join);
	}
}

ssize_t
entry_format(const struct entry *e, uint8_t *buf, size_t cap)
{
	struct out o = {.buf = buf, .cap = cap};
	const char *disposition = e->is_inline ? "inline" : "attachment";

	put_number(&o, "mailgraft entry", e->type_from == ENTRY_TYPE_UNKNOWN ? 1 : ENTRY_VERSION);
	put_hex(&o, "blob", e->blob, sizeof(e->blob));
	put_hex(&o, "checksum", e->checksum, sizeof(e->checksum));
	put_number(&o, "size", e->size);
	put_number(&o, "expires", e->expires);
	if (e->message) {
		put_line(&o, "encoding", "message", strlen("message"));
		put_number(&o, "crs", e->crs);
	} else {
		put_line(&o, "encoding", "base64", strlen("base64"));
	}
	put_line(&o, "type", e->type, e->type_len);
	if (e->type_from != ENTRY_TYPE_UNKNOWN) {
		const char *from = type_from_words[e->type_from];
		put_line(&o, "type-from", from, strlen(from));
		put_folded(&o, "name", lines, e->name, e->name_len);
	}
	put_line(&o, "disposition", disposition, strlen(disposition));
	put_folded(&o, "filename", parameters, e->filename, e->filename_len);
	if (e->cid_len > 0) {
		put_line(&o, "cid", e->cid, e->cid_len);
	}
	if (e->keep) {
		put_line(&o, "keep", "yes", strlen("yes"));
	}
	if (e->has_key) {
		put_hex(&o, "key", e->key, sizeof(e->key));
	}
	return o.len > cap ? -EMSGSIZE : (ssize_t)o.len;
}

void
entry_id(const uint8_t *text, size_t len, uint8_t id[ENTRY_ID_BYTES])
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 s;

	sha256_begin(&s);
	sha256_add(&s, text, len);
	sha256_end(&s, digest);
	memcpy(id, digest, ENTRY_ID_BYTES);
}

int
entry_load(const struct spool *spool, const uint8_t id[ENTRY_ID_BYTES], struct entry *entry_r,
    struct spool_fail *why)
{
	char name[ENTRY_PATH_MAX];
	uint8_t text[ENTRY_FILE_MAX], found[ENTRY_ID_BYTES];
	ssize_t len;
	int ret;

	entry_path(id, name);
	len = spool_read_file(spool, name, 0, text, sizeof(text), why);
	if (len < 0) {
		return (int)len;
	}
	entry_id(text, (size_t)len, found);
	if (memcmp(found, id, sizeof(found)) != 0) {
		return spool_fail_check(why, FAIL_DIGEST, name, EBADMSG);
	}
	ret = entry_parse(text, (size_t)len, entry_r);
	return ret == 0 ? 0 : spool_fail_check(why, FAIL_FORMAT, name, -ret);
}
