/*
 * fuzz-marker.c - any bytes as a leaf's body, searched for markers
 *
 * The first byte chooses encoding and kind, the second the size of slices; in the rest a byte of
 * value 1 stands for a whole marker. The search, whole and in slices, must say what a reader says
 * that has all of it: decodes it, splits it at LF, and looks at each line.
 */
#include <stdlib.h>
#include <string.h>

#include "mime/base64.h"
#include "mime/marker.h"
#include "tests/slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MARKER "((graft:AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDDEEEEEEEEEEFFFFFFFF-_))"

enum { AT = 777 };

/* A decoded byte, and where what stood for it ends in the raw body. */
struct decoded {
	uint8_t byte;
	size_t raw_to;
};

struct reading {
	size_t hits;
	struct marker_hit hit[MARKERS_MAX];
	bool too_many, whole, stopped;
};

static void
require(bool holds)
{
	if (!holds) {
		abort();
	}
}

static int
digit(uint8_t c)
{
	static const char digits[] = "0123456789ABCDEFabcdef";
	const char *p = memchr(digits, c, sizeof(digits) - 1);

	return p == NULL ? -1 : (int)(p - digits) - (p - digits > 15 ? 6 : 0);
}

/* Where a soft line break that starts at i ends, or 0. */
static size_t
soft_break(const uint8_t *p, size_t len, size_t i)
{
	size_t k = i + 1;

	while (k < len && (p[k] == ' ' || p[k] == '\t')) {
		k++;
	}
	k += k < len && p[k] == '\r';
	if (k == len) {
		return k > i + 1 ? k : 0; /* padding at the end of the body */
	}
	return p[k] == '\n' ? k + 1 : 0;
}

static size_t
decode(enum scan_encoding encoding, const uint8_t *p, size_t len, struct decoded *out)
{
	size_t n = 0, got;
	struct base64_decoder d = {0};
	uint8_t *plain;

	if (encoding == SCAN_OPAQUE) {
		return 0;
	}
	if (encoding == SCAN_BASE64) {
		plain = malloc(len / 4 * 3 + 3);
		require(plain != NULL);
		got = base64_decode(&d, p, len, plain);
		for (; n < got; n++) {
			out[n] = (struct decoded){.byte = plain[n]};
		}
		free(plain);
		return n;
	}
	for (size_t i = 0; i < len; i++) {
		bool quoted = encoding == SCAN_QUOTED_PRINTABLE && p[i] == '=';

		if (quoted && i + 2 < len && digit(p[i + 1]) >= 0 && digit(p[i + 2]) >= 0) {
			out[n++] = (struct decoded){
			    .byte = (uint8_t)(digit(p[i + 1]) * 16 + digit(p[i + 2])),
			    .raw_to = i + 3};
			i += 2;
		} else if (quoted && soft_break(p, len, i) > 0) {
			i = soft_break(p, len, i) - 1;
		} else {
			out[n++] = (struct decoded){.byte = p[i], .raw_to = i + 1};
		}
	}
	return n;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* 0: white space; 1: a marker alone, and *token its first character; 2: anything else. */
static int
read_line(const struct decoded *line, size_t len, size_t *token)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t i = 0, k;

	while (len > 0 && line[len - 1].byte == '\r') {
		len--;
	}
	while (len > 0 && is_blank(line[len - 1].byte)) {
		len--;
	}
	while (i < len && is_blank(line[i].byte)) {
		i++;
	}
	if (i == len) {
		return 0;
	}
	if (len - i != sizeof(MARKER) - 1) {
		return 2;
	}
	for (k = 0; k < sizeof(MARKER) - 1; k++) {
		uint8_t c = line[i + k].byte;

		if (k < 8 || k >= 68 ? c != (uint8_t)MARKER[k]
		                     : c == 0 || strchr(alphabet, c) == NULL) {
			return 2;
		}
	}
	*token = i + 8;
	return 1;
}

