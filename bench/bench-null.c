/*
 * bench-null.c - what a sink can take when no Exim is in the way
 *
 *	bench-null PORT FILE N
 *
 * Sends FILE (CRLF, dots doubled) N times to the mail server on loopback PORT, with a connection
 * for each, and prints the seconds that took.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int
die(const char *what, const char *why)
{
	fprintf(stderr, "bench-null: %s: %s\n", what, why);
	return EXIT_FAILURE;
}

/* Sends and waits for the last line of an answer with this code. */
static bool
ask(int fd, FILE *answers, const char *text, size_t len, const char *code)
{
	char line[1024];

	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n < 0) {
			return false;
		}
		text += n;
		len -= (size_t)n;
	}
	while (fgets(line, sizeof(line), answers) != NULL && strncmp(line, code, 3) == 0) {
		if (line[3] != '-') {
			return true;
		}
	}
	return false;
}

static bool
send_once(int port, const char *mail, size_t len)
{
	static const char *const before[][2] = {
	    {"", "220"},
	    {"EHLO null\r\n", "250"},
	    {"MAIL FROM:<a@null>\r\n", "250"},
	    {"RCPT TO:<b@null>\r\n", "250"},
	    {"DATA\r\n", "354"},
	};
	struct sockaddr_in there = {
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *answers = fd < 0 ? NULL : fdopen(fd, "r");
	bool good = answers != NULL && connect(fd, (struct sockaddr *)&there, sizeof(there)) == 0;

	for (size_t i = 0; good && i < sizeof(before) / sizeof(before[0]); i++) {
		good = ask(fd, answers, before[i][0], strlen(before[i][0]), before[i][1]);
	}
	good = good && ask(fd, answers, mail, len, "250") && ask(fd, answers, "QUIT\r\n", 6, "221");
	if (answers != NULL) {
		fclose(answers);
	} else if (fd >= 0) {
		close(fd);
	}
	return good;
}

int
main(int argc, char **argv)
{
	FILE *f = argc == 4 ? fopen(argv[2], "re") : NULL;
	struct timespec start, end;
	char *mail;
	long size;

	signal(SIGPIPE, SIG_IGN);
	if (argc != 4) {
		return die("usage", "bench-null PORT FILE N");
	}
	if (f == NULL || fseek(f, 0, SEEK_END) < 0 || (size = ftell(f)) < 0) {
		return die(argv[2], strerror(errno));
	}
	rewind(f);
	mail = malloc((size_t)size + 3);
	if (mail == NULL || fread(mail, 1, (size_t)size, f) != (size_t)size) {
		return die(argv[2], "cannot be read");
	}
	fclose(f);
	memcpy(mail + size, ".\r\n", 3);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (long i = 0; i < atol(argv[3]); i++) {
		if (!send_once(atoi(argv[1]), mail, (size_t)size + 3)) {
			return die("the sink refused", "see there");
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	free(mail);
	printf("%.6f\n",
	    (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9);
	return EXIT_SUCCESS;
}
