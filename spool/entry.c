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

static const char join[] = ";\n\t";

enum { JOIN_LEN = sizeof(join) - 1 };

/* Header pieces go out as they are: nothing but printable ASCII may stand in one. */
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
parse_filename(struct field_lines *f, struct entry *e)
{
	static const char prefix[] = "filename";
	const uint8_t *text;
	size_t len;

	while (field_text(f, "filename", &text, &len)) {
		size_t sep = e->filename_len > 0 ? JOIN_LEN : 0;
		if (len < sizeof(prefix) || memcmp(text, prefix, sizeof(prefix) - 1) != 0 ||
		    !is_printable(text, len) || sep + len > sizeof(e->filename) - e->filename_len) {
			return false;
		}
		memcpy(e->filename + e->filename_len, join, sep);
		memcpy(e->filename + e->filename_len + sep, text, len);
		e->filename_len += sep + len;
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

int
entry_parse(const uint8_t *text, size_t len, struct entry *e)
{
	struct field_lines f = {text, text + len};
	uint64_t expires;

	memset(e, 0, sizeof(*e));
	if (!field_is(&f, "mailgraft entry", "1") ||
	    !field_hex(&f, "blob", e->blob, SHA256_BYTES) ||
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
	if (!parse_type(&f, e)) {
		return -EBADMSG;
	}
	if (field_is(&f, "disposition", "inline")) {
		e->is_inline = true;
	} else if (!field_is(&f, "disposition", "attachment")) {
		return -EBADMSG;
	}
	if (!parse_filename(&f, e) || !parse_cid(&f, e)) {
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
put_filename(struct out *o, const struct entry *e)
{
	const char *at = e->filename, *end = at + e->filename_len;

	while (at < end) {
		const char *stop = memmem(at, (size_t)(end - at), join, JOIN_LEN);
		if (stop == NULL) {
			stop = end;
		}
		put_line(o, "filename", at, (size_t)(stop - at));
		at = stop == end ? end : stop + JOIN_LEN;
	}
}

ssize_t
entry_format(const struct entry *e, uint8_t *buf, size_t cap)
{
	struct out o = {.buf = buf, .cap = cap};
	const char *disposition = e->is_inline ? "inline" : "attachment";

	put_line(&o, "mailgraft entry", "1", 1);
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
	put_line(&o, "disposition", disposition, strlen(disposition));
	put_filename(&o, e);
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

	entry_path(id, name);
	len = spool_read_file(spool, name, 0, text, sizeof(text), why);
	if (len < 0) {
		return (int)len;
	}
	entry_id(text, (size_t)len, found);
	if (memcmp(found, id, sizeof(found)) != 0) {
		return spool_fail_check(why, FAIL_DIGEST, name, EBADMSG);
	}
	if (entry_parse(text, (size_t)len, entry_r) != 0) {
		return spool_fail_check(why, FAIL_FORMAT, name, EBADMSG);
	}
	return 0;
}
