/*
 * judge.h - would the filter graft this message?
 *
 * Does what mailgraft-filter does short of writing the message.
 *
 * Not here: reading the queue (queue.h), what follows from a refusal
 */
#ifndef EXIM_JUDGE_H
#define EXIM_JUDGE_H

#include <stdint.h>

#include "filter/refusal.h"

/*
 * Judges a message by the spool at the path `spool`; `now` is in seconds since
 * 1970. The recipient is that of its Graft-Recipient field. 0: it would be
 * grafted, or asks for nothing; -1 with *why filled in.
 */
int judge_message(int message, const char *spool, int64_t now, struct refusal *why);

/* The same, with the bytes that it will have; 0 where it asks for nothing. */
int judge_size(int message, const char *spool, int64_t now, uint64_t *bytes_r, struct refusal *why);

#endif
