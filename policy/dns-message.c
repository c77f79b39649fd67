/* dns-message.c - see dns-message.h */
#include "policy/dns-message.h"

#include <assert.h>
#include <string.h>

#include "policy/domain-name.h"

enum {
	HEADER_SIZE = 12,
	FLAG_RESPONSE = 0x80,  /* third byte */
	FLAG_TRUNCATED = 0x02, /* third byte */
	FLAG_RECURSE = 0x01,   /* third byte */
	FLAG_AUTHENTIC = 0x20, /* fourth byte */
	CLASS_IN = 1,
	TYPE_OPT = 41,
	RCODE_FORMERR = 1,
	RCODE_NXDOMAIN = 3,
	POINTER = 0xc0,
};

struct reader {
	const uint8_t *msg;
	size_t len;
	size_t at;
};

struct record {
	struct domain_name owner;
	uint16_t type;
	uint16_t class;
	uint32_t ttl;
	size_t data;
	uint16_t size;
};

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint8_t *
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

bool
dns_message_is_formerr(const uint8_t *msg, size_t len)
{
	return len >= HEADER_SIZE && (msg[3] & 0x0f) == RCODE_FORMERR;
}

size_t
dns_message_query(uint8_t *buf, size_t cap, uint16_t id, bool edns, enum dns_type type,
    const char *name, size_t len)
{
	uint8_t *p = buf;
	size_t start = 0;

	assert(cap >= DNS_QUERY_MAX);
	if (len == 0 || len > DOMAIN_TEXT_MAX) {
		return 0;
	}
	memset(buf, 0, HEADER_SIZE);
	put16(p, id);
	p[2] = FLAG_RECURSE;
	p[3] = FLAG_AUTHENTIC;
	put16(p + 4, 1);
	put16(p + 10, edns);
	p += HEADER_SIZE;
	for (size_t i = 0; i <= len; i++) {
		if (i == len || name[i] == '.') {
			if (i == start || i - start > DOMAIN_LABEL_MAX) {
				return 0;
			}
			*p++ = (uint8_t)(i - start);
			memcpy(p, name + start, i - start);
			p += i - start;
			start = i + 1;
		}
	}
	*p++ = 0;
	p = put16(p, (uint16_t)type);
	p = put16(p, CLASS_IN);
	if (!edns) {
		return (size_t)(p - buf);
	}
	*p++ = 0; /* OPT: root, type, UDP size, no flags, no options */
	p = put16(p, TYPE_OPT);
	p = put16(p, DNS_UDP_SIZE);
	memset(p, 0, 6);
	return (size_t)(p + 6 - buf);
}

/* A byte of a label as text. What no host name may hold becomes '?', equal to nothing of ours. */
static char
name_byte(uint8_t c)
{
	if (c >= 'A' && c <= 'Z') {
		return (char)(c + ('a' - 'A'));
	}
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '*') {
		return (char)c;
	}
	return '?';
}

/* Reads a name, following pointers, which must lead strictly back. */
static bool
read_name(struct reader *r, struct domain_name *name)
{
	size_t at = r->at, limit = r->len, len = 0;
	bool jumped = false;
	unsigned jumps = 0;

	for (;;) {
		uint8_t n;

		if (at >= limit) {
			return false;
		}
		n = r->msg[at];
		if ((n & POINTER) == POINTER) {
			size_t to;

			if (at + 2 > limit) {
				return false;
			}
			to = get16(r->msg + at) & 0x3fffu;
			if (!jumped) {
				r->at = at + 2;
			}
			if (to >= at || ++jumps > DNS_POINTERS_MAX) {
				return false;
			}
			jumped = true;
			limit = at; /* each jump shrinks what may be read: no loops */
			at = to;
			continue;
		}
		if ((n & POINTER) != 0 || at + 1 + n > limit) {
			return false;
		}
		at++;
		if (n == 0) {
			break;
		}
		if (len + (len > 0) + n > DOMAIN_TEXT_MAX) {
			return false;
		}
		if (len > 0) {
			name->text[len++] = '.';
		}
		for (unsigned i = 0; i < n; i++) {
			name->text[len++] = name_byte(r->msg[at + i]);
		}
		at += n;
	}
	if (!jumped) {
		r->at = at;
	}
	name->text[len] = 0;
	name->len = (uint8_t)len;
	return true;
}

