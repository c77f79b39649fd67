/*
 * refusal.c - see refusal.h
 */
#include "filter/refusal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "filter/sink.h"

enum { WAITS, LASTS };

static const struct {
	int exit;
	bool lasting;
	const char *word;
	const char *text;
} reasons[] = {
#define X(reason, word, exit, lasting, text) [reason] = {exit, lasting, word, text},
    REFUSALS(X)
#undef X
};

static const char *const near_text[] = {
#define X(reason, text) [reason] = text,
    NEAR_REASONS(X)
#undef X
};

/* Every reason must be here, or this does not compile. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch-enum"
static const char *
mime_text(enum scan_refusal reason)
{
	switch (reason) {
	case SCAN_HEADER_TOO_LARGE:
		return "a header of more than 256 KiB";
	case SCAN_HEADER_LINE:
		return "a line in a header that is no field";
	case SCAN_CONTROL_IN_HEADER:
		return "CR or NUL in a header";
	case SCAN_CONTROL_IN_DELIMITER:
		return "CR or NUL in a delimiter line";
	case SCAN_TWO_CONTENT_TYPES:
		return "two Content-Type fields";
	case SCAN_TWO_ENCODINGS:
		return "two Content-Transfer-Encoding fields";
	case SCAN_TWO_MIME_VERSIONS:
		return "two MIME-Version fields";
	case SCAN_TWO_BOUNDARIES:
		return "two boundary parameters";
	case SCAN_NO_BOUNDARY:
		return "a multipart without a boundary";
	case SCAN_BAD_BOUNDARY:
		return "a boundary that RFC 2046 does not allow";
	case SCAN_BOUNDARY_PREFIX:
		return "an inner boundary that is, or closes, an outer one";
	case SCAN_IRREGULAR_MULTIPART:
		return "a multipart whose Content-Type does not parse";
	case SCAN_ENCODED_COMPOSITE:
		return "a multipart that is really encoded";
	case SCAN_AMBIGUOUS_DELIMITER:
		return "a line that begins like a delimiter and is none";
	case SCAN_NO_PART:
		return "two delimiter lines with nothing between them";
	case SCAN_NESTING:
		return "more than 100 nested multiparts";
	case SCAN_UNTERMINATED:
		return "a multipart without its close delimiter";
	case SCAN_TOO_MANY_MULTIPARTS:
		return "too many parts";
	}
	return reasons[REFUSED_MIME].text;
}
#pragma GCC diagnostic pop

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
refuse_call(struct refusal *r, const char *call, const char *object, int error)
{
	spool_fail(&r->fail, call, object, error);
	return refuse(
	    r, error == ENOSPC || error == EDQUOT || error == EFBIG ? REFUSED_LATER : REFUSED_IO);
}

int
refuse_output(struct refusal *r, const struct sink *s)
{
	if (s->error == 0) {
		return 0;
	}
	spool_fail(&r->fail, "write", s->name, -s->error);
	return refuse(r, REFUSED_IO);
}

int
refusal_exit(const struct refusal *r)
{
	return reasons[r->reason].exit;
}

bool
refusal_is_lasting(const struct refusal *r)
{
	return reasons[r->reason].lasting;
}

const char *
refusal_word(const struct refusal *r)
{
	return reasons[r->reason].word;
}

size_t
refusal_sentence(const struct refusal *r, char *out, size_t cap)
{
	const char *what = r->reason == REFUSED_MIME ? mime_text(r->mime) : reasons[r->reason].text;
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
	} else if (r->reason == REFUSED_COMMAND && WIFSIGNALED((int)r->found)) {
		ADD(": '%s' was ended by signal %d", r->fail.object, WTERMSIG((int)r->found));
	} else if (r->reason == REFUSED_COMMAND && r->found != 0) {
		ADD(": '%s' ended with exit code %d", r->fail.object, WEXITSTATUS((int)r->found));
	} else if (r->reason == REFUSED_COMMAND) {
		ADD(": '%s' did not read the whole message", r->fail.object);
	} else if (r->reason == REFUSED_COUNT) {
		ADD(": the header says %" PRIu64 ", found %" PRIu64, r->wanted, r->found);
		if (r->near != NEAR_NOTHING) {
			ADD("; %s", near_text[r->near]);
		}
		if (r->near == NEAR_ENCODING) {
			ADD(" '%s'", r->encoding);
		}
		if (r->part[0] != '\0' || r->line > 0) {
			ADD(": ");
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
	if (r->fail.check == FAIL_AWAY) {
		ADD(": the spool that was made at '%s' is not mounted", r->fail.object);
	} else if (r->fail.check == FAIL_NEVER) {
		ADD(": there is no spool at '%s', and none is known to have been there",
		    r->fail.object);
	} else if (r->fail.call != NULL) {
		ADD(": %s '%s': %s", r->fail.call, r->fail.object, strerror(r->fail.error));
	}
#undef ADD
	n = n < 0 ? 0 : (size_t)n < cap ? n : (int)cap - 1;
	for (int i = 0; i < n; i++) { /* one line, even where the name of a spool has line ends */
		if ((unsigned char)out[i] < ' ' || out[i] == 0x7f) {
			out[i] = '?';
		}
	}
	return (size_t)n;
}
