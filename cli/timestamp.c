/*
 * timestamp.c - points in time as people read them
 */
#include "cli/timestamp.h"

#include <time.h>

#include "spool/limits.h"

const char *
timestamp(uint64_t seconds, char text[TIMESTAMP_MAX])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL ||
	    strftime(text, TIMESTAMP_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
		text[0] = '\0';
	}
	return text;
}

const char *
timestamp_local(uint64_t seconds, char text[TIMESTAMP_MAX])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL ||
	    strftime(text, TIMESTAMP_MAX, "%Y-%m-%d %H:%M", &tm) == 0) {
		text[0] = '\0';
	}
	return text;
}

uint32_t
now_units(void)
{
	return (uint32_t)(time(NULL) / EXPIRY_UNIT);
}
