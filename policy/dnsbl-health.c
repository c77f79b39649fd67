/* dnsbl-health.c - see dnsbl-health.h */
#include "policy/dnsbl-health.h"

#include <stdlib.h>
#include <string.h>

struct zone_health {
	struct dnsbl_health *owner;
	const struct dnsbl_zone *zone;
	unsigned index;
	bool testing;
	struct resolver_waiter waiter;
	struct loop_timer timer;    /* the next test */
	struct loop_timer deadline; /* of the one running */
	const char *problem[2];     /* IPv4, IPv6; NULL: passed */
	uint64_t faults;
};

struct dnsbl_health {
	struct loop *loop;
	struct resolver *resolver;
	struct log *log;
	const struct config *config;
	unsigned count;
	bool usable[2][DNSBL_ZONES_MAX];
	struct zone_health zones[DNSBL_ZONES_MAX];
};

static const char untested[] = "not tested yet";

/*
 * The test entries: the first must be listed, the second must not.
 * ::ffff:7f00:2 is the same 16 bytes as 127.0.0.2 here, but is asked as 32 nibbles.
 */
static bool
test_name(const struct dnsbl_zone *zone, bool ipv6, unsigned which, struct domain_name *name)
{
	static const uint8_t four[2][4] = {{127, 0, 0, 2}, {127, 0, 0, 1}};
	static const char hex[] = "0123456789abcdef";
	struct address a = address_from_ipv4(four[which]);
	char *p = name->text;

	if (!ipv6) {
		return dnsbl_query_name(zone, &a, name);
	}
	if (zone->zone.len + 64u > DOMAIN_TEXT_MAX) {
		return false;
	}
	for (int i = 15; i >= 0; i--) {
		*p++ = hex[a.byte[i] & 15];
		*p++ = '.';
		*p++ = hex[a.byte[i] >> 4];
		*p++ = '.';
	}
	memcpy(p, zone->zone.text, zone->zone.len + 1u);
	name->len = (uint8_t)(p - name->text + zone->zone.len);
	return true;
}

static const char *
test_problem(unsigned which, const struct fact *f, enum dnsbl_result result)
{
	if (result == DNSBL_FAULT) {
		return "answers with an error code";
	}
	if (result == DNSBL_UNKNOWN) {
		return "does not answer";
	}
	/* Any code will do for the test entry: listed ranges may be narrower. */
	if (which == 0) {
		return f->answer->outcome == DNS_DATA ? NULL : "does not list its test address";
	}
	return f->answer->outcome == DNS_DATA ? "lists what no list may list" : NULL;
}

/* Both test entries of one family. False: an answer is still missing. */
static bool
test_family(struct zone_health *z, bool ipv6, bool last, const char **problem)
{
	bool complete = true;

	*problem = NULL;
	for (unsigned which = 0; which < 2; which++) {
		struct domain_name name = {0, ""};
		struct address code;
		enum dnsbl_result result;
		struct fact f;

		if (!test_name(z->zone, ipv6, which, &name)) {
			*problem = "has too long a name";
			return true;
		}
		f = resolver_look(
		    z->owner->resolver, last ? NULL : &z->waiter, DNS_A, name.text, name.len);
		result = dnsbl_read(z->zone, &f, &code);
		if (result == DNSBL_WAITING) {
			complete = false;
		} else if (*problem == NULL) {
			*problem = test_problem(which, &f, result);
		}
	}
	return complete;
}

static void
zone_conclude(struct zone_health *z, const char *const problem[2])
{
	struct dnsbl_health *h = z->owner;

	for (unsigned family = 0; family < 2; family++) {
		const char *was = z->problem[family];

		z->problem[family] = problem[family];
		h->usable[family][z->index] = problem[family] == NULL;
		/* The first result of IPv6 is news only when good: most lists have none. */
		if ((was == NULL) == (problem[family] == NULL) &&
		    !(was == untested && family == 0)) {
			continue;
		}
		log_begin(h->log, "dnsbl");
		log_text(h->log, "zone", z->zone->zone.text);
		log_text(h->log, "family", family == 0 ? "ipv4" : "ipv6");
		log_text(h->log, "state", problem[family] == NULL ? "in use" : "out");
		if (problem[family] != NULL) {
			log_text(h->log, "problem", problem[family]);
		}
		log_end(h->log);
	}
	z->testing = false;
	loop_timer_clear(h->loop, &z->deadline);
	(void)loop_timer_set(h->loop, &z->timer,
	    loop_now(h->loop) +
	        (problem[0] != NULL && h->config->dnsbl_test_ms > DNSBL_RETEST_FAILED_MS
	                ? DNSBL_RETEST_FAILED_MS
	                : h->config->dnsbl_test_ms));
}

