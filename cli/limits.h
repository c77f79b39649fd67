/*
 * limits.h - every fixed limit of the command, in one place
 */
#ifndef CLI_LIMITS_H
#define CLI_LIMITS_H

enum {
	COMPLAINT_MAX = 512,                    /* bytes of a sentence to people, with its NUL */
	EXPIRES_DEFAULT = 30 * 24 * 60 * 60,    /* seconds a token is good for */
	NAME_MAX_BYTES = 1024,                  /* bytes of a file name in a message */
	BATCH_LINE_MAX = 64 * 1024,             /* bytes of a request's line */
	BATCH_GROUP_BYTES = 256 * 1024 * 1024,  /* bytes written before they are synced */
	JSON_MEMBERS_MAX = 16,                  /* members of a request */
	READ_CHUNK = 256 * 1024,                /* bytes read from a source at a time */
};

#endif
