/*
 * limits.h - every fixed limit of the relay, in one place
 *
 * Not here: what an administrator may set (settings.h has those, with their defaults)
 */
#ifndef RELAY_LIMITS_H
#define RELAY_LIMITS_H

enum {
	/* LMTP in. RFC 5321 4.5.3.1.4 says 512 for a command line; XFORWARD and DSN need more. */
	LMTP_LINE_MAX = 4096,
	LMTP_NAME_MAX = 255,    /* bytes of LHLO's name */
	LMTP_ADDRESS_MAX = 512, /* between the angle brackets */
	LMTP_PARAMETER_MAX = 512,
	LMTP_IDENT_MAX = 128, /* XFORWARD's IDENT, xtext taken off */
	LMTP_RECIPIENTS_MAX = 2000,
	LMTP_ERRORS_MAX = 20, /* wrong commands before the session ends */

	LMTP_ENVELOPE_MAX = 1024 * 1024, /* bytes of one envelope's texts */
	HELD_MEMORY = 256 * 1024,        /* of a message; more goes into a file of the spool's */
	QUEUE_ID_MAX = 64,
	MESSAGE_ID_MAX = 512,
	SESSION_IDLE_MS = 5 * 60 * 1000, /* for the MTA's next command */
	SESSION_GRACE_MS = 30 * 1000,    /* for what is under way when we stop */
	SESSION_ANSWERS = 16 * 1024,     /* bytes of answers gathered before they are sent */

	/* SMTP out. */
	REPLY_LINE_MAX = 4096,
	REPLY_LINES_MAX = 256,
	REPLY_TEXT_MAX = 8192, /* kept of one reply; the rest is read and left out */
	REPLY_SHOWN_MAX = 480, /* of that, what goes on to the MTA and into the log */

	HOP_ADDRESSES_MAX = 16, /* of one host, tried in order */
	HOP_GROUP = 100,        /* RCPTs sent before their replies are read */
	HOP_COMMANDS_MAX = 64 * 1024,
	WIRE_IN = 16 * 1024, /* bytes read ahead */
	HOP_WHY_MAX = 700,   /* bytes of a sentence about a next hop */

	/* How long each step may take, in milliseconds (RFC 5321 4.5.3.2; a connection: Postfix's)
	 */
	CONNECT_MS = 30 * 1000,
	GREETING_MS = 5 * 60 * 1000,
	HANDSHAKE_MS = 60 * 1000,
	COMMAND_MS = 5 * 60 * 1000,
	BLOCK_MS = 3 * 60 * 1000,
	DOT_MS = 10 * 60 * 1000,
	QUIT_MS = 1000,

	/* SOCKS5: the longest message of each kind (RFC 1928, RFC 1929). */
	SOCKS5_MESSAGE_MAX = 3 + 255 + 255,
	SOCKS5_MS = 30 * 1000, /* for each step of the dialogue */
	HOST_NAME_MAX_BYTES = 255,

	/* The master. */
	LISTEN_BACKLOG = 1024,
	KEEPER_START_MS = 60 * 1000,
	KEEPER_AGAIN_MS = 1000, /* before another keeper is started */

	/* The keeper. */
	KEEPER_PROVED_MAX = 8,  /* keys of proved tokens that a session may ask a secret by */
	KEEPER_WAIT_MS = 30000, /* for an answer; a spool that hangs is no spool */
	KEEPER_TIDY_S = 60,
	LOG_LINE_BYTES = 2048,

	/* Configuration. */
	SETTINGS_FILE_MAX = 1024 * 1024,
	SETTINGS_ERROR_MAX = 512,
	SETTINGS_DEPTH_MAX = 16,
	SETTINGS_ANCHORS_MAX = 64,
	SETTINGS_TEXT_MAX = 1024,
	SETTINGS_LISTENERS_MAX = 32,
	SETTINGS_PEERS_MAX = 8,
	SETTINGS_PORTS_MAX = 8,
	SETTINGS_HOPS_MAX = 64,
	SETTINGS_PROVIDERS_MAX = 256,
	SETTINGS_DKIM_MAX = 1024,
	PASSWORD_MAX = 255,

	/* The ledger. */
	LEDGER_KEY_BYTES = 16,
	LEDGER_REPLY_MAX = 160, /* kept of the next hop's answer */
	LEDGER_LABEL_MAX = 400, /* queue id and recipient, for people */
	LEDGER_KEEP_S = 24 * 60 * 60,
	LEDGER_UNCERTAIN_S = 15 * 60,     /* so long nobody tries again */
	LEDGER_BUDGET = 64 * 1024 * 1024, /* bytes of memory; the oldest go */
	LEDGER_SLACK = 1024 * 1024,       /* bytes of the file that are not worth a new one */
	LEDGER_SLOTS_FIRST = 1024,        /* of the table in memory */

	/* DKIM. */
	DKIM_HEADER_MAX = 1536 * 1024, /* bytes of a header that can be signed */
	DKIM_FIELD_MAX = 8 * 1024,     /* bytes of a finished DKIM-Signature field */
	DKIM_DOMAIN_MAX = 255,         /* bytes of a domain or a selector (RFC 1035 2.3.4) */
	DKIM_SIGNED_MAX = 64,          /* names in a policy */
	DKIM_RSA_BITS_MIN = 1024,
	DKIM_RSA_BITS_MAX = 8192,
	DKIM_RSA_BITS_MADE = 2048,
	DKIM_SIGNATURE_MAX = DKIM_RSA_BITS_MAX / 8, /* bytes of a signature */
	DKIM_KEY_FILE_MAX = 16 * 1024,
	DKIM_NAME_MAX = 76,      /* bytes of a field's name in a policy */
	DKIM_RECORD_PIECE = 255, /* bytes of a text in a TXT record (RFC 1035 3.3.14) */
	SIGNING_KEYS_MAX = 4,    /* that sign one message */

	/* Pacing. */
	PACING_GROUPS_MAX = 4096,
	PACING_REASON_MAX = 160,             /* bytes kept of the reply that opened a breaker */
	BREAKER_REFUSALS = 3,                /* 5.7.x in a row */
	BREAKER_FIRST_MS = 15 * 60 * 1000,   /* how long it is open the first time */
	BREAKER_MAX_MS = 2 * 60 * 60 * 1000, /* and at most; each time in a row doubles it */
	BREAKER_RECOVER_MS = 15 * 60 * 1000,
	BREAKER_HALVES_MAX = 6, /* at least 1/64 of the rate */
};

#endif
