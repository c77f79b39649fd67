/*
 * refusal.h - why a message is not grafted: reason, exit code, sentence
 *
 * Whoever finds the reason fills in what is known about it; only refusal_sentence() makes text
 * of it. All that is to be said about a reason stands in one table, here: a new reason is a new
 * row.
 */
#ifndef FILTER_REFUSAL_H
#define FILTER_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/limits.h"
#include "mime/scan.h"
#include "spool/fail.h"
#include "spool/token.h"

struct sink;

/*
 * Enumerator; the reason as one word, for whoever counts; exit code (sysexits.h, DESIGN.md);
 * LASTS: no retry can mend it, or WAITS; sentence.
 *
 * What the message itself is, lasts. What depends on the spool, on this host or on its
 * configuration waits, and so does a key that is not known: a spool that is not mounted must
 * never cost mail.
 */
#define REFUSALS(X) \
	X(REFUSED_NOT, "not", EX_OK, WAITS, "not refused") \
	/* the message: 65 */ \
	X(REFUSED_EMPTY, "empty", EX_DATAERR, WAITS, "there is no message") \
	/* `mime` says which */ \
	X(REFUSED_MIME, "mime", EX_DATAERR, LASTS, "malformed or ambiguous MIME") \
	X(REFUSED_HEADER_TOO_LARGE, "header-too-large", EX_DATAERR, LASTS, \
	    "the header is too large") \
	X(REFUSED_TOO_LARGE, "too-large", EX_DATAERR, LASTS, \
	    "a message that asks for attachments may have 64 MiB at most") \
	X(REFUSED_GRAFT_TWICE, "graft-twice", EX_DATAERR, LASTS, "two 'Graft' fields") \
	X(REFUSED_GRAFT_NUMBER, "graft-number", EX_DATAERR, LASTS, \
	    "the 'Graft' field is not a number from 1 to 100") \
	X(REFUSED_ATTACH_FIELD, "attach-field", EX_DATAERR, LASTS, \
	    "a 'Graft-Attach' field is not a list of tokens") \
	/* the next two come from the transport's headers_add */ \
	X(REFUSED_RECIPIENT_TWICE, "recipient-twice", EX_DATAERR, WAITS, \
	    "two 'Graft-Recipient' fields") \
	X(REFUSED_RECIPIENT_FIELD, "recipient-field", EX_DATAERR, WAITS, \
	    "the 'Graft-Recipient' field is no address") \
	X(REFUSED_COUNT, "count", EX_DATAERR, LASTS, "wrong number of markers") \
	X(REFUSED_TOO_MANY_MARKERS, "too-many-markers", EX_DATAERR, LASTS, \
	    "more than 100 markers") \
	X(REFUSED_TOO_MANY_BOUNDARIES, "too-many-boundaries", EX_DATAERR, LASTS, \
	    "more than 1024 multiparts around markers") \
	X(REFUSED_SEALED_ROOT, "sealed-root", EX_DATAERR, LASTS, \
	    "a signed, encrypted or partial message must not be changed") \
	X(REFUSED_SEALED_PLACE, "sealed-place", EX_DATAERR, LASTS, \
	    "a marker in a signed or encrypted part") \
	X(REFUSED_PLACE, "place", EX_DATAERR, LASTS, \
	    "a marker in a multipart that is not mixed, related or alternative") \
	X(REFUSED_DEPTH, "depth", EX_DATAERR, LASTS, \
	    "a marker in more than 16 multiparts within each other") \
	X(REFUSED_IRREGULAR_BASE64, "irregular-base64", EX_DATAERR, LASTS, \
	    "a marker in base64 that can be read in different ways") \
	X(REFUSED_PART_FIELDS, "part-fields", EX_DATAERR, LASTS, \
	    "two Content-Disposition or Content-ID fields in the part with the marker") \
	X(REFUSED_COLLISION, "collision", EX_DATAERR, LASTS, \
	    "the attached message contains one of the new boundaries") \
	/* more than the spool's limit: `wanted` is that, `found` what there would be */ \
	X(REFUSED_ATTACHMENTS, "too-many-attachments", EX_DATAERR, LASTS, \
	    "more attachments than this spool's limit") \
	/* the same in bytes of the finished message */ \
	X(REFUSED_EXPANDED, "expanded-too-large", EX_DATAERR, LASTS, \
	    "with its attachments the message is over this spool's limit") \
	/* the token: 77 */ \
	X(REFUSED_TOKEN_MALFORMED, "token-malformed", EX_NOPERM, LASTS, "token malformed") \
	X(REFUSED_TOKEN_NEWER, "token-newer", EX_NOPERM, WAITS, \
	    "token made by a newer version of mailgraft") \
	X(REFUSED_TOKEN_KEY, "token-key", EX_NOPERM, WAITS, \
	    "token made with a key that this spool does not have (made anew, or of another host)") \
	X(REFUSED_TOKEN_FORGED, "token-forged", EX_NOPERM, LASTS, \
	    "token forged, or made for another recipient") \
	X(REFUSED_TOKEN_REVOKED, "token-revoked", EX_NOPERM, LASTS, \
	    "token made with a revoked key") \
	X(REFUSED_TOKEN_EXPIRED, "token-expired", EX_NOPERM, LASTS, "token expired") \
	/* it would be, by a clock that is more than a day ahead of all that the spool has seen */ \
	X(REFUSED_CLOCK, "clock", EX_TEMPFAIL, WAITS, \
	    "token expired, but the clock is over a day ahead of what the spool has seen: check " \
	    "the clock; if it is right, run 'mailgraft gc'") \
	/* the transport does not name one, or delivers to several at once */ \
	X(REFUSED_TOKEN_NO_RECIPIENT, "token-no-recipient", EX_NOPERM, WAITS, \
	    "token bound to a recipient, and the message names none") \
	X(REFUSED_TOKEN_EXPIRY_DIFFERS, "token-expiry-differs", EX_NOPERM, WAITS, \
	    "token and entry differ in their expiry") \
	/* what is stored: 66, 74 */ \
	X(REFUSED_ENTRY_MISSING, "entry-missing", EX_NOINPUT, WAITS, "entry missing") \
	X(REFUSED_BLOB_MISSING, "blob-missing", EX_NOINPUT, WAITS, "blob missing") \
	X(REFUSED_ENTRY_NEWER, "entry-newer", EX_NOINPUT, WAITS, \
	    "entry made by a newer version of mailgraft") \
	X(REFUSED_ENTRY_DAMAGED, "entry-damaged", EX_IOERR, WAITS, "entry damaged") \
	X(REFUSED_BLOB_SIZE, "blob-size", EX_IOERR, WAITS, \
	    "blob has another size than was stored") \
	X(REFUSED_BLOB_CONTENT, "blob-content", EX_IOERR, WAITS, \
	    "blob has other content than was stored") \
	/* the system: 74, 75, 78 */ \
	/* not there, not a spool, or not fit to be trusted */ \
	X(REFUSED_SPOOL, "spool", EX_CONFIG, WAITS, "spool not usable") \
	X(REFUSED_IO, "io", EX_IOERR, WAITS, "input or output failed") \
	/* no space, no descriptors, no memory */ \
	X(REFUSED_LATER, "later", EX_TEMPFAIL, WAITS, "out of resources") \
	/* the input is not what it was when it was first read */ \
	X(REFUSED_CHANGED, "changed", EX_IOERR, WAITS, "the input changed while it was read") \
	/* the command that the filter's output goes through; `fail.object` names it, `found` is \
	 * its status as waitpid(2) has it, 0 where it did not read everything */ \
	X(REFUSED_COMMAND, "command", EX_TEMPFAIL, WAITS, "the command after the filter failed") \
	/* our bug: 70 */ \
	X(REFUSED_BUG, "bug", EX_SOFTWARE, WAITS, \
	    "the plan does not fit the message (please report this)")

