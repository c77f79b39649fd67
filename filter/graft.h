/*
 * graft.h - one message, from standard input to a sink: read, plan, emit
 *
 * The whole of the filter but for Exim: no log, no exit, no signal. One message
 * a process (the memory is static, so that it costs nothing until it is used).
 *
 *	graft_begin -> graft_opts_in -> graft_pass
 *	                             -> graft_plan -> graft_emit
 *
 * Errors:  -1; graft_exit() and graft_sentence() say what it was
 */
#ifndef FILTER_GRAFT_H
#define FILTER_GRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct graft;

struct graft_options {
	const char *spool;     /* the spool's directory */
	int64_t now;           /* seconds since 1970 */
	const char *recipient; /* NULL: what the message says; else this address instead */
	bool sandbox;          /* give up all rights but those that grafting needs, for good */
};

/* Reads the header from a descriptor. *g_r is set in any case. */
int graft_begin(int in, struct graft **g_r);

/* Whether the message asks for attachments. */
bool graft_opts_in(const struct graft *g);

/* Copies a message that does not, less its Graft-Recipient field, to a descriptor. */
int graft_pass(struct graft *g, int out, void (*first_byte)(void));

/* Reads the rest of one that does, verifies every token, opens every blob, keeps to the spool's
 * limits. */
int graft_plan(struct graft *g, const struct graft_options *o);

/* The exact size of what graft_emit() will write. */
int graft_size(struct graft *g, uint64_t *bytes_r);

/* Writes the grafted message to a descriptor. `first_byte`, where not NULL, is called before the
 * first write. */
int graft_emit(struct graft *g, int out, void (*first_byte)(void));

/* Closes what is open. May be called at any time. */
void graft_end(struct graft *g);

/* After a failure: the exit code (sysexits.h), the reason as one word, and as a sentence. */
int graft_exit(const struct graft *g);
const char *graft_word(const struct graft *g);
size_t graft_sentence(const struct graft *g, char *out, size_t cap);

struct graft_summary {
	uint64_t in, out;   /* bytes read and written */
	size_t attachments; /* different ones */
	/* the message carried a DKIM or ARC signature, which no longer holds */
	bool breaks_signature;
};

void graft_summary(const struct graft *g, struct graft_summary *s);

/* The id of an attachment's entry, 40 hex digits and a NUL. */
void graft_entry(const struct graft *g, size_t attachment, char hex[41]);

#endif
