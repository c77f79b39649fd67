/*
 * limits.h - every fixed limit of what reads Postfix, in one place
 */
#ifndef POSTFIX_LIMITS_H
#define POSTFIX_LIMITS_H

enum {
	POSTFIX_ID_MAX = 64,     /* bytes of a queue id: 10 to 20 in truth */
	POSTFIX_PATH_MAX = 4096, /* bytes of a path, with its NUL */
	POSTFIX_RECORD_MAX =
	    65536, /* bytes of a record; Postfix writes 2,048 (line_length_limit) */
	POSTFIX_JUMPS_MAX = 100000, /* pointer records followed in one file: a milter's edits */
	POSTFIX_RECIPIENTS_MAX = 200000,      /* of one message */
	POSTFIX_FIELDS_MAX = 2 * 1024 * 1024, /* bytes of a header that is looked at */
	POSTFIX_DEPTH_MAX = 4,                /* folders of a hashed queue (hash_queue_depth) */
	POSTFIX_OBJECT_MAX = 512,   /* bytes of an object's name kept for an error, with its NUL */
	POSTFIX_ARGUMENTS_MAX = 12, /* of a command that is asked */
	POSTFIX_SAID_MAX = 1024 * 1024, /* bytes of its answer */
	POSTFIX_VALUE_MAX = 8192,       /* bytes of a parameter's value, with its NUL */
};

#endif
