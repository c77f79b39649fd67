/*
 * test-scan.c - the scanner: every byte once and in order, the same structure however it is cut
 *
 * A row is a message told as the events it must give, so that its input is
 * what they hold, one after the other. It is scanned whole, byte by byte and
 * cut at each point; body bytes may be cut into events differently, nothing
 * else may differ.
 *
 * Not here: what a boundary parameter says (test-content.c), what an entity's
 * header says (test-entity.c)
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mime/scan.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define TEXT(s) .bytes = (s), .len = sizeof(s) - 1

enum { PIECES_MAX = 24, TEXT_MAX = 4096 };

/* One event and what it must say. SCAN_MORE ends a list. */
struct piece {
	enum scan_event event;
	const char *bytes; /* for SCAN_REFUSED: what was never given out */
	size_t len;
	size_t depth;        /* multiparts open before the event */
	enum scan_kind kind; /* SCAN_HEADER */
	enum scan_encoding encoding;
	uint32_t serial; /* SCAN_HEADER: the multipart's own; SCAN_DELIMITER: whose */
	/* SCAN_HEADER, SCAN_BODY: which child of its parent; SCAN_DELIMITER: the one before it */
	uint32_t child;
	bool close;
	size_t behind; /* SCAN_DELIMITER: bytes behind the boundary */
	enum scan_refusal refusal;
};

#define HEADER(s, ...) \
	{ \
		.event = SCAN_HEADER, TEXT(s), __VA_ARGS__ \
	}
#define BODY(s, ...) \
	{ \
		.event = SCAN_BODY, TEXT(s), __VA_ARGS__ \
	}
#define BETWEEN(s, ...) \
	{ \
		.event = SCAN_BETWEEN, TEXT(s), __VA_ARGS__ \
	}
#define DELIMITER(s, ...) \
	{ \
		.event = SCAN_DELIMITER, TEXT(s), __VA_ARGS__ \
	}
#define REFUSED(s, ...) \
	{ \
		.event = SCAN_REFUSED, TEXT(s), __VA_ARGS__ \
	}
#define END \
	{ \
		.event = SCAN_END \
	}

/* A root multipart/mixed with boundary "b", whose header most rows begin with. */
#define ROOT \
	HEADER("Content-Type: multipart/mixed; boundary=b\n\n", .kind = SCAN_MIXED, .serial = 1)

