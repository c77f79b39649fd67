/*
 * test-entry.c - an entry's file says one thing in one way, or it is refused
 */
#include "spool/entry.h"

#include <errno.h>

#include "spool/path.h"
#include "tests/scratch.h"

#define DIGEST "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SUM "ffeeddccbbaa99887766554433221100"
#define HEAD "mailgraft entry 1\nblob " DIGEST "\nchecksum " SUM "\nsize 1234\nexpires 29000000\n"
#define BASE64 HEAD "encoding base64\n"
/* The same in version 2, up to the type. */
#define HEAD2 "mailgraft entry 2\nblob " DIGEST "\nchecksum " SUM "\nsize 1234\nexpires 29000000\n"
#define PDF2 HEAD2 "encoding base64\ntype application/pdf\ntype-from given\n"
#define NAME "name name=\"=?UTF-8?B?UmVjaG51bmc=?=\"\n"
#define FILENAME "filename filename=a\n"
#define PDF BASE64 "type application/pdf\ndisposition attachment\n"

static const struct row {
	const char *name;
	const char *text;
	bool good, newer;
} rows[] = {
    {.name = "least", .text = PDF, .good = true},
    {.name = "inline", .text = BASE64 "type image/png\ndisposition inline\n", .good = true},
    {.name = "with parameters",
        .text = BASE64 "type text/plain; charset=utf-8\ndisposition attachment\n",
        .good = true},
    {.name = "all", .text = PDF "filename filename*=UTF-8''M%C3%A4rz.pdf\ncid a@b\n", .good = true},
    {.name = "folded name",
        .text = PDF "filename filename*0*=UTF-8''a\nfilename filename*1*=b.pdf\n",
        .good = true},
    {.name = "key", .text = PDF "key 1a2b3c4d\n", .good = true},
    {.name = "key after all",
        .text = PDF "filename filename=a\ncid a@b\nkey 00000000\n",
        .good = true},
    {.name = "key before cid", .text = PDF "key 1a2b3c4d\ncid a@b\n"},
    {.name = "key twice", .text = PDF "key 1a2b3c4d\nkey 1a2b3c4d\n"},
    {.name = "short key", .text = PDF "key 1a2b3c\n"},
    {.name = "long key", .text = PDF "key 1a2b3c4d5e\n"},
    {.name = "upper-case key", .text = PDF "key 1A2B3C4D\n"},
    {.name = "empty key", .text = PDF "key \n"},
    {.name = "message",
        .text = HEAD "encoding message\ncrs 10\ntype message/rfc822\ndisposition attachment\n",
        .good = true},
    {.name = "empty content",
        .text = "mailgraft entry 1\nblob " DIGEST "\nchecksum " SUM
                "\nsize 0\nexpires 0\nencoding base64\ntype a/b\ndisposition inline\n",
        .good = true},
    {.name = "kept", .text = PDF "keep yes\n", .good = true},
    {.name = "all, and kept", .text = PDF "filename filename=a\ncid a@b\nkeep yes\n", .good = true},
    {.name = "nothing", .text = ""},
    {.name = "no last line end", .text = BASE64 "type application/pdf\ndisposition attachment"},
    {.name = "a line too many", .text = PDF "\n"},
    {.name = "unknown line", .text = PDF "magic 1\n"},
    {.name = "given", .text = PDF2 "disposition attachment\n", .good = true},
    {.name = "sniffed",
        .text = HEAD2 "encoding base64\ntype a/b\ntype-from sniffed\ndisposition inline\n",
        .good = true},
    {.name = "from the name",
        .text = HEAD2 "encoding base64\ntype a/b\ntype-from name\ndisposition inline\n",
        .good = true},
    {.name = "name and filename",
        .text = PDF2 NAME "disposition attachment\n" FILENAME,
        .good = true},
    {.name = "folded name within its words",
        .text = PDF2 "name name=\"=?UTF-8?B?UmVjaG51bmc=?=\nname =?UTF-8?B?LnBkZg==?=\"\n"
                     "disposition attachment\n" FILENAME "cid a@b\nkeep yes\nkey 00000000\n",
        .good = true},
    {.name = "version 2 without its line",
        .text = HEAD2 "encoding base64\ntype application/pdf\ndisposition attachment\n"},
    {.name = "version 2's line in version 1",
        .text = BASE64 "type application/pdf\ntype-from given\ndisposition attachment\n"},
    {.name = "name in version 1",
        .text = BASE64 "type application/pdf\n" NAME "disposition attachment\n"},
    {.name = "another source of the type",
        .text = HEAD2 "encoding base64\ntype a/b\ntype-from guess\ndisposition inline\n"},
    {.name = "type-from twice", .text = PDF2 "type-from given\ndisposition attachment\n"},
    {.name = "name is another parameter", .text = PDF2 "name charset=a\ndisposition attachment\n"},
    {.name = "empty line of a name", .text = PDF2 NAME "name \ndisposition attachment\n"},
    {.name = "8bit in the name", .text = PDF2 "name name=\xc3\xa4\ndisposition attachment\n"},
    {.name = "name after the disposition", .text = PDF2 "disposition attachment\n" NAME},
    {.name = "version 0", .text = "mailgraft entry 0\n"},
    {.name = "version 2 and nothing more", .text = "mailgraft entry 2\n"},
    {.name = "a newer version", .text = "mailgraft entry 3\nanything\n", .newer = true},
    {.name = "a much newer version", .text = "mailgraft entry 4294967295\n", .newer = true},
    {.name = "no version number", .text = "mailgraft entry 03\n"},
    {.name = "a key", .text = "mailgraft key 1\n"},
    {.name = "CRLF", .text = "mailgraft entry 1\r\nblob " DIGEST "\r\n"},
    {.name = "order", .text = "mailgraft entry 1\nchecksum " SUM "\nblob " DIGEST "\n"},
    {.name = "twice", .text = PDF "cid a@b\ncid a@b\n"},
    {.name = "cid before filename", .text = PDF "cid a@b\nfilename filename=a\n"},
    {.name = "kept, in another way", .text = PDF "keep no\n"},
    {.name = "kept twice", .text = PDF "keep yes\nkeep yes\n"},
    {.name = "kept before cid", .text = PDF "keep yes\ncid a@b\n"},
    {.name = "upper-case digest",
        .text = "mailgraft entry 1\nblob "
                "000102030405060708090A0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"},
    {.name = "short digest", .text = "mailgraft entry 1\nblob 00\n"},
    {.name = "leading zero",
        .text = "mailgraft entry 1\nblob " DIGEST "\nchecksum " SUM
                "\nsize 01\nexpires 1\nencoding base64\ntype a/b\ndisposition inline\n"},
    {.name = "negative size",
        .text = "mailgraft entry 1\nblob " DIGEST "\nchecksum " SUM
                "\nsize -1\nexpires 1\nencoding base64\ntype a/b\ndisposition inline\n"},
    {.name = "size past 63 bits",
        .text = "mailgraft entry 1\nblob " DIGEST "\nchecksum " SUM
                "\nsize 9223372036854775808\nexpires 1\nencoding base64\ntype a/b\ndisposition "
                "inline\n"},
    {.name = "size past 64 bits",
        .text = "mailgraft entry 1\nblob " DIGEST "\nchecksum " SUM
                "\nsize 18446744073709551617\nexpires 1\nencoding base64\ntype a/b\ndisposition "
                "inline\n"},
    {.name = "expiry past 32 bits",
        .text = "mailgraft entry 1\nblob " DIGEST "\nchecksum " SUM
                "\nsize 1\nexpires 4294967296\nencoding base64\ntype a/b\ndisposition inline\n"},
    {.name = "no number",
        .text = "mailgraft entry 1\nblob " DIGEST "\nchecksum " SUM
                "\nsize \nexpires 1\nencoding base64\ntype a/b\ndisposition inline\n"},
    {.name = "more CRs than bytes",
        .text = HEAD "encoding message\ncrs 1235\ntype message/rfc822\ndisposition attachment\n"},
    {.name = "message without CRs said",
        .text = HEAD "encoding message\ntype message/rfc822\ndisposition attachment\n"},
    {.name = "CRs without message",
        .text = HEAD "encoding base64\ncrs 1\ntype a/b\ndisposition attachment\n"},
    {.name = "message of another type",
        .text = HEAD "encoding message\ncrs 0\ntype text/plain\ndisposition attachment\n"},
    {.name = "message with parameters",
        .text = HEAD "encoding message\ncrs 0\ntype message/rfc822; a=b\ndisposition attachment\n"},
    {.name = "another encoding", .text = HEAD "encoding 8bit\ntype a/b\ndisposition attachment\n"},
    {.name = "no type", .text = BASE64 "disposition attachment\n"},
    {.name = "a type without slash", .text = BASE64 "type text\ndisposition attachment\n"},
    {.name = "CR in the type", .text = BASE64 "type a/b\rX: y\ndisposition attachment\n"},
    {.name = "tab in the type", .text = BASE64 "type a/b;\tc=d\ndisposition attachment\n"},
    {.name = "8bit in the type", .text = BASE64 "type a/b; c=\xc3\xa4\ndisposition attachment\n"},
    {.name = "another disposition", .text = BASE64 "type a/b\ndisposition form-data\n"},
    {.name = "no filename parameter", .text = PDF "filename name=a\n"},
    {.name = "8bit in the filename", .text = PDF "filename filename=\xc3\xa4\n"},
    {.name = "empty cid", .text = PDF "cid \n"},
    {.name = "cid in brackets", .text = PDF "cid <a@b>\n"},
    {.name = "cid with a space", .text = PDF "cid a b\n"},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* Parses a heap copy of exactly its size. */
static int
parse(const void *text, size_t len, struct entry *e)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	int ret;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	ret = entry_parse(copy, len, e);
	free(copy);
	return ret;
}

