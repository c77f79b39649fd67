/*
 * limits.h - every fixed limit of the policy daemon, in one place
 *
 * Not here: what an administrator may set (config.h has those, with their defaults)
 */
#ifndef POLICY_LIMITS_H
#define POLICY_LIMITS_H

enum {
	/* Names: RFC 1035 2.3.4, in text form without the last dot. */
	DOMAIN_TEXT_MAX = 253,
	DOMAIN_LABEL_MAX = 63,
	MAILBOX_MAX = 1024, /* RFC 5321 says 320; UTF-8 and leniency */

	/* One policy request. Postfix 3.7 sends about 600 bytes in 30 lines. */
	REQUEST_MAX = 16 * 1024,
	REQUEST_ATTRIBUTES_MAX = 64,

	/* One answer. smtpd cuts the text at 510 bytes. */
	REPLY_TEXT_MAX = 400,
	REPLY_MAX = 512,

	/* Connections. */
	CONNECTIONS_MAX = 20000,
	CONNECTION_ACCEPT_BURST = 128,
	CONNECTION_BACKLOG = 4096,
	CONNECTION_RESUME_MS = 100, /* before we accept again when descriptors ran out */
	INHERITED_MAX = 64,         /* descriptors that systemd may pass */
	LOOP_BATCH = 256,           /* events of one turn */
	CONNECTION_BUFFERS_MAX = 64 * 1024 * 1024, /* all partial requests together */
	CONNECTION_REQUEST_MS = 30 * 1000,         /* first to last byte of a request */
	CONNECTION_WRITE_MS = 10 * 1000,           /* an answer that nobody reads */
	/* smtpd may keep one longer than an hour */
	CONNECTION_IDLE_MS = 2 * 60 * 60 * 1000,
	READ_SIZE = 16 * 1024,
	OUTPUT_MAX = 32 * 1024,
	DESCRIPTORS_SPARE = 96, /* for files, listeners, DNS and probes */

	/* DNS messages and what is kept of them. */
	DNS_QUERY_MAX = 512,
	DNS_UDP_SIZE = 1232,
	DNS_SERVERS_MAX = 8,
	DNS_MX_MAX = 64,        /* of more, those of best preference are kept */
	DNS_ADDRESS_MAX = 256,  /* in one family of a host; the others are not kept */
	DNS_RECORDS_MAX = 4096, /* more than a message holds */
	DNS_POINTERS_MAX = 128, /* in one name: as many as a name has labels */
	DNS_ALIAS_MAX = 10,     /* as Postfix */
	DNS_ANSWER_MAX = DNS_MX_MAX * (DOMAIN_TEXT_MAX + 3),
	DNS_TTL_MIN = 1,
	DNS_TTL_MAX = 24 * 60 * 60,
	DNS_NEGATIVE_TTL_MAX = 60 * 60,
	DNS_NEGATIVE_TTL_DEFAULT = 60,
	DNS_FAILURE_MS = 5 * 1000, /* a failed question is not asked again before */
	DNS_OUTAGE_MS = 60 * 1000, /* failed so lately: stale data at once, ask afterwards */
	DNS_INFLIGHT_MAX = 8192,
	DNS_SOCKETS_MAX = 64, /* of one server */
	DNS_TICK_MS = 50,     /* how exactly timeouts are kept; ares_timeout() walks all queries */

	/* The cache: bytes of what a positive verdict rests on, of it for each organisational
	   domain, and of all others. What the configuration names comes on top. */
	DNS_KEPT_BYTES_MAX = 12 * 1024 * 1024,
	DNS_ORG_BYTES_MAX = 128 * 1024,
	DNS_TRANSIENT_BYTES_MAX = 12 * 1024 * 1024,
	DNS_TRANSIENT_MAX = 32768,
	DNS_CACHE_BUCKETS = 1 << 16,
	DNS_TRIM_TRIES = 16, /* entries looked at to make room for one */
	ORG_SHARE_BUCKETS = 1 << 12,
	DNS_KEPT_IDLE_MS = 24 * 60 * 60 * 1000, /* unused for so long, it may make room */
	DNS_POLL_GAP_MS = 3 * 60 * 60 * 1000,   /* a longer break ends a continuous absence */
	DNS_PAST_SAVE_MS = 10 * 60 * 1000,      /* how exactly an absence's last sight is known */
	DNS_SAVE_AGAIN_MS = 60 * 60 * 1000,     /* the same answer is saved again after this */

	/* Ready before the outage: domains looked at without any mail for them. */
	PREFETCH_LISTED_MAX = 65536, /* of the domains in recipient files, the first ones */
	PREFETCH_STEP = 32,          /* domains between two turns of the loop, */
	PREFETCH_STEP_MS = 50,       /* after so long */
	PREFETCH_PASS_MS = 5000,     /* from one pass over all to the next */
	PREFETCH_SOON_MS = 200,      /* the same while something is under way */
	PREFETCH_REFRESH_MS = 5000,  /* an answer is not asked for again sooner */
	PREFETCH_FAILED_MS = 30 * 1000,
	PREFETCH_INFLIGHT_MAX = 64,
	PREFETCH_IDLE_MS = 15 * 60 * 1000, /* what no domain needs any more */
	PREFETCH_DRIFTING_MAX = 1024,
	PREFETCH_DRIFTING_MS = 60 * 1000, /* how often those are looked for */

	/* Facts one request may look at. */
	FACTS_MAX = 256,
	MX_HOST_ADDRESSES_MAX = 2 * DNS_ADDRESS_MAX,

