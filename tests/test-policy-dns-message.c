/*
 * test-policy-dns-message.c - answers as servers give them, well and badly formed
 */
#include "policy/dns-message.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* A message: header with counts, the question for "d.test", then records as they are. */
struct message {
	uint8_t bytes[16384];
	size_t len;
};

static void
put(struct message *m, const void *bytes, size_t len)
{
	ck_assert_uint_le(m->len + len, sizeof(m->bytes));
	memcpy(m->bytes + m->len, bytes, len);
	m->len += len;
}

static void
begin(struct message *m, uint8_t flags2, uint8_t rcode, uint8_t answers, uint8_t authority,
    uint8_t type)
{
	const uint8_t header[] = {
	    0x12, 0x34, (uint8_t)(0x80 | flags2), rcode, 0, 1, 0, answers, 0, authority, 0, 0};
	const uint8_t question[] = {1, 'd', 4, 't', 'E', 's', 't', 0, 0, type, 0, 1};

	m->len = 0;
	put(m, header, sizeof(header));
	put(m, question, sizeof(question));
}

/* owner: a pointer or name as bytes. */
static void
record(struct message *m, const char *owner, size_t owner_len, uint8_t type, uint32_t ttl,
    const char *data, size_t len)
{
	const uint8_t fixed[] = {0, type, 0, 1, (uint8_t)(ttl >> 24), (uint8_t)(ttl >> 16),
	    (uint8_t)(ttl >> 8), (uint8_t)ttl, (uint8_t)(len >> 8), (uint8_t)len};

	put(m, owner, owner_len);
	put(m, fixed, sizeof(fixed));
	put(m, data, len);
}

#define QUESTION "\xc0\x0c", 2
#define BYTES(s) s, sizeof(s) - 1

static union dns_answer_room room;

/* Parses an exact-size copy, so that a sanitizer sees any read beyond. */
static const struct dns_answer *
parse_prefix(const struct message *m, size_t len, enum dns_type type)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, m->bytes, len);
	dns_message_parse(&room, copy, len, type, "d.test", 6);
	free(copy);
	return &room.answer;
}

/* And every shorter one: never data. */
static const struct dns_answer *
parse(const struct message *m, enum dns_type type)
{
	for (size_t len = 0; len < m->len; len++) {
		parse_prefix(m, len, type);
		ck_assert_int_ne(room.answer.outcome, DNS_DATA);
	}
	return parse_prefix(m, m->len, type);
}

START_TEST(mx_records)
{
	struct message m;
	const struct dns_answer *a;

	begin(&m, 0, 0x20, 3, 0, DNS_MX);
	record(&m, QUESTION, DNS_MX, 300, BYTES("\0\x14\2mx\xc0\x0c"));
	record(&m, QUESTION, DNS_MX, 200, BYTES("\0\x0a\1P\2in\0"));
	record(&m, QUESTION, DNS_MX, 400, BYTES("\0\0\0"));
	a = parse(&m, DNS_MX);
	ck_assert_int_eq(a->outcome, DNS_DATA);
	ck_assert_uint_eq(a->count, 3);
	ck_assert_uint_eq(a->ttl, 200);
	ck_assert(a->authentic);
	ck_assert_uint_eq(dns_answer_mx(a, 0).preference, 20);
	ck_assert_mem_eq(dns_answer_mx(a, 0).name, "mx.d.test", 9);
	ck_assert_uint_eq(dns_answer_mx(a, 1).len, 4);
	ck_assert_mem_eq(dns_answer_mx(a, 1).name, "p.in", 4);
	ck_assert_uint_eq(dns_answer_mx(a, 2).len, 0);
}
END_TEST

START_TEST(addresses)
{
	struct message m;
	struct address one;
	char text[ADDRESS_TEXT_MAX];

	begin(&m, 0, 0, 1, 0, DNS_A);
	record(&m, QUESTION, DNS_A, 0, BYTES("\xc0\0\2\1"));
	ck_assert_int_eq(parse(&m, DNS_A)->outcome, DNS_DATA);
	ck_assert_uint_eq(room.answer.ttl, DNS_TTL_MIN);
	one = dns_answer_address(&room.answer, 0);
	address_format(&one, text);
	ck_assert_str_eq(text, "192.0.2.1");
	begin(&m, 0, 0, 1, 0, DNS_AAAA);
	record(&m, QUESTION, DNS_AAAA, 5, BYTES("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"));
	ck_assert_int_eq(parse(&m, DNS_AAAA)->outcome, DNS_DATA);
	one = dns_answer_address(&room.answer, 0);
	address_format(&one, text);
	ck_assert_str_eq(text, "2001:db8::1");
}
END_TEST

