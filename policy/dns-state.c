/* dns-state.c - see dns-state.h */
#include "policy/dns-state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy/domain-name.h"

static void
write_entry(FILE *f, const struct dns_entry *e, int64_t offset)
{
	const struct dns_answer *a = e->answer;
	char text[ADDRESS_TEXT_MAX];
	size_t len;

	fprintf(f, "%s %.*s %" PRId64 " %" PRId64 " %" PRId64 " %s", dns_type_name(e->type),
	    (int)e->len, e->name, e->learned + offset, e->expires + offset, e->since + offset,
	    dns_outcome_name(a->outcome));
	if (a->outcome == DNS_ALIAS) {
		const char *alias = dns_answer_alias(a, &len);

		fprintf(f, " %.*s", (int)len, alias);
	}
	for (unsigned i = 0; a->outcome == DNS_DATA && i < a->count; i++) {
		if (a->type == DNS_MX) {
			struct dns_mx mx = dns_answer_mx(a, i);

			fprintf(f, " %u:%.*s", mx.preference, (int)mx.len, mx.name);
		} else {
			struct address address = dns_answer_address(a, i);

			address_format(&address, text);
			fprintf(f, " %s", text);
		}
	}
	fputc('\n', f);
}

static void
write_past(FILE *f, const struct dns_entry *e, int64_t offset)
{
	const struct dns_past *p = e->past;

	fprintf(f, "PAST %.*s %" PRId64 " %" PRId64 " %" PRId64 "\n", (int)e->len, e->name,
	    p->good != 0 ? p->good + offset : 0, p->bad != 0 ? p->bad + offset : 0,
	    p->bad_seen != 0 ? p->bad_seen + offset : 0);
}

static void
dns_state_write(void *context, FILE *f, uint64_t since, int64_t offset)
{
	const struct dns_cache *cache = ((const struct dns_state *)context)->cache;

	for (const struct dns_entry *e = dns_cache_next(cache, NULL); e != NULL && e->kept;
	     e = dns_cache_next(cache, e)) {
		if (e->change <= since) {
			continue;
		}
		if (e->answer != NULL) {
			write_entry(f, e, offset);
		}
		if (e->past != NULL) {
			write_past(f, e, offset);
		}
	}
}

static uint64_t
dns_state_changes(void *context)
{
	return dns_cache_changes(((const struct dns_state *)context)->cache);
}

static size_t
dns_state_size(void *context)
{
	const struct dns_cache *cache = ((const struct dns_state *)context)->cache;

	return dns_cache_bytes(cache, DNS_KEPT) + dns_cache_bytes(cache, DNS_CONFIGURED);
}

static bool
parse_type(const char *word, enum dns_type *type)
{
	static const enum dns_type types[] = {DNS_A, DNS_AAAA, DNS_MX};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(word, dns_type_name(types[i])) == 0) {
			*type = types[i];
			return true;
		}
	}
	return false;
}

static bool
parse_outcome(const char *word, enum dns_outcome *outcome)
{
	for (unsigned o = DNS_DATA; o < DNS_FAILED; o++) {
		if (strcmp(word, dns_outcome_name((enum dns_outcome)o)) == 0) {
			*outcome = (enum dns_outcome)o;
			return true;
		}
	}
	return false;
}

static bool
parse_record(union dns_answer_room *room, enum dns_type type, const char *word)
{
	struct domain_name name = {0, ""};
	struct address address;
	char *end;
	unsigned long preference;

	if (type != DNS_MX) {
		return address_parse(&address, word, strlen(word)) &&
		    dns_answer_add_address(room, &address);
	}
	preference = strtoul(word, &end, 10);
	if (end == word || *end != ':' || preference > 65535) {
		return false;
	}
	end++;
	return (*end == 0 || domain_name_parse(&name, end, strlen(end)) == DOMAIN_NAME_OK) &&
	    dns_answer_add_mx(room, (uint16_t)preference, name.text, name.len);
}

struct state_entry {
	enum dns_type type;
	struct domain_name name;
	int64_t learned;
	int64_t expires;
	int64_t since;
	union dns_answer_room *room;
};

static bool
parse_words(struct state_entry *e, char *save)
{
	struct domain_name alias;
	enum dns_outcome outcome;
	char *word = strtok_r(NULL, " ", &save);

	if (word == NULL || !parse_outcome(word, &outcome)) {
		return false;
	}
	dns_answer_clear(e->room, e->type, outcome);
	word = strtok_r(NULL, " ", &save);
	if (outcome == DNS_ALIAS) {
		return word != NULL &&
		    domain_name_parse(&alias, word, strlen(word)) == DOMAIN_NAME_OK &&
		    dns_answer_set_alias(e->room, alias.text, alias.len);
	}
	for (; word != NULL; word = strtok_r(NULL, " ", &save)) {
		if (outcome != DNS_DATA || !parse_record(e->room, e->type, word)) {
			return false;
		}
	}
	return outcome != DNS_DATA || e->room->answer.count > 0;
}

