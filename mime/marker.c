/*
 * marker.c - see marker.h
 *
 * Three decoders (none, quoted-printable, base64) hand decoded bytes to one
 * line matcher. Raw offsets are kept beside, so that a line can be cut out of
 * the undecoded body.
 */
#include "mime/marker.h"

#include <string.h>

#include "mime/hex.h"

void
marker_begin(struct marker_search *m, enum scan_encoding encoding, bool text, uint64_t at)
{
	/* Not the hits: a hundred of them, and most leaves have none. */
	m->hits = 0;
	m->too_many = m->whole = m->irregular = m->decided = false;
	m->near_miss = m->decoded_len = m->others = 0;
	m->encoding = encoding;
	m->text = text;
	m->state = MARKER_LEAD;
	m->matched = m->near = 0;
	m->marker_here = false;
	memset(&m->line, 0, sizeof(m->line));
	m->line.line = 1;
	m->line.raw_from = m->raw_line = at;
	m->qp = QP_TEXT;
	m->qp_high = 0;
	memset(&m->base64, 0, sizeof(m->base64));
}

static void
near_miss(struct marker_search *m)
{
	if (m->near_miss == 0) {
		m->near_miss = m->line.line;
	}
}

/* This line is no marker's: from here on only a marker's head is looked for. */
static void
give_up_line(struct marker_search *m)
{
	if (m->marker_here || (m->state == MARKER_IN && m->matched >= MARKER_HEAD_CHARS)) {
		near_miss(m);
	}
	m->near = m->state == MARKER_IN && m->matched < MARKER_HEAD_CHARS ? m->matched : 0;
	m->state = MARKER_NO;
	m->marker_here = false;
	m->others++;
}

/* Follows `((graft:` through a line that is no marker's. */
static void
look_near(struct marker_search *m, uint8_t c)
{
	if (c == (uint8_t)MARKER_HEAD[m->near]) {
		m->near++;
	} else if (c == '(') {
		m->near = m->near == 2 ? 2 : 1;
	} else {
		m->near = 0;
	}
	if (m->near == MARKER_HEAD_CHARS) {
		near_miss(m);
		m->near = 0;
	}
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
		if (m->matched < MARKER_HEAD_CHARS ? c == (uint8_t)MARKER_HEAD[m->matched]
		        : m->matched < MARKER_HEAD_CHARS + MARKER_TOKEN_CHARS ? marker_is_token(c)
		                                                              : c == ')') {
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
		look_near(m, c);
		return;
	}
	give_up_line(m);
	look_near(m, c);
}

/* The line ends; raw_to and decoded_to are behind its line end. */
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
	m->decided = !m->text && m->others > 0 && m->line.line > MISPLACED_LINES;
}

static void
feed_identity(struct marker_search *m, const uint8_t *p, size_t len, uint64_t at)
{
	for (size_t i = 0; i < len && !m->decided; i++) {
		if (p[i] == '\n') {
			m->raw_line = at + i + 1;
			end_line(m, at + i + 1, m->decoded_len + i + 1);
			continue;
		}
		if (m->state == MARKER_NO && m->near == 0) {
			/* Over what is neither a line end nor the start of a marker. */
			while (i < len && p[i] != '\n' && p[i] != '(') {
				i++;
			}
			if (i == len || p[i] == '\n') {
				i--;
				continue;
			}
		}
		match(m, p[i]);
	}
	m->decoded_len += len;
}

/* A byte that quoted-printable gave; raw_to is behind what stood for it. */
static void
qp_byte(struct marker_search *m, uint8_t c, uint64_t raw_to)
{
	m->decoded_len++;
	if (c == '\n') {
		end_line(m, raw_to, m->decoded_len);
	} else {
		match(m, c);
	}
}

/* One raw byte at offset `at` (RFC 2045 6.7). A `=` that stands for nothing is a `=`. */
static void
qp_raw(struct marker_search *m, uint8_t c, uint64_t at)
{
	switch (m->qp) {
	case QP_TEXT:
		break;
	case QP_EQUALS:
		if (hex_value(c) >= 0) {
			m->qp_high = c;
			m->qp = QP_HEX;
			return;
		}
		/* fall through */
	case QP_PADDING:
	case QP_CR:
		if (c == '\n') {
			m->qp = QP_TEXT; /* a soft line break */
			m->raw_line = at + 1;
			return;
		}
		if (m->qp != QP_CR && (c == ' ' || c == '\t' || c == '\r')) {
			m->qp = c == '\r' ? QP_CR : QP_PADDING;
			return;
		}
		m->qp = QP_TEXT;
		qp_byte(m, '=', at);
		break;
	case QP_HEX:
		m->qp = QP_TEXT;
		if (hex_value(c) >= 0) {
			qp_byte(m, (uint8_t)(hex_value(m->qp_high) * 16 + hex_value(c)), at + 1);
			return;
		}
		qp_byte(m, '=', at);
		qp_byte(m, m->qp_high, at);
		break;
	}
	if (c == '=') {
		m->qp = QP_EQUALS;
		return;
	}
	if (c == '\n') {
		m->raw_line = at + 1;
	}
	qp_byte(m, c, at + 1);
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
		for (size_t i = 0; i < len && !m->decided; i++) {
			qp_raw(m, p[i], at + i);
		}
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
		if (m->qp == QP_EQUALS || m->qp == QP_HEX) {
			qp_byte(m, '=', at);
		}
		if (m->qp == QP_HEX) {
			qp_byte(m, m->qp_high, at);
		}
	}
	if (m->encoding == SCAN_BASE64) {
		base64_decode_end(&m->base64);
		m->irregular = m->base64.irregular;
	}
	end_line(m, at, m->decoded_len);
	m->whole = m->hits == 1 && !m->too_many && m->others == 0;
}
