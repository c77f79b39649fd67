/*
 * part-header.c - the pieces of a part's header, by GMime
 */
#include "mime/part-header.h"

#include <gmime/gmime.h>
#include <stdbool.h>
#include <string.h>

#include "mime/gmime-start.h"

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

enum part_header
part_header_base_name(const char *name, size_t len, const char **base_r, size_t *len_r)
{
	const char *end = name + len;

	for (const char *at = name; at < end; at++) {
		if (*at == '/' || *at == '\\') {
			name = at + 1;
		}
	}
	len = (size_t)(end - name);
	if (len == 0 || (len == 1 && name[0] == '.') || (len == 2 && memcmp(name, "..", 2) == 0)) {
		return PART_HEADER_EMPTY;
	}
	if (memchr(name, '\0', len) != NULL) {
		return PART_HEADER_CONTROL;
	}
	if (!g_utf8_validate(name, (gssize)len, NULL)) {
		return PART_HEADER_ENCODING;
	}
	for (const char *at = name; at < end; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029 || turns_direction(c)) {
			return PART_HEADER_CONTROL;
		}
	}
	*base_r = name;
	*len_r = len;
	return PART_HEADER_OK;
}

enum part_header
part_header_filename(const char *name, size_t len, char *out, size_t cap, size_t *len_r)
{
	enum part_header ret = part_header_base_name(name, len, &name, &len);
	GMimeParamList *list = NULL;
	GString *piece = NULL;
	GMimeParam *param;
	char *value = NULL;
	size_t start = 0;

	if (ret != PART_HEADER_OK) {
		return ret;
	}
	gmime_start();
	value = g_strndup(name, len);
	list = g_mime_param_list_new();
	g_mime_param_list_set_parameter(list, "filename", value);
	param = g_mime_param_list_get_parameter(list, "filename");
	g_mime_param_set_charset(param, "utf-8");
	g_mime_param_set_encoding_method(param, GMIME_PARAM_ENCODING_METHOD_RFC2231);
	piece = g_string_new("");
	g_mime_param_list_encode(list, NULL, TRUE, piece);
	/* GMime begins where a Content-Disposition would go on. */
	start = strspn(piece->str, "; \n\t");
	while (piece->len > start && piece->str[piece->len - 1] == '\n') {
		g_string_truncate(piece, piece->len - 1);
	}
	ret = copy_out(piece->str + start, piece->len - start, out, cap, len_r);
	g_string_free(piece, TRUE);
	g_object_unref(list);
	g_free(value);
	return ret;
}

size_t
part_header_name(const char *piece, size_t len, char *out, size_t cap)
{
	GMimeContentDisposition *disposition;
	GString *header = g_string_new("attachment; ");
	const char *name;
	size_t name_len = 0;

	gmime_start();
	g_string_append_len(header, piece, (gssize)len);
	disposition = g_mime_content_disposition_parse(NULL, header->str);
	name = g_mime_content_disposition_get_parameter(disposition, "filename");
	if (name != NULL) {
		name_len = strlen(name) < cap ? strlen(name) : cap;
		memcpy(out, name, name_len);
	}
	g_object_unref(disposition);
	g_string_free(header, TRUE);
	return name_len;
}

enum part_header
part_header_cid(const char *text, size_t len, char *out, size_t cap, size_t *len_r)
{
	if (len >= 2 && text[0] == '<' && text[len - 1] == '>') {
		text++;
		len -= 2;
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
