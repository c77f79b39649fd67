/*
 * utf8.h - text from anywhere, made fit to be shown (GLib)
 *
 * Not here: what names and fields of a message may hold (part-header.h)
 */
#ifndef MIME_UTF8_H
#define MIME_UTF8_H

#include <stddef.h>

/*
 * In a NUL-terminated text: makes '?' of each byte that is not UTF-8, and of each byte of a control
 * character, so that it cannot end a line or move a terminal's cursor.
 */
void utf8_tame(char *text);

/* How many columns of a terminal a NUL-terminated text takes. */
size_t utf8_columns(const char *text);

/*
 * A NUL-terminated copy of `len` bytes, to be freed: what is not UTF-8 becomes U+FFFD, a NUL too.
 */
char *utf8_repaired(const char *text, size_t len);

#endif
