/*
 * limits.h - every fixed limit of this folder, in one place
 */
#ifndef EXIM_LIMITS_H
#define EXIM_LIMITS_H

enum {
	/* what Exim says about itself */
	OPTION_BYTES = 4096,              /* bytes of an option that are looked at, with a NUL */
	EXIM_ARGUMENTS_MAX = 8,           /* arguments that Exim is run with, without its name */
	EXIM_SAID_MAX = 16 * 1024 * 1024, /* bytes that it may say */
	EXIM_SILENCE_MS = 30 * 1000,      /* milliseconds that it may think */
	EXIM_OBJECT_BYTES = 512,          /* bytes of a failure's object, with its NUL */
	EXIM_DETAIL_BYTES = 448,          /* bytes of what Exim says that are shown, with a NUL */
	EXIM_CHUNK = 256 * 1024,          /* bytes that are read at a time */

	/* the rules of check-exim */
	RULE_OLDEST = 96,                    /* 4.96: the oldest release that is safe */
	RULE_NEWEST = 100,                   /* 4.100: the newest that was tried */
	RULE_PATIENCE = 180,                 /* seconds; the filter's own patience is 120 */
	RULE_TOKEN_LIFE = 30 * 24 * 60 * 60, /* seconds; of a token made without --expires */
	RULE_GROUPS_MAX = 256,               /* groups of a user that are looked at */
	RULE_BODY_SEEN = 64 * 1024,          /* bytes of a body that Exim should search */
	RULE_PATH_BYTES = 512,               /* bytes of a path in an option, with its NUL */
	FINDING_WHERE_BYTES = 256,           /* bytes of the place of a finding, with its NUL */

	/* the queue */
	QUEUE_ID_MAX = 23,                   /* characters of a message id (16 before 4.97) */
	QUEUE_NAME_BYTES = 256,              /* bytes of a file or queue name, with its NUL */
	QUEUE_RECIPIENT_BYTES = 1024,        /* of a recipient; an address has fewer */
	QUEUE_HEADER_MAX = 16 * 1024 * 1024, /* bytes of a -H file */
	QUEUE_BODY_MAX = 64 * 1024 * 1024,   /* of a body; the filter takes no larger message */
	QUEUE_RECHECK_MS = 200, /* milliseconds between the removal of a message's two files */
	QUEUE_REASON_BYTES =
	    1024, /* bytes of a reason why a message is not grafted, with its NUL */

	/* seconds after which a message may be older than the last retry; Debian's is 4 days */
	PREFLIGHT_OLD = 3 * 24 * 60 * 60,
	PREFLIGHT_SECONDS = 30, /* for one recipient; Exim's ${run} waits for 60 */
};

#endif
