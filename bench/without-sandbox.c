/*
 * without-sandbox.c - put in the place of filter/sandbox.c, it shows what the sandbox costs
 */
#include "filter/sandbox.h"

void
sandbox_enter(int spool, bool has_openat2)
{
	(void)has_openat2;
	(void)spool;
}