enum refusal_reason {
#define X(reason, word, exit, lasting, text) reason,
	REFUSALS(X)
#undef X
};

/* Of REFUSED_COUNT: what is wrong with a marker that was not counted; sentence. */
#define NEAR_REASONS(X) \
	X(NEAR_NOTHING, "") \
	X(NEAR_LINE, "a marker that is not alone on its line") \
	X(NEAR_PART, "a marker that is not alone in a part that is not text") \
	X(NEAR_ESCAPED, "a marker whose parentheses or colon a template engine escaped") \
	X(NEAR_UTF16, "a marker in UTF-16 text") \
	/* `encoding` says which */ \
	X(NEAR_ENCODING, "text in an unknown Content-Transfer-Encoding") \
	X(NEAR_MESSAGE, "a marker in an attached message or in another part that is left alone") \
	X(NEAR_BETWEEN, "a marker before the first part or after the last part of a multipart")

enum near_reason {
#define X(reason, text) reason,
	NEAR_REASONS(X)
#undef X
};

struct refusal {
	enum refusal_reason reason;
	enum scan_refusal mime;
	char part[PART_PATH_MAX]; /* "2.1"; empty: the message's own header, or nowhere */
	/* of the part's decoded text, or, for REFUSED_MIME, of the message; 0: unknown */
	uint64_t line;
	uint64_t wanted, found;           /* REFUSED_COUNT, _ATTACHMENTS, _EXPANDED, _COMMAND */
	enum near_reason near;            /* REFUSED_COUNT: part and line say where */
	char encoding[NEAR_ENCODING_MAX]; /* NEAR_ENCODING */
	/* which one, from 1, in the order of the message; 0: none in particular */
	unsigned token;
	/* its entry in hexadecimal, once the token is known to be ours; else empty */
	char entry[2 * ENTRY_ID_BYTES + 1];
	struct spool_fail fail; /* where the system failed; call NULL: it did not */
};

/* The exit code, as DESIGN.md and sysexits.h have them. */
int refusal_exit(const struct refusal *r);

/* Whether no retry can mend it. */
bool refusal_is_lasting(const struct refusal *r);

/* The reason as one word, for whoever counts: "blob-missing". */
const char *refusal_word(const struct refusal *r);

/* Writes the sentence for people, NUL-terminated; lower case, reason last, one line. Returns its
 * length. */
size_t refusal_sentence(const struct refusal *r, char *out, size_t cap);

/* Sets the reason alone. Returns -1. */
int refuse(struct refusal *r, enum refusal_reason reason);

/* From a call that failed: the reason is `missing` where its error says that there is no such
 * file, else what the error says. Returns -1. */
int refuse_system(struct refusal *r, const struct spool_fail *fail, enum refusal_reason missing);

/* The reason is that a system call on `object` failed with errno `error`: REFUSED_LATER where room
 * is short, else REFUSED_IO. Returns -1. */
int refuse_call(struct refusal *r, const char *call, const char *object, int error);

/* 0 where a sink is well; else -1 with REFUSED_IO. */
int refuse_output(struct refusal *r, const struct sink *s);

#endif
