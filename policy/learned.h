/*
 * learned.h - what primaries have said about recipients, with its age
 *
 * Two sets, so that strangers own nothing:
 *   kept     recipients that a primary takes: within a byte budget and a quota for each
 *            organisational domain. Only what nobody has asked for in a day makes room
 *   others   recipients that a primary does not know, domains whose primary takes all, what could
 *            not be found out, and what was not kept: within a byte budget; what was unused
 *            longest goes first
 *
 * Owns: its entries. Time is passed in, in milliseconds.
 * Not here: asking, and for how long an answer counts (learner.h); files (learned-state.h)
 */
#ifndef POLICY_LEARNED_H
#define POLICY_LEARNED_H

#include "policy/recipient-key.h"

struct learned;
struct org_share;

enum learned_word {
	LEARNED_NOTHING,
	LEARNED_KNOWN,
	LEARNED_NO_USER,
	LEARNED_TAKES_ALL, /* of "@domain" */
	LEARNED_WORDS,
};

struct learned_entry {
	struct learned_entry *next; /* hash chain */
	struct learned_entry *newer;
	struct learned_entry *older;
	struct org_share *share; /* NULL: not kept */
	int64_t when;            /* the primary said so */
	int64_t tried;           /* it was asked since, and nothing followed; 0: not */
	int64_t used;            /* when it was last asked for */
	uint64_t change;         /* the number of its last change */
	uint64_t hash;
	uint8_t word;
	uint8_t domain_len;
	uint16_t len;
	char text[];
};

/* NULL when out of memory or without randomness. */
struct learned *learned_new(void);

void learned_free(struct learned *l);

/* NULL: nothing is known. */
const struct learned_entry *learned_find(
    struct learned *l, const struct recipient_key *key, int64_t now);

/* For how long such an answer counts. */
int64_t learned_lasts_ms(enum learned_word word);

/* What the primary has said, at a time. False: out of memory. */
bool learned_set(struct learned *l, const struct recipient_key *key, enum learned_word word,
    int64_t when, int64_t now);

/* The primary was asked now, and nothing followed; what is known stays. */
void learned_set_tried(struct learned *l, const struct recipient_key *key, int64_t now);

/* Drops all of a domain. Returns how many that were. */
unsigned learned_forget(struct learned *l, const struct domain_name *domain);

/*
 * The number of the last change. Its upper half grows when something was forgotten, so that what
 * was written before no longer holds.
 */
uint64_t learned_changes(const struct learned *l);

/* All entries: start with NULL; NULL ends. */
const struct learned_entry *learned_next(const struct learned *l, const struct learned_entry *e);

size_t learned_count(const struct learned *l, enum learned_word word);

size_t learned_bytes(const struct learned *l);

/* How often a known recipient could not be kept. */
uint64_t learned_refused(const struct learned *l);

const char *learned_word_name(enum learned_word word);

#endif
