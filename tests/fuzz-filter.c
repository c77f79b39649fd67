/*
 * fuzz-filter.c - any bytes as a message, through the whole filter
 *
 * The input is a template of stock.h, so that `%1` is a token that holds and what stands between
 * bytes 1 and 2 is base64.
 *   - A message that does not opt in comes out as it was, less its Graft-Recipient fields.
 *   - One that is refused by the plan has written nothing, and our own bugs are no reason.
 *   - One that is grafted comes out as large as was foretold, the same from a pipe and from a file.
 *     The scanner accepts it, it keeps to the rules of strict.h, and GMime sees in it what the
 *     scanner sees. Its leaves are those of the input, in order: as they were, or a text less its
 *     marker lines, or one that was a marker and is now an attachment; between and after them stand
 *     the attachments that were appended. Its top-level fields are the input's, less those that
 *     must go. What does not hold ends in abort().
 *
 * GMime is asked only where it reads the input as the scanner does.
 */
#include <ftw.h>

#include "mime/header.h"
#include "mime/marker.h"
#include "tests/grafting.h"
#include "tests/leaves.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_MAX = 60 * 1024, OUT_MAX = 4 << 20 };

static char folder[] = "/tmp/mailgraft-fuzz-XXXXXX";
static uint8_t message[MESSAGE_MAX], out[OUT_MAX], again[OUT_MAX], expected[MESSAGE_MAX];

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return kind == FTW_DP ? rmdir(path) : unlink(path);
}

static void
remove_folder(void)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
begin_once(void)
{
	static bool begun;
	int here;

	if (begun) {
		return;
	}
	begun = true;
	here = open(".", O_PATH | O_CLOEXEC);
	require(here >= 0 && mkdtemp(folder) != NULL && chdir(folder) == 0);
	atexit(remove_folder);
	stock_begin();
	require(fchdir(here) == 0); /* corpora have relative names */
	close(here);
	g_mime_init();
}

static char *
spool_path(void)
{
	static char path[sizeof(folder) + sizeof("/spool")];

	snprintf(path, sizeof(path), "%s/spool", folder);
	return path;
}

static struct result
run(const uint8_t *p, size_t len, enum way way, uint8_t *to)
{
	struct result r = graft_message(p, len, way, spool_path(), to, OUT_MAX);

	require(r.code != 0 || !r.planned || r.size == r.len);
	return r;
}

/* The header's length, by lines: up to and with the first empty one, CR or none. */
static size_t
header_len(const uint8_t *p, size_t len)
{
	size_t i = 0;

	while (i < len) {
		const uint8_t *lf = memchr(p + i, '\n', len - i);
		size_t n = lf == NULL ? len - i : (size_t)(lf - p) - i;

		if (lf != NULL && (n == 0 || (n == 1 && p[i] == '\r' && i > 0))) {
			return i + n + 1;
		}
		i += n + 1;
	}
	return len;
}

static bool
is_continued(const uint8_t *p, size_t len, size_t i)
{
	return i < len && (p[i] == ' ' || p[i] == '\t');
}

static size_t
line_end(const uint8_t *p, size_t len, size_t i)
{
	const uint8_t *lf = memchr(p + i, '\n', len - i);

	return lf == NULL ? len : (size_t)(lf - p) + 1;
}

/* Whether a line is a field of this name. */
static bool
names(const uint8_t *line, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp((const char *)line, name, n) != 0) {
		return false;
	}
	while (n < len && (line[n] == ' ' || line[n] == '\t')) {
		n++;
	}
	return n < len && line[n] == ':';
}

static size_t
without_recipient(const uint8_t *p, size_t len, uint8_t *to)
{
	size_t header = header_len(p, len), n = 0;

	for (size_t i = 0; i < header;) {
		bool drop = names(p + i, header - i, "graft-recipient");

		do {
			size_t end = line_end(p, header, i);

			if (!drop) {
				memcpy(to + n, p + i, end - i);
				n += end - i;
			}
			i = end;
		} while (drop && is_continued(p, header, i));
	}
	memcpy(to + n, p + header, len - header);
	return n + len - header;
}

static bool
same_bytes(const struct leaf *a, const void *p, size_t len)
{
	return a->len == len && (len == 0 || memcmp(a->bytes, p, len) == 0);
}

/* Whether GMime saw the same leaves; of messages it is only known that they are. */
static bool
same_leaves(const struct leaves *a, const struct leaves *gmime)
{
	if (a->count != gmime->count) {
		return false;
	}
	for (size_t i = 0; i < a->count; i++) {
		const struct leaf *x = &a->leaf[i], *y = &gmime->leaf[i];

		if (!x->inert && !y->inert && !same_bytes(x, y->bytes, y->len)) {
			return false;
		}
	}
	return true;
}

static bool
is_blank(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r' && p[i] != '\n') {
			return false;
		}
	}
	return true;
}

/* Whether MARKER_CHARS bytes are a marker. */
static bool
is_marker_text(const uint8_t *p)
{
	for (size_t i = 0; i < MARKER_TOKEN_CHARS; i++) {
		if (!marker_is_token(p[MARKER_HEAD_CHARS + i])) {
			return false;
		}
	}
	return memcmp(p, MARKER_HEAD, MARKER_HEAD_CHARS) == 0 &&
	    memcmp(p + MARKER_CHARS - 2, "))", 2) == 0;
}

