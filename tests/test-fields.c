/*
 * test-fields.c - does a message opt in, and what do its Graft fields say
 */
#include <check.h>

#include "filter/fields.h"
#include "mime/header.h"
#include "tests/scratch.h"
#include "tests/slices.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define TEXT(s) .header = (s), .len = sizeof(s) - 1
#define T "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDDEEEEEEEEEEFFFFFFFFFF"
#define U "UUUUUUUUUUVVVVVVVVVVWWWWWWWWWWXXXXXXXXXXYYYYYYYYYYZZZZZZZZZZ"

static const struct row {
	const char *name, *header;
	size_t len;
	bool out; /* does not opt in */
	enum refusal_reason refused;
	unsigned count;
	const char *tokens; /* one after the other */
	const char *recipient;
	bool unreadable;
	unsigned token; /* refused: which one */
} rows[] = {
    {.name = "nothing", TEXT(""), .out = true},
    {.name = "ordinary fields",
        TEXT("From: a\nX-Graft: 1\nGrafts: 1\nGraft-Size: 1\nGraft-\n"),
        .out = true},
    {.name = "after the header", TEXT("A: b\n\nGraft: 1\n"), .out = true},
    {.name = "in a folded line", TEXT("A: b\n Graft: 1\n"), .out = true},
    {.name = "a recipient alone",
        TEXT("Graft-Recipient: a@b.c\n"),
        .out = true,
        .recipient = "a@b.c"},
    {.name = "Graft", TEXT("GRAFT: 7\n"), .count = 7},
    {.name = "Graft, folded, white space", TEXT("Graft \t:\n\t 100 \t\n"), .count = 100},
    {.name = "leading zeros", TEXT("Graft: 007\n"), .count = 7},
    {.name = "after a line that is no field", TEXT("From a\nwhat\n x\nGraft: 1\n"), .count = 0},
    {.name = "a line end before the colon, as Exim takes it", TEXT("Graft\n : 1\n"), .count = 0},
    {.name = "a form feed before the colon", TEXT("A: b\nGRAFT-attach\f: " T "\n"), .count = 0},
    {.name = "a longer name, and no field", TEXT("Grafts\n : 1\nGraft-Size\n : 1\n"), .out = true},
    {.name = "the name and no more", TEXT("Graft"), .out = true},
    {.name = "zero", TEXT("Graft: 0\n"), .refused = REFUSED_GRAFT_NUMBER},
    {.name = "101", TEXT("Graft: 101\n"), .refused = REFUSED_GRAFT_NUMBER},
    {.name = "four digits", TEXT("Graft: 0001\n"), .refused = REFUSED_GRAFT_NUMBER},
    {.name = "a huge number", TEXT("Graft: 4294967297\n"), .refused = REFUSED_GRAFT_NUMBER},
    {.name = "a sign", TEXT("Graft: +1\n"), .refused = REFUSED_GRAFT_NUMBER},
    {.name = "a comment", TEXT("Graft: 1 (x)\n"), .refused = REFUSED_GRAFT_NUMBER},
    {.name = "a NUL", TEXT("Graft: 1\0\n"), .refused = REFUSED_GRAFT_NUMBER},
    {.name = "nothing in it", TEXT("Graft: \n"), .refused = REFUSED_GRAFT_NUMBER},
    {.name = "two", TEXT("Graft: 1\nA: b\ngraft : 1\n"), .refused = REFUSED_GRAFT_TWICE},
    {.name = "a token", TEXT("Graft-Attach: " T "\n"), .count = 1, .tokens = T},
    {.name = "tokens",
        TEXT("Graft-Attach: " T "," U " ,\n\t " T "\n"),
        .count = 3,
        .tokens = T U T},
    {.name = "two fields and a count",
        TEXT("Graft-Attach: " T "\nGraft: 5\ngraft-attach:" U "\n"),
        .count = 5,
        .tokens = T U},
    {.name = "an encoded word",
        TEXT("Graft-Attach: =?us-ascii?Q?" T "=2C?=\n =?utf-8?Q?" U "?=\n"),
        .count = 2,
        .tokens = T U},
    {.name = "a token cut by encoded words",
        TEXT("Graft-Attach: =?x?Q?AAAAAAAAAABBBBBBBBBBCCCCCCCCCC?=\n "
             "=?x?B?REREREREREREREVFRUVFRUVFRUVGRkZGRkZGRkZG?=\n"),
        .count = 1,
        .tokens = "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDDEEEEEEEEEEFFFFFFFFFF"},
    {.name = "a token cut by folding",
        TEXT("Graft-Attach: AAAAAAAAAABBBBBBBBBBCCCCCCCCCC\n DDDDDDDDDDEEEEEEEEEEFFFFFFFFFF\n"),
        .refused = REFUSED_ATTACH_FIELD,
        .token = 1},
    {.name = "a token too short",
        TEXT("Graft-Attach: " T "\nGraft-Attach: x\n"),
        .refused = REFUSED_ATTACH_FIELD,
        .token = 2},
    {.name = "a token too long",
        TEXT("Graft-Attach: " T "x\n"),
        .refused = REFUSED_ATTACH_FIELD,
        .token = 1},
    {.name = "no token", TEXT("Graft-Attach: , ,\n"), .refused = REFUSED_ATTACH_FIELD},
    {.name = "no token in a second field",
        TEXT("Graft-Attach: " T "\nGraft-Attach:\n"),
        .refused = REFUSED_ATTACH_FIELD},
    {.name = "a recipient",
        TEXT("Graft: 1\nGraft-Recipient: \"A b\"@C.Example\n"),
        .count = 1,
        .recipient = "a b@c.example"},
    {.name = "no recipient", TEXT("Graft: 1\nGraft-Recipient: @\n"), .count = 1, .recipient = ""},
    {.name = "an empty recipient",
        TEXT("Graft: 1\nGraft-Recipient:\n"),
        .count = 1,
        .recipient = ""},
    {.name = "a recipient that is none",
        TEXT("Graft: 1\nGraft-Recipient: a\n"),
        .count = 1,
        .recipient = "",
        .unreadable = true},
    {.name = "two recipients",
        TEXT("Graft: 1\nGraft-Recipient: @\nGraft-recipient: @\n"),
        .refused = REFUSED_RECIPIENT_TWICE},
};

