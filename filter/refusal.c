/*
 * refusal.c - see refusal.h
 */
#include "filter/refusal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct {
	int exit;
	const char *word;
	const char *text;
} reasons[] = {
    [REFUSED_NOT] = {EX_OK, "not", "not refused"},
    [REFUSED_EMPTY] = {EX_DATAERR, "empty", "no message on standard input"},
    [REFUSED_MIME] = {EX_DATAERR, "mime", NULL},
    [REFUSED_HEADER_TOO_LARGE] = {EX_DATAERR, "header-too-large", "the header is too large"},
    [REFUSED_TOO_LARGE] = {EX_DATAERR, "too-large",
        "a message that asks for attachments may have 64 MiB at most"},
    [REFUSED_GRAFT_TWICE] = {EX_DATAERR, "graft-twice", "two 'Graft' fields"},
    [REFUSED_GRAFT_NUMBER] = {EX_DATAERR, "graft-number",
        "the 'Graft' field is not a number from 1 to 100"},
    [REFUSED_ATTACH_FIELD] = {EX_DATAERR, "attach-field",
        "a 'Graft-Attach' field is not a list of tokens"},
    [REFUSED_RECIPIENT_TWICE] = {EX_DATAERR, "recipient-twice", "two 'Graft-Recipient' fields"},
    [REFUSED_RECIPIENT_FIELD] = {EX_DATAERR, "recipient-field",
        "the 'Graft-Recipient' field is no address"},
    [REFUSED_COUNT] = {EX_DATAERR, "count", "wrong number of markers"},
    [REFUSED_TOO_MANY_MARKERS] = {EX_DATAERR, "too-many-markers", "more than 100 markers"},
    [REFUSED_TOO_MANY_BOUNDARIES] = {EX_DATAERR, "too-many-boundaries",
        "more than 1024 multiparts around markers"},
    [REFUSED_SEALED_ROOT] = {EX_DATAERR, "sealed-root",
        "a signed, encrypted or partial message must not be changed"},
    [REFUSED_SEALED_PLACE] = {EX_DATAERR, "sealed-place", "a marker in a signed or encrypted part"},
    [REFUSED_PLACE] = {EX_DATAERR, "place",
        "a marker in a multipart that is not mixed, related or alternative"},
    [REFUSED_IRREGULAR_BASE64] = {EX_DATAERR, "irregular-base64",
        "a marker in base64 that can be read in different ways"},
    [REFUSED_PART_FIELDS] = {EX_DATAERR, "part-fields",
        "two Content-Disposition or Content-ID fields in the part with the marker"},
    [REFUSED_COLLISION] = {EX_DATAERR, "collision",
        "the attached message contains one of the new boundaries"},
    [REFUSED_ATTACHMENTS] = {EX_DATAERR, "too-many-attachments",
        "more attachments than this spool's limit"},
    [REFUSED_EXPANDED] = {EX_DATAERR, "expanded-too-large",
        "with its attachments the message is over this spool's limit"},
    [REFUSED_TOKEN_MALFORMED] = {EX_NOPERM, "token-malformed", "token malformed"},
    [REFUSED_TOKEN_KEY] = {EX_NOPERM, "token-key",
        "token made with a key that this spool does not have"},
    [REFUSED_TOKEN_FORGED] = {EX_NOPERM, "token-forged",
        "token forged, or made for another recipient"},
    [REFUSED_TOKEN_REVOKED] = {EX_NOPERM, "token-revoked", "token made with a revoked key"},
    [REFUSED_TOKEN_EXPIRED] = {EX_NOPERM, "token-expired", "token expired"},
    [REFUSED_TOKEN_NO_RECIPIENT] = {EX_NOPERM, "token-no-recipient",
        "token bound to a recipient, and the message names none"},
    [REFUSED_TOKEN_EXPIRY_DIFFERS] = {EX_NOPERM, "token-expiry-differs",
        "token and entry differ in their expiry"},
    [REFUSED_ENTRY_MISSING] = {EX_NOINPUT, "entry-missing", "entry missing"},
    [REFUSED_BLOB_MISSING] = {EX_NOINPUT, "blob-missing", "blob missing"},
    [REFUSED_ENTRY_DAMAGED] = {EX_IOERR, "entry-damaged", "entry damaged"},
    [REFUSED_BLOB_SIZE] = {EX_IOERR, "blob-size", "blob has another size than was stored"},
    [REFUSED_BLOB_CONTENT] = {EX_IOERR, "blob-content", "blob has other content than was stored"},
    [REFUSED_SPOOL] = {EX_CONFIG, "spool", "spool not usable"},
    [REFUSED_IO] = {EX_IOERR, "io", "input or output failed"},
    [REFUSED_LATER] = {EX_TEMPFAIL, "later", "out of resources"},
    [REFUSED_TIMEOUT] = {EX_TEMPFAIL, "timeout", "gave up waiting"},
    [REFUSED_CHANGED] = {EX_IOERR, "changed", "the input changed while it was read"},
    [REFUSED_BUG] = {EX_SOFTWARE, "bug", "the plan does not fit the message (please report this)"},
};

