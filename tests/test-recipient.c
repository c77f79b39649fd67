/*
 * test-recipient.c - one spelling for each recipient
 */
#include "spool/recipient.h"

#include "cli/address.h"
#include "tests/scratch.h"

static const struct row {
	const char *name;
	const char *text;
	const char *want; /* NULL: no address; "": none */
} rows[] = {
    {
        .name = "plain",
        .text = "joe@example.net",
        .want = "joe@example.net",
    },
    {
        .name = "case",
        .text = "Joe.Bloggs@EXAMPLE.Net",
        .want = "joe.bloggs@example.net",
    },
    {
        .name = "space around",
        .text = " \t joe@example.net \r\n",
        .want = "joe@example.net",
    },
    {
        .name = "plus is kept",
        .text = "joe+bills@example.net",
        .want = "joe+bills@example.net",
    },
    {
        .name = "quoted for nothing",
        .text = "\"Joe\"@example.net",
        .want = "joe@example.net",
    },
    {
        .name = "quoted space",
        .text = "\"joe b\"@example.net",
        .want = "joe b@example.net",
    },
    {
        .name = "space as Exim shows it",
        .text = "joe b@example.net",
        .want = "joe b@example.net",
    },
    {
        .name = "quoted at",
        .text = "\"a@b\"@example.net",
        .want = "a@b@example.net",
    },
    {
        .name = "last at counts",
        .text = "a@b@example.net",
        .want = "a@b@example.net",
    },
    {
        .name = "backslash in quotes",
        .text = "\"a\\\"b\\\\c\"@x.y",
        .want = "a\"b\\c@x.y",
    },
    {
        .name = "SMTPUTF8 local part",
        .text = "j\xc3\xb6rg@example.net",
        .want = "j\xc3\xb6rg@example.net",
    },
    {
        .name = "only ASCII is lowered",
        .text = "\xc3\x96@example.net",
        .want = "\xc3\x96@example.net",
    },
    {
        .name = "A-label",
        .text = "joe@XN--Mnchen-3ya.de",
        .want = "joe@xn--mnchen-3ya.de",
    },
    {
        .name = "IPv4 literal",
        .text = "joe@[192.0.2.1]",
        .want = "joe@[192.0.2.1]",
    },
    {
        .name = "IPv6 literal",
        .text = "joe@[IPv6:2001:DB8::1]",
        .want = "joe@[ipv6:2001:db8::1]",
    },
    {
        .name = "one label",
        .text = "root@localhost",
        .want = "root@localhost",
    },
    {
        .name = "nothing",
        .text = "",
        .want = "",
    },
    {
        .name = "blank",
        .text = " \t",
        .want = "",
    },
    {
        .name = "several recipients",
        .text = "@",
        .want = "",
    },
    {
        .name = "several, folded",
        .text = "\t@ \n",
        .want = "",
    },
    {
        .name = "no at",
        .text = "joe",
        .want = NULL,
    },
    {
        .name = "no local part",
        .text = "@example.net",
        .want = NULL,
    },
    {
        .name = "empty quotes",
        .text = "\"\"@example.net",
        .want = NULL,
    },
    {
        .name = "no domain",
        .text = "joe@",
        .want = NULL,
    },
    {
        .name = "U-label",
        .text = "joe@m\xc3\xbcnchen.de",
        .want = NULL,
    },
    {
        .name = "dot first",
        .text = "joe@.example.net",
        .want = NULL,
    },
    {
        .name = "dot last",
        .text = "joe@example.net.",
        .want = NULL,
    },
    {
        .name = "two dots",
        .text = "joe@example..net",
        .want = NULL,
    },
    {
        .name = "space in domain",
        .text = "joe@exa mple.net",
        .want = NULL,
    },
    {
        .name = "two addresses",
        .text = "joe@example.net, ann@example.net",
        .want = "joe@example.net, ann@example.net",
    },
    {
        .name = "angle brackets",
        .text = "<joe@example.net>",
        .want = NULL,
    },
    {
        .name = "control in local part",
        .text = "jo\x01"
                "e@example.net",
        .want = NULL,
    },
    {
        .name = "line end inside",
        .text = "jo\ne@example.net",
        .want = NULL,
    },
    {
        .name = "delete",
        .text = "jo\x7f"
                "e@example.net",
        .want = NULL,
    },
    {
        .name = "open quote inside",
        .text = "\"a\"b\"@example.net",
        .want = NULL,
    },
    {
        .name = "backslash at the end",
        .text = "\"ab\\\"@example.net",
        .want = NULL,
    },
    {
        .name = "empty literal",
        .text = "joe@[]",
        .want = NULL,
    },
    {
        .name = "open literal",
        .text = "joe@[192.0.2.1",
        .want = NULL,
    },
};

