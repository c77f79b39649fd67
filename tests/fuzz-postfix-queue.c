/*
 * fuzz-postfix-queue.c - any bytes as a queue file of Postfix: read within bounds, to an end
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "postfix/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
count(void *arg, const uint8_t *p, size_t len)
{
	uint64_t *bytes = arg;

	for (size_t i = 0; i < len; i++) {
		*bytes += p[i] == '\n'; /* ASan sees a read past the end */
	}
	*bytes += len;
	return *bytes > 64 * 1024 * 1024 ? 1 : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("queue-file", MFD_CLOEXEC);
	char path[64];
	struct postfix_mail m;
	uint64_t bytes = 0;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
		abort();
	}
	/* Postfix's queue files are no symbolic links; a memory file is named by one. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (postfix_mail_read(open(path, O_RDONLY | O_CLOEXEC), &m) == 0) {
		postfix_mail_content(&m, count, &bytes);
	}
	postfix_mail_close(&m);
	close(fd);
	return 0;
}
