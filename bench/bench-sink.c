/*
 * bench-sink.c - a mail server that counts, and checks what it counts
 *
 *	bench-sink [--port N] [--tls CERTIFICATE] [--digest K]
 *
 * Listens on loopback, says "port=N" on stdout and takes mail, a thread a connection, until it is
 * killed. Of each message it checks that it ends by its final dot, and, with the field
 *
 *	X-Bench: INDEX BYTES SHA256
 *
 * that its base64 part is exactly as long as that of an attachment of BYTES, and, for every K-th
 * index (none without --digest), that it decodes to bytes with that digest. It prints the first
 * fault on stderr. It has two commands of its own: XSTAT answers with all counts and the CPU time
 * of this process, XRESET sets the counts to zero.
 *
 * A message is held in memory as a whole. Not here: storing mail, IPv6, size limits below 1 GiB.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "mime/base64.h"

enum {
	MESSAGE_MAX = 1 << 30,
	ROOM_FIRST = 16 << 20,
	READ_MAX = 256 << 10,
	INDEX_MAX = 1 << 24,
};

struct counts {
	uint64_t messages, distinct, bytes, bad, digests;
};

struct connection {
	int fd;
	SSL *tls;
	uint8_t *buf; /* what was read and not yet used: from `at` to `len` */
	size_t room, at, len;
};

static struct counts counts;
static uint8_t seen[INDEX_MAX / 8];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static SSL_CTX *context;
static uint64_t digest_every;

static ssize_t
receive(struct connection *c)
{
	ssize_t n;

	if (c->room - c->len < READ_MAX) {
		size_t room = c->room == 0 ? ROOM_FIRST : 2 * c->room;
		uint8_t *buf = room > MESSAGE_MAX ? NULL : realloc(c->buf, room);

		if (buf == NULL) {
			return -1;
		}
		c->buf = buf;
		c->room = room;
	}
	if (c->tls != NULL) {
		n = SSL_read(c->tls, c->buf + c->len, READ_MAX);
	} else {
		do {
			n = recv(c->fd, c->buf + c->len, READ_MAX, 0);
		} while (n < 0 && errno == EINTR);
	}
	if (n > 0) {
		c->len += (size_t)n;
	}
	return n;
}

static bool
say(struct connection *c, const char *format, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line)) {
		return false;
	}
	if (c->tls != NULL) {
		return SSL_write(c->tls, line, n) == n;
	}
	return send(c->fd, line, (size_t)n, MSG_NOSIGNAL) == n;
}

/* The next line without its CRLF, a string in the buffer; NULL at the end. */
static char *
command(struct connection *c)
{
	for (;;) {
		uint8_t *start = c->buf + c->at;
		uint8_t *lf = c->len > c->at ? memchr(start, '\n', c->len - c->at) : NULL;

		if (lf != NULL) {
			*lf = '\0';
			if (lf > start && lf[-1] == '\r') {
				lf[-1] = '\0';
			}
			c->at = (size_t)(lf - c->buf) + 1;
			return (char *)start;
		}
		if (c->at > 0) {
			memmove(c->buf, c->buf + c->at, c->len - c->at);
			c->len -= c->at;
			c->at = 0;
		}
		if (receive(c) <= 0) {
			return NULL;
		}
	}
}

/* Reads until the final dot; the message is then at the buffer's start. 0 if there is none. */
static size_t
message(struct connection *c)
{
	size_t from = 0;

	memmove(c->buf, c->buf + c->at, c->len - c->at);
	c->len -= c->at;
	c->at = 0;
	for (;;) {
		uint8_t *dot;

		/* Base64 has no dots: this is one memchr over nearly everything. */
		while ((dot = c->len > from ? memchr(c->buf + from, '.', c->len - from) : NULL) !=
		    NULL) {
			size_t i = (size_t)(dot - c->buf);

			if (i + 2 >= c->len) {
				from = i;
				break;
			}
			if (dot[1] == '\r' && dot[2] == '\n' &&
			    (i == 0 || (i >= 2 && dot[-2] == '\r' && dot[-1] == '\n'))) {
				c->at = i + 3;
				return i;
			}
			from = i + 1;
		}
		if (dot == NULL) {
			from = c->len;
		}
		if (receive(c) <= 0) {
			return 0;
		}
	}
}

