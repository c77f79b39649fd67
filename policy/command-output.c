/* command-output.c - see command-output.h */
#include "policy/command-output.h"
#include "policy/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
child(const char *const *argv, int out, int err)
{
	const char *path = getenv("PATH");
	char longer[4096];
	int null = open("/dev/null", O_RDONLY);

	(void)snprintf(longer, sizeof(longer), "%s:/usr/sbin:/sbin", path != NULL ? path : "");
	(void)setenv("PATH", longer, 1);
	if (dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2) {
		/* execvp() does not change them; its type is older than const */
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	}
	_exit(errno == ENOENT ? 127 : 126);
}

/* NULL when out of memory. */
static char *
read_all(int fd)
{
	struct stat st;
	size_t len, at = 0;
	char *text;

	if (fstat(fd, &st) != 0) {
		return NULL;
	}
	len = st.st_size > COMMAND_OUTPUT_MAX ? COMMAND_OUTPUT_MAX : (size_t)st.st_size;
	text = malloc(len + 1);
	while (text != NULL && at < len) {
		ssize_t n = pread(fd, text + at, len - at, (off_t)at);

		if (n <= 0) {
			break;
		}
		at += (size_t)n;
	}
	if (text != NULL) {
		text[at] = 0;
	}
	return text;
}

static void
keep_last_line(char *text)
{
	size_t len = strlen(text);
	const char *line;

	while (len > 0 && text[len - 1] == '\n') {
		text[--len] = 0;
	}
	line = strrchr(text, '\n');
	if (line != NULL) {
		memmove(text, line + 1, strlen(line + 1) + 1);
	}
}

int
command_output(const char *const *argv, char **out, char **complaint)
{
	int fds[2] = {-1, -1}, status = 0, ret = -ENOMEM;
	pid_t pid;

	*out = *complaint = NULL;
	fds[0] = memfd_create("out", MFD_CLOEXEC);
	fds[1] = memfd_create("err", MFD_CLOEXEC);
	if (fds[0] < 0 || fds[1] < 0) {
		goto fail;
	}
	(void)fflush(stdout); /* or the child's copy of it might be written, too */
	pid = fork();
	if (pid == 0) {
		child(argv, fds[0], fds[1]);
	}
	if (pid < 0) {
		goto fail;
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			goto fail;
		}
	}
	ret = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	*out = read_all(fds[0]);
	*complaint = read_all(fds[1]);
	if (*out == NULL || *complaint == NULL) {
		ret = -ENOMEM;
		goto out;
	}
	if ((ret == 127 || ret == 126) && (*complaint)[0] == 0) { /* child() said so */
		ret = ret == 127 ? -ENOENT : -EACCES;
		goto out;
	}
	keep_last_line(*complaint);
	goto out;
fail:
	ret = -errno;
out:
	if (ret < 0) {
		free(*out);
		free(*complaint);
		*out = *complaint = NULL;
	}
	if (fds[0] >= 0) {
		close(fds[0]);
	}
	if (fds[1] >= 0) {
		close(fds[1]);
	}
	return ret;
}
