/*
 * pacing.c - see pacing.h
 *
 * The rate is kept by one number, the moment at which the next message may go (GCRA without a
 * burst: messages come evenly, which is what a limit "10 a second" means to who set it).
 */
#include "relay/pacing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relay/limits.h"

struct pacing_group {
	char name[HOST_NAME_MAX_BYTES + 1];
	struct settings_pace pace;
	unsigned sessions;
	int64_t next_at; /* when the next message may go */

	int64_t broken_until; /* 0: closed */
	bool trying;          /* the time is over, and one session tries */
	unsigned opened;      /* times in a row */
	unsigned refusals;    /* 5.7.x in a row */
	unsigned halves;
	int64_t halved_at; /* when the rate changed last */
	char reason[PACING_REASON_MAX];
};

struct pacing {
	size_t count;
	struct pacing_group *group[PACING_GROUPS_MAX];
};

struct pacing *
pacing_new(void)
{
	return calloc(1, sizeof(struct pacing));
}

void
pacing_free(struct pacing *p)
{
	if (p == NULL) {
		return;
	}
	for (size_t i = 0; i < p->count; i++) {
		free(p->group[i]);
	}
	free(p);
}

/* Whether nothing would be lost with the group, but for the moment of its next message. */
static bool
is_idle(const struct pacing_group *g)
{
	return g->sessions == 0 && g->broken_until == 0 && g->halves == 0 && g->refusals == 0;
}

/* A place for a new group: at the end, or that of an idle one. */
static struct pacing_group **
find_place(struct pacing *p)
{
	if (p->count < PACING_GROUPS_MAX) {
		return &p->group[p->count++];
	}
	for (size_t i = 0; i < p->count; i++) {
		if (is_idle(p->group[i])) {
			free(p->group[i]);
			return &p->group[i];
		}
	}
	return NULL;
}

struct pacing_group *
pacing_group(struct pacing *p, const char *name, const struct settings_pace *pace)
{
	struct pacing_group *g = NULL, **place;

	for (size_t i = 0; i < p->count && g == NULL; i++) {
		g = strcmp(p->group[i]->name, name) == 0 ? p->group[i] : NULL;
	}
	if (g == NULL) {
		g = calloc(1, sizeof(*g));
		place = g == NULL ? NULL : find_place(p);
		if (place == NULL) {
			free(g);
			return NULL;
		}
		snprintf(g->name, sizeof(g->name), "%s", name);
		*place = g;
	}
	memset(&g->pace, 0, sizeof(g->pace));
	if (pace != NULL) {
		g->pace = *pace;
	}
	return g;
}

/* What remains of the time in which nobody asks; 0: somebody may. */
static int64_t
broken_for(struct pacing_group *g, int64_t now)
{
	if (g->broken_until == 0) {
		return 0;
	}
	if (g->broken_until > now + BREAKER_MAX_MS) { /* the clock was set back */
		g->broken_until = now + BREAKER_MAX_MS;
	}
	return g->broken_until > now ? g->broken_until - now : 0;
}

enum pacing_answer
pacing_enter(struct pacing_group *g, int64_t now, int64_t *wait_ms_r)
{
	*wait_ms_r = broken_for(g, now);
	if (*wait_ms_r > 0) {
		return PACING_BROKEN;
	}
	if (g->broken_until != 0) { /* one tries; the others wait until it has an answer */
		if (g->trying && g->sessions > 0) {
			return PACING_FULL;
		}
		g->trying = true;
	}
	if (g->pace.sessions > 0 && g->sessions >= g->pace.sessions) {
		return PACING_FULL;
	}
	g->sessions++;
	return PACING_GO;
}

void
pacing_leave(struct pacing_group *g)
{
	if (g->sessions > 0) {
		g->sessions--;
	}
	if (g->sessions == 0) {
		g->trying = false;
	}
}

/* Milliseconds between two messages; 0: no limit. */
static int64_t
interval(struct pacing_group *g, int64_t now)
{
	int64_t ms;

	while (g->halves > 0 && now - g->halved_at >= BREAKER_RECOVER_MS) {
		g->halves--;
		g->halved_at += BREAKER_RECOVER_MS;
	}
	if (g->halved_at > now) { /* the clock was set back */
		g->halved_at = now;
	}
	if (g->pace.rate.count == 0) {
		/* No rate is configured: what a provider has complained about begins at one a
		 * second. */
		return g->halves == 0 ? 0 : (int64_t)1000 << (g->halves - 1);
	}
	ms = (int64_t)g->pace.rate.seconds * 1000 / g->pace.rate.count;
	return (ms > 0 ? ms : 1) << g->halves;
}

enum pacing_answer
pacing_message(struct pacing_group *g, int64_t now, int64_t patience_ms, int64_t *wait_ms_r)
{
	int64_t ms = interval(g, now);

	*wait_ms_r = broken_for(g, now);
	if (*wait_ms_r > 0) {
		return PACING_BROKEN;
	}
	if (ms == 0) {
		return PACING_GO;
	}
	if (g->next_at < now) {
		g->next_at = now;
	}
	*wait_ms_r = g->next_at - now;
	if (*wait_ms_r > patience_ms) {
		return PACING_WAIT;
	}
	g->next_at += ms;
	return PACING_GO;
}

