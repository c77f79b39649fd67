/* dns-cache-dump.c - see dns-cache-dump.h */
#include "policy/dns-cache-dump.h"

#include <inttypes.h>
#include <string.h>

static void
dump_entry(const struct dns_entry *e, int64_t now, struct text *t)
{
	const struct dns_answer *a = e->answer;
	char address[ADDRESS_TEXT_MAX];
	size_t len;

	if (a == NULL) {
		text_add(t, "%s %.*s failed, tried %" PRId64 " s ago\n", dns_type_name(e->type),
		    (int)e->len, e->name, (now - e->failed) / 1000);
		return;
	}
	text_add(t, "%s %.*s %s", dns_type_name(e->type), (int)e->len, e->name,
	    dns_outcome_name(a->outcome));
	if (a->outcome == DNS_ALIAS) {
		const char *alias = dns_answer_alias(a, &len);

		text_add(t, " %.*s", (int)len, alias);
	}
	for (unsigned i = 0; a->outcome == DNS_DATA && i < a->count; i++) {
		if (a->type == DNS_MX) {
			struct dns_mx mx = dns_answer_mx(a, i);

			text_add(t, " %u:%.*s", mx.preference, (int)mx.len, mx.name);
		} else {
			struct address one = dns_answer_address(a, i);

			address_format(&one, address);
			text_add(t, " %s", address);
		}
	}
	text_add(t, ", learned %" PRId64 " s ago%s, ", (now - e->learned) / 1000,
	    e->restored ? " by an earlier process" : "");
	if (e->expires > now) {
		text_add(t, "ttl left %" PRId64 " s", (e->expires - now) / 1000);
	} else {
		text_add(t, "expired");
	}
	text_add(t, ", same for %" PRId64 " s%s%s\n", (now - e->since) / 1000,
	    e->kept ? ", kept" : "", e->failed != 0 ? ", failing" : "");
}

void
dns_cache_dump(
    const struct dns_cache *cache, int64_t now, const char *name, size_t len, struct text *t)
{
	for (struct dns_entry *e = dns_cache_next(cache, NULL); e != NULL;
	     e = dns_cache_next(cache, e)) {
		if (len == 0 || (e->len == len && memcmp(e->name, name, len) == 0)) {
			dump_entry(e, now, t);
		}
	}
	if (t->len == 0) {
		text_add(t, "nothing known\n");
	}
}
