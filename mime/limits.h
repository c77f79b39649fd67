/*
 * limits.h - every fixed limit of the MIME code, in one place
 */
#ifndef MIME_LIMITS_H
#define MIME_LIMITS_H

enum {
	HEADER_MAX = 256 * 1024, /* bytes of one entity's header, its empty line included */
	NESTING_MAX = 100,       /* multiparts open at the same time */
	BOUNDARY_MAX = 70,       /* characters of a boundary (RFC 2046 5.1.1) */
	LINE_MAX_MAIL = 998,     /* bytes of a line, without its end (RFC 5322 2.1.1) */
	DELIMITER_LINE_MAX = LINE_MAX_MAIL,
	ENCODED_WORD_MAX = 1024, /* RFC 2047 allows 75; some libraries write longer ones */
	CONTENT_PARAMS_MAX = 64, /* parameters of one Content-Type or Content-Disposition */
	NAME_BYTES_MAX = 1024,   /* bytes of an attachment's name; a longer one is none */
	CHARSET_LABEL_MAX = 32,  /* bytes of the name of a charset */
	NAME_LINE_MAX = 74,      /* bytes of a line of a name's parameter, without TAB and `;` */
	/* bytes of a name's parameter: percent signs and its sections, or words of a line each */
	NAME_PARAM_MAX = 5 * NAME_BYTES_MAX,
	DECODE_IN = 4 * 1024,               /* bytes of base64 decoded at a time, */
	DECODE_OUT = DECODE_IN / 4 * 3 + 3, /* and what that can become */
	MARKERS_MAX = 100,                  /* marker occurrences in one message */
	LOOKALIKES_MAX = MARKERS_MAX + 1,   /* lines with what looks like one, in one part */
	LOOKALIKE_TAIL = 32,                /* bytes of a marker's head, however it is escaped */
	/* bytes of one Graft-Attach field, decoded, and its line end: as much as the filter takes
	   (filter/fields.c) */
	MENTION_FIELD_MAX = 16 * 1024 + 2,
};

#endif
