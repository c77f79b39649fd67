/*
 * dkim-body.c - see dkim-body.h
 */
#include "relay/dkim-body.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

int
dkim_body_begin(struct dkim_body *b)
{
	b->any = b->blank = b->cr = false;
	b->line_ends = 0;
	b->len = 0;
	b->hash = EVP_MD_CTX_new();
	if (b->hash == NULL || EVP_DigestInit_ex(b->hash, EVP_sha256(), NULL) != 1) {
		dkim_body_close(b);
		return -ENOMEM;
	}
	return 0;
}

static int
flush(struct dkim_body *b)
{
	size_t n = b->len;

	b->len = 0;
	return EVP_DigestUpdate(b->hash, b->buffer, n) == 1 ? 0 : -EIO;
}

/* Room for n bytes, which are at most a quarter of the buffer. */
static int
make_room(struct dkim_body *b, size_t n)
{
	return n <= sizeof(b->buffer) - b->len ? 0 : flush(b);
}

/* The line ends and the blank that were kept back: what follows makes them count. */
static int
put_kept(struct dkim_body *b)
{
	for (; b->line_ends > 0; b->line_ends--) {
		if (make_room(b, 2) < 0) {
			return -EIO;
		}
		memcpy(b->buffer + b->len, "\r\n", 2);
		b->len += 2;
	}
	if (make_room(b, 1) < 0) {
		return -EIO;
	}
	if (b->blank) {
		b->buffer[b->len++] = ' ';
		b->blank = false;
	}
	b->any = true;
	return 0;
}

/* Bytes of a line that are neither white space nor a line end. */
static int
put_word(struct dkim_body *b, const uint8_t *p, size_t len)
{
	if (put_kept(b) < 0) {
		return -EIO;
	}
	while (len > 0) {
		size_t n = len < sizeof(b->buffer) / 4 ? len : sizeof(b->buffer) / 4;

		if (make_room(b, n) < 0) {
			return -EIO;
		}
		memcpy(b->buffer + b->len, p, n);
		b->len += n;
		p += n;
		len -= n;
	}
	return 0;
}

static void
end_line(struct dkim_body *b)
{
	b->line_ends++;
	b->blank = b->cr = false;
}

/* The bytes at p, at most len, that are neither white space nor a line end. */
static size_t
word_length(const uint8_t *p, size_t len)
{
	size_t i = 0;

	/* The four bytes that end a word are below '!'; a word of base64 has none of them. */
	while (i + 16 <= len) {
		unsigned low = 0;

		for (size_t k = 0; k < 16; k++) {
			low |= p[i + k] <= ' ';
		}
		if (low) {
			break;
		}
		i += 16;
	}
	while (i < len && p[i] != ' ' && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') {
		i++;
	}
	return i;
}

int
dkim_body_add(struct dkim_body *b, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n;

		if (p[i] == '\n') {
			end_line(b);
			i++;
			continue;
		}
		if (b->cr) { /* a CR alone is a byte of its line */
			b->cr = false;
			if (put_word(b, (const uint8_t *)"\r", 1) < 0) {
				return -EIO;
			}
		}
		if (p[i] == ' ' || p[i] == '\t') {
			b->blank = true;
			i++;
			continue;
		}
		if (p[i] == '\r') {
			b->cr = true;
			i++;
			continue;
		}
		n = word_length(p + i, len - i);
		if (put_word(b, p + i, n) < 0) {
			return -EIO;
		}
		i += n;
	}
	return 0;
}

int
dkim_body_end(struct dkim_body *b, uint8_t hash[DKIM_HASH_BYTES])
{
	unsigned n = 0;

	if (b->cr && put_word(b, (const uint8_t *)"\r", 1) < 0) {
		return -EIO;
	}
	b->cr = false;
	/* SMTP ends the last line where the body does not; no empty line after it counts. */
	if (b->any) {
		if (make_room(b, 2) < 0) {
			return -EIO;
		}
		memcpy(b->buffer + b->len, "\r\n", 2);
		b->len += 2;
	}
	return flush(b) == 0 && EVP_DigestFinal_ex(b->hash, hash, &n) == 1 ? 0 : -EIO;
}

void
dkim_body_close(struct dkim_body *b)
{
	EVP_MD_CTX_free(b->hash);
	b->hash = NULL;
}
