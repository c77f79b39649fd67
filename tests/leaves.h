/*
 * leaves.h - the leaves of a message, decoded, as our scanner sees them and as GMime does
 */
#ifndef TESTS_LEAVES_H
#define TESTS_LEAVES_H

#include <gmime/gmime.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mime/base64.h"
#include "mime/scan.h"

enum { LEAVES_MAX = 512 };

static inline void
require(bool holds)
{
	if (!holds) {
		abort();
	}
}

struct leaf {
	bool text, inert;
	enum scan_encoding encoding;
	uint8_t *bytes;
	size_t len;
};

struct leaves {
	size_t count;
	struct leaf leaf[LEAVES_MAX];
};

static inline void
free_leaves(struct leaves *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->leaf[i].bytes);
	}
	l->count = 0;
}

static inline int
digit(uint8_t c)
{
	return c >= '0' && c <= '9'              ? c - '0'
	    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
	                                         : -1;
}

static inline void
decode_quoted(struct leaf *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->len; i++) {
		size_t k = i + 1;

		if (l->bytes[i] != '=') {
			l->bytes[n++] = l->bytes[i];
			continue;
		}
		if (i + 2 < l->len && digit(l->bytes[i + 1]) >= 0 && digit(l->bytes[i + 2]) >= 0) {
			l->bytes[n++] = (uint8_t)(digit(l->bytes[i + 1]) * 16 +
			    digit(l->bytes[i + 2]));
			i += 2;
			continue;
		}
		while (k < l->len && (l->bytes[k] == ' ' || l->bytes[k] == '\t')) {
			k++;
		}
		k += k < l->len && l->bytes[k] == '\r';
		if (k == l->len ? k > i + 1 : l->bytes[k] == '\n') {
			i = k;
		} else {
			l->bytes[n++] = '=';
		}
	}
	l->len = n;
}

static inline void
decode(struct leaf *l)
{
	struct base64_decoder d = {0};
	uint8_t *plain;

	if (l->encoding == SCAN_QUOTED_PRINTABLE) {
		decode_quoted(l);
	} else if (l->encoding == SCAN_BASE64 && !l->inert) {
		plain = malloc(l->len / 4 * 3 + 3);
		require(plain != NULL);
		l->len = base64_decode(&d, l->bytes, l->len, plain);
		free(l->bytes);
		l->bytes = plain;
	}
}

/* The leaves of a message as the scanner sees them. False: it refuses, or there are too many. */
static inline bool
scan_leaves(const uint8_t *p, size_t len, struct leaves *l)
{
	static struct scan scan;
	struct leaf *leaf = NULL;
	bool ok = true;

	l->count = 0;
	scan_begin(&scan);
	scan_feed(&scan, p, len);
	for (;;) {
		switch (scan_next(&scan)) {
		case SCAN_MORE:
			scan_eof(&scan);
			break;
		case SCAN_HEADER:
			leaf = NULL;
			if (scan_is_multipart(scan.entity.kind)) {
				break;
			}
			if (l->count == LEAVES_MAX) {
				ok = false;
				break;
			}
			leaf = &l->leaf[l->count++];
			*leaf = (struct leaf){
			    .text = scan.entity.kind == SCAN_TEXT_PLAIN ||
			        scan.entity.kind == SCAN_TEXT_HTML,
			    .inert = scan.entity.kind == SCAN_INERT ||
			        scan.entity.kind == SCAN_SEALED_LEAF,
			    .encoding = scan.entity.encoding,
			    .bytes = malloc(len + 1),
			};
			require(leaf->bytes != NULL);
			break;
		case SCAN_BODY:
			if (leaf != NULL) {
				memcpy(leaf->bytes + leaf->len, scan.bytes, scan.len);
				leaf->len += scan.len;
			}
			break;
		case SCAN_BETWEEN:
		case SCAN_DELIMITER:
			break;
		case SCAN_END:
			for (size_t i = 0; i < l->count; i++) {
				decode(&l->leaf[i]);
			}
			return ok;
		case SCAN_REFUSED:
			return false;
		}
	}
}

static inline void
gmime_visit(GMimeObject *object, struct leaves *l, bool *ok)
{
	GMimeStream *stream;
	GMimeDataWrapper *content;
	GByteArray *bytes;
	struct leaf *leaf;

	if (GMIME_IS_MULTIPART(object)) {
		GMimeMultipart *m = GMIME_MULTIPART(object);

		for (int i = 0; i < g_mime_multipart_get_count(m); i++) {
			gmime_visit(g_mime_multipart_get_part(m, i), l, ok);
		}
		return;
	}
	if (l->count == LEAVES_MAX) {
		*ok = false;
		return;
	}
	leaf = &l->leaf[l->count++];
	*leaf = (struct leaf){.inert = !GMIME_IS_PART(object)};
	stream = g_mime_stream_mem_new();
	if (GMIME_IS_PART(object)) {
		content = g_mime_part_get_content(GMIME_PART(object));
		if (content != NULL) {
			g_mime_data_wrapper_write_to_stream(content, stream);
		}
	}
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	leaf->len = bytes->len;
	leaf->bytes = malloc(bytes->len + 1);
	require(leaf->bytes != NULL);
	if (bytes->len > 0) {
		memcpy(leaf->bytes, bytes->data, bytes->len);
	}
	g_object_unref(stream);
}

static inline bool
gmime_leaves(const uint8_t *p, size_t len, struct leaves *l)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)p, len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *m = g_mime_parser_construct_message(parser, NULL);
	bool ok = m != NULL;

	l->count = 0;
	if (ok && g_mime_message_get_mime_part(m) != NULL) {
		gmime_visit(g_mime_message_get_mime_part(m), l, &ok);
	}
	if (m != NULL) {
		g_object_unref(m);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return ok;
}

#endif
