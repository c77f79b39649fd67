/*
 * complain-exim.c - see complain-exim.h
 */
#include "cli/complain-exim.h"

#include <assert.h>
#include <errno.h>
#include <sysexits.h>

int
complain_exim(struct complaint *c, const struct exim_fail *why)
{
	const char *object = why->object, *detail = why->detail;

	switch (why->failure) {
	case EXIM_IS_NOWHERE:
		return complain(c, EX_UNAVAILABLE, "there is no Exim here; say where with --exim");
	case EXIM_CANNOT_RUN:
		return complain(
		    c, EX_UNAVAILABLE, "cannot run '%s': %s", object, reason(why->error));
	case EXIM_CANNOT_HEAR:
		return complain(
		    c, EX_OSERR, "cannot hear what '%s' says: %s", object, reason(why->error));
	case EXIM_NO_SPOOL_NAMED:
		return complain(c, EX_CONFIG,
		    "'%s -bP spool_directory' does not say where the queue is: %.300s", object,
		    detail);
	case EXIM_ANSWER_FAILED:
		return complain(c, EX_CONFIG, "'%s' fails: %.300s", object, detail);
	case EXIM_REFUSES_CONFIG:
		return complain(c, EX_CONFIG, "Exim refuses its configuration: %s", detail);
	case EXIM_CANNOT_READ_QUEUE:
		return complain(c, why->error == EACCES ? EX_NOPERM : EX_NOINPUT,
		    "cannot read Exim's queue '%s': %s", object, reason(why->error));
	case EXIM_CANNOT_READ_MAIL:
		return complain(c, EX_NOINPUT,
		    "cannot tell what message '%s' in Exim's queue needs: %s%s%s", object, detail,
		    why->error == 0 ? "" : ": ", why->error == 0 ? "" : reason(why->error));
	case EXIM_CANNOT_BECOME:
		return complain(
		    c, EX_OSERR, "cannot become the owner of Exim's queue: %s", reason(why->error));
	case EXIM_CANNOT_START_CHILD:
		return complain(c, EX_OSERR, "cannot read Exim's queues: %s", reason(why->error));
	case EXIM_CHILD_BROKE_OFF:
		return complain(
		    c, EX_OSERR, "cannot read Exim's queues: the process that read them ended");
	case EXIM_NO_MEMORY:
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	assert(!"a failure without a sentence");
	return -1;
}
