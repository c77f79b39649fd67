/*
 * limits.h - every fixed limit of the command, in one place
 */
#ifndef CLI_LIMITS_H
#define CLI_LIMITS_H

enum {
	COMPLAINT_MAX = 512,                 /* bytes of a sentence to people, with its NUL */
	EXPIRES_DEFAULT = 30 * 24 * 60 * 60, /* seconds for which a token is good */
	GRACE_DEFAULT = 24 * 60 * 60,        /* seconds for which gc keeps what is dead or new */
	GRACE_MIN = 60 * 60,                 /* a put must end within it */
	CONFIG_PATH_MAX = 4096,     /* bytes of a value in the configuration, with its NUL */
	BATCH_LINE_MAX = 64 * 1024, /* bytes of a request's line */
	BATCH_GROUP_BYTES = 256 * 1024 * 1024, /* bytes written before they are synced */
	/* or files that are synced already when nobody else syncs: */
	BATCH_WORTH_BYTES = 16 * 1024 * 1024,
	BATCH_WORTH_FILES = 256, /* a sync costs some milliseconds, however little it writes */
	/* and how long a group is filled, whole seconds of a coarse clock */
	BATCH_GROUP_SECONDS = 1,
	REQUEST_REASON_MAX = 192, /* bytes of a reason why a line is no request, with its NUL */
	PROGRESS_FIRST_MS = 1000, /* milliseconds that a command is silent about how far it is */
	PROGRESS_AGAIN_MS = 250,  /* and until it says so again */
	PROGRESS_LEFT_MAX = 1000 * 60 * 60 - 1, /* seconds; more are not foreseen */
	READ_CHUNK = 256 * 1024,                /* bytes read from a source at a time */
	DECLARATION_MAX = 1024,                 /* bytes in which XML or HTML says its charset */
	PREVIEW_COPY_BYTES = 64 * 1024, /* bytes of a message that preview copies at a time */
	FOUND_WHERE_BYTES = 400,        /* bytes of the places of a finding, with their NUL */
	SENTENCE_MAX = 1024,            /* bytes of the filter's sentence, with its NUL */
	DURATION_DIGITS_MAX = 6,        /* of a number of minutes, hours, days or weeks */
};

#endif
