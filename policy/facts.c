/* facts.c - see facts.h */
#include "policy/facts.h"

struct fact
facts_look(const struct fact_source *source, enum dns_type type, const char *name, size_t len)
{
	struct fact f, first = {.state = FACT_FRESH};

	for (unsigned i = 0; i <= DNS_ALIAS_MAX; i++) {
		f = source->look(source->context, type, name, len);
		if (f.state == FACT_WAITING || f.state == FACT_FAILED) {
			return f;
		}
		if (f.state == FACT_STALE) {
			first.state = FACT_STALE;
		}
		if (f.answer->outcome != DNS_ALIAS) {
			f.state = first.state;
			return f;
		}
		name = dns_answer_alias(f.answer, &len);
	}
	return (struct fact){.state = FACT_FAILED};
}

/* One family. Returns whether it has addresses. */
static bool
facts_family(const struct fact_source *source, enum dns_type type, const char *name, size_t len,
    struct host_facts *host, bool *waiting, bool *failed)
{
	struct fact f = facts_look(source, type, name, len);

	if (f.state == FACT_WAITING) {
		*waiting = true;
		return false;
	}
	if (f.state == FACT_FAILED) {
		*failed = true;
		return false;
	}
	host->stale = host->stale || f.state == FACT_STALE;
	if (f.answer->outcome != DNS_DATA) {
		if (host->gone_ms < 0 || f.same_ms < host->gone_ms) {
			host->gone_ms = f.same_ms;
		}
		return false;
	}
	host->crowded = host->crowded || f.answer->count >= DNS_ADDRESS_MAX;
	for (unsigned i = 0; i < f.answer->count; i++) {
		struct address a = dns_answer_address(f.answer, i);

		if (address_is_special(&a) || (type == DNS_AAAA && address_is_ipv4(&a))) {
			host->special = true;
		} else {
			host->address[host->count++] = a;
		}
	}
	return true;
}

void
facts_host(const struct fact_source *source, bool ipv4, bool ipv6, const char *name, size_t len,
    struct host_facts *host)
{
	bool waiting = false, failed = false, known = false;

	host->count = 0;
	host->stale = host->special = host->crowded = false;
	host->gone_ms = -1;
	if (ipv4 && facts_family(source, DNS_A, name, len, host, &waiting, &failed)) {
		known = true;
	}
	if (ipv6 && facts_family(source, DNS_AAAA, name, len, host, &waiting, &failed)) {
		known = true;
	}
	host->partial = failed && known;
	if (waiting) {
		host->state = HOST_WAITING;
	} else if (known) {
		host->state = HOST_KNOWN;
	} else {
		host->state = failed ? HOST_FAILED : HOST_GONE;
	}
}
