/*
 * stock.h - a spool with known attachments, tokens good and bad, and messages that name them
 *
 * The key, the contents and the expiries are fixed, so that everything derived
 * from them is the same in every run. In a message's template a token stands as
 * `%` and its mark, and what stands between \1 and \2 is base64-encoded:
 *
 *	%1 one.pdf, application/pdf, "one"
 *	%2 two.png, image/png, inline, Content-ID two@example, "two!"
 *	%3 message/rfc822 with CRLF
 *	%4 application/octet-stream, no name, empty
 *	%5 message/rfc822 with lines like the delimiters of boundary `b`
 *	%6 a name in three RFC 2231 sections, 3 blocks less a byte
 *	%7 one.pdf, bound to a@b.example
 *	%8 image/gif, no name, Content-ID eight@example, not inline, "eight"
 *	%G its type was given: application/x-given; a=b, and its name is \303\244.pdf
 *	%O application/pdf; name=old.pdf, as version 0.1.0 stored it
 *
 *	%E expired      %F forged       %V its key revoked   %K its key unknown
 *	%M of another version   %Y another expiry than its entry's   %X entry missing
 *	%D entry damaged   %N blob missing   %S blob too short   %L blob too long
 *	%C blob of other content    %W a message's blob of other content
 *	%% a per cent sign
 *
 * Failures of the stock itself abort.
 */
#ifndef TESTS_STOCK_H
#define TESTS_STOCK_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/limits.h"
#include "mime/base64.h"
#include "spool/hex.h"
#include "spool/init.h"
#include "spool/path.h"
#include "spool/store.h"
#include "spool/token.h"

enum { STOCK_NOW = 29000000, STOCK_EXPIRES = STOCK_NOW + 1000 };
enum { STOCK_BLOCK = COPY_LINES * BASE64_LINE_BYTES, STOCK_LARGE = 3 * STOCK_BLOCK - 1 };

static struct spool *stock_spool;
static char stock_token[128][TOKEN_CHARS + 1];
static uint8_t stock_large[STOCK_LARGE];

#define STOCK_CRLF "From: a@b\r\nSubject: crlf\r\n\r\nbody\r\n.\r\n"
#define STOCK_LOOKALIKE "Subject: x\n\n--b\n\n--b--\n--=_g\n--=_gAAAAAAAAAAAAAAAAAAAAAA\nend"

static inline void
stock_require(bool holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "the stock is not right: %s\n", what);
		abort();
	}
}

static inline void
stock_text(char *out, size_t cap, size_t *len_r, const char *text)
{
	*len_r = strlen(text);
	stock_require(*len_r <= cap, text);
	memcpy(out, text, *len_r);
}

struct stock_item {
	char mark;
	const char *type, *filename, *cid;
	const char *name; /* with it, the type was given */
	const void *content;
	size_t len;
	bool is_inline, message;
};

static inline void
stock_put(struct store *store, const struct key *key, const struct stock_item *item,
    const struct recipient *to, uint32_t expiry, struct entry *e)
{
	struct spool_fail why = {0};
	struct store_content content;
	struct group *group = NULL;
	uint8_t id[ENTRY_ID_BYTES];

	memset(e, 0, sizeof(*e));
	stock_require(store_begin(store, &why) == 0 &&
	        store_write(store, item->content, item->len, &why) == 0,
	    "content");
	store_end(store, &content);
	memcpy(e->blob, content.digest, sizeof(e->blob));
	memcpy(e->checksum, content.checksum, sizeof(e->checksum));
	e->size = content.size;
	e->expires = STOCK_EXPIRES;
	e->is_inline = item->is_inline;
	e->message = item->message;
	for (size_t i = 0; item->message && i < item->len; i++) {
		e->crs += ((const char *)item->content)[i] == '\r';
	}
	stock_text(e->type, sizeof(e->type), &e->type_len, item->type);
	stock_text(e->filename, sizeof(e->filename), &e->filename_len, item->filename);
	stock_text(e->cid, sizeof(e->cid), &e->cid_len, item->cid);
	if (item->name != NULL) {
		e->type_from = ENTRY_TYPE_GIVEN;
		stock_text(e->name, sizeof(e->name), &e->name_len, item->name);
	}
	stock_require(group_new(stock_spool, &group, &why) == 0 &&
	        store_add(store, group, &why) == 0 && group_describe(group, 0, e, id, &why) == 0 &&
	        group_commit(group, &why) == 0,
	    "entry");
	group_free(&group);
	token_make(key, id, expiry, to, stock_token[(unsigned char)item->mark]);
}

