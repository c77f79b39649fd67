/* reply.c - see reply.h */
#include "policy/reply.h"

#include <assert.h>
#include <string.h>

size_t
reply_write(char *bytes, enum reply_kind kind, const char *text)
{
	static const char *const words[] = {
	    [REPLY_OK] = "action=OK",
	    [REPLY_DUNNO] = "action=DUNNO",
	    [REPLY_REFUSE] = "action=554 5.7.1 ",
	    [REPLY_TEMPORARY] = "action=450 4.7.1 ",
	};
	size_t len = strlen(words[kind]);

	memcpy(bytes, words[kind], len);
	if (kind == REPLY_REFUSE || kind == REPLY_TEMPORARY) {
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
