/*
 * hop.h - a session with a next hop, as an SMTP client (RFC 5321)
 *
 *	hop_dial()   connection, TLS from the first byte where that is set, greeting
 *	hop_hello()  EHLO, STARTTLS, EHLO, AUTH
 *	hop_begin()  MAIL, RCPT..., DATA: who is accepted
 *	    (the caller writes the message with hop_write())
 *	hop_dot()    the line with the dot, and the answer to it
 *	hop_quit() or hop_drop()
 *
 * What a server says is believed only as a reply within limits. 421 is never anybody's own answer:
 * it is HOP_FAILED. After HOP_FAILED and its like the connection is closed, without a dot where one
 * was due.
 *
 * Owns:     the connection
 * Not here: what a failure means for the MTA (session.c), whether to dial again (delivery.c)
 */
#ifndef RELAY_HOP_H
#define RELAY_HOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/lmtp-command.h"
#include "relay/settings.h"
#include "relay/smtp-offers.h"
#include "relay/smtp-reply.h"
#include "relay/tls.h"
#include "relay/wire.h"

/* Whom to reach, and how. */
struct hop_target {
	char host[HOST_NAME_MAX_BYTES + 1]; /* to be verified, and for the log; empty: not known */
	unsigned addresses;
	struct settings_address address[HOP_ADDRESSES_MAX];
	uint16_t port; /* of them all */
	struct settings_address source4, source6;
	enum settings_tls tls;
	bool implicit_tls;
	char user[PASSWORD_MAX + 1]; /* empty: no login */
	char password[PASSWORD_MAX + 1];
};

enum hop_status {
	HOP_FINE,
	HOP_REFUSED, /* the server said no; `said` has its words, the session goes on */
	HOP_FAILED,  /* the next hop is in trouble; `why` has the sentence */
	HOP_CLOSED,  /* the same: it had closed the connection, before anything of a message was
	                taken */
	HOP_GONE,    /* the MTA is gone */
	HOP_STOPPED, /* we stop */
};

/* An answer as it goes on to the MTA and into the log. */
struct hop_said {
	unsigned code;                  /* 0: none yet */
	char text[REPLY_SHOWN_MAX + 1]; /* lines with LF between them */
};

struct hop {
	struct hop_target target;
	struct ssl_ctx_st *tls;
	struct wire wire;
	unsigned which; /* address that answered */
	bool in_clear;  /* TLS failed where it is not required: never again in this session */
	bool untidy;    /* a transaction was begun and not ended: RSET first */
	bool used;      /* a transaction was ended */
	enum hop_status broke; /* what hop_write() met */
	struct smtp_offers offers;
	struct smtp_reply reply;      /* the last one */
	struct hop_said said;         /* the last one, shown */
	char name[LMTP_NAME_MAX + 1]; /* ours, as it was given to hop_hello() */
	char why[HOP_WHY_MAX];        /* with an enhanced code: "4.4.1 cannot connect to ..." */
};

/* Prepares; opens nothing. The vigil and the context stay the caller's. */
void hop_init(struct hop *h, struct vigil *vigil, struct ssl_ctx_st *tls);

bool hop_is_open(const struct hop *h);

/* HOP_FINE, or any failure but HOP_REFUSED. */
enum hop_status hop_dial(struct hop *h);
enum hop_status hop_hello(struct hop *h, const char *name);

struct hop_recipient {
	const char *address;
	const char *notify, *orcpt; /* as they came; NULL: none */
	struct hop_said said;       /* code 0: accepted, as far as is known */
	bool logged;                /* the caller's */
};

struct hop_mail {
	const char *sender;
	uint64_t size; /* bytes on the wire; 0: not known */
	bool eight_bit, utf8;
	const char *ret, *envid; /* NULL: none */
};

/*
 * Begins a transaction. HOP_FINE: somebody is accepted, and the message may follow; those who are
 * not have their answer in `said`. HOP_REFUSED: nobody is; h->said has the answer to MAIL or DATA
 * that refused those without one of their own.
 */
enum hop_status hop_begin(struct hop *h, const struct hop_mail *mail,
    struct hop_recipient *const *recipients, size_t count);

/* Writes bytes of the message, as a sink_function (filter/sink.h); `state` is the hop. Fails with
 * -EIO; then hop_broke() says why. */
int hop_write(void *state, const uint8_t *p, size_t len);

/* After hop_write() has failed, or the message did: closes the connection without a dot. Returns
 * what hop_write() met; HOP_FINE: nothing. */
enum hop_status hop_broke(struct hop *h);

/* Ends the message. HOP_FINE: it is taken. HOP_REFUSED: it is not. Else nobody knows. */
enum hop_status hop_dot(struct hop *h);

/* Closes: QUIT, and no waiting; or at once. */
void hop_quit(struct hop *h);
void hop_drop(struct hop *h);

/* "mx.example [203.0.113.25]:25" */
void hop_describe(const struct hop *h, char *text, size_t cap);

/* For hop-*.c alone: reads one reply; sends text and reads one reply; sets `why`. */
enum hop_status hop_read(struct hop *h, int64_t deadline, const char *after);
enum hop_status hop_ask(struct hop *h, const char *command, size_t len, const char *after);
__attribute__((format(printf, 3, 4))) enum hop_status hop_fail(
    struct hop *h, const char *enhanced, const char *format, ...);
enum hop_status hop_wire_failed(struct hop *h, enum wire_status status, const char *what);

#endif
