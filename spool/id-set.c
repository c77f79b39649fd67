/*
 * id-set.c - see id-set.h: an array that is sorted whenever it is full
 */
#include "spool/id-set.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spool/limits.h"

struct id {
	uint8_t bytes[ENTRY_ID_BYTES];
};

struct id_set {
	struct id *ids;
	size_t count, room;
	bool sealed;
};

int
id_set_new(struct id_set **set_r, struct spool_fail *why)
{
	*set_r = calloc(1, sizeof(**set_r));
	return *set_r == NULL ? spool_fail(why, "malloc", NULL, ENOMEM) : 0;
}

void
id_set_free(struct id_set **set)
{
	if (*set != NULL) {
		free((*set)->ids);
		free(*set);
		*set = NULL;
	}
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

/* Sorts, and drops what is there twice. */
static void
tidy(struct id_set *s)
{
	size_t kept = 0;

	if (s->count == 0) {
		return;
	}
	qsort(s->ids, s->count, sizeof(s->ids[0]), compare);
	for (size_t i = 1; i < s->count; i++) {
		if (compare(&s->ids[i], &s->ids[kept]) != 0) {
			s->ids[++kept] = s->ids[i];
		}
	}
	s->count = kept + 1;
}

static int
make_room(struct id_set *s, struct spool_fail *why)
{
	struct id *more;
	size_t room;

	tidy(s);
	/* While at least half of it was the same again, the room is enough. */
	if (s->count < s->room / 2) {
		return 0;
	}
	if (s->count >= ID_SET_MAX) {
		return spool_fail_check(why, FAIL_COUNT, "ids", E2BIG);
	}
	room = s->room == 0 ? ID_SET_FIRST : s->room * 2;
	more = realloc(s->ids, room * sizeof(*more));
	if (more == NULL) {
		return spool_fail(why, "malloc", NULL, ENOMEM);
	}
	s->ids = more;
	s->room = room;
	return 0;
}

int
id_set_add(struct id_set *s, const uint8_t id[ENTRY_ID_BYTES], struct spool_fail *why)
{
	assert(!s->sealed);
	if (s->count == s->room) {
		int ret = make_room(s, why);

		if (ret != 0) {
			return ret;
		}
	}
	memcpy(s->ids[s->count++].bytes, id, ENTRY_ID_BYTES);
	return 0;
}

size_t
id_set_seal(struct id_set *s)
{
	tidy(s);
	s->sealed = true;
	return s->count;
}

bool
id_set_has(const struct id_set *s, const uint8_t id[ENTRY_ID_BYTES])
{
	assert(s->sealed);
	return s->count > 0 && bsearch(id, s->ids, s->count, sizeof(s->ids[0]), compare) != NULL;
}