static const struct row {
	const char *name;
	struct piece piece[PIECES_MAX];
} rows[] = {
    {
        .name = "nothing at all",
        .piece = {HEADER("", .kind = SCAN_TEXT_PLAIN), END},
    },
    {
        .name = "an empty header",
        .piece = {HEADER("\n", .kind = SCAN_TEXT_PLAIN), BODY("text\n", .child = 0), END},
    },
    {
        .name = "a header alone, with its empty line",
        .piece = {HEADER("A: b\n\n", .kind = SCAN_TEXT_PLAIN), END},
    },
    {
        .name = "a header alone, without its empty line",
        .piece = {HEADER("A: b\n", .kind = SCAN_TEXT_PLAIN), END},
    },
    {
        .name = "a header alone, without its last line end",
        .piece = {HEADER("A: b", .kind = SCAN_TEXT_PLAIN), END},
    },
    {
        .name = "a leaf for a root: its body is one, whatever is in it",
        .piece =
            {
                HEADER("A: b\n\n", .kind = SCAN_TEXT_PLAIN),
                BODY("\n--b\n--\n\n\n--b--\r\n\r\377 no line end", .child = 0),
                END,
            },
    },
    {
        .name = "a multipart: preamble, two parts, epilogue",
        .piece =
            {
                ROOT,
                BETWEEN("preamble", .depth = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("A: b\n\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("one\n", .depth = 1, .child = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .child = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                BODY("two", .depth = 1, .child = 2),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 2, .close = true, .behind = 3),
                BETWEEN("epilogue\n--b\n--b--\n", .depth = 0),
                END,
            },
    },
    {
        .name = "no preamble, empty bodies, no epilogue",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                DELIMITER("--b\n", .depth = 1, .serial = 1, .child = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                DELIMITER("--b--", .depth = 1, .serial = 1, .child = 2, .close = true, .behind = 2),
                END,
            },
    },
    {
        .name = "a body that is a line end",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .child = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                BODY("\n", .depth = 1, .child = 2),
                DELIMITER(
                    "\n--b--", .depth = 1, .serial = 1, .child = 2, .close = true, .behind = 2),
                END,
            },
    },
    {
        .name = "a part header that ends at a delimiter, without an empty line",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("A: b\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                DELIMITER("--b \t\n", .depth = 1, .serial = 1, .child = 1, .behind = 3),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                DELIMITER("--b--", .depth = 1, .serial = 1, .child = 2, .close = true, .behind = 2),
                END,
            },
    },
    {
        .name = "refused: two delimiters with nothing between them",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                REFUSED("--b\n\nx\n--b--\n", .depth = 1, .refusal = SCAN_NO_PART),
            },
    },
    {
        .name = "refused: a close delimiter at once behind a delimiter",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                REFUSED("--b--\n", .depth = 1, .refusal = SCAN_NO_PART),
            },
    },
    {
        .name = "a multipart without parts",
        .piece =
            {
                ROOT,
                BETWEEN("only a preamble\n", .depth = 1),
                DELIMITER("\n--b--\n", .depth = 1, .serial = 1, .close = true, .behind = 3),
                END,
            },
    },
    {
        .name = "white space behind delimiters",
        .piece =
            {
                ROOT,
                DELIMITER("--b \t \n", .depth = 1, .serial = 1, .behind = 4),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("x", .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b-- \t", .depth = 1, .serial = 1, .child = 1, .close = true, .behind = 4),
                END,
            },
    },
    {
        .name = "lines that only look like delimiters",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("-\n--\n---\n --b\n-b\n-- b\n--B\n--c\n--\n\n-\n-- \n>--b\n\n\r--b\r\n",
                    .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 1, .close = true, .behind = 3),
                END,
            },
    },
    {
        .name = "line ends before a delimiter: only the last belongs to it",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("\n\n\n", .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 1, .close = true, .behind = 3),
                BETWEEN("\n\n", .depth = 0),
                END,
            },
    },
    {
        .name = "CR, NUL and 8-bit in bodies",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("a\r\n\0--b\n\377\376\r", .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 1, .close = true, .behind = 3),
                END,
            },
    },
    {
        .name = "nested, with an epilogue inside; the inner boundary is text again in it",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("Content-Type: multipart/alternative; boundary=\"c c\"\n\n",
                    .kind = SCAN_ALTERNATIVE, .depth = 1, .serial = 2, .child = 1),
                BETWEEN("in", .depth = 2),
                DELIMITER("\n--c c\n", .depth = 2, .serial = 2, .behind = 1),
                HEADER(
                    "Content-Type: text/html\n\n", .kind = SCAN_TEXT_HTML, .depth = 2, .child = 1),
                BODY("<p>", .depth = 2, .child = 1),
                DELIMITER(
                    "\n--c c--\n", .depth = 2, .serial = 2, .child = 1, .close = true, .behind = 3),
                BETWEEN("--c c\n\n--c c--\n", .depth = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .child = 1, .behind = 1),
                HEADER("Content-Type: multipart/x; boundary=\"c c\"\n\n", .kind = SCAN_MULTIPART,
                    .depth = 1, .serial = 3, .child = 2),
                DELIMITER("--c c--\n", .depth = 2, .serial = 3, .close = true, .behind = 3),
                DELIMITER(
                    "--b--\n", .depth = 1, .serial = 1, .child = 2, .close = true, .behind = 3),
                END,
            },
    },
    {
        .name = "digest: a child without a type is a message",
        .piece =
            {
                HEADER("Content-Type: multipart/digest; boundary=b\n\n", .kind = SCAN_DIGEST,
                    .serial = 1),
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_INERT, .depth = 1, .child = 1),
                BODY("Content-Type: multipart/mixed; boundary=q\n\n--q\n", .depth = 1, .child = 1),
                DELIMITER("\n--b\n", .depth = 1, .serial = 1, .child = 1, .behind = 1),
                HEADER("Content-Type: text/plain\n\n", .kind = SCAN_TEXT_PLAIN, .depth = 1,
                    .child = 2),
                DELIMITER(
                    "--b--\n", .depth = 1, .serial = 1, .child = 2, .close = true, .behind = 3),
                END,
            },
    },
    {
        .name = "an attached message is one leaf, whatever its boundaries",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER(
                    "Content-Type: message/rfc822\n\n", .kind = SCAN_INERT, .depth = 1, .child = 1),
                BODY("Content-Type: multipart/mixed; boundary=bb\n\n--q\n\n--q--", .depth = 1,
                    .child = 1),
                DELIMITER(
                    "\n--b--\n", .depth = 1, .serial = 1, .child = 1, .close = true, .behind = 3),
                END,
            },
    },
    {
        .name = "an outer boundary that is longer than the inner one",
        .piece =
            {
                HEADER("Content-Type: multipart/mixed; boundary=b1\n\n", .kind = SCAN_MIXED,
                    .serial = 1),
                DELIMITER("--b1\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("Content-Type: multipart/mixed; boundary=b\n\n", .kind = SCAN_MIXED,
                    .depth = 1, .serial = 2, .child = 1),
                DELIMITER("--b--\n", .depth = 2, .serial = 2, .close = true, .behind = 3),
                DELIMITER("--b1\n", .depth = 1, .serial = 1, .child = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 2),
                BODY("--b", .depth = 1, .child = 2),
                DELIMITER(
                    "\n--b1--\n", .depth = 1, .serial = 1, .child = 2, .close = true, .behind = 3),
                END,
            },
    },
    {
        .name = "a boundary that ends in two hyphens: its delimiter closes nothing",
        .piece =
            {
                HEADER("Content-Type: multipart/mixed; boundary=b--\n\n", .kind = SCAN_MIXED,
                    .serial = 1),
                DELIMITER("--b--\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("x", .depth = 1, .child = 1),
                DELIMITER(
                    "\n--b----\n", .depth = 1, .serial = 1, .child = 1, .close = true, .behind = 3),
                END,
            },
    },
    {
        .name = "a boundary of 70 characters",
        .piece =
            {
                HEADER("Content-Type: multipart/mixed;\n boundary="
                       "0123456789012345678901234567890123456789012345678901234567890123456789\n\n",
                    .kind = SCAN_MIXED, .serial = 1),
                DELIMITER(
                    "--0123456789012345678901234567890123456789012345678901234567890123456789\n",
                    .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("--012345678901234567890123456789012345678901234567890123456789012345678\n"
                     "--012345678901234567890123456789012345678901234567890123456789012345678x",
                    .depth = 1, .child = 1),
                DELIMITER(
                    "\n--0123456789012345678901234567890123456789012345678901234567890123456789--"
                    "\n",
                    .depth = 1, .serial = 1, .child = 1, .close = true, .behind = 3),
                END,
            },
    },
    /* Refusals: what was given out before, and nothing behind. */
    {
        .name = "refused: the header of a part has a line that is no field",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                REFUSED("A: b\nwhat\n\nx\n--b--\n", .depth = 1, .refusal = SCAN_HEADER_LINE),
            },
    },
    {
        .name = "refused: the message begins with a From line",
        .piece = {REFUSED("From a@b Mon\nA: b\n\nx", .refusal = SCAN_HEADER_LINE)},
    },
    {
        .name = "refused: CR in a header",
        .piece = {REFUSED("A: b\r\n\nx", .refusal = SCAN_CONTROL_IN_HEADER)},
    },
    {
        .name = "refused: NUL in a header",
        .piece = {REFUSED("A: \0b\n\nx", .refusal = SCAN_CONTROL_IN_HEADER)},
    },
    {
        .name = "refused: an unterminated multipart, in its preamble",
        .piece = {ROOT, BETWEEN("x\n--", .depth = 1),
            REFUSED("", .depth = 1, .refusal = SCAN_UNTERMINATED)},
    },
    {
        .name = "refused: an unterminated multipart, in a body",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                BODY("x\n", .depth = 1, .child = 1),
                REFUSED("", .depth = 1, .refusal = SCAN_UNTERMINATED),
            },
    },
    {
        .name = "refused: an unterminated multipart, in a header",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                REFUSED("A: b\n", .depth = 1, .refusal = SCAN_UNTERMINATED),
            },
    },
    {
        .name = "refused: an unterminated multipart, behind a delimiter",
        .piece =
            {
                ROOT,
                DELIMITER("--b", .depth = 1, .serial = 1),
                REFUSED("", .depth = 1, .refusal = SCAN_UNTERMINATED),
            },
    },
    {
        .name = "refused: an outer delimiter before the inner multipart is closed",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("Content-Type: multipart/mixed; boundary=c\n\n", .kind = SCAN_MIXED,
                    .depth = 1, .serial = 2, .child = 1),
                DELIMITER("--c\n", .depth = 2, .serial = 2, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 2, .child = 1),
                BODY("x", .depth = 2, .child = 1),
                REFUSED("\n--b--\n", .depth = 2, .refusal = SCAN_UNTERMINATED),
            },
    },
    {
        .name = "refused: an outer delimiter right behind the header of an inner multipart",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("Content-Type: multipart/mixed; boundary=c\n", .kind = SCAN_MIXED,
                    .depth = 1, .serial = 2, .child = 1),
                REFUSED("--b--\n", .depth = 2, .refusal = SCAN_UNTERMINATED),
            },
    },
    {
        .name = "refused: an outer boundary is a prefix of the inner one",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                REFUSED("Content-Type: multipart/mixed; boundary=b1\n\n--b1--\n--b--\n", .depth = 1,
                    .refusal = SCAN_BOUNDARY_PREFIX),
            },
    },
    {
        .name = "refused: a line that closes the inner one and is a delimiter of the outer one",
        .piece =
            {
                HEADER("Content-Type: multipart/mixed; boundary=b--\n\n", .kind = SCAN_MIXED,
                    .serial = 1),
                DELIMITER("--b--\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("Content-Type: multipart/mixed; boundary=b\n\n", .kind = SCAN_MIXED,
                    .depth = 1, .serial = 2, .child = 1),
                REFUSED("--b--\n", .depth = 2, .refusal = SCAN_UNTERMINATED),
            },
    },
    {
        .name = "refused: the same boundary inside",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                REFUSED("Content-Type: multipart/mixed; boundary=b\n\n--b--\n--b--\n", .depth = 1,
                    .refusal = SCAN_BOUNDARY_PREFIX),
            },
    },
    {
        .name = "refused: an outermost boundary is a prefix of the innermost one",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("Content-Type: multipart/mixed; boundary=c\n\n", .kind = SCAN_MIXED,
                    .depth = 1, .serial = 2, .child = 1),
                DELIMITER("--c\n", .depth = 2, .serial = 2, .behind = 1),
                REFUSED("Content-Type: multipart/mixed; boundary=bc\n\n", .depth = 2,
                    .refusal = SCAN_BOUNDARY_PREFIX),
            },
    },
    {
        .name = "refused: text behind a boundary",
        .piece =
            {
                ROOT,
                BETWEEN("x", .depth = 1),
                REFUSED("\n--b x\n--b--\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER),
            },
    },
    {
        .name = "refused: a longer word that begins with a boundary",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                HEADER("\n", .kind = SCAN_TEXT_PLAIN, .depth = 1, .child = 1),
                REFUSED("--bc\n--b--\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER),
            },
    },
    {
        .name = "refused: one hyphen behind a boundary",
        .piece = {ROOT, REFUSED("--b-\n--b--\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER)},
    },
    {
        .name = "refused: three hyphens behind a boundary",
        .piece = {ROOT, REFUSED("--b---\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER)},
    },
    {
        .name = "refused: a delimiter that is none ends the message",
        .piece = {ROOT, REFUSED("--b-", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER)},
    },
    {
        .name = "refused: CR in a delimiter",
        .piece = {ROOT, BETWEEN("x", .depth = 1),
            REFUSED("\n--b\r\n", .depth = 1, .refusal = SCAN_CONTROL_IN_DELIMITER)},
    },
    {
        .name = "refused: CR in a close delimiter",
        .piece = {ROOT, REFUSED("--b--\r\n", .depth = 1, .refusal = SCAN_CONTROL_IN_DELIMITER)},
    },
    {
        .name = "refused: NUL in a delimiter",
        .piece = {ROOT, REFUSED("--b\0\n", .depth = 1, .refusal = SCAN_CONTROL_IN_DELIMITER)},
    },
    {
        .name = "refused: something like a delimiter in a header",
        .piece =
            {
                ROOT,
                DELIMITER("--b\n", .depth = 1, .serial = 1, .behind = 1),
                REFUSED("A: b\n--b: c\n\n--b--\n", .depth = 1, .refusal = SCAN_AMBIGUOUS_DELIMITER),
            },
    },
    {
        .name = "refused: two boundaries in one parameter list",
        .piece = {REFUSED("Content-Type: multipart/mixed; boundary=b; boundary=c\n\n",
            .refusal = SCAN_TWO_BOUNDARIES)},
    },
};

/* What is true of the structure of an event, whatever the cut. */
static void
check_event(const struct row *r, const struct slices *s, const struct scan *scan,
    const struct piece *p, enum scan_event event, uint64_t at)
{
	ck_assert_msg(event == p->event, "%s, %s: at %lu event %d, want %d", r->name, s->way,
	    (unsigned long)at, (int)event, (int)p->event);
	ck_assert_msg(scan->at == at, "%s, %s: event %d is at %lu, want %lu", r->name, s->way,
	    (int)event, (unsigned long)scan->at, (unsigned long)at);
	if (event == SCAN_END) {
		ck_assert_msg(scan->depth == 0, "%s, %s: the end, with depth %zu", r->name, s->way,
		    scan->depth);
		return;
	}
	ck_assert_msg(scan->depth == p->depth, "%s, %s: at %lu depth %zu, want %zu", r->name,
	    s->way, (unsigned long)at, scan->depth, p->depth);
	if (event == SCAN_HEADER || event == SCAN_BODY) {
		ck_assert_msg(scan->entity.child == p->child, "%s, %s: at %lu child %u, want %u",
		    r->name, s->way, (unsigned long)at, scan->entity.child, p->child);
	}
	if (event == SCAN_HEADER) {
		ck_assert_msg(scan->entity.kind == p->kind &&
		        scan->entity.encoding == p->encoding && scan->entity.serial == p->serial,
		    "%s, %s: at %lu kind %d encoding %d serial %u", r->name, s->way,
		    (unsigned long)at, (int)scan->entity.kind, (int)scan->entity.encoding,
		    scan->entity.serial);
	}
	if (event == SCAN_REFUSED) {
		ck_assert_msg(scan->refusal == p->refusal, "%s, %s: refusal %d, want %d", r->name,
		    s->way, (int)scan->refusal, (int)p->refusal);
	}
}

static void
check_delimiter(
    const struct row *r, const struct slices *s, const struct scan *scan, const struct piece *p)
{
	const struct scan_open *o = &scan->open[scan->depth - 1];
	size_t from = scan->delimiter_boundary, len = scan->delimiter_boundary_len;

	ck_assert_msg(scan->delimiter_serial == p->serial && scan->delimiter_close == p->close,
	    "%s, %s: delimiter of %u, close %d", r->name, s->way, scan->delimiter_serial,
	    (int)scan->delimiter_close);
	ck_assert_msg(o->serial == p->serial && o->child == p->child,
	    "%s, %s: the innermost is %u in its child %u", r->name, s->way, o->serial, o->child);
	ck_assert_msg(from + len + p->behind == scan->len,
	    "%s, %s: boundary at %zu, %zu long, of %zu", r->name, s->way, from, len, scan->len);
	ck_assert_uint_eq(len, o->boundary_len);
	ck_assert_mem_eq(scan->bytes + from, o->boundary, len);
}

static enum scan_event
next_event(struct scan *scan, struct slices *s)
{
	enum scan_event event;
	const uint8_t *p;
	size_t n;

	while ((event = scan_next(scan)) == SCAN_MORE) {
		if (slices_next(s, &p, &n)) {
			scan_feed(scan, p, n);
		} else {
			scan_eof(scan);
		}
	}
	return event;
}

static size_t
row_input(const struct row *r, uint8_t input[TEXT_MAX])
{
	size_t len = 0;

	for (const struct piece *p = r->piece; p->event != SCAN_MORE; p++) {
		ck_assert_uint_le(p->len, TEXT_MAX - len);
		if (p->len > 0) {
			memcpy(input + len, p->bytes, p->len);
		}
		len += p->len;
	}
	return len;
}

START_TEST(events_are_the_same_however_the_input_is_cut)
{
	static struct scan scan;
	const struct row *r = &rows[_i];
	uint8_t input[TEXT_MAX];
	size_t len = row_input(r, input);
	struct slices s;

	for (size_t way = 0; slices_begin(&s, input, len, way); way++) {
		enum scan_event event = SCAN_MORE;
		uint64_t at = 0;

		memset(&scan, 0xa5, sizeof(scan));
		scan_begin(&scan);
		for (const struct piece *p = r->piece; p->event != SCAN_MORE; p++) {
			size_t have = 0;

			do {
				event = next_event(&scan, &s);
				check_event(r, &s, &scan, p, event, at);
				if (event == SCAN_REFUSED || event == SCAN_END) {
					break;
				}
				ck_assert_msg(
				    scan.len <= p->len - have && (p->len == 0 || scan.len > 0),
				    "%s, %s: at %lu %zu bytes, want %zu", r->name, s.way,
				    (unsigned long)at, scan.len, p->len - have);
				if (scan.len > 0) {
					ck_assert_mem_eq(scan.bytes, p->bytes + have, scan.len);
				}
				if (event == SCAN_DELIMITER) {
					check_delimiter(r, &s, &scan, p);
				}
				have += scan.len;
				at += scan.len;
			} while (
			    have < p->len && (p->event == SCAN_BODY || p->event == SCAN_BETWEEN));
			ck_assert_msg(event == SCAN_REFUSED || have == p->len,
			    "%s, %s: at %lu %zu of %zu bytes", r->name, s.way, (unsigned long)at,
			    have, p->len);
		}
		ck_assert_msg(
		    event == SCAN_END || event == SCAN_REFUSED, "%s: a row must end", r->name);
		ck_assert_int_eq(scan_next(&scan), event);
		ck_assert_uint_eq(scan.len, 0);
		slices_end(&s);
	}
}
END_TEST

/* A message made on the fly, a block at a time, so that it need not be held. */
struct maker {
	const char *head;
	const char *again; /* so many times */
	uint64_t times;
	const char *tail;
};

struct tally {
	enum scan_event last;
	uint64_t bytes, headers, delimiters, body_events;
	uint32_t children; /* of the root */
};

enum { BLOCK = 64 * 1024 };

static size_t
make_block(struct maker *m, uint8_t block[BLOCK])
{
	size_t n = 0, unit = strlen(m->again);

	if (m->head != NULL) {
		n = strlen(m->head);
		memcpy(block, m->head, n);
		m->head = NULL;
	}
	while (m->times > 0 && unit <= BLOCK - n) {
		memcpy(block + n, m->again, unit);
		n += unit;
		m->times--;
	}
	if (m->times == 0 && m->tail != NULL && strlen(m->tail) <= BLOCK - n) {
		memcpy(block + n, m->tail, strlen(m->tail));
		n += strlen(m->tail);
		m->tail = NULL;
	}
	return n;
}

static struct tally
scan_made(struct maker m)
{
	static struct scan scan;
	static uint8_t block[BLOCK];
	struct tally t = {.bytes = 0};
	size_t n;

	scan_begin(&scan);
	for (;;) {
		t.last = scan_next(&scan);
		switch (t.last) {
		case SCAN_MORE:
			n = make_block(&m, block);
			if (n > 0) {
				scan_feed(&scan, block, n);
			} else {
				scan_eof(&scan);
			}
			break;
		case SCAN_HEADER:
			t.headers++;
			break;
		case SCAN_DELIMITER:
			t.delimiters++;
			t.children = scan.open[0].child;
			break;
		case SCAN_BODY:
		case SCAN_BETWEEN:
			t.body_events++;
			break;
		case SCAN_END:
		case SCAN_REFUSED:
			return t;
		}
		t.bytes += scan.len;
		scan.len = 0;
	}
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n--b\n"

START_TEST(a_million_parts_in_one_multipart)
{
	struct tally t = scan_made((struct maker){
	    .head = MIXED, .again = "\nx\n--b\n", .times = 1000000, .tail = "\n--b--\n"});

	ck_assert_int_eq(t.last, SCAN_END);
	ck_assert_uint_eq(t.headers, 1000002);
	ck_assert_uint_eq(t.children, 1000001);
	ck_assert_uint_eq(t.bytes, sizeof(MIXED) - 1 + 7 * 1000000 + 7);
}
END_TEST

START_TEST(a_million_multiparts_one_after_the_other)
{
	struct tally t = scan_made((struct maker){
	    .head = MIXED,
	    .again = "Content-Type: multipart/mixed; boundary=c\n\n--c--\n--b\n",
	    .times = 1000000,
	    .tail = "\n--b--\n",
	});

	ck_assert_int_eq(t.last, SCAN_END);
	ck_assert_uint_eq(t.headers, 1000002);
	ck_assert_uint_eq(t.delimiters, 2000002);
}
END_TEST

START_TEST(a_line_of_100_megabytes_takes_a_block_at_a_time)
{
	struct tally t = scan_made((struct maker){
	    .head = MIXED "\n", .again = "0123456789", .times = 10 << 20, .tail = "\n--b--\n"});

	ck_assert_int_eq(t.last, SCAN_END);
	ck_assert_uint_eq(t.delimiters, 2);
	ck_assert_uint_eq(t.bytes, sizeof(MIXED) - 1 + 1 + ((uint64_t)100 << 20) + 7);
	ck_assert_uint_le(t.body_events, 2 * ((100 << 20) / BLOCK + 1));
}
END_TEST

START_TEST(a_line_of_100_megabytes_that_begins_like_a_delimiter)
{
	struct tally t = scan_made((struct maker){
	    .head = MIXED "\n--", .again = "0123456789", .times = 10 << 20, .tail = "\n--b--\n"});

	ck_assert_int_eq(t.last, SCAN_END);
	ck_assert_uint_eq(t.delimiters, 2);
	t = scan_made((struct maker){
	    .head = MIXED "\n--b", .again = "          ", .times = 10 << 20, .tail = "\n--b--\n"});
	ck_assert_int_eq(t.last, SCAN_REFUSED);
}
END_TEST

START_TEST(many_lines_that_begin_like_delimiters_with_100_open)
{
	static char head[NESTING_MAX * 128], *p = head;
	struct tally t;

	for (int i = 0; i < NESTING_MAX; i++) {
		p += sprintf(p,
		    "Content-Type: multipart/mixed; "
		    "boundary=%03dxxxxxxxxxxxxx\n\n--%03dxxxxxxxxxxxxx\n",
		    i, i);
		ck_assert(p < head + sizeof(head) - 100);
	}
	strcpy(p, "\n");
	t = scan_made((struct maker){.head = head, .again = "--\n", .times = 1000000, .tail = ""});
	ck_assert_int_eq(t.last, SCAN_REFUSED);
	ck_assert_uint_eq(t.bytes, strlen(head) + 3000000);
}
END_TEST

/* depth multiparts, one in the other; each closed if `closed`. */
static struct tally
scan_nested(int depth, bool closed, enum scan_refusal *refusal)
{
	static struct scan scan;
	char *text = malloc((size_t)depth * 80 + 1), *p = text;
	struct tally t = {.last = SCAN_MORE};

	ck_assert_ptr_nonnull(text);
	for (int i = 0; i < depth; i++) {
		p += sprintf(p, "Content-Type: multipart/mixed; boundary=%04d\n\n--%04d\n", i, i);
	}
	for (int i = depth; closed && i-- > 0;) {
		p += sprintf(p, "\n--%04d--\n", i);
	}
	scan_begin(&scan);
	scan_feed(&scan, (uint8_t *)text, (size_t)(p - text));
	do {
		t.last = scan_next(&scan);
		if (t.last == SCAN_MORE) {
			scan_eof(&scan);
		}
	} while (t.last != SCAN_END && t.last != SCAN_REFUSED);
	*refusal = scan.refusal;
	free(text);
	return t;
}

START_TEST(a_hundred_nested_multiparts_and_no_more)
{
	enum scan_refusal refusal;

	ck_assert_int_eq(scan_nested(NESTING_MAX, true, &refusal).last, SCAN_END);
	ck_assert_int_eq(scan_nested(NESTING_MAX + 1, true, &refusal).last, SCAN_REFUSED);
	ck_assert_int_eq(refusal, SCAN_NESTING);
	ck_assert_int_eq(scan_nested(1000, true, &refusal).last, SCAN_REFUSED);
	ck_assert_int_eq(refusal, SCAN_NESTING);
	ck_assert_int_eq(scan_nested(NESTING_MAX, false, &refusal).last, SCAN_REFUSED);
	ck_assert_int_eq(refusal, SCAN_UNTERMINATED);
}
END_TEST

/* A text of so many bytes between two others, cut at all places that could matter. */
static void
check_around(const char *before, char fill, size_t times, const char *after, enum scan_event last,
    enum scan_refusal refusal)
{
	static struct scan scan;
	size_t len = strlen(before) + times + strlen(after), at = strlen(before);
	uint8_t *text = malloc(len);
	struct slices s;

	ck_assert_ptr_nonnull(text);
	memcpy(text, before, at);
	memset(text + at, fill, times);
	memcpy(text + at + times, after, strlen(after));
	for (size_t way = 0; slices_begin(&s, text, len, way); way++) {
		enum scan_event event;

		/* 1: byte by byte; way n cuts at n - 1 */
		if (way > at + 80 && way + 80 < at + times && way % 101 != 0) {
			continue;
		}
		scan_begin(&scan);
		do {
			event = next_event(&scan, &s);
		} while (event != SCAN_END && event != SCAN_REFUSED);
		ck_assert_msg(event == last, "%zu, %s: event %d", times, s.way, (int)event);
		ck_assert_msg(last == SCAN_END || scan.refusal == refusal, "%zu, %s: refusal %d",
		    times, s.way, (int)scan.refusal);
		slices_end(&s);
	}
	free(text);
}

START_TEST(a_delimiter_line_has_a_limit)
{
	check_around(MIXED "\n--b--", ' ', DELIMITER_LINE_MAX - 5, "\n", SCAN_END, 0);
	check_around(MIXED "\n--b--", ' ', DELIMITER_LINE_MAX - 5, "", SCAN_END, 0);
	check_around(MIXED "\n--b--", ' ', DELIMITER_LINE_MAX - 4, "\n", SCAN_REFUSED,
	    SCAN_AMBIGUOUS_DELIMITER);
	check_around(MIXED "\nx\n--b--", '\t', DELIMITER_LINE_MAX - 4, "\n", SCAN_REFUSED,
	    SCAN_AMBIGUOUS_DELIMITER);
	/* What stands behind the limit does not change the reason. */
	check_around(MIXED "\n--b--", ' ', DELIMITER_LINE_MAX + 4, "\r\n", SCAN_REFUSED,
	    SCAN_AMBIGUOUS_DELIMITER);
}
END_TEST

START_TEST(a_header_has_a_limit)
{
	enum { LINE = sizeof("A: ") - 1 + sizeof("\n\n") - 1 };

	static struct scan scan;
	uint8_t *text = malloc(HEADER_MAX + 1);

	ck_assert_ptr_nonnull(text);
	for (int over = 0; over < 2; over++) {
		size_t len = HEADER_MAX + (size_t)over;

		memset(text, 'x', len);
		memcpy(text, "A: ", 3);
		memcpy(text + len - 2, "\n\n", 2);
		for (size_t step = 1; step < 2 * len; step = step * 3 + 1) {
			enum scan_event event = SCAN_MORE;

			scan_begin(&scan);
			for (size_t at = 0; event == SCAN_MORE && at < len; at += step) {
				scan_feed(&scan, text + at, len - at < step ? len - at : step);
				event = scan_next(&scan);
			}
			ck_assert_int_eq(event, over ? SCAN_REFUSED : SCAN_HEADER);
			if (over) {
				ck_assert_int_eq(scan.refusal, SCAN_HEADER_TOO_LARGE);
			} else {
				ck_assert_uint_eq(scan.len, len);
			}
		}
	}
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("scan");
	TCase *tc = tcase_create("rows"), *large = tcase_create("large");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, events_are_the_same_however_the_input_is_cut, 0, COUNT(rows));
	tcase_add_test(tc, a_delimiter_line_has_a_limit);
	tcase_add_test(tc, a_header_has_a_limit);
	/* Slow machines and sanitizers; anything quadratic takes hours. */
	tcase_set_timeout(large, 60);
	tcase_add_test(large, a_million_parts_in_one_multipart);
	tcase_add_test(large, a_million_multiparts_one_after_the_other);
	tcase_add_test(large, a_line_of_100_megabytes_takes_a_block_at_a_time);
	tcase_add_test(large, a_line_of_100_megabytes_that_begins_like_a_delimiter);
	tcase_add_test(large, many_lines_that_begin_like_delimiters_with_100_open);
	tcase_add_test(large, a_hundred_nested_multiparts_and_no_more);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, large);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
