/*
 * queue.h - Exim's queue as it lies on disk: which messages, and what is in them
 *
 * Reads the -H and -D files of 4.94 to 4.100, in split and named queues. What
 * they hold is hostile text; nothing in them is believed beyond their form.
 *
 * Owns:    the descriptors and the memory of a struct queued, until queue_close()
 * Errors:  0 or -1 with *why filled in
 * Not here: what the message means (filter/graft.h), sentences to people; and no
 *          more than libc, so that mailgraft-preflight can link it statically
 */
#ifndef EXIM_QUEUE_H
#define EXIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "exim/limits.h"

struct queue_fail {
	const char *what; /* "cannot open the -H file" */
	int error;        /* errno; 0: `what` says it all */
	bool gone;        /* there is no -H file: no longer queued */
};

struct span {
	const char *text;
	size_t len;
};

struct queued {
	char id[QUEUE_ID_MAX + 1];
	int header_file, data_file; /* descriptors */
	char *raw;                  /* the whole -H file */
	size_t raw_len, at;
	int64_t received;       /* seconds since 1970 */
	bool wireformat;        /* the body has CRLF: no filter can read it */
	struct span *recipient; /* those still to be served, into `raw` */
	size_t recipients;
	struct span *delivered; /* those served, sorted */
	size_t deliveries;
	size_t fields; /* where in `raw` the header's fields begin */
};

/* Whether this is a message id of Exim: 6-6-2 or, from 4.97 on, 6-11-4 letters and digits. */
bool queue_is_id(const char *text, size_t len);

/*
 * Opens the files of a message beneath Exim's spool directory. `queue` is the
 * named queue, or "". Nothing is read yet, so that rights may be given up.
 */
int queue_open(
    const char *spool, const char *queue, const char *id, struct queued *q, struct queue_fail *why);

/* The same in an open directory. */
int queue_open_at(int directory, const char *id, struct queued *q, struct queue_fail *why);

/* Reads and parses the -H file. */
int queue_read(struct queued *q, struct queue_fail *why);

/*
 * After queue_read: the record at *at, which begins as q->fields: Exim's flag
 * ('*': no longer part of the message) and the field as it stands. 1, 0 at the
 * end, -1 where the file is damaged.
 */
int queue_field(const struct queued *q, size_t *at, char *flag_r, struct span *text_r);

/* After queue_read: whether it asks for attachments. */
bool queue_asks(const struct queued *q);

/*
 * The message as Exim would give it to the filter for this recipient, in a
 * descriptor that has no name: its fields less Graft-Recipient, a Graft-Recipient
 * with this address, the body. At most QUEUE_BODY_MAX of it. The caller closes it.
 */
int queue_message(struct queued *q, const char *recipient, size_t len, struct queue_fail *why);

/*
 * The message's body from its byte `at` on: how many bytes were read to `out`, 0
 * at the end. At 0 the -D file must begin as Exim begins it.
 */
ssize_t queue_body(
    const struct queued *q, uint64_t at, void *out, size_t cap, struct queue_fail *why);

void queue_close(struct queued *q);

/*
 * Calls `each` with every message of every queue beneath Exim's spool directory:
 * the queue's name, the open directory, the id. Stops at the first -1. A
 * directory that cannot be read is a failure.
 *
 * Messages are known by their -H files, or by their -D files. Exim writes a new
 * -H file and renames it over the old one after each delivery, and on some file
 * systems a directory that is just being read then shows neither; the -D file
 * keeps its name as long as the message is there.
 */
enum queue_file { QUEUE_HEADERS = 'H', QUEUE_DATA = 'D' };
typedef int queue_each(void *arg, const char *queue, int directory, const char *id);
int queue_walk(
    const char *spool, enum queue_file file, queue_each *each, void *arg, struct queue_fail *why);

/* How many messages there are. -1: not all can be seen. */
int queue_count(const char *spool, uint64_t *count_r, struct queue_fail *why);

/*
 * queue_open_at, and once more after a moment where the -D file alone is missing:
 * a message that is done loses it first. Then *why says that it is gone.
 */
int queue_open_listed(int directory, const char *id, struct queued *q, struct queue_fail *why);

#endif