static bool
parse_time(char **save, int64_t *ms)
{
	char *word = strtok_r(NULL, " ", save), *end;

	if (word == NULL) {
		return false;
	}
	errno = 0;
	*ms = strtoll(word, &end, 10);
	return errno == 0 && *end == 0 && end != word && *ms > 0 && *ms < INT64_MAX / 4;
}

static bool
parse_entry(struct state_entry *e, char *line)
{
	char *save, *word = strtok_r(line, " ", &save);

	if (word == NULL || !parse_type(word, &e->type)) {
		return false;
	}
	word = strtok_r(NULL, " ", &save);
	return word != NULL && domain_name_parse(&e->name, word, strlen(word)) == DOMAIN_NAME_OK &&
	    parse_time(&save, &e->learned) && parse_time(&save, &e->expires) &&
	    parse_time(&save, &e->since) && e->since <= e->learned && e->learned <= e->expires &&
	    parse_words(e, save);
}

static enum state_line
take_entry(struct dns_state *state, const struct state_entry *s, const struct state_clock *clock)
{
	int64_t offset = clock->wall - clock->now, now = clock->now, ttl;
	struct dns_entry *e;

	if (clock->wall - s->learned > state->max_age_ms) {
		return STATE_LINE_OLD;
	}
	e = dns_cache_obtain(state->cache, s->type, s->name.text, s->name.len);
	if (e == NULL || (e->answer != NULL && !e->restored) ||
	    !dns_cache_learn(state->cache, e, &s->room->answer, now)) {
		return STATE_LINE_OLD;
	}
	dns_cache_keep(state->cache, e, now);
	e->learned = s->learned - offset < now ? s->learned - offset : now;
	e->since = s->since - offset < now ? s->since - offset : now;
	ttl = s->expires - s->learned;
	e->expires = e->learned +
	    (ttl < INT64_C(1000) * DNS_TTL_MAX ? ttl : INT64_C(1000) * DNS_TTL_MAX);
	e->restored = true;
	return STATE_LINE_TAKEN;
}

static bool
parse_past_time(char **save, int64_t offset, int64_t now, int64_t *ms)
{
	char *word = strtok_r(NULL, " ", save), *end;
	long long value = word != NULL ? strtoll(word, &end, 10) : -1;

	if (value < 0 || value > INT64_MAX / 4 || *end != 0) {
		return false;
	}
	*ms = value == 0 ? 0 : value - offset < now ? value - offset : now;
	if (value != 0 && *ms == 0) {
		*ms = 1; /* 0 means never */
	}
	return true;
}

/* Comes after the line of the MX records that it belongs to. */
static enum state_line
take_past(struct dns_state *state, char *line, const struct state_clock *clock)
{
	int64_t offset = clock->wall - clock->now;
	struct dns_past past, *p;
	struct domain_name name;
	struct dns_entry *e;
	char *save, *word;

	(void)strtok_r(line, " ", &save);
	word = strtok_r(NULL, " ", &save);
	if (word == NULL || domain_name_parse(&name, word, strlen(word)) != DOMAIN_NAME_OK ||
	    !parse_past_time(&save, offset, clock->now, &past.good) ||
	    !parse_past_time(&save, offset, clock->now, &past.bad) ||
	    !parse_past_time(&save, offset, clock->now, &past.bad_seen)) {
		return STATE_LINE_BAD;
	}
	e = dns_cache_find(state->cache, DNS_MX, name.text, name.len);
	p = e != NULL ? dns_cache_past(state->cache, e) : NULL;
	if (p == NULL) {
		return STATE_LINE_OLD;
	}
	*p = past;
	return STATE_LINE_TAKEN;
}

static enum state_line
dns_state_read(void *context, char *line, const struct state_clock *clock)
{
	union dns_answer_room room;
	struct state_entry e = {.room = &room};

	if (strncmp(line, "PAST ", 5) == 0) {
		return take_past(context, line, clock);
	}
	return parse_entry(&e, line) ? take_entry(context, &e, clock) : STATE_LINE_BAD;
}

struct state_part
dns_state_part(struct dns_state *state)
{
	return (struct state_part){
	    .name = "dns",
	    .header = "mailgraft-policyd dns 1\n",
	    .changes = dns_state_changes,
	    .size = dns_state_size,
	    .write = dns_state_write,
	    .read = dns_state_read,
	    .context = state,
	};
}
