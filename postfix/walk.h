/*
 * walk.h - every message in Postfix's queue
 *
 * Postfix moves a message from folder to folder while it works. So the folders are read twice: a
 * message that was missed the first time because it moved is found the second time. A message can
 * come more than once.
 *
 * Errors:  -errno with *object_r naming the folder or file that could not be read: then nobody
 *          knows what is queued. What `each` returns ends the walk where it is not 0
 */
#ifndef POSTFIX_WALK_H
#define POSTFIX_WALK_H

#include "postfix/limits.h"

struct postfix_place {
	const char *queue; /* "deferred" */
	const char *id;
	int directory; /* open; the file's name in it is the id */
};

typedef int postfix_each(void *arg, const struct postfix_place *place);

/* `queue_directory`: as `postconf -h queue_directory` says. */
int postfix_walk(
    const char *queue_directory, postfix_each *each, void *arg, char object_r[POSTFIX_OBJECT_MAX]);

#endif
