/*
 * sniff.c - libmagic, asked for a media type
 */
#include "spool/sniff.h"

#include <errno.h>
#include <magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sniff {
	magic_t cookie;
};

int
sniff_open(struct sniff **sniff_r, struct spool_fail *why)
{
	struct sniff *s = malloc(sizeof(*s));
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

/*
 * How many bytes libmagic looks at for a text's encoding. A NUL is in no text but
 * UTF-16 and UTF-32, which begin with a mark: then it need not go on, which is
 * more than half of the work for a binary file.
 */
static size_t
encoding_bytes(int fd)
{
	unsigned char head[SNIFF_HEAD];
	ssize_t len = pread(fd, head, sizeof(head), 0);
	bool binary = len > 1 && head[0] < 0xfe &&
	    memchr(head + 1, '\0', (size_t)len - 1) != NULL && head[0] != '\0';

	return binary ? SNIFF_HEAD : SNIFF_ENCODING;
}

int
sniff_type(struct sniff *s, int fd, char type[SNIFF_TYPE_MAX], struct spool_fail *why)
{
	const char *found;
	size_t encoding = encoding_bytes(fd);

	if (magic_setparam(s->cookie, MAGIC_PARAM_ENCODING_MAX, &encoding) != 0) {
		return spool_fail(why, "magic_setparam", "libmagic", EINVAL);
	}
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