static const uint8_t *
find(const uint8_t *p, size_t len, const char *what)
{
	return memmem(p, len, what, strlen(what));
}

static bool
digest_agrees(const uint8_t *text, size_t len, uint64_t bytes, const char *want)
{
	struct base64_decoder d = {0};
	uint8_t *data = malloc(len / 4 * 3 + 3), digest[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1] = "";
	size_t n;

	if (data == NULL) {
		return false;
	}
	n = base64_decode(&d, text, len, data);
	if (!base64_decode_end(&d) && n == bytes) {
		SHA256(data, n, digest);
		for (size_t i = 0; i < sizeof(digest); i++) {
			snprintf(hex + 2 * i, 3, "%02x", digest[i]);
		}
	}
	free(data);
	return strcmp(hex, want) == 0;
}

/* NULL, or what is wrong with the message. *digested: whether its digest was compared. */
static const char *
fault(const uint8_t *m, size_t len, bool *new_r, bool *digested_r)
{
	size_t head = len < 16384 ? len : 16384;
	const uint8_t *field = find(m, head, "\r\nX-Bench: "), *part, *body, *end;
	unsigned long index;
	unsigned long long bytes;
	uint64_t text;
	char digest[65];

	*new_r = true;
	*digested_r = false;
	if (field == NULL) {
		return NULL; /* ordinary mail: counted, that is all */
	}
	/* The header ends by an empty line before `head` does, so this stays inside. */
	if (sscanf((const char *)field + 11, "%lu %llu %64[0-9a-f]", &index, &bytes, digest) != 3 ||
	    index >= INDEX_MAX) {
		return "unreadable X-Bench";
	}
	pthread_mutex_lock(&lock);
	*new_r = !(seen[index / 8] >> index % 8 & 1);
	seen[index / 8] |= (uint8_t)(1 << index % 8);
	pthread_mutex_unlock(&lock);
	if (!*new_r) {
		return "came twice";
	}
	part = find(m, head, "\r\nContent-Transfer-Encoding: base64\r\n");
	body = part == NULL ? NULL : find(part, len - (size_t)(part - m), "\r\n\r\n");
	if (body == NULL) {
		return "no base64 part";
	}
	body += 4;
	text = base64_encoded_size(bytes);
	text += (bytes + BASE64_LINE_BYTES - 1) / BASE64_LINE_BYTES; /* a CR a line */
	end = m + len;
	if ((uint64_t)(end - body) < text + 4 || memcmp(body + text, "--", 2) != 0 ||
	    memcmp(body + text - 2, "\r\n", 2) != 0) {
		return "attachment of another length";
	}
	if (digest_every > 0 && index % digest_every == 0) {
		*digested_r = true;
		if (!digest_agrees(body, text, bytes, digest)) {
			return "attachment with other content";
		}
	}
	return NULL;
}

static const char *
take(const uint8_t *m, size_t len)
{
	bool is_new, digested;
	const char *what = fault(m, len, &is_new, &digested);

	pthread_mutex_lock(&lock);
	counts.messages++;
	counts.distinct += is_new;
	counts.bytes += len;
	counts.digests += digested;
	if (what != NULL && counts.bad++ == 0) {
		fprintf(stderr, "bench-sink: %s\n", what);
	}
	pthread_mutex_unlock(&lock);
	return what;
}

