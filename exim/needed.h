/*
 * needed.h - which entries the messages in Exim's queues still name
 *
 * Every message that asks for attachments counts, whatever state it is in:
 * frozen, deferred, malformed, being delivered at this moment. What it names is
 * found by mime/mention.h, which finds too much rather than too little.
 *
 * A child process reads the queues, as root with the rights of Exim's user
 * alone: what it reads is hostile text. Only entry ids come from it.
 *
 * Errors:  -1 with *why filled in: then nobody knows what is needed. A queue or a
 *          message that cannot be read is such a failure
 * Not here: messages that are not queued yet, or on another host (the caller
 *          leaves alone what was stored lately)
 */
#ifndef EXIM_NEEDED_H
#define EXIM_NEEDED_H

#include "exim/fail.h"
#include "exim/queue.h"
#include "spool/id-set.h"

/* `directory` is Exim's spool. Adds the ids to the set. */
int needed_collect(const char *directory, struct id_set *set, struct exim_fail *why);

/*
 * One message, after queue_read(): calls `found` with each entry's id that it may name, perhaps
 * more than once. -1 with *why where it cannot be read to its end.
 */
typedef void needed_found(void *arg, const uint8_t id[ENTRY_ID_BYTES]);
int needed_by(const struct queued *q, needed_found *found, void *arg, struct queue_fail *why);

#endif