/* Writes over a file of the spool, from its start; len 0 removes it. `size` is its new size. */
static inline void
stock_damage(const char *path, const void *data, size_t len, off_t size)
{
	int dir = spool_dirfd(stock_spool), fd;

	if (len == 0 && size < 0) {
		stock_require(unlinkat(dir, path, 0) == 0, path);
		return;
	}
	stock_require(fchmodat(dir, path, 0600, 0) == 0, path);
	fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	stock_require(fd >= 0 && pwrite(fd, data, len, 0) == (ssize_t)len &&
	        ftruncate(fd, size) == 0 && fchmod(fd, 0440) == 0,
	    path);
	close(fd);
}

static inline struct key
stock_key(const char *id, const char *state)
{
	char path[KEY_PATH_MAX], text[256];
	struct key key;
	int n, fd;

	n = snprintf(text, sizeof(text),
	    "mailgraft key 1\nid %s\nstate %s\ncreated 28000000\n"
	    "secret 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
	    id, state);
	stock_require(key_parse((uint8_t *)text, (size_t)n, &key) == 0, "key");
	key_path(key.id, path);
	fd = openat(spool_dirfd(stock_spool), path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	stock_require(fd >= 0 && write(fd, text, (size_t)n) == n && fchmod(fd, 0640) == 0, path);
	close(fd);
	return key;
}

static inline void
stock_bad(struct store *store, const struct key *key, const struct key *revoked)
{
	static const char other[] = "Another";
	struct stock_item item = {.type = "application/pdf", .filename = "", .cid = "", .len = 7};
	struct key unknown = *key;
	char path[ENTRY_PATH_MAX > BLOB_PATH_MAX ? ENTRY_PATH_MAX : BLOB_PATH_MAX];
	struct token token;
	struct entry e;

	item = (struct stock_item){
	    .mark = 'E', .type = "a/b", .filename = "", .cid = "", .content = "expired", .len = 7};
	stock_put(store, key, &item, NULL, STOCK_NOW - 1, &e);
	item.mark = 'Y';
	stock_put(store, key, &item, NULL, STOCK_EXPIRES + 1, &e);
	item.mark = 'V';
	stock_put(store, revoked, &item, NULL, STOCK_EXPIRES, &e);
	item.mark = 'K';
	unknown.id[0] ^= 1;
	stock_put(store, &unknown, &item, NULL, STOCK_EXPIRES, &e);
	item.mark = 'F';
	stock_put(store, key, &item, NULL, STOCK_EXPIRES, &e);
	stock_token['F'][TOKEN_CHARS - 1] = stock_token['F'][TOKEN_CHARS - 1] == 'A' ? 'B' : 'A';
	memcpy(stock_token['M'], stock_token['F'], TOKEN_CHARS);
	stock_token['M'][0] = '_';

	item = (struct stock_item){
	    .mark = 'X', .type = "a/b", .filename = "", .cid = "", .content = "no entry", .len = 8};
	stock_put(store, key, &item, NULL, STOCK_EXPIRES, &e);
	token_decode((uint8_t *)stock_token['X'], TOKEN_CHARS, &token);
	entry_path(token.entry_id, path);
	stock_damage(path, NULL, 0, -1);
	item.mark = 'D';
	item.content = "damaged.";
	stock_put(store, key, &item, NULL, STOCK_EXPIRES, &e);
	token_decode((uint8_t *)stock_token['D'], TOKEN_CHARS, &token);
	entry_path(token.entry_id, path);
	stock_damage(path, other, 7, 100);
	item.mark = 'N';
	item.content = "no blob.";
	stock_put(store, key, &item, NULL, STOCK_EXPIRES, &e);
	blob_path(e.blob, path);
	stock_damage(path, NULL, 0, -1);
	item.mark = 'S';
	item.content = "short...";
	stock_put(store, key, &item, NULL, STOCK_EXPIRES, &e);
	blob_path(e.blob, path);
	stock_damage(path, "short..", 7, 7);
	item.mark = 'L';
	item.content = "long....";
	stock_put(store, key, &item, NULL, STOCK_EXPIRES, &e);
	blob_path(e.blob, path);
	stock_damage(path, "long.....", 9, 9);
	item.mark = 'C';
	item.content = "content.";
	stock_put(store, key, &item, NULL, STOCK_EXPIRES, &e);
	blob_path(e.blob, path);
	stock_damage(path, "kontent.", 8, 8);
	item = (struct stock_item){.mark = 'W',
	    .type = "message/rfc822",
	    .filename = "",
	    .cid = "",
	    .content = "A: b\n\nx\n",
	    .len = 8,
	    .message = true};
	stock_put(store, key, &item, NULL, STOCK_EXPIRES, &e);
	blob_path(e.blob, path);
	stock_damage(path, "A: c\n\nx\n", 8, 8);
}

/* Makes "spool" in the working directory, and fills it. */
static inline void
stock_begin(void)
{
	static const struct stock_item items[] = {
	    {.mark = '1',
	        .type = "application/pdf",
	        .filename = "filename=one.pdf",
	        .cid = "",
	        .content = "one",
	        .len = 3},
	    {.mark = '2',
	        .type = "image/png",
	        .filename = "filename=two.png",
	        .cid = "two@example",
	        .content = "two!",
	        .len = 4,
	        .is_inline = true},
	    {.mark = '3',
	        .type = "message/rfc822",
	        .filename = "",
	        .cid = "",
	        .content = STOCK_CRLF,
	        .len = sizeof(STOCK_CRLF) - 1,
	        .message = true},
	    {.mark = '4',
	        .type = "application/octet-stream",
	        .filename = "",
	        .cid = "",
	        .content = "",
	        .len = 0},
	    {.mark = '5',
	        .type = "message/rfc822",
	        .filename = "filename=look.eml",
	        .cid = "",
	        .content = STOCK_LOOKALIKE,
	        .len = sizeof(STOCK_LOOKALIKE) - 1,
	        .message = true},
	    {.mark = '6',
	        .type = "text/csv; charset=utf-8",
	        .filename = "filename*0*=UTF-8''%E6%97;\n\tfilename*1*=%A5;\n\tfilename*2=.csv",
	        .cid = "",
	        .content = stock_large,
	        .len = sizeof(stock_large)},
	    {.mark = '7',
	        .type = "application/pdf",
	        .filename = "filename=one.pdf",
	        .cid = "",
	        .content = "one",
	        .len = 3},
	    {.mark = '8',
	        .type = "image/gif",
	        .filename = "",
	        .cid = "eight@example",
	        .content = "eight",
	        .len = 5},
	    {.mark = 'G',
	        .type = "application/x-given; a=b",
	        .filename = "filename*=UTF-8''%C3%A4.pdf",
	        .name = "name=\"=?UTF-8?B?w6QucGRm?=\"",
	        .cid = "",
	        .content = "given",
	        .len = 5},
	    {.mark = 'O',
	        .type = "application/pdf; name=old.pdf",
	        .filename = "",
	        .cid = "",
	        .content = "old",
	        .len = 3},
	};
	struct spool_fail why = {0};
	struct store *store = NULL;
	struct recipient to;
	struct key key, revoked;
	struct entry e;

	stock_require(spool_init("spool", (uid_t)-1, (gid_t)-1, STOCK_NOW, &key, &why) == 0 &&
	        spool_open("spool", &stock_spool, &why) == 0 &&
	        store_open(stock_spool, &store, &why) == 0,
	    "spool");
	key = stock_key("00c0ffee", "active");
	revoked = stock_key("0badcafe", "revoked");
	recipient_canonical((const uint8_t *)"a@b.example", 11, &to);
	for (size_t i = 0; i < sizeof(stock_large); i++) {
		stock_large[i] = (uint8_t)(i * i >> 7);
	}
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		stock_put(
		    store, &key, &items[i], items[i].mark == '7' ? &to : NULL, STOCK_EXPIRES, &e);
	}
	stock_bad(store, &key, &revoked);
	stock_token['%'][0] = '%';
	store_close(&store);
}