static bool
statistics(struct connection *c)
{
	struct rusage u;
	struct counts n;

	getrusage(RUSAGE_SELF, &u);
	pthread_mutex_lock(&lock);
	n = counts;
	pthread_mutex_unlock(&lock);
	return say(c, "250 messages=%ju distinct=%ju bytes=%ju bad=%ju digests=%ju cpu_us=%jd\r\n",
	    (uintmax_t)n.messages, (uintmax_t)n.distinct, (uintmax_t)n.bytes, (uintmax_t)n.bad,
	    (uintmax_t)n.digests,
	    (intmax_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
	        u.ru_stime.tv_usec);
}

static bool
start_tls(struct connection *c)
{
	if (!say(c, "220 go ahead\r\n")) {
		return false;
	}
	c->at = c->len = 0;
	c->tls = SSL_new(context);
	return c->tls != NULL && SSL_set_fd(c->tls, c->fd) == 1 && SSL_accept(c->tls) == 1;
}

static bool
data(struct connection *c)
{
	const char *what;
	size_t n;

	if (!say(c, "354 go ahead\r\n") || (n = message(c)) == 0) {
		return false;
	}
	what = take(c->buf, n);
	return what == NULL ? say(c, "250 taken\r\n") : say(c, "554 %s\r\n", what);
}

/* false: the connection is over. */
static bool
obey(struct connection *c, const char *line)
{
	if (strncasecmp(line, "EHLO", 4) == 0) {
		return say(c,
		    "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n%s250 SIZE 0\r\n",
		    context != NULL && c->tls == NULL ? "250-STARTTLS\r\n" : "");
	}
	if (strncasecmp(line, "STARTTLS", 8) == 0 && context != NULL && c->tls == NULL) {
		return start_tls(c);
	}
	if (strncasecmp(line, "DATA", 4) == 0) {
		return data(c);
	}
	if (strcmp(line, "XSTAT") == 0) {
		return statistics(c);
	}
	if (strcmp(line, "XRESET") == 0) {
		pthread_mutex_lock(&lock);
		memset(&counts, 0, sizeof(counts));
		memset(seen, 0, sizeof(seen));
		pthread_mutex_unlock(&lock);
	}
	if (strncasecmp(line, "QUIT", 4) == 0) {
		say(c, "221 bye\r\n");
		return false;
	}
	return say(c, "250 ok\r\n");
}

static void *
serve(void *fd)
{
	struct connection c = {.fd = (int)(intptr_t)fd};
	char *line;

	if (say(&c, "220 sink.example ESMTP\r\n")) {
		while ((line = command(&c)) != NULL && obey(&c, line)) {
		}
	}
	if (c.tls != NULL) {
		SSL_shutdown(c.tls);
		SSL_free(c.tls);
	}
	close(c.fd);
	free(c.buf);
	return NULL;
}

static int
die(const char *what, const char *why)
{
	fprintf(stderr, "bench-sink: %s: %s\n", what, why);
	return EXIT_FAILURE;
}

static int
run_sink(int port)
{
	struct sockaddr_in here = {
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(here);
	int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pthread_attr_t attr;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&here, sizeof(here)) < 0 ||
	    listen(listener, 128) < 0 ||
	    getsockname(listener, (struct sockaddr *)&here, &len) < 0) {
		return die("cannot listen", strerror(errno));
	}
	printf("port=%d\n", ntohs(here.sin_port));
	fflush(stdout);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		pthread_t thread;
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0) {
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (pthread_create(&thread, &attr, serve, (void *)(intptr_t)fd) != 0) {
			close(fd);
		}
	}
}

int
main(int argc, char **argv)
{
	int port = 0;

	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--port") == 0) {
			port = atoi(argv[i + 1]);
		} else if (strcmp(argv[i], "--digest") == 0) {
			digest_every = strtoull(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--tls") == 0) {
			context = SSL_CTX_new(TLS_server_method());
			if (context == NULL ||
			    SSL_CTX_use_certificate_file(context, argv[i + 1], SSL_FILETYPE_PEM) !=
			        1 ||
			    SSL_CTX_use_PrivateKey_file(context, argv[i + 1], SSL_FILETYPE_PEM) !=
			        1) {
				return die(argv[i + 1], "cannot be used as certificate and key");
			}
		} else {
			return die(argv[i], "unknown option");
		}
	}
	return run_sink(port);
}