START_TEST(aliases)
{
	struct message m;
	size_t len;

	begin(&m, 0, 0, 2, 0, DNS_A);
	record(&m, BYTES("\1x\0"), DNS_A, 70, BYTES("\xc0\0\2\1"));
	record(&m, QUESTION, DNS_CNAME, 50, BYTES("\1x\0"));
	ck_assert_int_eq(parse(&m, DNS_A)->outcome, DNS_DATA);
	ck_assert_uint_eq(room.answer.ttl, 50);
	begin(&m, 0, 0, 1, 0, DNS_A);
	record(&m, QUESTION, DNS_CNAME, 50, BYTES("\1x\0"));
	ck_assert_int_eq(parse(&m, DNS_A)->outcome, DNS_ALIAS);
	ck_assert_mem_eq(dns_answer_alias(&room.answer, &len), "x", 1);
	ck_assert_uint_eq(len, 1);
	begin(&m, 0, 0, 1, 0, DNS_A);
	record(&m, QUESTION, DNS_CNAME, 50, BYTES("\xc0\x0c"));
	ck_assert_int_eq(parse(&m, DNS_A)->outcome, DNS_FAILED); /* of itself */
	begin(&m, 0, 3, 1, 0, DNS_A);
	record(&m, QUESTION, DNS_CNAME, 50, BYTES("\1x\0"));
	/* the target does not exist */
	ck_assert_int_eq(parse(&m, DNS_A)->outcome, DNS_NXDOMAIN);
}
END_TEST

#define SOA "\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\x2a"

START_TEST(noes_and_their_ttl)
{
	struct message m;

	begin(&m, 0, 3, 0, 1, DNS_MX);
	record(&m, BYTES("\0"), DNS_SOA, 100, BYTES(SOA));
	ck_assert_int_eq(parse_prefix(&m, m.len, DNS_MX)->outcome, DNS_NXDOMAIN);
	ck_assert_uint_eq(room.answer.ttl, 42);
	begin(&m, 0, 0, 0, 1, DNS_MX);
	record(&m, BYTES("\0"), DNS_SOA, 7, BYTES(SOA));
	ck_assert_int_eq(parse_prefix(&m, m.len, DNS_MX)->outcome, DNS_NODATA);
	ck_assert_uint_eq(room.answer.ttl, 7);
	begin(&m, 0, 0, 0, 0, DNS_A);
	ck_assert_int_eq(parse(&m, DNS_A)->outcome, DNS_NODATA);
	ck_assert_uint_eq(room.answer.ttl, DNS_NEGATIVE_TTL_DEFAULT);
}
END_TEST

static const struct bad_row {
	const char *name;
	uint8_t flags2;
	uint8_t rcode;
	uint8_t asked;
	uint8_t type;
	const char *data;
	size_t len;
	uint8_t count; /* 0: one */
} bad_rows[] = {
    {
        .name = "SERVFAIL",
        .rcode = 2,
        .asked = DNS_A,
        .type = DNS_A,
        .data = "\1\2\3\4",
        .len = 4,
    },
    {
        .name = "FORMERR",
        .rcode = 1,
        .asked = DNS_A,
        .type = DNS_A,
        .data = "\1\2\3\4",
        .len = 4,
    },
    {
        .name = "REFUSED",
        .rcode = 5,
        .asked = DNS_A,
        .type = DNS_A,
        .data = "\1\2\3\4",
        .len = 4,
    },
    {
        .name = "truncated",
        .flags2 = 2,
        .asked = DNS_A,
        .type = DNS_A,
        .data = "\1\2\3\4",
        .len = 4,
    },
    {
        .name = "data with NXDOMAIN",
        .rcode = 3,
        .asked = DNS_A,
        .type = DNS_A,
        .data = "\1\2\3\4",
        .len = 4,
    },
    {
        .name = "another question",
        .asked = DNS_MX,
        .type = DNS_A,
        .data = "\1\2\3\4",
        .len = 4,
    },
    {
        .name = "A of 3 bytes",
        .asked = DNS_A,
        .type = DNS_A,
        .data = "\1\2\3",
        .len = 3,
    },
    {
        .name = "A of 5 bytes",
        .asked = DNS_A,
        .type = DNS_A,
        .data = "\1\2\3\4\5",
        .len = 5,
    },
    {
        .name = "AAAA of 4 bytes",
        .asked = DNS_AAAA,
        .type = DNS_AAAA,
        .data = "\1\2\3\4",
        .len = 4,
    },
    {
        .name = "MX without a name",
        .asked = DNS_MX,
        .type = DNS_MX,
        .data = "\0\1",
        .len = 2,
    },
    {
        .name = "MX name not ended",
        .asked = DNS_MX,
        .type = DNS_MX,
        .data = "\0\1\1x",
        .len = 4,
    },
    {
        .name = "MX with bytes after it",
        .asked = DNS_MX,
        .type = DNS_MX,
        .data = "\0\1\1x\0y",
        .len = 6,
    },
    {
        .name = "MX name points forward",
        .asked = DNS_MX,
        .type = DNS_MX,
        .data = "\0\1\xc0\x40",
        .len = 4,
    },
    {
        .name = "MX name points at itself",
        .asked = DNS_MX,
        .type = DNS_MX,
        .data = "\0\1\xc0\x26",
        .len = 4,
    },
    {
        .name = "label type 01",
        .asked = DNS_MX,
        .type = DNS_MX,
        .data = "\0\1\x40x\0",
        .len = 5,
    },
    {
        .name = "more MX than anyone needs, with NXDOMAIN",
        .rcode = 3,
        .asked = DNS_MX,
        .type = DNS_MX,
        .data = "\0\1\1x\0",
        .len = 5,
        .count = DNS_MX_MAX + 1,
    },
};

