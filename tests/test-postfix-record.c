/*
 * test-postfix-record.c - queue files of Postfix, made by hand: records, pointers, damage
 *
 * Files that Postfix has made: tests/e2e-postfix-queue.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postfix/mail.h"
#include "postfix/record.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define BYTES(s) (s), sizeof(s) - 1

#define HEAD "C\002aaT\00412 3S\001sR\001aR\001b"
#define BODY "M\000N\010Graft: 1N\000N\001xX\000E\000"

static const struct {
	const char *name, *file;
	size_t len;
	mode_t mode;
	int ret;
	bool complete, asks;
	int64_t received;
	const char *recipients, *content;
} files[] = {
    {"a message", BYTES(HEAD BODY), 0700, 0, true, true, 12, "a b", "Graft: 1\n\nx\n"},
    {"who has it is not asked", BYTES("D\001aO\001cR\001bM\000N\001xX\000E\000"), 0700, 0, true,
        false, 0, "b", "x\n"},
    {"recipients after the message", BYTES("M\000N\001xX\000R\001cR\001dE\000"), 0700, 0, true,
        false, 0, "c d", "x\n"},
    {"a long line in parts", BYTES("M\000L\006Graft:N\002 2N\000X\000E\000"), 0700, 0, true, true,
        0, "", "Graft: 2\n\n"},
    {"the field in the body is text", BYTES("M\000N\001AN\000N\010Graft: 1X\000E\000"), 0700, 0,
        true, false, 0, "", "A\n\nGraft: 1\n"},
    {"a pointer leads on", BYTES("M\000N\001ap\003 13N\001bN\001cE\000"), 0700, 0, true, false, 0,
        "", "a\nc\n"},
    {"a pointer to nothing", BYTES("M\000N\001ap\003  0N\001bE\000"), 0700, 0, true, false, 0, "",
        "a\nb\n"},
    {"a pointer beyond the end", BYTES("M\000p\00399 E\000"), 0700, -EBADMSG, false, false, 0, "",
        ""},
    {"a pointer in a circle", BYTES("M\000p\002 2E\000"), 0700, -EBADMSG, false, false, 0, "", ""},
    {"padding of an edit", BYTES("M\000w\002  N\001aX\000E\000"), 0700, 0, true, false, 0, "",
        "a\n"},
    {"nothing", BYTES(""), 0700, 0, false, false, 0, "", ""},
    {"no end", BYTES("M\000N\001x"), 0700, 0, false, false, 0, "", "x\n"},
    {"cut off", BYTES("M\000N\005x"), 0700, -EBADMSG, false, false, 0, "", ""},
    {"cut off while it is written", BYTES("R\001aM\000N\001yN\005x"), 0600, 0, false, false, 0, "a",
        "y\n"},
    {"a length without its end", BYTES("N\377\377\377\377"), 0700, -EBADMSG, false, false, 0, "",
        ""},
    {"a length over the limit", BYTES("N\377\377\177"), 0700, -EBADMSG, false, false, 0, "", ""},
    {"text", BYTES("From: a\n\nhello\n"), 0700, -EBADMSG, false, false, 0, "", ""},
};

struct text {
	char bytes[256];
	size_t len;
};

static int
gather(void *arg, const uint8_t *p, size_t len)
{
	struct text *t = arg;

	ck_assert_uint_lt(t->len + len, sizeof(t->bytes));
	memcpy(t->bytes + t->len, p, len);
	t->len += len;
	t->bytes[t->len] = '\0';
	return 0;
}

static int
file_of(const char *bytes, size_t len, mode_t mode)
{
	int fd = memfd_create("queue-file", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	return fd;
}

START_TEST(a_queue_file_is_read)
{
	struct text content = {.len = 0}, names = {.len = 0};
	struct postfix_mail m;
	int ret = postfix_mail_read(file_of(files[_i].file, files[_i].len, files[_i].mode), &m);

	ck_assert_msg(ret == files[_i].ret, "%s: %d", files[_i].name, ret);
	if (ret == 0) {
		ck_assert_msg(m.complete == files[_i].complete, "%s", files[_i].name);
		ck_assert_msg(m.asks == files[_i].asks, "%s", files[_i].name);
		ck_assert_int_eq(m.received, files[_i].received);
		for (size_t i = 0; i < m.recipients; i++) {
			gather(&names, (const uint8_t *)" ", i > 0);
			gather(&names, (const uint8_t *)m.recipient[i], strlen(m.recipient[i]));
		}
		ck_assert_str_eq(names.bytes, files[_i].recipients);
		ret = postfix_mail_content(&m, gather, &content);
		ck_assert_int_eq(ret, files[_i].complete || files[_i].mode == 0700 ? 0 : -EBADMSG);
		ck_assert_str_eq(content.bytes, files[_i].content);
	}
	postfix_mail_close(&m);
	postfix_mail_close(&m);
}
END_TEST

/* Records of each length around a change of the length's form, and more than the reader holds. */
START_TEST(lengths)
{
	static const size_t sizes[] = {0, 1, 127, 128, 2048, 16383, 16384, POSTFIX_RECORD_MAX};
	struct record_reader *r = malloc(sizeof(*r));
	uint8_t *text = calloc(1, POSTFIX_RECORD_MAX + 4);
	int fd = file_of("", 0, 0700), type;
	const uint8_t *p;
	size_t len;

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < COUNT(sizes); i++) {
			size_t n = 0, left = sizes[i];

			text[n++] = 'N';
			do {
				text[n++] = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
				left >>= 7;
			} while (left > 0);
			memset(text + n, 'a' + i, sizes[i]);
			ck_assert_int_eq(write(fd, text, n + sizes[i]), (ssize_t)(n + sizes[i]));
		}
	}
	record_begin(r, fd);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < COUNT(sizes); i++) {
			ck_assert_int_eq(record_next(r, &type, &p, &len), 1);
			ck_assert_uint_eq(len, sizes[i]);
			ck_assert(len == 0 || (p[0] == 'a' + i && p[len - 1] == 'a' + i));
		}
	}
	ck_assert_int_eq(record_next(r, &type, &p, &len), 0);
	ck_assert_int_eq(type, 0);
	close(fd);
	free(text);
	free(r);
}
END_TEST

START_TEST(a_folder_is_no_queue_file)
{
	struct postfix_mail m;

	ck_assert_int_eq(postfix_mail_open(-1, "/tmp", &m), -EBADMSG);
	postfix_mail_close(&m);
	ck_assert_int_eq(postfix_mail_open(-1, "/nowhere/at-all", &m), -ENOENT);
	postfix_mail_close(&m);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("postfix-record");
	TCase *tc = tcase_create("postfix-record");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, a_queue_file_is_read, 0, COUNT(files));
	tcase_add_test(tc, lengths);
	tcase_add_test(tc, a_folder_is_no_queue_file);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
