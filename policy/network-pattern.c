/* network-pattern.c - see network-pattern.h */
#include "policy/network-pattern.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { GROUPS = 8, GROUP_BITS = 16 };

struct pattern {
	char *text;
	size_t len;
};

/* An IPv6 network: whole groups that are fixed, then perhaps one that is in part. */
struct prefix {
	unsigned group[GROUPS];
	unsigned whole;
	unsigned rest; /* bits of group[whole] */
};

__attribute__((format(printf, 2, 3))) static void
add(struct pattern *p, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(p->text + p->len, NETWORK_PATTERN_MAX - p->len, format, args);
	va_end(args);
	assert(n >= 0 && (size_t)n < NETWORK_PATTERN_MAX - p->len);
	p->len += (size_t)n;
}

static void
pattern_ipv4(struct pattern *p, const uint8_t *byte, unsigned bits)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned fixed = bits <= 8 * i ? 0 : bits - 8 * i;

		add(p, "%s", i > 0 ? "\\." : "");
		if (fixed >= 8) {
			add(p, "%u", byte[i]);
		} else if (fixed == 0) {
			add(p, "[0-9]+");
		} else {
			for (unsigned v = 0; v < 1u << (8 - fixed); v++) {
				add(p, "%s%u", v == 0 ? "(" : "|", byte[i] + v);
			}
			add(p, ")");
		}
	}
}

/* One hexadecimal digit out of first to first + count - 1. */
static void
add_digits(struct pattern *p, unsigned first, unsigned count)
{
	if (count == 1) {
		add(p, "%x", first);
		return;
	}
	add(p, "[");
	for (unsigned v = first; v < first + count; v++) {
		add(p, "%x", v);
	}
	add(p, "]");
}

/* The values of a group of which only the first bits are fixed; no leading zeros. */
static void
add_partial(struct pattern *p, unsigned value, unsigned bits)
{
	unsigned spare = GROUP_BITS - bits, loose = spare / 4, choices = 1u << spare % 4;
	unsigned shift = loose * 4, first = value >> shift & 0xf, above = value >> shift >> 4;

	if (above != 0) {
		add(p, "%x", above);
		add_digits(p, first, choices);
		add(p, loose > 0 ? "[0-9a-f]{%u}" : "", loose);
		return;
	}
	add(p, "(");
	if (first == 0) { /* zeros in front are not written */
		add(p, loose > 0 ? "[0-9a-f]{1,%u}" : "0", loose);
		first++;
		choices--;
		add(p, "%s", choices > 0 ? "|" : "");
	}
	if (choices > 0) {
		add_digits(p, first, choices);
		add(p, loose > 0 ? "[0-9a-f]{%u}" : "", loose);
	}
	add(p, ")");
}

static void
add_group(struct pattern *p, const struct prefix *x, unsigned i)
{
	if (i < x->whole) {
		add(p, "%x", x->group[i]);
	} else if (i == x->whole && x->rest > 0) {
		add_partial(p, x->group[i], x->rest);
	} else {
		add(p, "[0-9a-f]+");
	}
}

static void
add_groups(struct pattern *p, const struct prefix *x, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		add(p, "%s", i > from ? ":" : "");
		add_group(p, x, i);
	}
}

/* May the groups from .. to-1 all be zero? */
static bool
may_be_zero(const struct prefix *x, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to && i < GROUPS; i++) {
		if (x->group[i] != 0) {
			return false;
		}
	}
	return true;
}

/* The fixed groups are all written; "::" may stand anywhere after them. */
static void
pattern_plain(struct pattern *p, const struct prefix *x)
{
	add_groups(p, x, 0, x->whole);
	if (x->whole == GROUPS) {
		return;
	}
	if (x->rest == 0) {
		add(p, "%s[0-9a-f:.]*", x->whole > 0 ? ":" : "");
		return;
	}
	add(p, "%s(", x->whole > 0 ? ":" : "");
	add_partial(p, x->group[x->whole], x->rest);
	add(p, "%s", x->whole + 1 < GROUPS ? ":[0-9a-f:.]*" : "");
	if (x->group[x->whole] == 0) {
		add(p, "|%s[0-9a-f:.]*", x->whole > 0 ? ":" : "::");
	}
	add(p, ")");
}

static void
pattern_ipv6(struct pattern *p, const struct network *n)
{
	struct prefix x = {.whole = n->bits / GROUP_BITS, .rest = n->bits % GROUP_BITS};

	for (unsigned i = 0; i < GROUPS; i++) {
		x.group[i] = (unsigned)n->base.byte[2 * i] << 8 | n->base.byte[2 * i + 1];
	}
	if (n->bits == 128) {
		p->len = address_format(&n->base, p->text);
		return;
	}
	add(p, "(");
	pattern_plain(p, &x);
	/* "::" stands for the groups from .. to-1, at least one of which is fixed. */
	for (unsigned from = 0; from < x.whole; from++) {
		for (unsigned to = from + 2; to <= GROUPS && may_be_zero(&x, from, to); to++) {
			add(p, "|");
			add_groups(p, &x, 0, from);
			add(p, "::");
			add_groups(p, &x, to, GROUPS);
		}
	}
	add(p, ")");
}

size_t
network_pattern(const struct network *n, char *text)
{
	struct pattern p = {text, 0};

	if (address_is_ipv4(&n->base)) {
		pattern_ipv4(&p, n->base.byte + 12, n->bits - 96u);
	} else {
		pattern_ipv6(&p, n);
	}
	return p.len;
}
