/*
 * limits.h - every fixed limit of the filter, in one place
 */
#ifndef FILTER_LIMITS_H
#define FILTER_LIMITS_H

#include "mime/limits.h"

enum {
	/* an opted-in message up to this size is held in memory, else spilled */
	HOLD_MEMORY = 256 * 1024,
	/* a header up to this size can be told to opt in or not: Exim's header_maxsize, and what
	   Exim adds */
	HOLD_HEADER = (1024 + 64) * 1024,
	HOLD_MAX = 64 * 1024 * 1024, /* an opted-in message larger than this is refused */
	HOLD_CHUNK = 64 * 1024,      /* read at a time from a spill or a file */
	GRAFTS_MAX = MARKERS_MAX,    /* attachments of one message */
	/* multiparts around an attachment; virus scanners see nothing that is deeper */
	DEPTH_MAX = 16,
	SERIALS_MAX = 1024,           /* multiparts that get a new boundary */
	ATTACH_FIELD_MAX = 16 * 1024, /* bytes of all Graft-Attach fields, decoded */
	SINK_BUFFER = 192 * 1024,     /* bytes that a sink gathers */
	/* whole pages: a pipe is full when it has so many, however little is on them */
	SINK_WHOLE = 8 * 1024,
	SINK_ROOM = SINK_BUFFER - SINK_WHOLE, /* what sink_room() can give */
	SINK_LARGE = 64 * 1024,               /* bytes that leave a sink at once, at least */
	/* bytes that a pipe is made to hold; more would win nothing and count against the user's
	   limit (pipe(7)) */
	SINK_PIPE = 256 * 1024,
	SPLICE_BYTES = 1024 * 1024, /* bytes that are passed on by one splice */
	COPY_LINES = 2048,          /* base64 lines encoded at a time */
	RECODE_LINES = 64,          /* the same for a text that is decoded, cut and encoded again */
	/* seconds before the first output byte, and after the last; Exim's transport_filter_timeout
	   is 300 */
	SILENCE_MAX = 120,
	LOG_LINE_MAX = 2048,   /* bytes of a log line */
	LOGGED_ENTRIES = 8,    /* entries named in a log line */
	AUTHOR_TYPE_MAX = 254, /* letters of a media type (RFC 6838 4.2: 127 and 127) */
	PART_PATH_MAX = 64,    /* bytes of a part's number, "2.1.3" */
	/* bytes of a transfer encoding that is not known, and a NUL, in an error sentence */
	NEAR_ENCODING_MAX = 32,
	OPTION_SENTENCE_MAX = 256, /* bytes of what is wrong with an option, with its NUL */
};

#endif
