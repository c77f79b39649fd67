/* control-client.c - see control-client.h */
#include "policy/control-client.h"
#include "policy/config-file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

int
control_client_ask(const char *config_path, const char *command, const char *word)
{
	char error[CONFIG_ERROR_MAX], line[TEXT_QUESTION_MAX], answer[4096];
	struct config *c = config_from_file(config_path, error);
	int fd = -1, status = EX_CONFIG, n;
	bool first = true;
	ssize_t got;

	if (c == NULL) {
		(void)fprintf(stderr, "mailgraft-policyd: %s\n", error);
		return status;
	}
	if (c->control.len == 0) {
		(void)fprintf(
		    stderr, "mailgraft-policyd: no control socket in '%s'\n", config_path);
		goto out;
	}
	status = EX_UNAVAILABLE;
	fd = socket(c->control.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&c->control.address, c->control.len) != 0) {
		(void)fprintf(stderr, "mailgraft-policyd: cannot reach '%s': %s\n", c->control.text,
		    strerror(errno));
		goto out;
	}
	n = snprintf(line, sizeof(line), "%s%s%s\n", command, word != NULL ? " " : "",
	    word != NULL ? word : "");
	if (n < 0 || (size_t)n >= sizeof(line) || write(fd, line, (size_t)n) != n) {
		(void)fprintf(stderr, "mailgraft-policyd: cannot ask '%s'\n", c->control.text);
		goto out;
	}
	while ((got = read(fd, answer, sizeof(answer))) > 0) {
		if (first) {
			status = got >= 6 && memcmp(answer, "error:", 6) == 0 ? EX_UNAVAILABLE
			                                                      : EX_OK;
		}
		first = false;
		(void)fwrite(answer, 1, (size_t)got, stdout);
	}
out:
	if (fd >= 0) {
		close(fd);
	}
	config_free(c);
	return status;
}
