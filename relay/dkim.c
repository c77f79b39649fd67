/*
 * dkim.c - see dkim.h
 */
#include "relay/dkim.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mime/header.h"

struct dkim {
	bool in_body;
	struct dkim_body body;
	uint8_t body_hash[DKIM_HASH_BYTES];
	size_t header_len;
	uint8_t header[DKIM_HEADER_MAX]; /* with LF line ends and its empty line */
};

const struct dkim_policy dkim_default_policy = {
    .signed_count = 12,
    .signed_field = {"reply-to", "sender", "cc", "message-id", "in-reply-to", "references",
        "content-transfer-encoding", "content-disposition", "content-language", "list-id",
        "list-help", "auto-submitted"},
    .over_signed_count = 8,
    .over_signed_field = {"from", "subject", "to", "date", "mime-version", "content-type",
        "list-unsubscribe", "list-unsubscribe-post"},
};

struct dkim *
dkim_new(void)
{
	return calloc(1, sizeof(struct dkim)); /* of which only what a header needs is touched */
}

void
dkim_free(struct dkim *d)
{
	if (d != NULL) {
		dkim_body_close(&d->body);
		free(d);
	}
}

int
dkim_begin(struct dkim *d)
{
	dkim_body_close(&d->body);
	d->in_body = false;
	d->header_len = 0;
	return dkim_body_begin(&d->body);
}

/* Bytes of the header, up to its empty line. Returns how many of them it took. */
static size_t
add_header(struct dkim *d, const uint8_t *p, size_t len)
{
	size_t i = 0;

	while (i < len && !d->in_body && d->header_len < sizeof(d->header)) {
		uint8_t c = p[i++];
		size_t n = d->header_len;

		if (c == '\n' && n > 0 && d->header[n - 1] == '\r') {
			n--;
		}
		d->header[n] = c;
		d->in_body = c == '\n' && (n == 0 || d->header[n - 1] == '\n');
		d->header_len = n + 1;
	}
	return i;
}

int
dkim_add(struct dkim *d, const uint8_t *p, size_t len)
{
	size_t taken = d->in_body ? 0 : add_header(d, p, len);

	if (taken == len) {
		return 0;
	}
	return d->in_body ? dkim_body_add(&d->body, p + taken, len - taken) : -EFBIG;
}

int
dkim_end(struct dkim *d)
{
	enum header_next next;
	struct field f;
	size_t at = 0;

	do {
		next = header_next(d->header, d->header_len, &at, &f);
	} while (next == HEADER_FIELD);
	return next == HEADER_BAD ? -EBADMSG : dkim_body_end(&d->body, d->body_hash);
}

/* Passes over a comment or a quoted string that begins at p[i]: the offset after it. */
static size_t
skip_quoted(const uint8_t *p, size_t len, size_t i)
{
	bool comment = p[i] == '(';
	unsigned depth = 0;

	for (; i < len; i++) {
		if (p[i] == '\\') {
			i++;
		} else if (comment && p[i] == '(') {
			depth++;
		} else if (comment ? p[i] == ')' && --depth == 0 : p[i] == '"' && depth++ > 0) {
			return i + 1;
		}
	}
	return len;
}

/* Where the first address begins: after its '<', if it has one that is neither quoted nor in a
 * comment. */
static size_t
find_address(const uint8_t *p, size_t len)
{
	bool at_sign = false;
	size_t i = 0;

	while (i < len && p[i] != '<' && !(p[i] == ',' && at_sign)) {
		at_sign = at_sign || p[i] == '@';
		i = p[i] == '(' || p[i] == '"' ? skip_quoted(p, len, i) : i + 1;
	}
	return i < len && p[i] == '<' ? i + 1 : 0;
}

