/*
 * part-header.c - the pieces of a part's header, by GMime
 */
#include "mime/part-header.h"

#include <gmime/gmime.h>
#include <stdbool.h>
#include <string.h>

#include "mime/gmime-start.h"
#include "mime/name.h"

/* RFC 2045 5.1: any character but controls, space and tspecials. */
static size_t
token_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] > 0x20 && text[n] < 0x7f &&
	    strchr("()<>@,;:\\\"/[]?=", text[n]) == NULL) {
		n++;
	}
	return n;
}

static size_t
quoted_length(const char *text, size_t len)
{
	size_t n = 1;

	if (len < 2 || text[0] != '"') {
		return 0;
	}
	while (n < len && text[n] != '"') {
		n += text[n] == '\\' ? 2 : 1;
	}
	return n < len ? n + 1 : 0;
}

static size_t
blank_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (text[n] == ' ' || text[n] == '\t')) {
		n++;
	}
	return n;
}

/* *( ";" attribute "=" value ), all of it: GMime passes over what it does not understand. */
static bool
is_parameters(const char *text, size_t len)
{
	size_t n = blank_length(text, len);

	while (n < len) {
		size_t part;
		if (text[n++] != ';') {
			return false;
		}
		n += blank_length(text + n, len - n);
		part = token_length(text + n, len - n);
		n += part;
		if (part == 0 || n == len || text[n++] != '=') {
			return false;
		}
		part = token_length(text + n, len - n);
		if (part == 0) {
			part = quoted_length(text + n, len - n);
		}
		if (part == 0) {
			return false;
		}
		n += part;
		n += blank_length(text + n, len - n);
	}
	return true;
}

static bool
is_printable(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e) {
			return false;
		}
	}
	return true;
}

static enum part_header
copy_out(const char *text, size_t len, char *out, size_t cap, size_t *len_r)
{
	if (len > cap) {
		return PART_HEADER_TOO_LONG;
	}
	memcpy(out, text, len);
	*len_r = len;
	return PART_HEADER_OK;
}

static bool
is_composite(const char *type)
{
	return g_str_has_prefix(type, "multipart/") ||
	    (g_str_has_prefix(type, "message/") && strcmp(type, "message/rfc822") != 0);
}

/* GMime folds; a piece is one line. */
static void
unfold(GString *text)
{
	gsize to = 0;

	for (gsize from = 0; from < text->len; from++) {
		char c = text->str[from];
		if (c == '\n') {
			continue;
		}
		if (c == '\t') {
			c = ' ';
		}
		text->str[to++] = c;
	}
	g_string_truncate(text, to);
}

enum part_header
part_header_type(const char *text, size_t len, char *out, size_t cap, size_t *len_r)
{
	enum part_header ret = PART_HEADER_SYNTAX;
	size_t major = token_length(text, len), minor;
	GMimeParamList *list = NULL;
	GString *piece = NULL;
	char *lower = NULL;

	if (major == 0 || major == len || text[major] != '/' || !is_printable(text, len)) {
		return PART_HEADER_SYNTAX;
	}
	minor = token_length(text + major + 1, len - major - 1);
	if (minor == 0 || !is_parameters(text + major + 1 + minor, len - major - 1 - minor)) {
		return PART_HEADER_SYNTAX;
	}
	gmime_start();
	lower = g_ascii_strdown(text, (gssize)(major + 1 + minor));
	if (is_composite(lower)) {
		ret = PART_HEADER_COMPOSITE;
		goto out;
	}
	piece = g_string_new(lower);
	if (major + 1 + minor < len) {
		char *rest = g_strndup(text + major + 1 + minor, len - major - 1 - minor);
		const char *semicolon = strchr(rest, ';');
		list = semicolon == NULL ? NULL : g_mime_param_list_parse(NULL, semicolon + 1);
		g_free(rest);
	}
	while (list != NULL && g_mime_param_list_remove(list, "name")) {
		/* it is a piece of its own */
	}
	if (list != NULL) {
		g_mime_param_list_encode(list, NULL, FALSE, piece);
		g_object_unref(list);
	}
	unfold(piece);
	ret = copy_out(piece->str, piece->len, out, cap, len_r);
out:
	if (piece != NULL) {
		g_string_free(piece, TRUE);
	}
	g_free(lower);
	return ret;
}

/* Text that shows in another order than it is stored can make "fdp.exe" of "exe.pdf". */
static bool
turns_direction(gunichar c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static enum part_header
check_letters(const char *name, size_t len)
{
	if (memchr(name, '\0', len) != NULL) {
		return PART_HEADER_CONTROL;
	}
	if (!g_utf8_validate(name, (gssize)len, NULL)) {
		return PART_HEADER_ENCODING;
	}
	for (const char *at = name; at < name + len; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029 || turns_direction(c)) {
			return PART_HEADER_CONTROL;
		}
	}
	return PART_HEADER_OK;
}

enum part_header
part_header_file_name(const char *name, size_t len, char *out, size_t cap, size_t *len_r)
{
	const char *end = name + len;
	enum part_header ret;
	char *composed;

	for (const char *at = name; at < end; at++) {
		if (*at == '/' || *at == '\\') {
			name = at + 1;
		}
	}
	len = (size_t)(end - name);
	if (len == 0 || (len == 1 && name[0] == '.') || (len == 2 && memcmp(name, "..", 2) == 0)) {
		return PART_HEADER_EMPTY;
	}
	ret = check_letters(name, len);
	if (ret != PART_HEADER_OK) {
		return ret;
	}
	composed = g_utf8_normalize(name, (gssize)len, G_NORMALIZE_NFC);
	ret = copy_out(composed, strlen(composed), out, cap, len_r);
	g_free(composed);
	return ret;
}

enum part_header
part_header_type_name(const char *text, size_t len, char *out, size_t cap, size_t *len_r)
{
	struct content c;
	struct name n;

	*len_r = 0;
	content_parse((const uint8_t *)text, len, &c);
	if (!name_read((const uint8_t *)text, &c, "name", &n)) {
		return PART_HEADER_OK;
	}
	if (n.charset != CHARSET_ASCII && n.charset != CHARSET_UTF8) {
		return PART_HEADER_ENCODING;
	}
	return copy_out((const char *)n.bytes, n.len, out, cap, len_r);
}

/* Takes the brackets off, and `cid:`, in either order. */
static bool
unwrap_cid(const char **text, size_t *len)
{
	if (*len >= 2 && (*text)[0] == '<' && (*text)[*len - 1] == '>') {
		*text += 1;
		*len -= 2;
		return true;
	}
	if (*len >= 4 && g_ascii_strncasecmp(*text, "cid:", 4) == 0) {
		*text += 4;
		*len -= 4;
		return true;
	}
	return false;
}

enum part_header
part_header_cid(const char *text, size_t len, char *out, size_t cap, size_t *len_r)
{
	while (unwrap_cid(&text, &len)) {
	}
	if (len == 0) {
		return PART_HEADER_EMPTY;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= 0x20 || text[i] > 0x7e || strchr("<>()\"\\", text[i]) != NULL) {
			return PART_HEADER_SYNTAX;
		}
	}
	return copy_out(text, len, out, cap, len_r);
}