unsigned
pacing_messages_per_session(const struct pacing_group *g)
{
	return g->pace.messages_per_session;
}

/* Whether the text begins with an enhanced code of this class and subject (RFC 3463). */
static bool
is_enhanced(const uint8_t *text, size_t len, char class)
{
	return len >= 5 && text[0] == (uint8_t) class && text[1] == '.' && text[2] == '7' &&
	    text[3] == '.' && text[4] >= '0' && text[4] <= '9';
}

static void
open_breaker(struct pacing_group *g, int64_t now, unsigned code, const uint8_t *text, size_t len)
{
	int64_t ms = BREAKER_FIRST_MS;
	int n = snprintf(g->reason, sizeof(g->reason), "%u ", code);

	for (unsigned i = 0; i < g->opened && ms < BREAKER_MAX_MS; i++) {
		ms *= 2;
	}
	g->broken_until = now + (ms < BREAKER_MAX_MS ? ms : BREAKER_MAX_MS);
	g->opened++;
	g->refusals = 0;
	g->trying = false;
	if (g->halves < BREAKER_HALVES_MAX) {
		g->halves++;
	}
	g->halved_at = g->broken_until;
	for (size_t i = 0; i < len && n + 1 < PACING_REASON_MAX; i++) {
		g->reason[n++] = (char)(text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?');
	}
	g->reason[n] = '\0';
}

bool
pacing_heard(struct pacing_group *g, int64_t now, unsigned code, const uint8_t *text, size_t len)
{
	if (code >= 200 && code < 300) {
		g->refusals = 0;
		if (g->broken_until != 0 && broken_for(g, now) == 0) {
			g->broken_until = 0;
			g->opened = 0;
			g->halved_at = now;
		}
		return false;
	}
	if (code >= 500 && is_enhanced(text, len, '5')) {
		g->refusals++;
	}
	if (code != 421 && !(code >= 400 && code < 500 && is_enhanced(text, len, '4')) &&
	    g->refusals < BREAKER_REFUSALS) {
		return false;
	}
	if (broken_for(g, now) > 0) {
		return false; /* a session that was under way when it opened */
	}
	open_breaker(g, now, code, text, len);
	return true;
}

bool
pacing_next(const struct pacing *p, size_t *i, int64_t now, struct pacing_state *s)
{
	const struct pacing_group *g;

	if (*i >= p->count) {
		return false;
	}
	g = p->group[(*i)++];
	*s = (struct pacing_state){
	    .name = g->name,
	    .sessions = g->sessions,
	    .broken_until = g->broken_until > now ? g->broken_until : 0,
	    .rate_halves = g->halves,
	    .rate = g->pace.rate,
	    .reason = g->reason,
	};
	return true;
}

long
pacing_save(const struct pacing *p, int64_t now, char *text, size_t cap)
{
	size_t len = 0;

	(void)now;
	if (cap > 0) {
		text[0] = '\0';
	}
	for (size_t i = 0; i < p->count; i++) {
		const struct pacing_group *g = p->group[i];
		int n;

		if (g->broken_until == 0 && g->halves == 0) {
			continue;
		}
		n = snprintf(text + len, cap - len, "%s %" PRId64 " %u %u %" PRId64 " %s\n",
		    g->name, g->broken_until, g->opened, g->halves, g->halved_at, g->reason);
		if (n < 0 || (size_t)n >= cap - len) {
			return -ENOSPC;
		}
		len += (size_t)n;
	}
	return (long)len;
}

static bool
load_line(struct pacing *p, int64_t now, const char *line)
{
	char name[HOST_NAME_MAX_BYTES + 1];
	int64_t until, halved;
	unsigned opened, halves;
	int rest = 0;
	struct pacing_group *g;

	if (sscanf(line, "%255s %" SCNd64 " %u %u %" SCNd64 " %n", name, &until, &opened, &halves,
	        &halved, &rest) != 5 ||
	    rest == 0 || until < 0 || halves > BREAKER_HALVES_MAX || opened > 1000 || halved < 0 ||
	    halved > now + BREAKER_MAX_MS) {
		return false;
	}
	g = pacing_group(p, name, NULL);
	if (g == NULL) {
		return false;
	}
	g->broken_until = until < now + BREAKER_MAX_MS ? until : now + BREAKER_MAX_MS;
	g->opened = opened;
	g->halves = halves;
	g->halved_at = halved;
	snprintf(g->reason, sizeof(g->reason), "%s", line + rest);
	return true;
}

size_t
pacing_load(struct pacing *p, int64_t now, const char *text, size_t len)
{
	char line[HOST_NAME_MAX_BYTES + PACING_REASON_MAX + 96];
	size_t wrong = 0;

	while (len > 0) {
		const char *lf = memchr(text, '\n', len);
		size_t n = lf == NULL ? len : (size_t)(lf - text);

		if (lf == NULL || n >= sizeof(line) || memchr(text, '\0', n) != NULL) {
			wrong++;
		} else {
			memcpy(line, text, n);
			line[n] = '\0';
			wrong += !load_line(p, now, line);
		}
		n += lf != NULL;
		text += n;
		len -= n;
	}
	return wrong;
}
