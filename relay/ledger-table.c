/*
 * ledger-table.c - see ledger-table.h
 */
#include "relay/ledger-table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "relay/limits.h"

int
ledger_table_begin(struct ledger_table *t)
{
	*t = (struct ledger_table){.slot_count = LEDGER_SLOTS_FIRST};
	t->slots = calloc(LEDGER_SLOTS_FIRST, sizeof(struct ledger_record *));
	t->bytes = LEDGER_SLOTS_FIRST * sizeof(struct ledger_record *);
	return t->slots != NULL ? 0 : -ENOMEM;
}

void
ledger_table_end(struct ledger_table *t)
{
	while (t->busy.oldest != NULL) {
		ledger_table_remove(t, t->busy.oldest); /* NOLINT(clang-analyzer-unix.Malloc) */
	}
	while (t->settled.oldest != NULL) {
		ledger_table_remove(t, t->settled.oldest); /* NOLINT(clang-analyzer-unix.Malloc) */
	}
	free(t->slots);
	t->slots = NULL;
}

/* The key is a hash: any bytes of it will do. */
static size_t
slot_of(const struct ledger_table *t, const uint8_t *key)
{
	uint64_t n;

	memcpy(&n, key, sizeof(n));
	return (size_t)n & (t->slot_count - 1);
}

struct ledger_record *
ledger_table_find(const struct ledger_table *t, const uint8_t key[LEDGER_KEY_BYTES])
{
	struct ledger_record *r = t->slots[slot_of(t, key)];

	while (r != NULL && memcmp(r->key, key, LEDGER_KEY_BYTES) != 0) {
		r = r->chain;
	}
	return r;
}

static void
chain_all(struct ledger_table *t, const struct ledger_list *list)
{
	for (struct ledger_record *r = list->oldest; r != NULL; r = r->newer) {
		size_t i = slot_of(t, r->key);

		r->chain = t->slots[i];
		t->slots[i] = r;
	}
}

/* Without memory the chains just become longer. */
static void
grow(struct ledger_table *t)
{
	size_t more = t->slot_count * 2;
	struct ledger_record **slots = calloc(more, sizeof(struct ledger_record *));

	if (slots == NULL) {
		return;
	}
	free(t->slots);
	t->slots = slots;
	t->bytes += (more - t->slot_count) * sizeof(struct ledger_record *);
	t->slot_count = more;
	chain_all(t, &t->busy);
	chain_all(t, &t->settled);
}

static struct ledger_list *
list_of(struct ledger_table *t, const struct ledger_record *r)
{
	return r->state == STATE_UNDER_WAY || r->state == STATE_DOT ? &t->busy : &t->settled;
}

static void
append(struct ledger_table *t, struct ledger_record *r)
{
	struct ledger_list *list = list_of(t, r);

	r->older = list->newest;
	r->newer = NULL;
	*(list->newest != NULL ? &list->newest->newer : &list->oldest) = r;
	list->newest = r;
}

static void
unlink_record(struct ledger_table *t, struct ledger_record *r)
{
	struct ledger_list *list = list_of(t, r);

	*(r->older != NULL ? &r->older->newer : &list->oldest) = r->newer;
	*(r->newer != NULL ? &r->newer->older : &list->newest) = r->older;
}

struct ledger_record *
ledger_table_add(struct ledger_table *t, const uint8_t key[LEDGER_KEY_BYTES])
{
	struct ledger_record *r = calloc(1, sizeof(*r));
	size_t i;

	if (r == NULL) {
		return NULL;
	}
	if (t->count >= t->slot_count) {
		grow(t);
	}
	i = slot_of(t, key);
	memcpy(r->key, key, LEDGER_KEY_BYTES);
	r->chain = t->slots[i];
	t->slots[i] = r;
	append(t, r);
	t->count++;
	t->bytes += sizeof(*r);
	return r;
}

static size_t
text_bytes(const struct ledger_record *r)
{
	return r->text != NULL ? strlen(r->text) + 1 : 0;
}

void
ledger_table_move(
    struct ledger_table *t, struct ledger_record *r, enum ledger_state state, int64_t when)
{
	unlink_record(t, r);
	r->state = state;
	r->when = when;
	append(t, r);
}

void
ledger_table_set(struct ledger_table *t, struct ledger_record *r, enum ledger_state state,
    int64_t when, const char *text)
{
	t->bytes -= text_bytes(r);
	free(r->text);
	r->text = text != NULL ? strdup(text) : NULL;
	t->bytes += text_bytes(r);
	ledger_table_move(t, r, state, when);
}

void
ledger_table_remove(struct ledger_table *t, struct ledger_record *r)
{
	struct ledger_record **at = &t->slots[slot_of(t, r->key)];

	while (*at != r) {
		at = &(*at)->chain;
	}
	*at = r->chain;
	unlink_record(t, r);
	t->count--;
	t->bytes -= sizeof(*r) + text_bytes(r);
	free(r->text);
	free(r);
}