START_TEST(fields_are_read_or_refused)
{
	const struct row *r = &rows[_i];
	uint8_t *header = exact_copy(r->header, r->len);
	struct refusal why = {.reason = REFUSED_NOT};
	static struct graft_fields f;
	const char *tokens = r->tokens == NULL ? "" : r->tokens;

	memset(&f, 0xa5, sizeof(f));
	ck_assert_msg(fields_opt_in(header, r->len) == !r->out, "%s: opts in or not", r->name);
	ck_assert_msg(
	    fields_read(header, r->len, &f, &why) == (r->refused == REFUSED_NOT ? 0 : -1) &&
	        why.reason == r->refused,
	    "%s: reason %d", r->name, (int)why.reason);
	if (r->refused == REFUSED_NOT) {
		ck_assert_msg(f.count == r->count, "%s: count %u", r->name, f.count);
		ck_assert_msg(
		    f.tokens * TOKEN_CHARS == strlen(tokens), "%s: %zu tokens", r->name, f.tokens);
		if (f.tokens > 0) {
			ck_assert_mem_eq(f.token, tokens, f.tokens * TOKEN_CHARS);
		}
		ck_assert_msg(f.recipient_unreadable == r->unreadable, "%s: unreadable", r->name);
		ck_assert_msg(f.recipient.len == (r->recipient == NULL ? 0 : strlen(r->recipient)),
		    "%s: recipient '%.*s'", r->name, (int)f.recipient.len,
		    (char *)f.recipient.address);
		if (f.recipient.len > 0) {
			ck_assert_mem_eq(f.recipient.address, r->recipient, f.recipient.len);
		}
	} else {
		ck_assert_msg(why.token == r->token, "%s: token %u", r->name, why.token);
	}
	exact_free(header, r->len);
}
END_TEST

START_TEST(our_fields_are_these)
{
	static const struct {
		const char *text;
		bool ours;
	} tries[] = {
	    {"Graft: 1\n", true},
	    {"GRAFT-attach: x\n", true},
	    {"Graft-Recipient: x\n", true},
	    {"Graft-Id: x\n", true},
	    {"Graft-Size:\n", true},
	    {"Grafts: 1\n", false},
	    {"Graft-Sizes: 1\n", false},
	    {"X-Graft: 1\n", false},
	};

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct field f;
		size_t at = 0;

		ck_assert_int_eq(
		    header_next((const uint8_t *)tries[i].text, strlen(tries[i].text), &at, &f),
		    HEADER_FIELD);
		ck_assert_int_eq(fields_is_ours(&f), tries[i].ours);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fields");
	TCase *tc = tcase_create("fields");

	tcase_add_loop_test(tc, fields_are_read_or_refused, 0, COUNT(rows));
	tcase_add_test(tc, our_fields_are_these);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
