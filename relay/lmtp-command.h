/*
 * lmtp-command.h - one LMTP command line, taken apart (RFC 2033, RFC 5321, RFC 3461; XFORWARD as
 * Postfix has it)
 *
 * Pure. What a command points to lies within the line.
 *
 * Not here: which command may come when (session.c)
 */
#ifndef RELAY_LMTP_COMMAND_H
#define RELAY_LMTP_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lmtp_verb {
	LMTP_UNKNOWN,
	LMTP_LHLO,
	LMTP_MAIL,
	LMTP_RCPT,
	LMTP_DATA,
	LMTP_RSET,
	LMTP_NOOP,
	LMTP_QUIT,
	LMTP_XFORWARD,
};

enum lmtp_mistake {
	LMTP_FINE,
	LMTP_BAD_COMMAND,   /* 500: no such verb, or a bare CR, LF or NUL in the line */
	LMTP_BAD_SYNTAX,    /* 501 */
	LMTP_BAD_PARAMETER, /* 555: a parameter of MAIL or RCPT that is not known */
};

struct lmtp_text {
	const uint8_t *p; /* NULL: was not given */
	size_t len;
};

struct lmtp_command {
	enum lmtp_verb verb;
	struct lmtp_text name;    /* LHLO */
	struct lmtp_text address; /* MAIL, RCPT: what stands in the angle brackets */
	/* MAIL */
	bool has_size;
	uint64_t size;
	bool eight_bit; /* BODY=8BITMIME */
	bool utf8;      /* SMTPUTF8 */
	struct lmtp_text ret, envid;
	/* RCPT */
	struct lmtp_text notify, orcpt;
	/* XFORWARD: IDENT, still in xtext; the other attributes are checked and left out */
	struct lmtp_text ident;
};

/* Takes apart a line without its CRLF. */
enum lmtp_mistake lmtp_command_parse(const uint8_t *line, size_t len, struct lmtp_command *c);

/* Decodes xtext (RFC 3461 4). Returns the length, or -1: no xtext, or more than cap bytes. */
int lmtp_xtext(const struct lmtp_text *x, uint8_t *out, size_t cap);

#endif
