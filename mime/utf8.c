/*
 * utf8.c - see utf8.h
 */
#include "mime/utf8.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

void
utf8_tame(char *text)
{
	char *at = text, *end = text + strlen(text);

	while (at < end) {
		gunichar c = g_utf8_get_char_validated(at, end - at);
		bool valid = c != (gunichar)-1 && c != (gunichar)-2;
		char *next = valid ? g_utf8_next_char(at) : at + 1;

		if (!valid || g_unichar_iscntrl(c)) {
			memset(at, '?', (size_t)(next - at));
		}
		at = next;
	}
}

size_t
utf8_columns(const char *text)
{
	const char *at = text, *end = text + strlen(text);
	size_t columns = 0;

	while (at < end) {
		gunichar c = g_utf8_get_char_validated(at, end - at);
		bool valid = c != (gunichar)-1 && c != (gunichar)-2;

		if (!valid) {
			columns++;
		} else if (!g_unichar_iszerowidth(c)) {
			columns += g_unichar_iswide(c) ? 2 : 1;
		}
		at = valid ? g_utf8_next_char(at) : at + 1;
	}
	return columns;
}

/* GLib's memory is malloc's, since 2.46. */
char *
utf8_repaired(const char *text, size_t len)
{
	return g_utf8_make_valid(text, (gssize)len);
}
