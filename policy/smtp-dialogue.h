/*
 * smtp-dialogue.h - what is said to a mail server to learn whether it answers, and whom it knows
 *
 * Greeting, EHLO, and for a recipient MAIL FROM:<> and RCPT TO twice: first a recipient that
 * nobody can have, then the one in question. QUIT. Never DATA. (RFC 5321, 3.3)
 *
 * What follows from the answers:
 *   known      the server takes this recipient, and did not take the one that nobody can have
 *   no user    550, 551 or 553 that is about the recipient: without an enhanced code, or with
 *              5.1.1, 5.1.3 or 5.1.6 (RFC 3463, 3.2); never one that speaks of relaying
 *   takes all  it takes the one that nobody can have
 *   nothing    anything else
 *
 * Pure: bytes of the server go in, commands come out. Bounded in what it reads.
 * Not here: sockets, time (smtp-probe.h)
 */
#ifndef POLICY_SMTP_DIALOGUE_H
#define POLICY_SMTP_DIALOGUE_H

#include "policy/limits.h"
#include "policy/mailbox.h"

enum smtp_finding {
	SMTP_NOTHING,
	SMTP_KNOWN,
	SMTP_NO_USER,
	SMTP_TAKES_ALL,
	SMTP_FINDINGS,
};

/* Of a finished dialogue, and of one that broke off. */
struct smtp_report {
	bool up;           /* it greeted and took EHLO */
	const char *words; /* how it ended; static */
	enum smtp_finding finding;
	unsigned code;                  /* the last reply's to RCPT for the one in question, or 0 */
	char enhanced[SMTP_STATUS_MAX]; /* "5.1.1" or "" */
};

enum smtp_stage {
	SMTP_GREETING,
	SMTP_EHLO,
	SMTP_MAIL,
	SMTP_RCPT_NOBODY,
	SMTP_RCPT,
	SMTP_OVER,
};

struct smtp_dialogue {
	enum smtp_stage stage;
	char name[DOMAIN_TEXT_MAX + 1]; /* for EHLO */
	char recipient[SMTP_PATH_MAX];  /* as in RCPT TO:<...>; "": none is in question */
	char nobody[SMTP_PATH_MAX];     /* the one that nobody can have */
	bool needs_utf8;                /* SMTPUTF8, RFC 6531 */
	bool has_utf8;
	bool nobody_taken;
	unsigned lines;
	size_t len;
	char line[SMTP_LINE_MAX];
	char command[SMTP_COMMAND_MAX]; /* to be sent now, or "" */
	struct smtp_report report;
};

/* A look at the server alone. */
void smtp_dialogue_begin(struct smtp_dialogue *d, const char *name);

/*
 * A question about a recipient, too. random: what makes the address that nobody can have. False:
 * this recipient cannot be said in SMTP.
 */
bool smtp_dialogue_ask(struct smtp_dialogue *d, const struct mailbox *recipient, uint64_t random);

/*
 * Takes what the server said. Then d->command is to be sent, if there is any. False: the dialogue
 * is over, d->report stands; a last command may be there nevertheless.
 */
bool smtp_dialogue_take(struct smtp_dialogue *d, const char *bytes, size_t len);

const char *smtp_finding_name(enum smtp_finding finding);

#endif