static void
zone_continue(struct zone_health *z, bool last)
{
	const char *problem[2];
	bool ipv4 = test_family(z, false, last, &problem[0]);
	bool ipv6 = test_family(z, true, last, &problem[1]);

	if (ipv4 && ipv6) {
		zone_conclude(z, problem);
	}
}

static void
zone_arrived(void *context)
{
	struct zone_health *z = context;

	resolver_cancel(&z->waiter);
	if (z->testing) {
		zone_continue(z, false);
	}
}

static void
zone_deadline(void *context)
{
	struct zone_health *z = context;

	resolver_cancel(&z->waiter);
	zone_continue(z, true);
}

static void
zone_test(void *context)
{
	struct zone_health *z = context;
	struct domain_name name = {0, ""};

	/* Ask again, whatever the cache holds. */
	for (unsigned i = 0; i < 4; i++) {
		if (test_name(z->zone, i >= 2, i % 2, &name)) {
			resolver_expire(z->owner->resolver, DNS_A, name.text, name.len);
		}
	}
	z->testing = true;
	(void)loop_timer_set(z->owner->loop, &z->deadline,
	    loop_now(z->owner->loop) + config_deadline_ms(z->owner->config));
	zone_continue(z, false);
}

struct dnsbl_health *
dnsbl_health_new(struct loop *loop, struct resolver *resolver, struct log *log)
{
	struct dnsbl_health *h = calloc(1, sizeof(*h));

	if (h != NULL) {
		h->loop = loop;
		h->resolver = resolver;
		h->log = log;
	}
	return h;
}

static void
zones_stop(struct dnsbl_health *h)
{
	for (unsigned i = 0; i < h->count; i++) {
		resolver_cancel(&h->zones[i].waiter);
		loop_timer_clear(h->loop, &h->zones[i].timer);
		loop_timer_clear(h->loop, &h->zones[i].deadline);
	}
}

void
dnsbl_health_free(struct dnsbl_health *h)
{
	if (h != NULL) {
		zones_stop(h);
		free(h);
	}
}

/* What is known of a zone of this name, before h->config changes. */
static void
zone_inherit(struct zone_health *z, const struct zone_health *old, const struct config *old_config)
{
	for (unsigned i = 0; old_config != NULL && i < old_config->dnsbl_count; i++) {
		if (domain_name_compare(&old_config->dnsbl[i].zone, &z->zone->zone) == 0) {
			z->problem[0] = old[i].problem[0];
			z->problem[1] = old[i].problem[1];
			z->faults = old[i].faults;
		}
	}
}

void
dnsbl_health_configure(struct dnsbl_health *h, const struct config *config)
{
	struct zone_health old[DNSBL_ZONES_MAX];

	zones_stop(h);
	memcpy(old, h->zones, sizeof(old));
	h->count = config->dnsbl_count;
	for (unsigned i = 0; i < h->count; i++) {
		struct zone_health *z = &h->zones[i];

		*z = (struct zone_health){
		    .owner = h,
		    .zone = &config->dnsbl[i],
		    .index = i,
		    .waiter = {.arrived = zone_arrived, .context = z},
		    .timer = {.fire = zone_test, .context = z},
		    .deadline = {.fire = zone_deadline, .context = z},
		    .problem = {untested, untested},
		};
		zone_inherit(z, old, h->config);
		h->usable[0][i] = z->problem[0] == NULL;
		h->usable[1][i] = z->problem[1] == NULL;
	}
	h->config = config;
	for (unsigned i = 0; i < h->count; i++) {
		(void)loop_timer_set(h->loop, &h->zones[i].timer, loop_now(h->loop));
	}
}

const bool *
dnsbl_health_ipv4(const struct dnsbl_health *h)
{
	return h->usable[0];
}

const bool *
dnsbl_health_ipv6(const struct dnsbl_health *h)
{
	return h->usable[1];
}

void
dnsbl_health_note(struct dnsbl_health *h, const struct dnsbl_judgement *j)
{
	for (unsigned i = 0; i < h->count; i++) {
		static const char *const fault[2] = {
		    "answers with an error code", "answers with an error code"};

		if (j->results[i] != DNSBL_FAULT) {
			continue;
		}
		h->zones[i].faults++;
		if (!h->zones[i].testing) {
			zone_conclude(&h->zones[i], fault);
		}
	}
}

const char *
dnsbl_health_problem(const struct dnsbl_health *h, unsigned zone, bool ipv6)
{
	return h->zones[zone].problem[ipv6];
}

uint64_t
dnsbl_health_faults(const struct dnsbl_health *h, unsigned zone)
{
	return h->zones[zone].faults;
}