START_TEST(parses_or_refuses)
{
	const struct row *r = &rows[_i];
	uint8_t out[ENTRY_FILE_MAX];
	struct entry e;
	int ret = parse(r->text, strlen(r->text), &e);
	ssize_t len;

	ck_assert_msg(ret ==
	        (r->good           ? 0
	                : r->newer ? -EPROTONOSUPPORT
	                           : -EBADMSG),
	    "%s: %d", r->name, ret);
	if (r->good) {
		len = entry_format(&e, out, sizeof(out));
		ck_assert_msg(
		    len == (ssize_t)strlen(r->text) && memcmp(out, r->text, (size_t)len) == 0,
		    "%s: written as %.*s", r->name, (int)len, (const char *)out);
	}
}
END_TEST

START_TEST(no_prefix_parses_but_those_that_are_entries)
{
	static const char text[] = PDF "filename filename=a\ncid a@b\n";
	struct entry e;
	int good = 0;

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		good += parse(text, len, &e) == 0;
	}
	/* Without the cid, and without the filename. */
	ck_assert_int_eq(good, 2);
}
END_TEST

START_TEST(every_field_arrives)
{
	static const char text[] = HEAD
	    "encoding message\ncrs 77\ntype message/rfc822\ndisposition inline\n"
	    "filename filename*0*=UTF-8''a\nfilename filename*1*=b\ncid x@y\nkeep yes\n";
	static const char named[] = PDF2 "name name=\"a\nname b\"\ndisposition inline\n";
	static const char joined[] = "filename*0*=UTF-8''a;\n\tfilename*1*=b";
	struct entry e;

	ck_assert_int_eq(parse(text, sizeof(text) - 1, &e), 0);
	ck_assert_uint_eq(e.blob[31], 0x1f);
	ck_assert_uint_eq(e.checksum[0], 0xff);
	ck_assert_uint_eq(e.size, 1234);
	ck_assert_uint_eq(e.expires, 29000000);
	ck_assert(e.message && e.is_inline && e.keep);
	ck_assert_uint_eq(e.crs, 77);
	ck_assert_uint_eq(e.type_len, strlen("message/rfc822"));
	ck_assert_uint_eq(e.filename_len, sizeof(joined) - 1);
	ck_assert_mem_eq(e.filename, joined, sizeof(joined) - 1);
	ck_assert_uint_eq(e.cid_len, 3);
	ck_assert_mem_eq(e.cid, "x@y", 3);
	ck_assert_int_eq(e.type_from, ENTRY_TYPE_UNKNOWN);
	ck_assert_uint_eq(e.name_len, 0);
	ck_assert_int_eq(parse(named, sizeof(named) - 1, &e), 0);
	ck_assert_int_eq(e.type_from, ENTRY_TYPE_GIVEN);
	ck_assert_uint_eq(e.name_len, strlen("name=\"a\n\tb\""));
	ck_assert_mem_eq(e.name, "name=\"a\n\tb\"", e.name_len);
}
END_TEST

