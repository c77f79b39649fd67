/*
 * test-policy-request.c - what is a request, however its bytes arrive; what an answer may be
 */
#include "policy/limits.h"
#include "policy/reply.h"
#include "policy/request.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct row {
	const char *name;
	const char *bytes;
	size_t len; /* where it holds NUL */
	enum request_status want;
	const char *recipient;
} rows[] = {
    {
        .name = "plain",
        .bytes = "request=x\nrecipient=a@b\n\n",
        .recipient = "a@b",
    },
    {
        .name = "recipient first",
        .bytes = "recipient=a@b\nrequest=x\n\n",
        .recipient = "a@b",
    },
    {
        .name = "the first of two counts",
        .bytes = "recipient=a@b\nrecipient=c@d\n\n",
        .recipient = "a@b",
    },
    {
        .name = "an empty first one counts",
        .bytes = "recipient=\nrecipient=c@d\n\n",
        .recipient = "",
    },
    {
        .name = "a value with equals signs",
        .bytes = "recipient=a=b=@c\n\n",
        .recipient = "a=b=@c",
    },
    {
        .name = "unknown names",
        .bytes = "tls_sni=x\nrecipient=a\nrecipients=b\n\n",
        .recipient = "a",
    },
    {
        .name = "names are compared whole",
        .bytes = "recipien=x\nrecipientt=y\n\n",
        .recipient = "",
    },
    {
        .name = "no recipient",
        .bytes = "request=x\n\n",
        .recipient = "",
    },
    {
        .name = "no line end yet",
        .bytes = "request=x",
        .want = REQUEST_MORE,
    },
    {
        .name = "one line end",
        .bytes = "request=x\n",
        .want = REQUEST_MORE,
    },
    {
        .name = "nothing",
        .bytes = "",
        .want = REQUEST_MORE,
    },
    {
        .name = "an empty line",
        .bytes = "\n",
        .want = REQUEST_EMPTY,
    },
    {
        .name = "no equals sign",
        .bytes = "request\n\n",
        .want = REQUEST_MALFORMED,
    },
    {
        .name = "no name",
        .bytes = "=x\n\n",
        .want = REQUEST_MALFORMED,
    },
    {
        .name = "NUL",
        .bytes = "a=\0\n\n",
        .len = 5,
        .want = REQUEST_MALFORMED,
    },
    {
        .name = "CRLF",
        .bytes = "a=b\r\n\r\n",
        .want = REQUEST_MALFORMED,
    },
    {
        .name = "a bare CR",
        .bytes = "a=b\rc\n\n",
        .want = REQUEST_MALFORMED,
    },
};

/* Feeds the bytes in two pieces, each in memory of exactly its size. */
static enum request_status
feed(const char *bytes, size_t len, size_t cut, struct request *r, char **copy)
{
	size_t scanned = 0, end = 0;
	enum request_status status;
	char *first = malloc(cut > 0 ? cut : 1);

	ck_assert_ptr_nonnull(first);
	memcpy(first, bytes, cut);
	status = request_find_end(first, cut, &scanned, &end);
	free(first);
	*copy = malloc(len > 0 ? len : 1);
	ck_assert_ptr_nonnull(*copy);
	memcpy(*copy, bytes, len);
	if (status == REQUEST_MORE) {
		status = request_find_end(*copy, len, &scanned, &end);
	}
	if (status != REQUEST_OK) {
		return status;
	}
	ck_assert_uint_eq(end, len);
	return request_parse(r, *copy, end);
}

START_TEST(requests_cut_anywhere)
{
	const struct row *row = &rows[_i];
	size_t len = row->len > 0 ? row->len : strlen(row->bytes);

	for (size_t cut = 0; cut <= len; cut++) {
		struct request r;
		char *copy;
		enum request_status status = feed(row->bytes, len, cut, &r, &copy);

		ck_assert_msg(status == row->want, "%s, cut at %zu: %s", row->name, cut,
		    request_status_text(status));
		if (status == REQUEST_OK) {
			ck_assert_msg(
			    request_value_is(&r.recipient, row->recipient), "%s", row->name);
		}
		free(copy);
	}
}
END_TEST

