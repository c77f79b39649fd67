/*
 * refusal.h - why a message is not grafted: reason, exit code, sentence
 *
 * Whoever finds the reason fills in what is known about it; only
 * refusal_sentence() makes text of it.
 */
#ifndef FILTER_REFUSAL_H
#define FILTER_REFUSAL_H

#include <stddef.h>
#include <stdint.h>

#include "filter/limits.h"
#include "mime/scan.h"
#include "spool/fail.h"
#include "spool/token.h"

enum refusal_reason {
	REFUSED_NOT,
	/* the message: 65 */
	REFUSED_EMPTY,
	REFUSED_MIME, /* `mime` says which */
	REFUSED_HEADER_TOO_LARGE,
	REFUSED_TOO_LARGE,
	REFUSED_GRAFT_TWICE,
	REFUSED_GRAFT_NUMBER,
	REFUSED_ATTACH_FIELD,
	REFUSED_RECIPIENT_TWICE,
	REFUSED_RECIPIENT_FIELD,
	REFUSED_COUNT,
	REFUSED_TOO_MANY_MARKERS,
	REFUSED_TOO_MANY_BOUNDARIES,
	REFUSED_SEALED_ROOT,
	REFUSED_SEALED_PLACE,
	REFUSED_PLACE,
	REFUSED_IRREGULAR_BASE64,
	REFUSED_PART_FIELDS,
	REFUSED_COLLISION,
	/* more than the spool's limit; `wanted` is that, `found` what there would be */
	REFUSED_ATTACHMENTS,
	REFUSED_EXPANDED, /* the same in bytes of the finished message */
	/* the token: 77 */
	REFUSED_TOKEN_MALFORMED,
	REFUSED_TOKEN_KEY,
	REFUSED_TOKEN_FORGED,
	REFUSED_TOKEN_REVOKED,
	REFUSED_TOKEN_EXPIRED,
	REFUSED_TOKEN_NO_RECIPIENT,
	REFUSED_TOKEN_EXPIRY_DIFFERS,
	/* what is stored: 66, 74 */
	REFUSED_ENTRY_MISSING,
	REFUSED_BLOB_MISSING,
	REFUSED_ENTRY_DAMAGED,
	REFUSED_BLOB_SIZE,
	REFUSED_BLOB_CONTENT,
	/* the system: 74, 75, 78 */
	REFUSED_SPOOL,   /* 78: not there, not a spool, or not fit to be trusted */
	REFUSED_IO,      /* 74 */
	REFUSED_LATER,   /* 75: no space, no descriptors, no memory */
	REFUSED_TIMEOUT, /* 75 */
	REFUSED_CHANGED, /* 74: the input is not what it was when it was planned */
	REFUSED_BUG,     /* 70 */
};

struct refusal {
	enum refusal_reason reason;
	enum scan_refusal mime;
	char part[PART_PATH_MAX]; /* "2.1"; empty: the message's own header, or nowhere */
	/* of the part's decoded text, or, for REFUSED_MIME, of the message; 0: unknown */
	uint64_t line;
	uint64_t wanted, found; /* REFUSED_COUNT, _ATTACHMENTS, _EXPANDED */
	/* which one, from 1, in the order of the message; 0: none in particular */
	unsigned token;
	/* its entry in hexadecimal, once the token is known to be ours; else empty */
	char entry[2 * ENTRY_ID_BYTES + 1];
	struct spool_fail fail; /* where the system failed; call NULL: it did not */
};

/* The exit code, as DESIGN.md and sysexits.h have them. */
int refusal_exit(const struct refusal *r);

/* The reason as one word, for whoever counts: "blob-missing". */
const char *refusal_word(const struct refusal *r);

/* Writes the sentence for people, NUL-terminated; lower case, reason last, one line. Returns its
 * length. */
size_t refusal_sentence(const struct refusal *r, char *out, size_t cap);

/* Fills *r from a failed system call; `error` is -errno as the spool returns it. Returns -1. */
int refuse_system(struct refusal *r, const struct spool_fail *fail, enum refusal_reason missing);

/* What a sink returned: 0, or, where that is -errno, -1 with REFUSED_IO. */
int refuse_output(struct refusal *r, int result);

/* Sets the reason alone. Returns -1. */
int refuse(struct refusal *r, enum refusal_reason reason);

#endif