size_t
dkim_from_domain(const struct dkim *d, char domain[DKIM_DOMAIN_MAX + 1])
{
	struct field f, from = {.body = NULL};
	size_t at = 0, i, n = 0;
	bool in_domain = false;

	while (header_next(d->header, d->header_len, &at, &f) == HEADER_FIELD) {
		if (header_is(&f, "from")) {
			if (from.body != NULL) {
				return 0;
			}
			from = f;
		}
	}
	if (from.body == NULL) {
		return 0;
	}
	for (i = find_address(from.body, from.body_len); i < from.body_len;) {
		uint8_t c = from.body[i];

		if (c == '(' || c == '"') {
			i = skip_quoted(from.body, from.body_len, i);
			continue;
		}
		if (c == '>' || c == ',' || c == ';') {
			break;
		}
		i++;
		if (c == '@') {
			in_domain = true;
			n = 0;
		} else if (in_domain && c > ' ') {
			if (n == DKIM_DOMAIN_MAX) {
				return 0;
			}
			domain[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
		}
	}
	domain[n] = '\0';
	return n;
}

/* A field in relaxed form (RFC 6376 3.4.2) into a hash, with or without its line end. */
static int
hash_relaxed(EVP_MD_CTX *hash, const struct field *f, bool line_end)
{
	uint8_t buffer[512];
	size_t n = 0;
	bool any = false, blank = false;
	int good = 1;

	for (size_t i = 0; i <= f->name_len; i++) {
		uint8_t c = i < f->name_len ? f->text[i] : ':';

		buffer[n++] = c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
		if (n == sizeof(buffer)) {
			good &= EVP_DigestUpdate(hash, buffer, n);
			n = 0;
		}
	}
	for (size_t i = 0; i < f->body_len; i++) {
		uint8_t c = f->body[i];

		if (c == ' ' || c == '\t' || c == '\n') {
			blank = true;
			continue;
		}
		if (n + 2 > sizeof(buffer)) {
			good &= EVP_DigestUpdate(hash, buffer, n);
			n = 0;
		}
		if (blank && any) {
			buffer[n++] = ' ';
		}
		buffer[n++] = c;
		any = true;
		blank = false;
	}
	good &= EVP_DigestUpdate(hash, buffer, n);
	if (line_end) {
		good &= EVP_DigestUpdate(hash, "\r\n", 2);
	}
	return good == 1 ? 0 : -EIO;
}

/* Text that grows; `full` once something did not fit. A line has at most 78 characters where it
 * can. */
struct folded_text {
	char *out;
	size_t len, cap, column;
	bool full;
};

/* Appends a piece that must stay in one line: a new line begins where it does not fit. */
static void
put(struct folded_text *t, const char *piece, size_t n)
{
	if (t->column + n > 76) {
		if (t->len + 2 <= t->cap) {
			memcpy(t->out + t->len, "\n\t", 2);
		}
		t->len += 2;
		t->column = 8;
	}
	if (t->len + n <= t->cap) {
		memcpy(t->out + t->len, piece, n);
	}
	t->len += n;
	t->column += n;
	t->full = t->full || t->len > t->cap;
}

static void
put_text(struct folded_text *t, const char *piece)
{
	put(t, piece, strlen(piece));
}

/* Base64 in pieces that fit into lines; white space in it is ignored by who verifies. */
static void
put_base64(struct folded_text *t, const uint8_t *p, size_t len)
{
	char encoded[64 / 3 * 4 + 8];

	for (size_t i = 0; i < len; i += 48) {
		size_t n = len - i < 48 ? len - i : 48;
		int got = EVP_EncodeBlock((unsigned char *)encoded, p + i, (int)n);

		put(t, encoded, (size_t)got);
	}
}

/* How often a field stands in the message. */
static size_t
count_fields(const struct dkim *d, const char *name)
{
	struct field f;
	size_t at = 0, n = 0;

	while (header_next(d->header, d->header_len, &at, &f) == HEADER_FIELD) {
		n += header_is(&f, name);
	}
	return n;
}

/* The nth field of that name, from 1, counted from the last one. */
static int
hash_from_bottom(const struct dkim *d, EVP_MD_CTX *hash, const char *name, size_t nth, size_t count)
{
	struct field f;
	size_t at = 0, seen = 0;

	while (header_next(d->header, d->header_len, &at, &f) == HEADER_FIELD) {
		if (header_is(&f, name) && ++seen == count + 1 - nth) {
			return hash_relaxed(hash, &f, true);
		}
	}
	return 0;
}

/* Names the fields in "h=" and hashes them, each from the last one up, as who verifies will. */
static int
sign_fields(const struct dkim *d, EVP_MD_CTX *hash, struct folded_text *t, const char *const *names,
    size_t count, bool over, bool *any)
{
	for (size_t i = 0; i < count; i++) {
		size_t there = count_fields(d, names[i]);

		for (size_t k = 1; k <= there + over; k++) {
			char piece[128];
			int n = snprintf(piece, sizeof(piece), "%s%s", *any ? ":" : "", names[i]);

			if (n < 0 || (size_t)n >= sizeof(piece)) {
				return -EMSGSIZE;
			}
			put(t, piece, (size_t)n);
			*any = true;
			if (k <= there && hash_from_bottom(d, hash, names[i], k, there) < 0) {
				return -EIO;
			}
		}
	}
	return 0;
}

int
dkim_prepare(const struct dkim *d, const struct dkim_policy *policy, enum dkim_algorithm algorithm,
    const char *domain, const char *selector, int64_t time, struct dkim_field *f)
{
	struct folded_text t = {.out = f->text, .cap = sizeof(f->text)};
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	char piece[DKIM_DOMAIN_MAX + 64];
	struct field self;
	unsigned len;
	bool any = false;
	int ret = -EIO;

	if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1) {
		goto out;
	}
	put_text(&t, "DKIM-Signature: v=1;");
	put_text(&t, algorithm == DKIM_RSA_SHA256 ? " a=rsa-sha256;" : " a=ed25519-sha256;");
	put_text(&t, " c=relaxed/relaxed;");
	snprintf(piece, sizeof(piece), " d=%.*s;", DKIM_DOMAIN_MAX, domain);
	put_text(&t, piece);
	snprintf(piece, sizeof(piece), " s=%.*s;", DKIM_DOMAIN_MAX, selector);
	put_text(&t, piece);
	snprintf(piece, sizeof(piece), " t=%" PRId64 ";", time);
	put_text(&t, piece);
	put_text(&t, " h=");
	ret = sign_fields(
	    d, hash, &t, policy->over_signed_field, policy->over_signed_count, true, &any);
	if (ret == 0) {
		ret = sign_fields(
		    d, hash, &t, policy->signed_field, policy->signed_count, false, &any);
	}
	if (ret < 0) {
		goto out;
	}
	put_text(&t, "; bh=");
	put_base64(&t, d->body_hash, sizeof(d->body_hash));
	put_text(&t, "; b=");
	if (t.full) {
		ret = -EMSGSIZE;
		goto out;
	}
	f->len = t.len;
	self = (struct field){
	    .text = (const uint8_t *)f->text,
	    .name_len = sizeof("DKIM-Signature") - 1,
	    .body = (const uint8_t *)f->text + sizeof("DKIM-Signature"),
	    .body_len = t.len - sizeof("DKIM-Signature"),
	};
	ret = hash_relaxed(hash, &self, false);
	if (ret == 0 && EVP_DigestFinal_ex(hash, f->digest, &len) != 1) {
		ret = -EIO;
	}
out:
	EVP_MD_CTX_free(hash);
	return ret;
}

int
dkim_complete(struct dkim_field *f, const uint8_t *signature, size_t len)
{
	struct folded_text t = {
	    .out = f->text, .len = f->len, .cap = sizeof(f->text), .column = 76};

	if (len > DKIM_SIGNATURE_MAX) {
		return -EMSGSIZE;
	}
	put_base64(&t, signature, len);
	t.column = 0;
	put(&t, "\n", 1);
	if (t.full) {
		return -EMSGSIZE;
	}
	f->len = t.len;
	return 0;
}