/* What `--to` takes beyond that. */
static const struct row address_rows[] = {
    {
        .name = "U-label",
        .text = "Joe@m\xc3\xbcnchen.de",
        .want = "joe@xn--mnchen-3ya.de",
    },
    {
        .name = "decomposed U-label",
        .text = "joe@mu\xcc\x88nchen.de",
        .want = "joe@xn--mnchen-3ya.de",
    },
    {
        .name = "Japanese",
        .text = "a@\xe4\xbe\x8b\xe3\x81\x88.jp",
        .want = "a@xn--r8jz45g.jp",
    },
    {
        .name = "A-label",
        .text = "joe@xn--mnchen-3ya.de",
        .want = "joe@xn--mnchen-3ya.de",
    },
    {
        .name = "UTF-8 on both sides",
        .text = "j\xc3\xb6rg@m\xc3\xbcnchen.de",
        .want = "j\xc3\xb6rg@xn--mnchen-3ya.de",
    },
    {
        .name = "plain",
        .text = "Joe@Example.NET",
        .want = "joe@example.net",
    },
    {
        .name = "none is a mistake",
        .text = "",
        .want = NULL,
    },
    {
        .name = "at alone is a mistake",
        .text = "@",
        .want = NULL,
    },
    {
        .name = "quoted",
        .text = "\"a@b c\"@example.net",
        .want = "a@b c@example.net",
    },
    {
        .name = "two addresses",
        .text = "joe@example.net, ann@example.net",
        .want = NULL,
    },
    {
        .name = "a name",
        .text = "Joe <joe@example.net>",
        .want = NULL,
    },
    {
        .name = "no at",
        .text = "joe",
        .want = NULL,
    },
    {
        .name = "no UTF-8",
        .text = "joe@m\xfcnchen.de",
        .want = NULL,
    },
};

static void
check_row(const struct row *r, int ret, const struct recipient *got)
{
	ck_assert_msg(ret == (r->want == NULL ? -1 : 0), "%s: returned %d", r->name, ret);
	ck_assert_msg(got->len == (r->want == NULL ? 0 : strlen(r->want)), "%s: %zu bytes: %.*s",
	    r->name, got->len, (int)got->len, (const char *)got->address);
	ck_assert_msg(got->len == 0 || memcmp(got->address, r->want, got->len) == 0, "%s: %.*s",
	    r->name, (int)got->len, (const char *)got->address);
}

/* A copy of exactly its size, so that a sanitizer sees a read past the end. */
static void *
exact(const char *text)
{
	size_t len = strlen(text);
	char *copy = malloc(len == 0 ? 1 : len);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	return copy;
}

START_TEST(canonical)
{
	struct recipient got;
	void *text = exact(rows[_i].text);
	int ret = recipient_canonical(text, strlen(rows[_i].text), &got);

	check_row(&rows[_i], ret, &got);
	free(text);
}
END_TEST

/* What is canonical stays what it is, unless its local part happens to stand in quotes. */
START_TEST(canonical_again)
{
	struct recipient once, twice;
	const struct row *r = &rows[_i];

	if (r->want == NULL ||
	    recipient_canonical((const uint8_t *)r->text, strlen(r->text), &once) != 0) {
		return;
	}
	ck_assert_int_eq(recipient_canonical(once.address, once.len, &twice), 0);
	ck_assert_uint_eq(twice.len, once.len);
	ck_assert_mem_eq(twice.address, once.address, once.len);
}
END_TEST

START_TEST(address)
{
	struct recipient got;
	char *text = exact(address_rows[_i].text);
	int ret = address_recipient(text, strlen(address_rows[_i].text), &got);

	check_row(&address_rows[_i], ret, &got);
	free(text);
}
END_TEST

START_TEST(length_limit)
{
	uint8_t text[RECIPIENT_MAX + 1];
	struct recipient got;

	memset(text, 'a', sizeof(text));
	text[64] = '@';
	ck_assert_int_eq(recipient_canonical(text, RECIPIENT_MAX, &got), 0);
	ck_assert_uint_eq(got.len, RECIPIENT_MAX);
	ck_assert_int_eq(recipient_canonical(text, RECIPIENT_MAX + 1, &got), -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("recipient");
	TCase *tc = tcase_create("recipient");
	int count = sizeof(rows) / sizeof(rows[0]);

	tcase_add_loop_test(tc, canonical, 0, count);
	tcase_add_loop_test(tc, canonical_again, 0, count);
	tcase_add_loop_test(tc, address, 0, sizeof(address_rows) / sizeof(address_rows[0]));
	tcase_add_test(tc, length_limit);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
