/*
 * moment.c - asks both clocks
 */
#include "spool/moment.h"

#include "spool/limits.h"

struct moment
moment_now(void)
{
	struct timespec boot = {0};

	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (struct moment){.real = time(NULL), .boot = boot.tv_sec};
}

bool
moment_is_recent(const struct moment *m)
{
	struct moment now = moment_now();

	return now.boot - m->boot < STORE_YOUNG && now.real - m->real < STORE_YOUNG;
}
