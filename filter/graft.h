/*
 * graft.h - one message: read, plan, emit
 *
 * A message is an object that its caller owns. A process may hold many, and use each from one
 * thread at a time.
 *
 *	graft_new -> graft_from_fd      -> graft_opts_in -> graft_pass
 *	             graft_from_memory                   -> graft_plan -> graft_size
 *	                                                               -> graft_emit
 *	graft_free
 *
 * A message that opts in may be planned, measured and emitted any number of times; each
 * graft_plan() replaces the plan before it. A message that does not opt in can be passed on once.
 *
 * Errors:   -1; then graft_refusal() says why, and graft_is_lasting() whether trying again is of
 *           any use. Only an SMTP or other sink, once it has failed, keeps failing.
 * Not here: logs, exits, signals, the sandbox: those belong to programs
 */
#ifndef FILTER_GRAFT_H
#define FILTER_GRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/fields.h"
#include "filter/prover.h"
#include "filter/refusal.h"
#include "filter/sink.h"
#include "spool/recipient.h"

struct graft;

/* NULL: there is no memory. Some 3 MB of address space; what a message does not need stays
 * untouched. */
struct graft *graft_new(void);

/* Closes what is open and sets *g to NULL. *g may be NULL. */
void graft_free(struct graft **g);

/*
 * Each begins a message; one that was begun before is over. `name` is how error sentences call
 * the input (NULL: "input"). Both read the header: graft_from_fd() from where the descriptor
 * stands. The descriptor or the bytes are the caller's and must stay until the next message or
 * graft_free(). A regular file is read in place.
 */
int graft_from_fd(struct graft *g, int in, const char *name);
int graft_from_memory(struct graft *g, const void *message, size_t len, const char *name);

/* From now on, and in messages to come, these top-level fields of the message stay away. */
void graft_leave_out(struct graft *g, const struct field_veto *veto);

/* Whether the message asks for attachments. */
bool graft_opts_in(const struct graft *g);

/* Writes a message that does not ask, less the fields that our transports add (Graft-Recipient,
 * Graft-Id), and ends the sink. */
int graft_pass(struct graft *g, struct sink *out);

/*
 * Reads the rest of a message that asks, and plans it: finds the markers, proves every token for
 * `to`, opens every blob, keeps to the spool's limits. `to` NULL: the recipient that the message's
 * Graft-Recipient field names. The prover must stay until this returns.
 */
int graft_plan(struct graft *g, const struct prover *prover, const struct recipient *to);

/* Of a plan: whether a token in it is bound to a recipient, so that another recipient needs a plan
 * of his own. */
bool graft_is_bound(const struct graft *g);

/* Of a plan: the exact number of bytes that graft_emit() writes, with LF line ends. */
int graft_size(struct graft *g, uint64_t *bytes_r);

/*
 * Of a plan: the exact number of bytes that graft_emit() writes into an SMTP sink: with CRLF line
 * ends, stuffed dots, and the CRLF that ends the last line; without the line ".", CRLF after it.
 * Attached messages (message/rfc822) are read for it.
 */
int graft_wire_size(struct graft *g, uint64_t *bytes_r);

/* Of a plan: writes the grafted message and ends the sink. */
int graft_emit(struct graft *g, struct sink *out);

/* After a failure: the reason. */
const struct refusal *graft_refusal(const struct graft *g);

/* The same in parts: the exit code (sysexits.h); the reason as one word; and as a sentence
 * (refusal_sentence()). */
int graft_exit(const struct graft *g);
const char *graft_word(const struct graft *g);
size_t graft_sentence(const struct graft *g, char *out, size_t cap);

/*
 * After a failure: true where no retry can mend it, so the message may be bounced (550); false
 * where it must wait (451). DESIGN.md, Lasting or not. Every program asks here, and judges no exit
 * code or word itself.
 */
bool graft_is_lasting(const struct graft *g);

struct graft_summary {
	uint64_t in;        /* bytes of the message as it came */
	uint64_t out;       /* bytes of the message as it went, with LF line ends */
	size_t attachments; /* that go out; one that goes out twice counts twice */
	size_t entries;     /* different ones among them */
	/* the message carried a DKIM or ARC signature, which no longer holds */
	bool breaks_signature;
};

void graft_summary(const struct graft *g, struct graft_summary *s);

enum { GRAFT_ENTRY_CHARS = 2 * ENTRY_ID_BYTES };

/* Of a plan: the id of its entry number `i`, in hex digits, and a NUL. */
void graft_entry(const struct graft *g, size_t i, char hex[GRAFT_ENTRY_CHARS + 1]);

#endif
