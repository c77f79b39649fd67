/*
 * charset.c - see charset.h
 */
#include "mime/charset.h"

#include <string.h>

#include "mime/header.h"

enum { ESCAPE = 0x1b };

static const struct {
	const char *begins; /* the label, or what it begins with */
	enum charset charset;
} labels[] = {
    {"utf-8", CHARSET_UTF8},
    {"utf8", CHARSET_UTF8},
    {"us-ascii", CHARSET_ASCII},
    {"ascii", CHARSET_ASCII},
    {"iso-8859-", CHARSET_ISO_8859},
    {"iso8859-", CHARSET_ISO_8859},
    {"latin1", CHARSET_ISO_8859},
    {"windows-125", CHARSET_SINGLE},
    {"windows-874", CHARSET_SINGLE},
    {"cp125", CHARSET_SINGLE},
    {"cp866", CHARSET_SINGLE},
    {"koi8-", CHARSET_SINGLE},
    {"tis-620", CHARSET_SINGLE},
    {"macintosh", CHARSET_SINGLE},
    {"x-mac-", CHARSET_SINGLE},
    {"gb18030", CHARSET_DOUBLE},
    {"gbk", CHARSET_DOUBLE},
    {"gb2312", CHARSET_DOUBLE},
    {"cp936", CHARSET_DOUBLE},
    {"big5", CHARSET_DOUBLE},
    {"euc-", CHARSET_DOUBLE},
    {"ks_c_5601", CHARSET_DOUBLE},
    {"windows-949", CHARSET_DOUBLE},
    {"cp949", CHARSET_DOUBLE},
    {"shift_jis", CHARSET_SHIFT_JIS},
    {"shift-jis", CHARSET_SHIFT_JIS},
    {"sjis", CHARSET_SHIFT_JIS},
    {"x-sjis", CHARSET_SHIFT_JIS},
    {"windows-31j", CHARSET_SHIFT_JIS},
    {"cp932", CHARSET_SHIFT_JIS},
    {"iso-2022-jp", CHARSET_ISO_2022_JP},
};

/* RFC 2978 2.3, less what has a meaning in a header. */
static bool
is_label(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool letter = (p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'z';

		if (!letter && !(p[i] >= '0' && p[i] <= '9') && p[i] != '-' && p[i] != '_') {
			return false;
		}
	}
	return true;
}

enum charset
charset_find(const uint8_t *label, size_t len)
{
	if (!is_label(label, len)) {
		return CHARSET_UNKNOWN;
	}
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		size_t n = strlen(labels[i].begins);

		if (len >= n && bytes_are(label, n, labels[i].begins)) {
			return labels[i].charset;
		}
	}
	return CHARSET_UNKNOWN;
}

static enum charset_class
class_of(uint32_t c)
{
	if (c == '/' || c == '\\') {
		return CHARSET_FOLDER;
	}
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069)) {
		return CHARSET_CONTROL;
	}
	return CHARSET_LETTER;
}

/* A character of UTF-8 (RFC 3629): its bytes, or 0. */
static size_t
utf8_step(const uint8_t *p, size_t len, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (n == 0 || n > len || p[0] > 0xf4) {
		return 0;
	}
	*c = n == 1 ? p[0] : p[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
		*c = *c << 6 | (p[i] & 0x3f);
	}
	return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : n;
}

/* Of GB18030's four bytes, those of U+0080 to U+009F, U+2028 to U+202E, U+2066 to U+2069. */
static bool
is_gb18030_control(const uint8_t *p)
{
	unsigned in_row = p[3], row = p[2];

	if (p[0] != 0x81) {
		return false;
	}
	if (p[1] == 0x30) {
		return row < 0x84 || (row == 0x84 && in_row <= 0x31);
	}
	return p[1] == 0x36 &&
	    ((row == 0xa6 && in_row >= 0x35) || (row == 0xa7 && in_row <= 0x31) ||
	        (row == 0xac && in_row >= 0x32 && in_row <= 0x35));
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Half a character is dropped: what follows it could be hidden. */
static size_t
double_step(const uint8_t *p, size_t len, enum charset_class *class_r)
{
	if (len >= 4 && is_digit(p[1]) && p[2] > 0x80 && is_digit(p[3])) {
		*class_r = is_gb18030_control(p) ? CHARSET_CONTROL : CHARSET_LETTER;
		return 4;
	}
	if (len < 2 || p[1] < 0x40 || p[1] == 0x7f) {
		*class_r = CHARSET_CONTROL;
		return 1;
	}
	return 2;
}

static size_t
iso_2022_jp_step(struct charset_walk *w, const uint8_t *p, size_t len, enum charset_class *class_r)
{
	size_t n = len >= 4 && p[1] == '$' && p[2] == '(' ? 4 : 3;

	if (p[0] == ESCAPE && len >= n && (p[1] == '(' || p[1] == '$') && p[n - 1] >= '@' &&
	    p[n - 1] <= 'Z') {
		w->shifted = p[1] == '$';
		return n;
	}
	if (w->shifted && len >= 2 && p[0] > 0x20 && p[1] > 0x20 && p[0] < 0x7f && p[1] < 0x7f) {
		return 2;
	}
	*class_r = class_of(p[0]);
	return 1;
}

size_t
charset_step(struct charset_walk *w, const uint8_t *p, size_t len, enum charset_class *class_r)
{
	uint32_t c;
	size_t n;

	*class_r = CHARSET_LETTER;
	switch (w->charset) {
	case CHARSET_UTF8:
	case CHARSET_RAW:
		n = utf8_step(p, len, &c);
		*class_r = n == 0 ? CHARSET_INVALID : class_of(c);
		return n == 0 ? 1 : n;
	case CHARSET_ISO_2022_JP:
		return iso_2022_jp_step(w, p, len, class_r);
	case CHARSET_DOUBLE:
		if (p[0] > 0x80) {
			return double_step(p, len, class_r);
		}
		break;
	case CHARSET_SHIFT_JIS:
		if (p[0] > 0x80 && (p[0] < 0xa0 || p[0] > 0xdf)) {
			return double_step(p, len, class_r);
		}
		break;
	case CHARSET_ISO_8859:
		*class_r = class_of(p[0]);
		return 1;
	case CHARSET_UNKNOWN:
	case CHARSET_ASCII:
	case CHARSET_SINGLE:
		break;
	}
	*class_r = p[0] < 0x80 ? class_of(p[0]) : CHARSET_LETTER;
	return 1;
}