static void
read_all(enum scan_encoding encoding, bool text, const uint8_t *p, size_t len, struct reading *r)
{
	struct decoded *d = malloc((len + 1) * sizeof(*d));
	size_t n, from = 0, raw_from = 0, others = 0, markers = 0;
	uint64_t line = 1;

	require(d != NULL);
	n = decode(encoding, p, len, d);
	*r = (struct reading){.hits = 0};
	while (from <= n && !r->stopped) {
		size_t to = from, token = 0, raw_to;
		int what;

		while (to < n && d[to].byte != '\n') {
			to++;
		}
		raw_to = to < n ? d[to].raw_to : len;
		what = read_line(d + from, to - from, &token);
		markers += what == 1;
		others += what == 2;
		if (what == 1 && r->hits == MARKERS_MAX) {
			r->too_many = true;
		} else if (what == 1) {
			struct marker_hit *h = &r->hit[r->hits++];

			*h = (struct marker_hit){
			    .line = line,
			    .raw_from = raw_from,
			    .raw_to = raw_to,
			    .decoded_from = from,
			    .decoded_to = to < n ? to + 1 : to,
			    .mid_line = raw_from > 0 && p[raw_from - 1] != '\n',
			};
			for (size_t i = 0; i < MARKER_TOKEN_CHARS; i++) {
				h->token[i] = d[from + token + i].byte;
			}
		}
		r->stopped = !text && others > 0;
		from = to + 1;
		raw_from = raw_to;
		line++;
	}
	r->whole = !r->stopped && markers == 1 && others == 0;
	free(d);
}

static void
compare(enum scan_encoding encoding, const struct reading *r, const struct marker_search *m)
{
	require(m->whole == r->whole && m->too_many == r->too_many);
	require(m->hits == r->hits);
	for (size_t i = 0; i < r->hits; i++) {
		const struct marker_hit *a = &r->hit[i], *b = &m->hit[i];

		require(memcmp(a->token, b->token, sizeof(a->token)) == 0 && a->line == b->line);
		if (encoding != SCAN_BASE64) {
			require(AT + a->raw_from == b->raw_from && AT + a->raw_to == b->raw_to);
			require(a->mid_line == b->mid_line);
		}
		if (encoding != SCAN_QUOTED_PRINTABLE) {
			require(
			    a->decoded_from == b->decoded_from && a->decoded_to == b->decoded_to);
		}
	}
}

static void
search(enum scan_encoding encoding, bool text, const uint8_t *p, size_t len, size_t slice,
    const struct reading *want)
{
	static struct marker_search m;
	size_t at = 0;

	marker_begin(&m, encoding, text, AT);
	while (at < len) {
		size_t n = len - at < slice ? len - at : slice;
		uint8_t *chunk = exact_copy(p + at, n);

		marker_feed(&m, chunk, n, AT + at);
		exact_free(chunk, n);
		at += n;
	}
	marker_end(&m, AT + len);
	compare(encoding, want, &m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reading want;
	enum scan_encoding encoding;
	uint8_t *body;
	size_t len = 0;
	bool text;

	if (size < 2) {
		return 0;
	}
	encoding = (enum scan_encoding)(data[0] & 3);
	text = (data[0] & 4) == 0;
	body = malloc(size * sizeof(MARKER));
	require(body != NULL);
	for (size_t i = 2; i < size; i++) {
		if (data[i] == 1) {
			memcpy(body + len, MARKER, sizeof(MARKER) - 1);
			len += sizeof(MARKER) - 1;
		} else {
			body[len++] = data[i];
		}
	}
	read_all(encoding, text, body, len, &want);
	search(encoding, text, body, len, len + 1, &want);
	search(encoding, text, body, len, data[1] > 0 ? data[1] : 1, &want);
	search(encoding, text, body, len, 1, &want);
	free(body);
	return 0;
}
