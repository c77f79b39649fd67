/*
 * marker.c - see marker.h
 *
 * Three decoders (none, quoted-printable, base64) hand decoded bytes to one
 * line matcher. Raw offsets are kept beside, so that a line can be cut out of
 * the undecoded body.
 */
#include "mime/marker.h"

#include <string.h>

void
marker_begin(struct marker_search *m, enum scan_encoding encoding, bool text, uint64_t at)
{
	/* Not the hits: a hundred of them, and most leaves have none. */
	m->hits = 0;
	m->too_many = m->whole = m->irregular = m->decided = false;
	m->decoded_len = m->others = 0;
	m->encoding = encoding;
	m->text = text;
	m->state = MARKER_LEAD;
	m->matched = 0;
	m->marker_here = false;
	memset(&m->line, 0, sizeof(m->line));
	m->line.line = 1;
	m->line.raw_from = m->raw_line = at;
	memset(&m->qp, 0, sizeof(m->qp));
	memset(&m->base64, 0, sizeof(m->base64));
}

/* This line is no marker's. */
static void
give_up_line(struct marker_search *m)
{
	m->state = MARKER_NO;
	m->marker_here = false;
	m->others++;
	m->decided = !m->text;
}

/* One decoded byte within a line. */
static void
match(struct marker_search *m, uint8_t c)
{
	bool blank = c == ' ' || c == '\t';

	switch (m->state) {
	case MARKER_LEAD:
		if (blank || c == '\r') {
			m->state = c == '\r' ? MARKER_CR : MARKER_LEAD;
			return;
		}
		m->state = MARKER_IN;
		m->matched = 0;
		/* fall through */
	case MARKER_IN:
		if (marker_goes_on(m->matched, c)) {
			if (m->matched >= MARKER_HEAD_CHARS && c != ')') {
				m->line.token[m->matched - MARKER_HEAD_CHARS] = c;
			}
			if (++m->matched == MARKER_CHARS) {
				m->marker_here = true;
				m->state = MARKER_TRAIL;
			}
			return;
		}
		break;
	case MARKER_TRAIL:
		if (blank || c == '\r') {
			m->state = c == '\r' ? MARKER_CR : MARKER_TRAIL;
			return;
		}
		break;
	case MARKER_CR: /* a CR is only white space at the end of a line */
		if (c == '\r') {
			return;
		}
		break;
	case MARKER_NO:
		return;
	}
	give_up_line(m);
}

/* The line ends; raw_to and decoded_to are where the next one begins. */
static void
end_line(struct marker_search *m, uint64_t raw_to, uint64_t decoded_to)
{
	if (m->state == MARKER_IN) {
		give_up_line(m);
	}
	if (m->marker_here) {
		m->line.raw_to = raw_to;
		m->line.decoded_to = decoded_to;
		if (m->hits == MARKERS_MAX) {
			m->too_many = true;
		} else {
			m->hit[m->hits++] = m->line;
		}
	}
	m->line.line++;
	m->line.raw_from = raw_to;
	m->line.decoded_from = decoded_to;
	m->line.mid_line = raw_to != m->raw_line;
	m->state = MARKER_LEAD;
	m->marker_here = false;
}

static void
feed_identity(struct marker_search *m, const uint8_t *p, size_t len, uint64_t at)
{
	for (size_t i = 0; i < len && !m->decided; i++) {
		if (m->state == MARKER_NO) {
			const uint8_t *lf = memchr(p + i, '\n', len - i);

			if (lf == NULL) {
				break;
			}
			i = (size_t)(lf - p);
		}
		if (p[i] == '\n') {
			m->raw_line = at + i + 1;
			end_line(m, at + i + 1, m->decoded_len + i + 1);
		} else {
			match(m, p[i]);
		}
	}
	m->decoded_len += len;
}

static void
qp_bytes(struct marker_search *m, const uint8_t *p, size_t len, uint64_t raw_to)
{
	for (size_t i = 0; i < len; i++) {
		m->decoded_len++;
		if (p[i] == '\n') {
			end_line(m, raw_to, m->decoded_len);
		} else {
			match(m, p[i]);
		}
	}
}

static void
feed_qp(struct marker_search *m, const uint8_t *p, size_t len, uint64_t at)
{
	uint8_t decoded[QP_OUT];

	for (size_t i = 0; i < len && !m->decided; i++) {
		if (p[i] == '\n') {
			m->raw_line = at + i + 1;
		}
		qp_bytes(m, decoded, qp_decode(&m->qp, p[i], decoded), at + i + 1);
	}
}

static void
feed_base64(struct marker_search *m, const uint8_t *p, size_t len)
{
	uint8_t decoded[DECODE_OUT];

	while (len > 0 && !m->decided) {
		size_t n = len < DECODE_IN ? len : DECODE_IN;
		size_t got = base64_decode(&m->base64, p, n, decoded);

		for (size_t i = 0; i < got && !m->decided; i++) {
			if (decoded[i] == '\n') {
				end_line(m, 0, m->decoded_len + i + 1);
			} else {
				match(m, decoded[i]);
			}
		}
		m->decoded_len += got;
		p += n;
		len -= n;
	}
}

void
marker_feed(struct marker_search *m, const uint8_t *p, size_t len, uint64_t at)
{
	switch (m->encoding) {
	case SCAN_IDENTITY:
		feed_identity(m, p, len, at);
		break;
	case SCAN_QUOTED_PRINTABLE:
		feed_qp(m, p, len, at);
		break;
	case SCAN_BASE64:
		feed_base64(m, p, len);
		break;
	case SCAN_OPAQUE:
		break;
	}
}

void
marker_end(struct marker_search *m, uint64_t at)
{
	if (m->decided) {
		return;
	}
	if (m->encoding == SCAN_QUOTED_PRINTABLE) {
		uint8_t decoded[QP_OUT] = {0};
		size_t n = qp_decode_end(&m->qp, decoded);

		qp_bytes(m, decoded, n, at);
	}
	if (m->encoding == SCAN_BASE64) {
		base64_decode_end(&m->base64);
		m->irregular = m->base64.irregular;
	}
	end_line(m, at, m->decoded_len);
	m->whole = m->hits == 1 && !m->too_many && m->others == 0;
}
