/*
 * ledger.h - who has got what: so that a repeat is answered from memory and not sent again
 *
 * A key stands for one message to one recipient (delivery-key.h makes them). Its life:
 *
 *	ledger_claim() -> LEDGER_NEW: under way for that owner
 *	    ledger_dot()     about to say the final dot: from here on it may have been taken
 *	    ledger_taken()   the next hop took it; a repeat gets this answer for LEDGER_KEEP_S
 *	    ledger_free()    it was not taken: everything is as before
 *	ledger_leave()       the owner is gone: what is under way is free, what was after its dot is
 *	                     uncertain, and nobody tries it again for LEDGER_UNCERTAIN_S
 *
 * STATE/ledger holds the dots and the answers, one line each, appended before the call returns:
 * that survives a SIGKILL of every process. ledger_sync() makes it survive a power cut. The file is
 * written anew when most of it is no longer needed.
 *
 * Owns:     STATE/ledger and the lock on STATE/ledger.lock; memory within LEDGER_BUDGET
 * Errors:   -errno
 * Not here: what a key is made of; log lines
 */
#ifndef RELAY_LEDGER_H
#define RELAY_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "relay/limits.h"

struct ledger;

enum ledger_answer {
	LEDGER_NEW,       /* nobody has it: it is the claimant's now */
	LEDGER_TAKEN,     /* the next hop took it; the reply says with which words */
	LEDGER_UNDER_WAY, /* another session is at it */
	LEDGER_UNCERTAIN, /* the dot was said and no answer came */
};

/* Called for each key that is found uncertain when the ledger is opened. */
typedef void ledger_report(void *context, int64_t when, const char *label);

/*
 * Opens the ledger in the folder `state`, which it locks. `now` in seconds since 1970, in every
 * call. *skipped_r: lines that could not be read. -EWOULDBLOCK: another relay has it.
 */
int ledger_open(int state, int64_t now, ledger_report *report, void *context, size_t *skipped_r,
    struct ledger **ledger_r);
void ledger_close(struct ledger **l);

/* `owner`: the session, not 0. `reply`: of LEDGER_TAKEN, NUL-terminated. -ENOMEM. */
int ledger_claim(struct ledger *l, const uint8_t key[LEDGER_KEY_BYTES], uint32_t owner, int64_t now,
    char reply[LEDGER_REPLY_MAX + 1]);

/* These do nothing but return -ENOENT where the key is not under way for that owner. */
int ledger_dot(struct ledger *l, const uint8_t key[LEDGER_KEY_BYTES], uint32_t owner, int64_t now,
    const char *label);
int ledger_taken(struct ledger *l, const uint8_t key[LEDGER_KEY_BYTES], uint32_t owner, int64_t now,
    const char *reply);
int ledger_free(struct ledger *l, const uint8_t key[LEDGER_KEY_BYTES], uint32_t owner, int64_t now);

void ledger_leave(struct ledger *l, uint32_t owner, int64_t now);

/* Forgets what is old, and writes the file anew where that is worth it. */
int ledger_tidy(struct ledger *l, int64_t now);

/* What was written reaches the disk, if there is any. */
int ledger_sync(struct ledger *l);

/* Keys that it knows. */
size_t ledger_count(const struct ledger *l);

#endif
