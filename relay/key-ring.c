/*
 * key-ring.c - see key-ring.h
 */
#include "relay/key-ring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
key_ring_begin(struct key_ring *r)
{
	for (size_t i = 0; i < r->count; i++) {
		r->entry[i].old = true;
	}
}

static struct key_ring_entry *
find(const struct key_ring *r, const char *domain, const char *selector)
{
	for (size_t i = 0; i < r->count; i++) {
		struct key_ring_entry *e = &r->entry[i];

		if (strcmp(e->domain, domain) == 0 && strcmp(e->selector, selector) == 0) {
			return e;
		}
	}
	return NULL;
}

/* A place for one more. NULL: no memory, or more than a configuration may name. */
static struct key_ring_entry *
add(struct key_ring *r)
{
	size_t room = r->room == 0 ? 8 : r->room * 2;
	struct key_ring_entry *grown;

	if (r->count < r->room) {
		return &r->entry[r->count++];
	}
	if (r->count >= 2 * (size_t)SETTINGS_DKIM_MAX) {
		return NULL;
	}
	grown = reallocarray(r->entry, room, sizeof(*grown));
	if (grown == NULL) {
		return NULL;
	}
	r->entry = grown;
	r->room = room;
	return &r->entry[r->count++];
}

int
key_ring_add(struct key_ring *r, const char *domain, const char *selector, int fd)
{
	struct key_ring_entry *e;
	struct dkim_key *key;
	int error = dkim_key_read(fd, &key);

	if (error < 0) {
		return error;
	}
	e = find(r, domain, selector);
	if (e == NULL) {
		e = add(r);
		if (e == NULL) {
			dkim_key_free(key);
			return -ENOMEM;
		}
		snprintf(e->domain, sizeof(e->domain), "%s", domain);
		snprintf(e->selector, sizeof(e->selector), "%s", selector);
	} else {
		dkim_key_free(e->key);
	}
	e->key = key;
	e->old = false;
	return 0;
}

void
key_ring_end(struct key_ring *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->count; i++) {
		if (r->entry[i].old) {
			dkim_key_free(r->entry[i].key);
		} else {
			r->entry[kept++] = r->entry[i];
		}
	}
	r->count = kept;
}

const struct dkim_key *
key_ring_find(const struct key_ring *r, const char *domain, const char *selector)
{
	const struct key_ring_entry *e = find(r, domain, selector);

	return e != NULL ? e->key : NULL;
}

void
key_ring_free(struct key_ring *r)
{
	key_ring_begin(r);
	key_ring_end(r);
	free(r->entry);
	*r = (struct key_ring){.count = 0};
}