/* Each piece at its limit, and one byte over it. */
START_TEST(limits)
{
	static const struct {
		const char *start;
		size_t value, max;
	} pieces[] = {
	    {BASE64 "type a/", 2, ENTRY_TYPE_MAX},
	    {PDF "filename filename=", 9, ENTRY_FILENAME_MAX},
	    {PDF "cid a", 1, ENTRY_CID_MAX},
	    {PDF2 "name name=", 5, ENTRY_NAME_MAX},
	};
	char text[ENTRY_FILE_MAX * 2];
	struct entry e;

	for (int over = 0; over < 2; over++) {
		size_t len = strlen(pieces[_i].start);
		memcpy(text, pieces[_i].start, len);
		for (size_t have = pieces[_i].value; have < pieces[_i].max + (size_t)over; have++) {
			text[len++] = 'x';
		}
		text[len++] = '\n';
		if (_i == 0 || _i == 3) {
			memcpy(text + len, "disposition inline\n", 19);
			len += 19;
		}
		ck_assert_int_eq(parse(text, len, &e), over ? -EBADMSG : 0);
	}
}
END_TEST

START_TEST(format_says_when_it_does_not_fit)
{
	uint8_t out[ENTRY_FILE_MAX];
	struct entry e;
	ssize_t full;

	ck_assert_int_eq(parse(PDF, strlen(PDF), &e), 0);
	full = entry_format(&e, out, sizeof(out));
	ck_assert_int_gt(full, 0);
	for (size_t cap = 0; cap < (size_t)full; cap++) {
		uint8_t *tight = malloc(cap == 0 ? 1 : cap);
		ck_assert_int_eq(entry_format(&e, tight, cap), -EMSGSIZE);
		free(tight);
	}
	ck_assert_int_eq(entry_format(&e, out, (size_t)full), full);
}
END_TEST