START_TEST(bad_messages_are_failures)
{
	const struct bad_row *r = &bad_rows[_i];
	uint8_t count = r->count > 0 ? r->count : 1;
	struct message m;

	begin(&m, r->flags2, r->rcode, count, 0, r->type);
	for (uint8_t i = 0; i < count; i++) {
		record(&m, QUESTION, r->type, 60, r->data, r->len);
	}
	ck_assert_msg(parse_prefix(&m, m.len, r->asked)->outcome == DNS_FAILED, "%s", r->name);
}
END_TEST

static const struct many_row {
	unsigned count;
	unsigned kept;
} many_rows[] = {
    {DNS_MX_MAX - 1, DNS_MX_MAX - 1},
    {DNS_MX_MAX, DNS_MX_MAX},
    {DNS_MX_MAX + 1, DNS_MX_MAX},
    {200, DNS_MX_MAX},
};

/* Preferences from 255 downwards, and some twice: the best ones stay. */
START_TEST(of_too_many_mail_servers_the_best_stay)
{
	const struct many_row *r = &many_rows[_i];
	struct message m;
	unsigned worst = 0;

	begin(&m, 0, 0, (uint8_t)r->count, 0, DNS_MX);
	for (unsigned i = 0; i < r->count; i++) {
		char data[5] = {0, (char)(255 - i / 2 * 2), 1, 'x', 0};

		record(&m, QUESTION, DNS_MX, 60, data, sizeof(data));
	}
	ck_assert_int_eq(parse(&m, DNS_MX)->outcome, DNS_DATA);
	ck_assert_uint_eq(room.answer.count, r->kept);
	for (unsigned i = 0; i < r->kept; i++) {
		uint16_t preference = dns_answer_mx(&room.answer, i).preference;

		worst = preference > worst ? preference : worst;
	}
	ck_assert_uint_eq(worst, 255 - (r->count - r->kept) / 2 * 2);
}
END_TEST

START_TEST(of_too_many_addresses_the_first_stay)
{
	struct message m;

	begin(&m, 0, 0, 255, 0, DNS_A);
	m.bytes[6] = 1; /* 256 more */
	for (unsigned i = 0; i < 255 + 256; i++) {
		char data[4] = {1, 2, (char)(i >> 8), (char)i};

		record(&m, QUESTION, DNS_A, 60, data, sizeof(data));
	}
	ck_assert_int_eq(parse_prefix(&m, m.len, DNS_A)->outcome, DNS_DATA);
	ck_assert_uint_eq(room.answer.count, DNS_ADDRESS_MAX);
}
END_TEST

/* A server that is not responsible says NOERROR and nothing else. */
START_TEST(no_mx_needs_an_soa)
{
	struct message m;

	begin(&m, 0, 0, 0, 0, DNS_MX);
	ck_assert_int_eq(parse(&m, DNS_MX)->outcome, DNS_FAILED);
	begin(&m, 0, 0, 0, 0, DNS_AAAA);
	ck_assert_int_eq(parse(&m, DNS_AAAA)->outcome, DNS_NODATA);
}
END_TEST

/* A chain of pointers, each to the one before it, after the question's name. */
START_TEST(a_name_of_many_pointers_is_none)
{
	struct message m;
	char owner[2];
	unsigned at = 12;

	begin(&m, 0, 0, 2, 0, DNS_A);
	/* the data of a record of another type holds the chain */
	record(&m, QUESTION, 99, 60, "", 0);
	m.bytes[m.len - 1] = 0;
	m.bytes[m.len - 2] = 1; /* 256 bytes */
	for (unsigned i = 0; i < DNS_POINTERS_MAX; i++) {
		const char pointer[2] = {(char)(0xc0 | at >> 8), (char)at};

		at = (unsigned)m.len;
		put(&m, pointer, sizeof(pointer));
	}
	owner[0] = (char)(0xc0 | at >> 8);
	owner[1] = (char)at;
	record(&m, owner, sizeof(owner), DNS_A, 60, BYTES("\1\2\3\4"));
	ck_assert_int_eq(parse(&m, DNS_A)->outcome, DNS_FAILED);
	owner[0] = (char)(0xc0 | (at - 2) >> 8); /* one less */
	owner[1] = (char)(at - 2);
	memcpy(m.bytes + m.len - 16, owner, sizeof(owner));
	ck_assert_int_eq(parse(&m, DNS_A)->outcome, DNS_DATA);
}
END_TEST

