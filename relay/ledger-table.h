/*
 * ledger-table.h - the ledger's memory: records by key, in the order in which they came
 *
 * Owns:     every record and its texts
 * Not here: the file (ledger.c)
 */
#ifndef RELAY_LEDGER_TABLE_H
#define RELAY_LEDGER_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "relay/limits.h"

enum ledger_state {
	STATE_UNDER_WAY,
	STATE_DOT, /* under way, and the dot has been said */
	STATE_UNCERTAIN,
	STATE_TAKEN,
};

struct ledger_record {
	uint8_t key[LEDGER_KEY_BYTES];
	uint32_t owner; /* of what is under way */
	enum ledger_state state;
	int64_t when;                        /* of its state */
	char *text;                          /* the reply, or the label; NULL: none */
	struct ledger_record *chain;         /* the next of the same slot */
	struct ledger_record *older, *newer; /* in its list */
};

struct ledger_list {
	struct ledger_record *oldest, *newest;
};

struct ledger_table {
	struct ledger_record **slots; /* a power of two of them */
	size_t slot_count, count;
	size_t bytes;               /* of memory, about */
	struct ledger_list busy;    /* STATE_UNDER_WAY and STATE_DOT */
	struct ledger_list settled; /* the others, in the order in which they became so */
};

/* 0, or -ENOMEM. */
int ledger_table_begin(struct ledger_table *t);
void ledger_table_end(struct ledger_table *t);

struct ledger_record *ledger_table_find(
    const struct ledger_table *t, const uint8_t key[LEDGER_KEY_BYTES]);

/* A new record, the newest, in STATE_UNDER_WAY; NULL: no memory. The key is not in the table. */
struct ledger_record *ledger_table_add(struct ledger_table *t, const uint8_t key[LEDGER_KEY_BYTES]);

/* Sets state and time, and makes the record the newest of its list. */
void ledger_table_move(
    struct ledger_table *t, struct ledger_record *r, enum ledger_state state, int64_t when);

/* The same with a text (NULL: none), which is lost where there is no memory. */
void ledger_table_set(struct ledger_table *t, struct ledger_record *r, enum ledger_state state,
    int64_t when, const char *text);

void ledger_table_remove(struct ledger_table *t, struct ledger_record *r);

#endif
