/* log.c - see log.h */
#include "policy/log.h"
#include "policy/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct log {
	int fd;
	bool is_socket;
	bool journal;
	char *buffer;
	size_t len;  /* of whole lines */
	size_t at;   /* where the line being made ends */
	size_t stop; /* where it has to end */
	uint64_t dropped;
	uint64_t reported;
};

struct log *
log_new(void)
{
	struct log *l = calloc(1, sizeof(*l));
	struct stat st;

	if (l == NULL) {
		return NULL;
	}
	l->buffer = malloc(LOG_BUFFER_MAX);
	if (l->buffer == NULL) {
		free(l);
		return NULL;
	}
	l->fd = -1;
	if (fstat(STDERR_FILENO, &st) == 0) {
		l->is_socket = S_ISSOCK(st.st_mode);
		if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)) {
			/* an own description: O_NONBLOCK must not spread to others */
			l->fd = open("/proc/self/fd/2",
			    O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		}
	}
	if (l->fd < 0) {
		l->fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	l->journal = getenv("JOURNAL_STREAM") != NULL;
	return l;
}

void
log_free(struct log *l)
{
	if (l != NULL) {
		log_flush(l);
		if (l->fd >= 0) {
			close(l->fd);
		}
		free(l->buffer);
		free(l);
	}
}

void
log_flush(struct log *l)
{
	size_t at = 0;

	if (l->dropped != l->reported && l->len + 80 < LOG_BUFFER_MAX) {
		l->len += (size_t)snprintf(
		    l->buffer + l->len, 80, "log dropped=%" PRIu64 "\n", l->dropped - l->reported);
		l->reported = l->dropped;
	}
	while (at < l->len) {
		ssize_t n = l->is_socket
		    ? send(l->fd, l->buffer + at, l->len - at, MSG_DONTWAIT | MSG_NOSIGNAL)
		    : write(l->fd, l->buffer + at, l->len - at);

		if (n > 0) {
			at += (size_t)n;
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno == EAGAIN) {
			break;
		} else {
			at = l->len; /* nobody will ever read it */
		}
	}
	memmove(l->buffer, l->buffer + at, l->len - at);
	l->len -= at;
}

/* What is beyond the longest line is cut off; a line that is dropped has no room at all. */
static void
line_put(struct log *l, const char *text, size_t len)
{
	size_t room = l->stop - l->at;

	if (len > room) {
		len = room;
	}
	memcpy(l->buffer + l->at, text, len);
	l->at += len;
}

static void
line_start(struct log *l, enum log_level level)
{
	const char prefix[3] = {'<', (char)('0' + level), '>'};

	if (l->len + LOG_LINE_MAX > LOG_BUFFER_MAX) {
		log_flush(l);
	}
	l->at = l->stop = l->len;
	if (l->len + LOG_LINE_MAX <= LOG_BUFFER_MAX) {
		l->stop += LOG_LINE_MAX - 1; /* and LF */
	}
	if (l->journal) {
		line_put(l, prefix, sizeof(prefix));
	}
}

void
log_say(struct log *l, enum log_level level, const char *format, ...)
{
	char text[LOG_LINE_MAX];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0) {
		return;
	}
	line_start(l, level);
	for (size_t i = 0; i < sizeof(text) && text[i] != 0; i++) {
		unsigned char c = (unsigned char)text[i];

		line_put(l, c >= ' ' && c != 127 ? &text[i] : "?", 1);
	}
	log_end(l);
}

void
log_begin(struct log *l, const char *event)
{
	line_start(l, LOG_LEVEL_INFO);
	line_put(l, event, strlen(event));
}

static bool
is_plain(unsigned char c)
{
	return c > ' ' && c < 127 && c != '"' && c != '\\' && c != '=';
}

static void
line_key(struct log *l, const char *key)
{
	line_put(l, " ", 1);
	line_put(l, key, strlen(key));
	line_put(l, "=", 1);
}

void
log_value(struct log *l, const char *key, const char *value, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	bool plain = len > 0;

	if (len > 320) {
		len = 320;
	}
	for (size_t i = 0; i < len && plain; i++) {
		plain = is_plain((unsigned char)value[i]);
	}
	line_key(l, key);
	if (plain) {
		line_put(l, value, len);
		return;
	}
	line_put(l, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		if (c == '"' || c == '\\') {
			char pair[2] = {'\\', (char)c};

			line_put(l, pair, 2);
		} else if (c < ' ' || c >= 127) {
			char escape[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};

			line_put(l, escape, 4);
		} else {
			line_put(l, &value[i], 1);
		}
	}
	line_put(l, "\"", 1);
}

void
log_text(struct log *l, const char *key, const char *value)
{
	log_value(l, key, value, strlen(value));
}

void
log_word(struct log *l, const char *key, const char *word)
{
	line_key(l, key);
	line_put(l, word, strlen(word));
}

/* By hand: printf is a tenth of what a decision costs. */
void
log_number(struct log *l, const char *key, int64_t value)
{
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char text[24];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0) {
		text[--at] = '-';
	}
	line_key(l, key);
	line_put(l, text + at, sizeof(text) - at);
}

void
log_end(struct log *l)
{
	if (l->stop == l->len) {
		l->dropped++;
		return;
	}
	l->buffer[l->at] = '\n';
	l->len = l->at + 1;
}

uint64_t
log_dropped(const struct log *l)
{
	return l->dropped;
}
