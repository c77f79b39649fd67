/*
 * limits.h - every fixed limit of the command, in one place
 */
#ifndef CLI_LIMITS_H
#define CLI_LIMITS_H

enum {
	COMPLAINT_MAX = 512,                 /* bytes of a sentence to people, with its NUL */
	EXPIRES_DEFAULT = 30 * 24 * 60 * 60, /* seconds a token is good for */
	GRACE_DEFAULT = 24 * 60 * 60,        /* seconds that gc leaves what is dead or new */
	GRACE_MIN = 60 * 60,                 /* a put must be over within it */
	CONFIG_PATH_MAX = 4096,     /* bytes of a value in the configuration, with its NUL */
	NAME_MAX_BYTES = 1024,      /* bytes of a file name in a message */
	BATCH_LINE_MAX = 64 * 1024, /* bytes of a request's line */
	BATCH_GROUP_BYTES = 256 * 1024 * 1024, /* bytes written before they are synced */
	/* or files that are synced already when nobody else syncs: */
	BATCH_WORTH_BYTES = 16 * 1024 * 1024,
	BATCH_WORTH_FILES = 256, /* a sync costs some milliseconds, whatever it is for */
	/* and how long a group is filled, whole seconds of a coarse clock */
	BATCH_GROUP_SECONDS = 1,
	JSON_MEMBERS_MAX = 16,            /* members of a request */
	READ_CHUNK = 256 * 1024,          /* bytes read from a source at a time */
	OPTION_BYTES = 4096,              /* bytes of an Exim option that are looked at */
	EXIM_SAID_MAX = 16 * 1024 * 1024, /* bytes that Exim may say about itself */
	EXIM_SILENCE_MS = 30 * 1000,      /* how long it may think */
	QUEUE_RECHECK_MS = 200,           /* between the removal of a message's two files */
	QUEUE_ID_MAX = 23,                /* characters of an Exim message id (16 before 4.97) */
	/* bytes of a file or queue name in Exim's spool, with its NUL */
	QUEUE_NAME_BYTES = 256,
	/* bytes of a recipient that are looked at; an address has fewer */
	QUEUE_RECIPIENT_BYTES = 1024,
	PREFLIGHT_SECONDS = 30, /* for one recipient; Exim's ${run} waits for 60 */
	/* bytes of a -H file: envelope, variables and header */
	QUEUE_HEADER_MAX = 16 * 1024 * 1024,
	/* bytes of a body that are looked at; with its header it is then too large for the filter
	 */
	QUEUE_BODY_MAX = 64 * 1024 * 1024,
};

#endif
