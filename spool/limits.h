/*
 * limits.h - every fixed limit of the spool, in one place
 */
#ifndef SPOOL_LIMITS_H
#define SPOOL_LIMITS_H

enum {
	/* bytes of an object's name kept for an error, with its NUL */
	SPOOL_OBJECT_MAX = 160,
	SPOOL_FORMAT_VERSION = 1,     /* what SPOOL/format says */
	FORMAT_FILE_MAX = 128,        /* bytes of SPOOL/format */
	FORMAT_ATTACHMENTS_MAX = 100, /* no message has more (DESIGN.md, Opting in) */
	KNOWN_FILE_MAX = 16 * 1024,   /* bytes of the list of known spools that are read */
	KEY_FILE_MAX = 512,           /* bytes of a key file */
	ENTRY_VERSION = 2,            /* what `put` writes into an entry */
	ENTRY_FILE_MAX = 8192,        /* bytes of an entry file */
	ENTRY_TYPE_MAX = 256,         /* bytes of a content type with its parameters */
	ENTRY_FILENAME_MAX = 3072,    /* bytes of the encoded filename parameters, folded */
	ENTRY_NAME_MAX = 3072,        /* bytes of the encoded name parameter, folded */
	ENTRY_CID_MAX = 256,          /* bytes of a Content-ID without its angle brackets */
	/* bytes of a canonical recipient: 64 + @ + 255 (RFC 5321 4.5.3.1) */
	RECIPIENT_MAX = 320,
	EXPIRY_UNIT = 60, /* seconds in a unit of a token's or an entry's expiry */
	/* files made durable together; each holds two descriptors */
	STORE_GROUP_MAX = 2048,
	/* groups a process has: one that is filled, one that is committed */
	STORE_GROUPS = 2,
	STORE_OTHER_FDS = 64, /* descriptors left for everything else */
	/* seconds in which nothing we made can have grown old for gc (its grace is over an hour) */
	STORE_YOUNG = 10 * 60,
	STORE_FSYNC_MAX = 4,     /* up to so many are synced one by one, more by one syncfs */
	STORE_CHUNK = 64 * 1024, /* bytes copied or compared at a time */
	SHARDS = 256,            /* folders in blobs/ and entries/: one for each first byte */
	WALK_PATH_MAX = 280,     /* "entries/ab/", a name of up to 255 bytes, NUL */
	/* seconds that the clock may be behind the spool's last change */
	CLOCK_BEHIND_MAX = 24 * 60 * 60,
	CLOCK_AHEAD_MAX = 8 * 24 * 60 * 60, /* and ahead of it, before gc asks */
	CLOCK_JUMP_MAX = 24 * 60 * 60,      /* and ahead of it, before an expiry is believed */
	KEYRING_MAX = 256,                  /* keys of one spool, revoked ones included */
	/* entries that may be in use at once: 80 MB in memory */
	ID_SET_MAX = 4 * 1024 * 1024,
	ID_SET_FIRST = 1024, /* and those for which there is room at first */
	REFS_BUFFERED = 32,  /* references of one shard that are gathered before they are written */
	SNIFF_HEAD = 4096,   /* bytes in which a NUL says that a file is no text */
	/* bytes of a text that libmagic looks at for its encoding; its own default */
	SNIFF_ENCODING = 64 * 1024,
	EXTENSION_MAX = 16,          /* bytes of a file name's extension, without its dot */
	EXTENSIONS_MAX = 256 * 1024, /* bytes of the system's list of them that are read */
	SNIFF_TYPE_MAX = 128,        /* bytes of a media type from libmagic, with its NUL */
};

#endif