static bool
read_record(struct reader *r, struct record *rec)
{
	const uint8_t *p;

	if (!read_name(r, &rec->owner) || r->len - r->at < 10) {
		return false;
	}
	p = r->msg + r->at;
	rec->type = get16(p);
	rec->class = get16(p + 2);
	rec->ttl = get32(p + 4);
	rec->size = get16(p + 8);
	rec->data = r->at + 10;
	if (rec->size > r->len - rec->data) {
		return false;
	}
	if (rec->ttl > 0x7fffffffu) {
		rec->ttl = 0; /* RFC 2181 8 */
	}
	r->at = rec->data + rec->size;
	return true;
}

/* The name inside a record's data, which must fill it from offset to its end. */
static bool
record_name(const struct reader *r, const struct record *rec, size_t offset, struct domain_name *n)
{
	struct reader inner = {r->msg, rec->data + rec->size, rec->data + offset};

	return offset <= rec->size && read_name(&inner, n) && inner.at == inner.len;
}

static void
lower_ttl(struct dns_answer *a, uint32_t ttl)
{
	if (ttl < a->ttl) {
		a->ttl = ttl;
	}
}

/* Which mail servers to keep when there are more than fit: those of best preference. */
struct mx_choice {
	unsigned count;
	uint16_t best[DNS_MX_MAX]; /* sorted, of the best ones */
	unsigned last_left;        /* how many of the last preference may still be taken */
};

static void
choice_note(struct mx_choice *c, uint16_t preference)
{
	unsigned i = c->count < DNS_MX_MAX ? c->count : DNS_MX_MAX - 1;

	if (c->count >= DNS_MX_MAX && preference >= c->best[i]) {
		c->count++;
		return;
	}
	for (; i > 0 && c->best[i - 1] > preference; i--) {
		c->best[i] = c->best[i - 1];
	}
	c->best[i] = preference;
	c->count++;
}

/* After all are noted: how many of the worst preference that is kept have room. */
static void
choice_settle(struct mx_choice *c)
{
	unsigned kept = c->count < DNS_MX_MAX ? c->count : DNS_MX_MAX;

	c->last_left = 0;
	if (kept == 0) {
		return;
	}
	while (c->last_left < kept && c->best[kept - 1 - c->last_left] == c->best[kept - 1]) {
		c->last_left++;
	}
}

static bool
choice_takes(struct mx_choice *c, uint16_t preference)
{
	if (c->count <= DNS_MX_MAX || preference < c->best[DNS_MX_MAX - 1]) {
		return true;
	}
	if (preference > c->best[DNS_MX_MAX - 1] || c->last_left == 0) {
		return false;
	}
	c->last_left--;
	return true;
}

/* Adds the record when it is wanted. False when it is malformed. */
static bool
take_record(union dns_answer_room *room, const struct reader *r, const struct record *rec,
    struct mx_choice *choice)
{
	struct domain_name target;
	struct address a;

	switch (rec->type) {
	case DNS_A:
		if (rec->size != 4) {
			return false;
		}
		a = address_from_ipv4(r->msg + rec->data);
		(void)dns_answer_add_address(room, &a); /* no room: the first ones are enough */
		return true;
	case DNS_AAAA:
		if (rec->size != 16) {
			return false;
		}
		memcpy(a.byte, r->msg + rec->data, 16);
		(void)dns_answer_add_address(room, &a);
		return true;
	case DNS_MX:
		if (rec->size < 3 || !record_name(r, rec, 2, &target)) {
			return false;
		}
		return !choice_takes(choice, get16(r->msg + rec->data)) ||
		    dns_answer_add_mx(room, get16(r->msg + rec->data), target.text, target.len);
	default:
		return true;
	}
}

static bool
record_is_of(const struct record *rec, const struct domain_name *name)
{
	return rec->class == CLASS_IN && domain_name_equal(name, rec->owner.text, rec->owner.len);
}

/* Looks over the MX records of a name, so that take_record() knows which to keep. */
static bool
choose_mx(struct reader *r, unsigned count, const struct domain_name *name, struct mx_choice *c)
{
	size_t start = r->at;
	struct record rec;

	c->count = 0;
	for (unsigned i = 0; i < count; i++) {
		if (!read_record(r, &rec)) {
			return false;
		}
		if (rec.type == DNS_MX && rec.size >= 3 && record_is_of(&rec, name)) {
			choice_note(c, get16(r->msg + rec.data));
		}
	}
	choice_settle(c);
	r->at = start;
	return true;
}

/* Goes over the answer section, one step of the alias chain at a time. */
static bool
take_answers(union dns_answer_room *room, struct reader *r, unsigned count,
    struct domain_name *name, unsigned *aliases)
{
	struct dns_answer *a = &room->answer;
	size_t start = r->at;
	struct mx_choice choice = {.count = 0};