START_TEST(another_name_is_a_failure)
{
	struct message m;

	begin(&m, 0, 0, 1, 0, DNS_A);
	record(&m, QUESTION, DNS_A, 60, BYTES("\1\2\3\4"));
	dns_message_parse(&room, m.bytes, m.len, DNS_A, "e.test", 6);
	ck_assert_int_eq(room.answer.outcome, DNS_FAILED);
	dns_message_parse(&room, m.bytes, m.len, DNS_A, "d.test", 6);
	ck_assert_int_eq(room.answer.outcome, DNS_DATA);
	m.bytes[2] = 0; /* a question, no answer */
	dns_message_parse(&room, m.bytes, m.len, DNS_A, "d.test", 6);
	ck_assert_int_eq(room.answer.outcome, DNS_FAILED);
}
END_TEST

START_TEST(records_of_others_do_not_count)
{
	struct message m;

	begin(&m, 0, 0, 2, 0, DNS_A);
	record(&m, BYTES("\1e\0"), DNS_A, 60, BYTES("\1\2\3\4"));
	record(&m, QUESTION, DNS_MX, 60, BYTES("\0\1\1x\0"));
	ck_assert_int_eq(parse(&m, DNS_A)->outcome, DNS_NODATA);
}
END_TEST

START_TEST(odd_bytes_in_names_equal_nothing)
{
	struct message m;

	begin(&m, 0, 0, 1, 0, DNS_MX);
	record(&m, QUESTION, DNS_MX, 60, BYTES("\0\1\5a.b\0c\4test\0"));
	ck_assert_int_eq(parse(&m, DNS_MX)->outcome, DNS_DATA);
	ck_assert_mem_eq(dns_answer_mx(&room.answer, 0).name, "a?b?c.test", 10);
}
END_TEST

START_TEST(questions)
{
	uint8_t buf[DNS_QUERY_MAX];
	char longest[DOMAIN_TEXT_MAX];
	size_t len = dns_message_query(buf, sizeof(buf), 0x1234, true, DNS_MX, "d.test", 6);
	static const uint8_t want[] = "\x12\x34\x01\x20\0\1\0\0\0\0\0\1\1d\4test\0\0\x0f\0\1"
	                              "\0\0\x29\x04\xd0\0\0\0\0\0\0";

	ck_assert_uint_eq(len, sizeof(want) - 1);
	ck_assert_mem_eq(buf, want, len);
	memset(longest, 'a', sizeof(longest));
	for (size_t i = 63; i < sizeof(longest); i += 64) {
		longest[i] = '.';
	}
	ck_assert_uint_gt(
	    dns_message_query(buf, sizeof(buf), 1, true, DNS_A, longest, sizeof(longest)), 0);
	ck_assert_uint_eq(dns_message_query(buf, sizeof(buf), 1, true, DNS_A, "a..b", 4), 0);
	ck_assert_uint_eq(dns_message_query(buf, sizeof(buf), 1, true, DNS_A, "", 0), 0);
	longest[63] = 'a';
	ck_assert_uint_eq(
	    dns_message_query(buf, sizeof(buf), 1, true, DNS_A, longest, sizeof(longest)), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-dns-message");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, mx_records);
	tcase_add_test(t, addresses);
	tcase_add_test(t, aliases);
	tcase_add_test(t, noes_and_their_ttl);
	tcase_add_loop_test(
	    t, bad_messages_are_failures, 0, sizeof(bad_rows) / sizeof(bad_rows[0]));
	tcase_add_loop_test(
	    t, of_too_many_mail_servers_the_best_stay, 0, sizeof(many_rows) / sizeof(many_rows[0]));
	tcase_add_test(t, of_too_many_addresses_the_first_stay);
	tcase_add_test(t, no_mx_needs_an_soa);
	tcase_add_test(t, a_name_of_many_pointers_is_none);
	tcase_add_test(t, another_name_is_a_failure);
	tcase_add_test(t, records_of_others_do_not_count);
	tcase_add_test(t, odd_bytes_in_names_equal_nothing);
	tcase_add_test(t, questions);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
