/*
 * moved.c - see moved.h
 */
#include "cli/moved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "spool/take-over.h"

int
moved_note(struct moved *m, const char *path, const struct stat *st,
    const uint8_t digest[SHA256_BYTES], struct complaint *c)
{
	m->path = strdup(path);
	if (m->path == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	m->st = *st;
	memcpy(m->digest, digest, sizeof(m->digest));
	return 0;
}

int
moved_remove(const struct moved *m, const struct spool *spool, struct complaint *c)
{
	int error = m->path == NULL ? 0 : take_over_remove(spool, m->path, &m->st, m->digest);

	if (error == 0) {
		return 0;
	}
	return complain(c, EX_IOERR, "stored, but cannot remove '%.200s': %s", m->path,
	    error == -ESTALE ? "it is not what was stored any more" : reason(-error));
}

void
moved_forget(struct moved *m)
{
	free(m->path);
	m->path = NULL;
}