	for (*aliases = 0; *aliases <= DNS_ALIAS_MAX; (*aliases)++) {
		struct domain_name next = {0, ""};
		struct record rec;

		r->at = start;
		if (a->type == DNS_MX && !choose_mx(r, count, name, &choice)) {
			return false;
		}
		for (unsigned i = 0; i < count; i++) {
			if (!read_record(r, &rec)) {
				return false;
			}
			if (!record_is_of(&rec, name)) {
				continue;
			}
			if (rec.type == a->type) {
				if (!take_record(room, r, &rec, &choice)) {
					return false;
				}
				lower_ttl(a, rec.ttl);
			} else if (rec.type == DNS_CNAME && next.len == 0) {
				if (!record_name(r, &rec, 0, &next)) {
					return false;
				}
				lower_ttl(a, rec.ttl);
			}
		}
		if (a->count > 0 || next.len == 0) {
			return true;
		}
		*name = next;
	}
	return false; /* a loop, or longer than anyone needs */
}

/* The SOA of the authority section bounds how long a "no" may be believed. */
static bool
take_authority(struct reader *r, unsigned count, uint32_t *ttl)
{
	struct record rec;
	struct domain_name skip;

	for (unsigned i = 0; i < count; i++) {
		struct reader inner;

		if (!read_record(r, &rec)) {
			return false;
		}
		if (rec.type != DNS_SOA || rec.class != CLASS_IN) {
			continue;
		}
		inner = (struct reader){r->msg, rec.data + rec.size, rec.data};
		if (read_name(&inner, &skip) && read_name(&inner, &skip) &&
		    inner.len - inner.at == 20) {
			uint32_t minimum = get32(r->msg + inner.at + 16);

			*ttl = minimum < rec.ttl ? minimum : rec.ttl;
			return true;
		}
	}
	return false;
}

static bool
check_question(struct reader *r, enum dns_type type, const char *name, size_t name_len)
{
	struct domain_name q;

	if (!read_name(r, &q) || r->len - r->at < 4 || !domain_name_equal(&q, name, name_len) ||
	    get16(r->msg + r->at) != type || get16(r->msg + r->at + 2) != CLASS_IN) {
		return false;
	}
	r->at += 4;
	return true;
}

static bool
header_is_usable(struct dns_answer *a, const uint8_t *msg, size_t len)
{
	if (len < HEADER_SIZE || !(msg[2] & FLAG_RESPONSE)) {
		return false;
	}
	a->rcode = msg[3] & 0x0f;
	a->authentic = (msg[3] & FLAG_AUTHENTIC) != 0;
	return !(msg[2] & FLAG_TRUNCATED) && get16(msg + 4) == 1 &&
	    get16(msg + 6) <= DNS_RECORDS_MAX && get16(msg + 8) <= DNS_RECORDS_MAX &&
	    (a->rcode == 0 || a->rcode == RCODE_NXDOMAIN);
}

void
dns_message_parse(union dns_answer_room *room, const uint8_t *msg, size_t len, enum dns_type type,
    const char *name, size_t name_len)
{
	struct dns_answer *a = &room->answer;
	struct reader r = {msg, len, HEADER_SIZE};
	struct domain_name last = {0, ""};
	uint32_t negative = DNS_NEGATIVE_TTL_DEFAULT;
	unsigned aliases;
	bool soa;

	dns_answer_clear(room, type, DNS_FAILED);
	if (!header_is_usable(a, msg, len) || !check_question(&r, type, name, name_len) ||
	    name_len > DOMAIN_TEXT_MAX) {
		return;
	}
	memcpy(last.text, name, name_len);
	last.len = (uint8_t)name_len;
	a->ttl = DNS_TTL_MAX;
	if (!take_answers(room, &r, get16(msg + 6), &last, &aliases)) {
		dns_answer_clear(room, type, DNS_FAILED);
		return;
	}
	if (a->count > 0 && a->rcode != 0) {
		a->outcome = DNS_FAILED;
	} else if (a->count > 0) {
		a->outcome = DNS_DATA;
	} else {
		soa = take_authority(&r, get16(msg + 8), &negative);
		if (a->rcode == RCODE_NXDOMAIN) {
			a->outcome = DNS_NXDOMAIN;
		} else if (!soa && aliases > 0) {
			dns_answer_set_alias(room, last.text, last.len);
			return;
		} else if (!soa && type == DNS_MX) {
			return; /* DNS_FAILED, as it was set */
		} else {
			a->outcome = DNS_NODATA;
		}
		lower_ttl(a, negative < DNS_NEGATIVE_TTL_MAX ? negative : DNS_NEGATIVE_TTL_MAX);
	}
	if (a->ttl < DNS_TTL_MIN) {
		a->ttl = DNS_TTL_MIN;
	}
}
