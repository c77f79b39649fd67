/*
 * sniff.c - libmagic, asked for a media type
 */
#include "spool/sniff.h"

#include <errno.h>
#include <magic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sniff {
	magic_t cookie;
};

int
sniff_open(struct sniff **sniff_r, struct spool_fail *why)
{
	struct sniff *s = malloc(sizeof *s);
	int ret = 0;

	*sniff_r = NULL;
	if (s == NULL) {
		return spool_fail(why, "malloc", "libmagic", ENOMEM);
	}
	s->cookie = magic_open(MAGIC_MIME | MAGIC_NO_CHECK_COMPRESS | MAGIC_ERROR);
	if (s->cookie == NULL || magic_load(s->cookie, NULL) != 0) {
		int error = s->cookie == NULL ? errno : magic_errno(s->cookie);
		ret = spool_fail(why, "magic_load", "libmagic", error == 0 ? ENOENT : error);
		sniff_close(&s);
		return ret;
	}
	*sniff_r = s;
	return 0;
}

void
sniff_close(struct sniff **sniff)
{
	if (*sniff != NULL && (*sniff)->cookie != NULL) {
		magic_close((*sniff)->cookie);
	}
	free(*sniff);
	*sniff = NULL;
}

int
sniff_type(struct sniff *s, int fd, char type[SNIFF_TYPE_MAX], struct spool_fail *why)
{
	const char *found;

	if (lseek(fd, 0, SEEK_SET) < 0) {
		return spool_fail(why, "lseek", "libmagic", errno);
	}
	found = magic_descriptor(s->cookie, fd);
	if (found == NULL || strlen(found) >= SNIFF_TYPE_MAX) {
		int error = found == NULL ? magic_errno(s->cookie) : EMSGSIZE;
		return spool_fail(why, "magic_descriptor", "libmagic", error == 0 ? EIO : error);
	}
	memcpy(type, found, strlen(found) + 1);
	return 0;
}
