/* byte-stash.c - see byte-stash.h */
#include "policy/byte-stash.h"
#include "policy/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

void
byte_stash_drop(struct byte_stash *s, size_t *used)
{
	*used -= s->len;
	free(s->bytes);
	*s = (struct byte_stash){0};
}

bool
byte_stash_set(struct byte_stash *s, size_t *used, const char *bytes, size_t len)
{
	if (len == 0) {
		byte_stash_drop(s, used);
		return true;
	}
	if (s->bytes != NULL && bytes >= s->bytes && bytes < s->bytes + s->len) {
		memmove(s->bytes, bytes, len);
		*used -= s->len - len;
		s->len = len;
		return true;
	}
	byte_stash_drop(s, used);
	if (*used + len <= CONNECTION_BUFFERS_MAX) {
		s->bytes = malloc(len);
	}
	if (s->bytes == NULL) {
		return false;
	}
	memcpy(s->bytes, bytes, len); /* NOLINT(clang-analyzer-*): not of the stash that is gone */
	s->len = len;
	*used += len;
	return true;
}

bool
byte_stash_send(int fd, const char *bytes, size_t len, size_t *sent)
{
	ssize_t n;

	do {
		n = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	*sent = n > 0 ? (size_t)n : 0;
	return n >= 0 || errno == EAGAIN;
}

bool
byte_stash_flush(struct byte_stash *s, size_t *used, int fd)
{
	size_t sent;

	if (!byte_stash_send(fd, s->bytes, s->len, &sent)) {
		return false;
	}
	return byte_stash_set(s, used, s->bytes + sent, s->len - sent);
}