	/* Configuration. */
	CONFIG_SIZE_MAX = 1024 * 1024,
	CONFIG_ERROR_MAX = 512,
	COMMAND_OUTPUT_MAX = 4 * 1024 * 1024, /* what postconf, exim and the like print */
	/* libyaml's time grows with the square of depth and anchors */
	CONFIG_DEPTH_MAX = 16,
	CONFIG_ANCHORS_MAX = 64,
	LISTENERS_MAX = 16,
	IDENTITY_NAMES_MAX = 64,
	IDENTITY_ADDRESSES_MAX = 256,
	HOST_LIST_MAX = 4096,
	PINNED_MAX = 65536,
	DNSBL_ZONES_MAX = 16,
	DNSBL_RANGES_MAX = 16,
	RECIPIENT_FILES_MAX = 16,
	DELIMITERS_MAX = 8,

	/* DNSBL. */
	DNSBL_RETEST_FAILED_MS = 60 * 1000,

	/* Recipients: the step of a load between two turns of the loop. */
	RECIPIENT_STEP_BYTES = 256 * 1024,
	RECIPIENT_FILE_MAX = 512 * 1024 * 1024,
	RECIPIENT_POLL_MS = 2000,

	/* Primary health. */
	HEALTH_ADDRESSES_MAX = 1024,
	HEALTH_DOMAINS_MAX = 8192,
	HEALTH_DOMAINS_STEP = 32, /* between two turns of the loop */
	HEALTH_PROBES_MAX = 32,
	HEALTH_INTERVAL_MS = 60 * 1000,
	HEALTH_TIMEOUT_MS = 10 * 1000,
	HEALTH_RISE = 2,
	HEALTH_FALL = 3,
	HEALTH_FORGET_MS = 24 * 60 * 60 * 1000,

	PRIMARY_UP_SLOTS = 4096, /* domains of which is remembered whether a primary is up, */
	PRIMARY_UP_MS = 1000,    /* for so long */

	/* While the primary is up: a retry is taken after the delay, within the window. */
	RETRY_DELAY_MS = 5 * 60 * 1000,
	RETRY_WINDOW_MS = 2 * 24 * 60 * 60 * 1000,
	RETRY_BUCKETS = 4096,
	RETRY_BUCKET_SLOTS = 16,

	/* A dialogue with a mail server. RFC 5321 4.5.3.1: a reply's line has 512 bytes. */
	SMTP_LINE_MAX = 512,
	SMTP_LINES_MAX = 200,
	SMTP_COMMAND_MAX = 512,
	SMTP_PATH_MAX = 400,  /* RFC 5321 says 256 */
	SMTP_STATUS_MAX = 12, /* "5.123.123" */

	/*
	 * Learned recipients: for how long an answer counts, and after what time a known one is
	 * asked about again while it counts. As Postfix's verify(8), but "no such user" counts for
	 * 3 hours only, where verify(8) believes it for 3 days.
	 */
	LEARNED_KNOWN_DAYS = 31,
	LEARNED_REFRESH_MS = 7 * 24 * 60 * 60 * 1000,
	LEARNED_OTHERS_MS = 3 * 60 * 60 * 1000,
	LEARNED_AGAIN_MS = 60 * 1000, /* nothing followed: not asked again before */
	LEARNED_IDLE_MS = 24 * 60 * 60 * 1000,
	LEARNED_BUCKETS = 1 << 15,
	/* Bytes of what is kept, of it for each organisational domain, and of all others. */
	LEARNED_KNOWN_BYTES_MAX = 16 * 1024 * 1024,
	LEARNED_ORG_BYTES_MAX = 2 * 1024 * 1024,
	LEARNED_OTHERS_BYTES_MAX = 4 * 1024 * 1024,

	/* Asking primaries: at once in all, and of one address at once, in what time one more, and
	   how many may wait for their turn. */
	ASK_RUNNING_MAX = 32,
	ASK_PRIMARY_RUNNING_MAX = 8,
	ASK_PRIMARY_GAP_MS = 100,
	ASK_WAITING_MAX = 1024,
	ASK_PRIMARY_WAITING_MAX = 256,
	ASK_PRIMARIES_MAX = 1024,
	LEARNER_TIMEOUT_MS = 30 * 1000,
	LEARNER_ADDRESSES_MAX = 4, /* of a domain, one after the other */

	/* Control and metrics: one short question, one text. */
	TEXT_CLIENTS_MAX = 32,
	TEXT_QUESTION_MAX = 4096,
	TEXT_CLIENT_MS = 10 * 1000,
	TEXT_ANSWER_MAX = 64 * 1024 * 1024,

	/* State on disk. */
	STATE_INTERVAL_MS = 60 * 1000,
	STATE_FIRST_MS = 5 * 1000,
	STATE_CHILD_MS = 120 * 1000,
	STATE_LOOK_MS = 100,
	STATE_PARTS_MAX = 4,
	STATE_SMALL_BYTES = 1024 *
	    1024, /* below, and below GROWTH times its contents, a file grows */
	STATE_GROWTH = 4,
	STATE_LINE_MAX = DNS_ANSWER_MAX + 1024,

	/* What check-exim and check-postfix follow, and what is written for an MTA. */
	LIST_DEPTH_MAX = 4,  /* named lists of Exim in one another */
	CLASS_DEPTH_MAX = 8, /* restriction classes of Postfix in one another */
	RESTRICTIONS_MAX = 256,
	RESTRICTION_WORD_MAX = 512,
	NETWORK_PATTERN_MAX = 8192,

	/* Log. */
	LOG_LINE_MAX = 2048,
	LOG_BUFFER_MAX = 1024 * 1024,
};

#endif
