/*
 * charset.h - where a character of a name ends, in the charsets that mail uses
 *
 * A `/` byte is no folder's where it is the second half of a character, and a text may be cut only
 * between two. No more is known of a charset here: nothing is translated.
 */
#ifndef MIME_CHARSET_H
#define MIME_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum charset {
	/* its letters cannot be told from controls or folders, or nobody knows it */
	CHARSET_UNKNOWN,
	CHARSET_ASCII,
	CHARSET_UTF8,
	CHARSET_RAW,      /* bytes over 0x7f that nobody has named; UTF-8 where they can be */
	CHARSET_SINGLE,   /* one byte each */
	CHARSET_ISO_8859, /* the same, and 0x80 to 0x9f are controls */
	CHARSET_DOUBLE,   /* two bytes from 0x81 on; GB18030's four are twice two */
	CHARSET_SHIFT_JIS,
	CHARSET_ISO_2022_JP, /* escape sequences shift between one byte and two */
};

/* What a label stands for, in any case. */
enum charset charset_find(const uint8_t *label, size_t len);

enum charset_class {
	CHARSET_LETTER,  /* and anything else that may stand in a name */
	CHARSET_FOLDER,  /* a slash of either kind */
	CHARSET_CONTROL, /* a control character, a line separator, one that turns the direction of
	                    text */
	CHARSET_INVALID, /* a byte that is in no UTF-8 */
};

struct charset_walk {
	enum charset charset;
	bool shifted; /* ISO-2022-JP: two bytes follow; starts as false */
};

/* The bytes of the next character (len > 0), and its class. */
size_t charset_step(
    struct charset_walk *w, const uint8_t *p, size_t len, enum charset_class *class_r);

#endif
