/* reply.c - see reply.h */
#include "policy/reply.h"

#include <assert.h>
#include <string.h>

static const struct reply_words {
	const char *wire;
	size_t wire_len;
	const char *logged;
	const char *metric;
	const char *exim;
} replies[] = {
#define X(name, wire, logged, metric, exim) {(wire), sizeof(wire) - 1, (logged), (metric), (exim)},
    REPLIES(X)
#undef X
};

const char *
reply_log_word(enum reply_kind kind)
{
	return replies[kind].logged;
}

const char *
reply_metric_word(enum reply_kind kind)
{
	return replies[kind].metric;
}

const char *
reply_exim_code(enum reply_kind kind)
{
	return replies[kind].exim;
}

size_t
reply_write(char *bytes, enum reply_kind kind, const char *text)
{
	const struct reply_words *words = &replies[kind];
	size_t len = words->wire_len;

	memcpy(bytes, words->wire, len);
	if (words->exim != NULL) {
		assert(text != NULL && text[0] != 0);
		for (size_t i = 0; i < REPLY_TEXT_MAX && text[i] != 0; i++) {
			bytes[len] = text[i];
			if (text[i] < ' ' || text[i] > '~') {
				bytes[len] = '?';
			}
			len++;
		}
	}
	bytes[len++] = '\n';
	bytes[len++] = '\n';
	assert(len <= REPLY_MAX);
	return len;
}