/*
 * Writes a template with its tokens and encodings filled in. Returns the length;
 * a mark without a token, and what does not fit, is left out.
 */
static inline size_t
stock_fill(const void *template, size_t len, uint8_t *out, size_t cap)
{
	const uint8_t *p = template;
	size_t n = 0, base64_from = SIZE_MAX;

	for (size_t i = 0; i < len; i++) {
		const char *text = NULL;
		char one[2] = {(char)p[i], '\0'};
		size_t size = 1;

		if (p[i] == '%' && i + 1 < len &&
		    p[i + 1] < sizeof(stock_token) / sizeof(stock_token[0])) {
			text = stock_token[p[++i]];
			size = strlen(text);
		} else if (p[i] == 1) {
			base64_from = n;
			continue;
		} else if (p[i] == 2 && base64_from != SIZE_MAX) {
			uint8_t *encoded = malloc(base64_encoded_size(n - base64_from) + 1);

			stock_require(encoded != NULL, "memory");
			size = base64_encode_lines(out + base64_from, n - base64_from, encoded);
			if (size <= cap - base64_from) {
				memcpy(out + base64_from, encoded, size);
				n = base64_from + size;
			}
			free(encoded);
			base64_from = SIZE_MAX;
			continue;
		}
		if (size <= cap - n) {
			memcpy(out + n, text != NULL ? text : one, size);
			n += size;
		}
	}
	return n;
}

#endif
