/*
 * fail.c - records the failing call, its object and its errno
 */
#include "spool/fail.h"

#include <string.h>

int
spool_fail(struct spool_fail *why, const char *call, const char *object, int error)
{
	if (why != NULL) {
		size_t len = object == NULL ? 0 : strlen(object);
		if (len > sizeof(why->object) - 1) {
			len = sizeof(why->object) - 1;
		}
		if (len > 0) {
			memmove(why->object, object, len);
		}
		why->object[len] = '\0';
		why->call = call;
		why->error = error;
	}
	return -error;
}