static const char *const mime_reasons[] = {
    [SCAN_HEADER_TOO_LARGE] = "a header of more than 256 KiB",
    [SCAN_HEADER_LINE] = "a line in a header that is no field",
    [SCAN_CONTROL_IN_HEADER] = "CR or NUL in a header",
    [SCAN_CONTROL_IN_DELIMITER] = "CR or NUL in a delimiter line",
    [SCAN_TWO_CONTENT_TYPES] = "two Content-Type fields",
    [SCAN_TWO_ENCODINGS] = "two Content-Transfer-Encoding fields",
    [SCAN_TWO_MIME_VERSIONS] = "two MIME-Version fields",
    [SCAN_TWO_BOUNDARIES] = "two boundary parameters",
    [SCAN_NO_BOUNDARY] = "a multipart without a boundary",
    [SCAN_BAD_BOUNDARY] = "a boundary that RFC 2046 does not allow",
    [SCAN_BOUNDARY_PREFIX] = "an inner boundary that begins with an outer one",
    [SCAN_IRREGULAR_MULTIPART] = "a multipart whose Content-Type does not parse",
    [SCAN_ENCODED_COMPOSITE] = "a multipart or message in an encoding",
    [SCAN_AMBIGUOUS_DELIMITER] = "a line that begins like a delimiter and is none",
    [SCAN_NO_PART] = "two delimiter lines with nothing between them",
    [SCAN_NESTING] = "more than 100 nested multiparts",
    [SCAN_UNTERMINATED] = "a multipart without its close delimiter",
    [SCAN_TOO_MANY_MULTIPARTS] = "too many parts",
};

int
refuse(struct refusal *r, enum refusal_reason reason)
{
	r->reason = reason;
	return -1;
}

int
refuse_system(struct refusal *r, const struct spool_fail *fail, enum refusal_reason missing)
{
	r->fail = *fail;
	switch (fail->error) {
	case ENOENT:
		return refuse(r, missing);
	case EIO:
		return refuse(r, REFUSED_IO);
	case ENOSPC:
	case EDQUOT:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
	case EINTR:
		return refuse(r, REFUSED_LATER);
	default:
		return refuse(r, REFUSED_SPOOL);
	}
}

int
refuse_output(struct refusal *r, int result)
{
	if (result >= 0) {
		return 0;
	}
	spool_fail(&r->fail, "write", "standard output", -result);
	return refuse(r, REFUSED_IO);
}

int
refusal_exit(const struct refusal *r)
{
	return reasons[r->reason].exit;
}

const char *
refusal_word(const struct refusal *r)
{
	return reasons[r->reason].word;
}

size_t
refusal_sentence(const struct refusal *r, char *out, size_t cap)
{
	const char *what = r->reason == REFUSED_MIME ? mime_reasons[r->mime]
	                                             : reasons[r->reason].text;
	int n = snprintf(out, cap, "%s", what);

#define ADD(...) \
	do { \
		if (n >= 0 && (size_t)n < cap) { \
			n += snprintf(out + n, cap - (size_t)n, __VA_ARGS__); \
		} \
	} while (0)

	if (r->reason == REFUSED_ATTACHMENTS) {
		ADD(": %" PRIu64 ", and %" PRIu64 " are allowed", r->found, r->wanted);
	} else if (r->reason == REFUSED_EXPANDED) {
		ADD(": %" PRIu64 " bytes, and %" PRIu64 " are allowed", r->found, r->wanted);
	} else if (r->reason == REFUSED_COUNT) {
		ADD(": the header says %" PRIu64 ", found %" PRIu64, r->wanted, r->found);
		if (r->line > 0) {
			ADD("; not alone on its line or not alone in its part: ");
		}
	} else if (r->part[0] != '\0' || r->line > 0) {
		ADD(", ");
	}
	if (r->part[0] != '\0') {
		ADD("part %s%s", r->part, r->line > 0 ? " " : "");
	}
	if (r->line > 0) {
		ADD("line %" PRIu64, r->line);
	}
	if (r->token > 0) {
		ADD(", token %u", r->token);
	}
	if (r->entry[0] != '\0') {
		ADD(", entry %s", r->entry);
	}
	if (r->fail.call != NULL) {
		ADD(": %s '%s': %s", r->fail.call, r->fail.object, strerror(r->fail.error));
	}
#undef ADD
	n = n < 0 ? 0 : (size_t)n < cap ? n : (int)cap - 1;
	for (int i = 0; i < n; i++) { /* one line, whatever the spool is called */
		if ((unsigned char)out[i] < ' ' || out[i] == 0x7f) {
			out[i] = '?';
		}
	}
	return (size_t)n;
}
