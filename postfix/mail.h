/*
 * mail.h - one message of Postfix's queue: who still waits for it, what it says
 *
 * Owns:    the descriptor and the memory of a struct postfix_mail, until postfix_mail_close()
 * Errors:  -errno. -EBADMSG: the queue file is damaged, or still being written
 * Not here: finding it (walk.h), what the message means (filter/graft.h)
 */
#ifndef POSTFIX_MAIL_H
#define POSTFIX_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "postfix/limits.h"

struct postfix_mail {
	int fd;
	int64_t received;  /* seconds since 1970; 0: unknown */
	bool complete;     /* the file has its end: Postfix has taken the message */
	bool asks;         /* it has a Graft field at the top level (filter/fields.h) */
	size_t recipients; /* still to be served */
	char **recipient;  /* each NUL-terminated, as Postfix has it */
};

/*
 * Opens a queue file and reads its envelope and its header. A file that is still being written is
 * read as far as it goes.
 */
int postfix_mail_open(int directory, const char *name, struct postfix_mail *m);

/* The same of an open descriptor, which becomes the message's. */
int postfix_mail_read(int fd, struct postfix_mail *m);

void postfix_mail_close(struct postfix_mail *m);

/* Called with each piece of the message's bytes, LF line ends. Anything but 0 ends the reading. */
typedef int postfix_content(void *arg, const uint8_t *p, size_t len);

/* Reads the message itself. 0, what `each` returned, or -errno. */
int postfix_mail_content(const struct postfix_mail *m, postfix_content *each, void *arg);

#endif