/* Whether a line is one that goes: white space, a marker, white space, CR. */
static bool
is_marker_line(const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len;

	while (p < end && end[-1] == '\n') {
		end--;
	}
	while (p < end && end[-1] == '\r') {
		end--;
	}
	while (p < end && (end[-1] == ' ' || end[-1] == '\t')) {
		end--;
	}
	while (p < end && (*p == ' ' || *p == '\t')) {
		p++;
	}
	return end - p == MARKER_CHARS && is_marker_text(p);
}

/* Whether a leaf is a marker and white space around it. */
static bool
is_marker(const uint8_t *p, size_t len)
{
	const uint8_t *head = memmem(p, len, MARKER_HEAD, MARKER_HEAD_CHARS);
	size_t before = head == NULL ? 0 : (size_t)(head - p);

	return head != NULL && len - before >= MARKER_CHARS && is_marker_text(head) &&
	    is_blank(p, before) && is_blank(head + MARKER_CHARS, len - before - MARKER_CHARS);
}

/* Whether `got` is `old` less whole lines that are markers. */
static bool
is_cut(const struct leaf *old, const struct leaf *got)
{
	size_t n = 0;
	bool cut = false;

	for (size_t i = 0; i < old->len;) {
		size_t end = line_end(old->bytes, old->len, i);

		if (is_marker_line(old->bytes + i, end - i)) {
			cut = true;
		} else if (got->len - n < end - i ||
		    memcmp(got->bytes + n, old->bytes + i, end - i) != 0) {
			return false;
		} else {
			n += end - i;
		}
		i = end;
	}
	return cut && n == got->len;
}

/* Whether it is one of the attachments that can be grafted. */
static bool
is_stock(const struct leaf *l)
{
	static const char crlf_as_lf[] = "From: a@b\nSubject: crlf\n\nbody\n.\n";

	return same_bytes(l, "one", 3) || same_bytes(l, "two!", 4) || same_bytes(l, "eight", 5) ||
	    same_bytes(l, "", 0) || same_bytes(l, STOCK_LOOKALIKE, sizeof(STOCK_LOOKALIKE) - 1) ||
	    same_bytes(l, crlf_as_lf, sizeof(crlf_as_lf) - 1) ||
	    same_bytes(l, stock_large, sizeof(stock_large));
}

/* Whether `got` is what became of a leaf of the input. */
static bool
comes_from(const struct leaf *old, const struct leaf *got)
{
	return (old->inert && got->inert && old->bytes == NULL) ||
	    same_bytes(got, old->bytes, old->len) || (old->text && is_cut(old, got)) ||
	    (is_marker(old->bytes, old->len) && is_stock(got));
}

/* Un-grafts: each leaf of the input is there, or what became of it; all else is attachments. */
static bool
ungrafts(const struct leaves *old, const struct leaves *got)
{
	size_t found = 0;

	for (size_t i = 0; i < got->count; i++) {
		if (found < old->count && comes_from(&old->leaf[found], &got->leaf[i])) {
			found++;
		} else if (!is_stock(&got->leaf[i])) {
			return false;
		}
	}
	return found == old->count;
}

/* The top-level fields that nobody may touch are there, in their order. */
static void
check_fields(const uint8_t *p, size_t len, const uint8_t *got, size_t got_len)
{
	size_t header = header_len(p, len), at = 0, got_at = 0;
	struct field f, g;

	while (header_next(p, header, &at, &f) == HEADER_FIELD) {
		if (header_begins(&f, "content-") || header_is(&f, "lines") ||
		    header_is(&f, "graft") || header_is(&f, "graft-attach") ||
		    header_is(&f, "graft-size") || header_is(&f, "graft-recipient")) {
			continue;
		}
		do {
			require(header_next(got, got_len, &got_at, &g) == HEADER_FIELD);
		} while (header_begins(&g, "content-"));
		require(g.name_len == f.name_len && memcmp(g.text, f.text, f.name_len) == 0);
		require(g.body_len == f.body_len && memcmp(g.body, f.body, f.body_len) == 0);
	}
}

static void
check_grafted(size_t len, size_t got_len)
{
	static struct leaves old, got, old_gmime, got_gmime;

	if (scan_leaves(message, len, &old)) {
		require(scan_leaves(out, got_len, &got));
		require(ungrafts(&old, &got));
		if (gmime_leaves(message, len, &old_gmime) && same_leaves(&old, &old_gmime)) {
			require(gmime_leaves(out, got_len, &got_gmime));
			require(same_leaves(&got, &got_gmime));
			free_leaves(&got_gmime);
		}
		free_leaves(&old_gmime);
		free_leaves(&got);
	}
	free_leaves(&old);
	check_fields(message, len, out, got_len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result r, s;
	size_t len;

	begin_once();
	if (size > MESSAGE_MAX / 2) {
		return 0;
	}
	len = stock_fill(data, size, message, sizeof(message));
	r = run(message, len, FROM_FILE, out);
	for (enum way way = FROM_PIPE; way < WAYS; way++) {
		s = run(message, len, way, again);
		require(r.code == s.code && r.len == s.len && r.opts_in == s.opts_in);
		require(memcmp(out, again, r.len) == 0);
	}
	if (r.code != 0) {
		require(strcmp(r.word, "bug") != 0 && strcmp(r.word, "changed") != 0);
		require(r.len == 0 ||
		    (r.planned &&
		        (strcmp(r.word, "blob-content") == 0 || strcmp(r.word, "collision") == 0)));
	} else if (!r.opts_in) {
		require(r.len == without_recipient(message, len, expected));
		require(memcmp(out, expected, r.len) == 0);
	} else {
		check_grafted(len, r.len);
	}
	return 0;
}
