/*
 * fail.c - records what failed, on which object, and errno
 */
#include "spool/fail.h"

#include <assert.h>
#include <string.h>

static const char *const words[] = {
#define X(name, word) [name] = word,
    FAIL_CHECKS(X)
#undef X
};

static int
record(
    struct spool_fail *why, enum fail_check check, const char *call, const char *object, int error)
{
	size_t len = object == NULL ? 0 : strlen(object);

	if (why == NULL) {
		return -error;
	}
	if (len > sizeof(why->object) - 1) {
		len = sizeof(why->object) - 1;
	}
	/* `object` may be the one that is in *why already. */
	if (len > 0) {
		memmove(why->object, object, len);
	}
	why->object[len] = '\0';
	why->check = check;
	why->call = call;
	why->error = error;
	return -error;
}

int
spool_fail(struct spool_fail *why, const char *call, const char *object, int error)
{
	return record(why, FAIL_CALL, call, object, error);
}

int
spool_fail_check(struct spool_fail *why, enum fail_check check, const char *object, int error)
{
	assert(check != FAIL_CALL);
	return record(why, check, words[check], object, error);
}