START_TEST(two_requests_are_told_apart)
{
	static const char bytes[] = "a=b\n\nrecipient=x\n\n";
	size_t scanned = 0, end = 0;

	ck_assert_int_eq(request_find_end(bytes, sizeof(bytes) - 1, &scanned, &end), REQUEST_OK);
	ck_assert_uint_eq(end, 5);
}
END_TEST

START_TEST(a_request_has_its_size)
{
	char *bytes = malloc(REQUEST_MAX + 2);
	size_t scanned = 0, end = 0;
	struct request r;

	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 'a', REQUEST_MAX + 2);
	bytes[1] = '=';
	ck_assert_int_eq(request_find_end(bytes, REQUEST_MAX - 1, &scanned, &end), REQUEST_MORE);
	ck_assert_int_eq(request_find_end(bytes, REQUEST_MAX, &scanned, &end), REQUEST_TOO_LONG);
	bytes[REQUEST_MAX - 2] = bytes[REQUEST_MAX - 1] = '\n';
	scanned = 0;
	ck_assert_int_eq(request_find_end(bytes, REQUEST_MAX, &scanned, &end), REQUEST_OK);
	ck_assert_int_eq(request_parse(&r, bytes, end), REQUEST_OK);
	memset(bytes, 'a', REQUEST_MAX + 2);
	bytes[REQUEST_MAX] = bytes[REQUEST_MAX + 1] = '\n';
	scanned = 0;
	ck_assert_int_eq(
	    request_find_end(bytes, REQUEST_MAX + 2, &scanned, &end), REQUEST_TOO_LONG);
	free(bytes);
}
END_TEST

START_TEST(a_request_has_so_many_attributes)
{
	for (unsigned extra = 0; extra < 2; extra++) {
		char bytes[(REQUEST_ATTRIBUTES_MAX + 1) * 4 + 1];
		size_t len = 0;
		struct request r;

		for (unsigned i = 0; i < REQUEST_ATTRIBUTES_MAX + extra; i++) {
			memcpy(bytes + len, "a=b\n", 4);
			len += 4;
		}
		bytes[len++] = '\n';
		ck_assert_int_eq(
		    request_parse(&r, bytes, len), extra == 0 ? REQUEST_OK : REQUEST_TOO_LONG);
	}
}
END_TEST

static const struct reply_row {
	enum reply_kind kind;
	const char *text;
	const char *want;
} reply_rows[] = {
    {
        .kind = REPLY_OK,
        .want = "action=OK\n\n",
    },
    {
        .kind = REPLY_DUNNO,
        .want = "action=DUNNO\n\n",
    },
    {
        .kind = REPLY_REFUSE,
        .text = "no [X]",
        .want = "action=554 5.7.1 no [X]\n\n",
    },
    {
        .kind = REPLY_TEMPORARY,
        .text = "later",
        .want = "action=450 4.7.1 later\n\n",
    },
    {
        .kind = REPLY_REFUSE,
        .text = "a\nb\r\tc\xff",
        .want = "action=554 5.7.1 a?b??c?\n\n",
    },
};

START_TEST(replies_are_what_postfix_can_take)
{
	const struct reply_row *row = &reply_rows[_i];
	char bytes[REPLY_MAX];
	size_t len = reply_write(bytes, row->kind, row->text);

	ck_assert_uint_eq(len, strlen(row->want));
	ck_assert_mem_eq(bytes, row->want, len);
}
END_TEST

START_TEST(a_long_reply_is_cut)
{
	char bytes[REPLY_MAX], text[REPLY_MAX * 2];
	size_t len;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	len = reply_write(bytes, REPLY_REFUSE, text);
	ck_assert_uint_le(len, REPLY_MAX);
	ck_assert_mem_eq(bytes + len - 3, "x\n\n", 3);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy-request");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, requests_cut_anywhere, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, two_requests_are_told_apart);
	tcase_add_test(t, a_request_has_its_size);
	tcase_add_test(t, a_request_has_so_many_attributes);
	tcase_add_loop_test(
	    t, replies_are_what_postfix_can_take, 0, sizeof(reply_rows) / sizeof(reply_rows[0]));
	tcase_add_test(t, a_long_reply_is_cut);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
