/* control-answer.c - see control-answer.h */
#include "policy/control-answer.h"
#include "policy/dns-cache-dump.h"
#include "policy/server.h"
#include "policy/status.h"

#include <string.h>

/* The rest of a line after a word and one space; false: another word. */
static bool
word_is(const char *line, size_t len, const char *word, const char **rest, size_t *rest_len)
{
	size_t n = strlen(word);

	if (len < n || memcmp(line, word, n) != 0 || (len > n && line[n] != ' ')) {
		return false;
	}
	*rest = len > n ? line + n + 1 : line + n;
	*rest_len = len > n ? len - n - 1 : 0;
	return true;
}

bool
control_answer(void *context, const char *question, size_t len, struct text *t)
{
	struct server *s = context;
	const char *lf = memchr(question, '\n', len), *rest;
	struct domain_name name;
	size_t line, rest_len;

	if (lf == NULL) {
		return false;
	}
	line = (size_t)(lf - question);
	if (word_is(question, line, "status", &rest, &rest_len)) {
		status_write(s, t);
	} else if (word_is(question, line, "reload", &rest, &rest_len)) {
		if (server_reload(s)) {
			text_add(t, s->next == NULL ? "reloaded\n" : "reloading\n");
		} else {
			text_add(t, "error: %s\n", s->reload_error);
		}
	} else if (word_is(question, line, "dump", &rest, &rest_len)) {
		if (rest_len > 0 && domain_name_parse(&name, rest, rest_len) != DOMAIN_NAME_OK) {
			text_add(t, "error: no domain name\n");
		} else {
			dns_cache_dump(resolver_cache(s->resolver), loop_now(s->loop),
			    rest_len > 0 ? name.text : "", rest_len > 0 ? name.len : 0, t);
		}
	} else if (word_is(question, line, "forget", &rest, &rest_len) &&
	    domain_name_parse(&name, rest, rest_len) == DOMAIN_NAME_OK) {
		text_add(t, "forgot %u\n",
		    dns_cache_forget(resolver_cache(s->resolver), name.text, name.len) +
		        learned_forget(learner_memory(s->learner), &name));
	} else {
		text_add(t, "error: one of: status, dump [NAME], forget NAME, reload\n");
	}
	return true;
}
