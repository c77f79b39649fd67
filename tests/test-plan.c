/*
 * test-plan.c - plans: how many grafts and boundaries there may be, for whom, and without a spool
 *
 * Not here: what is a marker (test-marker.c), which form it has (test-find.c), how messages are
 * held (test-hold.c), what is refused (test-refusal.c)
 */
#include <sysexits.h>

#include "tests/grafted.h"

START_TEST(a_spool_that_is_none)
{
	struct result got;
	size_t len;

	scratch_begin();
	stock_begin();
	spool_close(&stock_spool);
	ck_assert_int_eq(rename("spool", "elsewhere"), 0);
	len = stock_fill("Graft: 1\n\n" MARK("1"), 21, message, sizeof(message));
	got = graft(message, len, FROM_PIPE, first_out);
	ck_assert_int_eq(got.code, EX_CONFIG);
	ck_assert_uint_eq(got.len, 0);
	got = graft((const uint8_t *)"A: b\n\nx", 7, FROM_PIPE, first_out);
	ck_assert_int_eq(got.code, 0);
	ck_assert_uint_eq(got.len, 7);
	scratch_end();
}
END_TEST

/* A hundred markers in each form, and one more. */
START_TEST(a_hundred_grafts_and_no_more)
{
	char *text = malloc(TEXT_MAX), *p;

	ck_assert_ptr_nonnull(text);
	scratch_begin();
	stock_begin();
	for (int form = 0; form < 3; form++) {
		for (int n = GRAFTS_MAX; n <= GRAFTS_MAX + 1; n++) {
			struct result got;
			size_t len;

			p = text + sprintf(text, "Graft: 100\nMIME-Version: 1.0\n");
			if (form == 0) {
				for (int i = 0; i < n; i++) {
					p += sprintf(p, "Graft-Attach: %%1\n");
				}
				p += sprintf(p, "\n");
			} else if (form == 1) {
				p += sprintf(p, "Content-Type: multipart/mixed; boundary=b\n\n");
				for (int i = 0; i < n; i++) {
					p += sprintf(p,
					    "--b\nContent-Type: a/b\n\n"
					    "((graft:%%1))\n");
				}
				p += sprintf(p, "--b--\n");
			} else {
				p += sprintf(p, "Content-Transfer-Encoding: %s\n\n",
				    n % 2 ? "7bit" : "quoted-printable");
				for (int i = 0; i < n; i++) {
					p += sprintf(p, "((graft:%%1))\n%s", i % 2 ? "x\n" : "");
				}
			}
			len = stock_fill(text, (size_t)(p - text), message, TEXT_MAX);
			got = graft(message, len, FROM_PIPE, first_out);
			if (n > GRAFTS_MAX) {
				ck_assert_int_eq(got.code, EX_DATAERR);
				ck_assert_str_eq(got.word, "too-many-markers");
				ck_assert_uint_eq(got.len, 0);
			} else {
				ck_assert_msg(got.code == 0, "form %d: %s", form, got.sentence);
				ck_assert_uint_eq(got.size, got.len);
			}
		}
	}
	free(text);
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

/* Different tokens, each in a multipart of its own; each multipart is inside the one before. */
START_TEST(boundaries_are_many_and_have_a_limit)
{
	char *text = malloc(TEXT_MAX), *p;
	struct result got;
	size_t len;

	ck_assert_ptr_nonnull(text);
	scratch_begin();
	stock_begin();
	for (int many = 0; many < 2; many++) {
		/* each marker brings 15, and the root is one more */
		int depth = DEPTH_MAX - 1, markers = many ? 69 : 68;

		p = text +
		    sprintf(text,
		        "Graft: %d\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
		        "boundary=b\n\n",
		        markers);
		for (int m = 0; m < markers; m++) {
			p += sprintf(p, "--b\n");
			for (int i = 0; i < depth; i++) {
				p += sprintf(p,
				    "Content-Type: multipart/mixed; boundary=c%02d\n\n--c%02d\n", i,
				    i);
			}
			p += sprintf(p, "Content-Type: a/b\n\n((graft:%%%d))\n", 1 + m % 2);
			for (int i = depth; i-- > 0;) {
				p += sprintf(p, "--c%02d--\n", i);
			}
		}
		p += sprintf(p, "--b--\n");
		len = stock_fill(text, (size_t)(p - text), message, TEXT_MAX);
		got = graft(message, len, FROM_PIPE, first_out);
		if (many) {
			ck_assert_str_eq(got.word, "too-many-boundaries");
			ck_assert_int_eq(got.code, EX_DATAERR);
		} else {
			ck_assert_msg(got.code == 0, "%s", got.sentence);
			ck_assert_uint_eq(got.size, got.len);
			ck_assert_ptr_null(memmem(first_out, got.len, "\n--c", 4));
			ck_assert_ptr_null(memmem(first_out, got.len, "\n--b", 4));
		}
	}
	free(text);
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

/* Sixteen multiparts around an attachment, and no more; a new root counts. */
START_TEST(an_attachment_is_no_deeper_than_scanners_look)
{
	static char text[8192];

	scratch_begin();
	stock_begin();
	for (int depth = 14; depth <= 17; depth++) {
		for (int wrap = 0; wrap < 2; wrap++) {
			struct result got;
			char *p = text;

			p += sprintf(
			    p, "Graft: %d\n%s", 1 + wrap, wrap ? "Graft-Attach: %2\n" : "");
			for (int i = 0; i < depth; i++) {
				p += sprintf(p,
				    "Content-Type: multipart/alternative; "
				    "boundary=c%02d\n\n--c%02d\n",
				    i, i);
			}
			p += sprintf(p, "Content-Type: a/b\n\n((graft:%%1))\n");
			for (int i = depth; i-- > 0;) {
				p += sprintf(p, "--c%02d--\n", i);
			}
			got = graft(message,
			    stock_fill(text, (size_t)(p - text), message, TEXT_MAX), FROM_MEMORY,
			    first_out);
			ck_assert_msg((got.code == 0) == (depth + wrap <= DEPTH_MAX), "%d, %d: %s",
			    depth, wrap, got.sentence);
			ck_assert_str_eq(got.word, got.code == 0 ? "" : "depth");
		}
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

START_TEST(a_recipient_who_is_given_comes_before_the_message_s)
{
	static const char in[] = "Graft-Attach: %7\nGraft-Recipient: c@d\n\nx";
	static const struct {
		const char *recipient, *word;
	} tries[] = {{NULL, "token-forged"}, {"A@b.example", NULL}, {"@", "token-no-recipient"},
	    {"a@b.example", NULL}, {"b@b.example", "token-forged"}};
	struct graft *g = graft_new();
	size_t len;

	scratch_begin();
	stock_begin();
	/* the same held message for each */
	len = stock_fill(in, sizeof(in) - 1, message, TEXT_MAX);
	ck_assert_int_eq(graft_from_memory(g, message, len, NULL), 0);
	for (size_t t = 0; t < sizeof(tries) / sizeof(tries[0]); t++) {
		const char *address = tries[t].recipient;
		struct result r = {.code = 0};
		struct recipient to;

		if (address != NULL) {
			recipient_canonical((const uint8_t *)address, strlen(address), &to);
		}
		plan_and_measure(g, "spool", address != NULL ? &to : NULL, &r);
		ck_assert_int_eq(r.planned, tries[t].word == NULL);
		if (r.planned) {
			ck_assert(graft_is_bound(g));
		} else {
			ck_assert_str_eq(graft_word(g), tries[t].word);
		}
	}
	graft_free(&g);
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("plan");
	TCase *tc = tcase_create("plan");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_spool_that_is_none);
	tcase_add_test(tc, a_hundred_grafts_and_no_more);
	tcase_add_test(tc, boundaries_are_many_and_have_a_limit);
	tcase_add_test(tc, an_attachment_is_no_deeper_than_scanners_look);
	tcase_add_test(tc, a_recipient_who_is_given_comes_before_the_message_s);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