static void
plant(const uint8_t id[ENTRY_ID_BYTES], const char *text)
{
	char path[ENTRY_PATH_MAX + 8] = "spool/";

	entry_path(id, path + strlen("spool/"));
	unlink(path);
	scratch_file(path, text, strlen(text), 0440);
}

START_TEST(load_compares_the_file_with_its_name)
{
	static const char bad[] = "not an entry\n";
	struct key key;
	struct spool *spool;
	struct spool_fail why = {0};
	struct entry e;
	uint8_t id[ENTRY_ID_BYTES];

	scratch_begin();
	spool = scratch_spool(&key);
	entry_id((const uint8_t *)PDF, strlen(PDF), id);
	ck_assert_int_eq(entry_load(spool, id, &e, &why), -ENOENT);
	plant(id, PDF);
	ck_assert_int_eq(entry_load(spool, id, &e, &why), 0);
	ck_assert_uint_eq(e.size, 1234);
	/* Altered, and so no longer what its name says. */
	plant(id, BASE64 "type application/pdf\ndisposition inline\n");
	ck_assert_int_eq(entry_load(spool, id, &e, &why), -EBADMSG);
	ck_assert_int_eq(why.check, FAIL_DIGEST);
	/* Named rightly, and no entry. */
	entry_id((const uint8_t *)bad, strlen(bad), id);
	plant(id, bad);
	ck_assert_int_eq(entry_load(spool, id, &e, &why), -EBADMSG);
	ck_assert_int_eq(why.check, FAIL_FORMAT);
	spool_close(&spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("entry");
	TCase *tc = tcase_create("entry");

	tcase_add_loop_test(tc, parses_or_refuses, 0, ROWS);
	tcase_add_test(tc, no_prefix_parses_but_those_that_are_entries);
	tcase_add_test(tc, every_field_arrives);
	tcase_add_loop_test(tc, limits, 0, 4);
	tcase_add_test(tc, format_says_when_it_does_not_fit);
	tcase_add_test(tc, load_compares_the_file_with_its_name);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
