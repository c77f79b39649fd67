/*
 * test-name.c - names as they are sent, read; and written so that GMime reads the same
 */
#include "mime/name.h"

#include <gmime/gmime.h>

#include "tests/scratch.h"

static const struct row {
	const char *name;
	const char *body;     /* of a field; its parameter is `filename` */
	const char *filename; /* NULL: there is no name */
	const char *type_name;
	const char *shown; /* by GMime; NULL: not asked */
} rows[] = {
    {
        .name = "token",
        .body = "x; filename=a.pdf",
        .filename = "filename=\"a.pdf\"",
        .type_name = "name=\"a.pdf\"",
        .shown = "a.pdf",
    },
    {
        .name = "quoted string",
        .body = "x; FileName=\"a \\\"b\\\" \\\\c\\\\.pdf\"",
        .filename = "filename=\".pdf\"",
        .type_name = "name=\".pdf\"",
        .shown = ".pdf",
    },
    {
        .name = "quotes in it",
        .body = "x; filename=\"a \\\"b\\\".pdf\"",
        .filename = "filename=\"a \\\"b\\\".pdf\"",
        .type_name = "name=\"a \\\"b\\\".pdf\"",
        .shown = "a \"b\".pdf",
    },
    {
        .name = "a path of Windows, its backslashes as they are",
        .body = "x; filename=\"C:\\Users\\new\\a.pdf\"",
        .filename = "filename=\"a.pdf\"",
        .type_name = "name=\"a.pdf\"",
    },
    {
        .name = "a path",
        .body = "x; filename*=utf-8''..%2F..%2fetc/passwd",
        .filename = "filename=\"passwd\"",
        .type_name = "name=\"passwd\"",
    },
    {
        .name = "folded in its quotes",
        .body = "x; filename=\"a\n\tb.pdf\"",
        .filename = "filename=\"a b.pdf\"",
        .type_name = "name=\"a b.pdf\"",
    },
    {
        .name = "no quotes",
        .body = "x; filename=Rechnung (2) M\303\244rz.pdf ; size=1",
        .filename = "filename*=UTF-8''Rechnung%20%282%29%20M%C3%A4rz.pdf",
        .type_name = "name=\"=?UTF-8?B?UmVjaG51bmcgKDIpIE3DpHJ6LnBkZg==?=\"",
        .shown = "Rechnung (2) M\303\244rz.pdf",
    },
    {
        .name = "open quotes",
        .body = "x; filename=\"a b.pdf",
        .filename = "filename=\"a b.pdf\"",
        .type_name = "name=\"a b.pdf\"",
    },
    {
        .name = "RFC 2231",
        .body = "x; filename=M_rz.pdf; filename*=UTF-8'de'M%C3%A4rz.pdf",
        .filename = "filename*=UTF-8''M%C3%A4rz.pdf",
        .type_name = "name=\"=?UTF-8?B?TcOkcnoucGRm?=\"",
        .shown = "M\303\244rz.pdf",
    },
    {
        .name = "RFC 2231, quoted and without a charset",
        .body = "x; filename*=\"M%c3%a4rz.pdf\"",
        .filename = "filename*=UTF-8''M%C3%A4rz.pdf",
        .type_name = "name=\"=?UTF-8?B?TcOkcnoucGRm?=\"",
    },
    {
        .name = "RFC 2231 with a percent sign that is one",
        .body = "x; filename*=UTF-8''100%.pdf",
        .filename = "filename=\"100%.pdf\"",
        .type_name = "name=\"100%.pdf\"",
    },
    {
        .name = "sections, in any order, of any kind",
        .body = "x; filename*2=\"c.pdf\"; filename*0*=utf-8''%C3%A4; filename*1*=%C3%B6",
        .filename = "filename*=UTF-8''%C3%A4%C3%B6c.pdf",
        .type_name = "name=\"=?UTF-8?B?w6TDtmMucGRm?=\"",
        .shown = "\303\244\303\266c.pdf",
    },
    {
        .name = "sections that cut a byte in two",
        .body =
            "x; filename*0*=utf-8''a%; filename*1*=C3%A; filename*2*=4%; filename*3*=2%2541.pdf",
        .filename = "filename*=UTF-8''a%C3%A4%252%2541.pdf",
        .type_name = "name=\"=?UTF-8?B?YcOkJTIlNDEucGRm?=\"",
    },
    {
        .name = "sections without the first",
        .body = "x; filename*1=a; filename=b",
        .filename = "filename=\"b\"",
        .type_name = "name=\"b\"",
    },
    {
        .name = "an empty RFC 2231 name gives way",
        .body = "x; filename*=utf-8''; filename=b",
        .filename = "filename=\"b\"",
        .type_name = "name=\"b\"",
    },
    {
        .name = "the first of two",
        .body = "x; filename=safe.txt; filename=other.exe",
        .filename = "filename=\"safe.txt\"",
        .type_name = "name=\"safe.txt\"",
    },
    {
        .name = "encoded words in quotes",
        .body = "x; filename=\"=?utf-8?Q?Rechnung_f=C3=BC?=\n =?UTF-8?B?ciBNw7xsbGVyLnBkZg==?=\"",
        .filename = "filename*=UTF-8''Rechnung%20f%C3%BCr%20M%C3%BCller.pdf",
        .type_name = "name=\"=?UTF-8?B?UmVjaG51bmcgZsO8ciBNw7xsbGVyLnBkZg==?=\"",
        .shown = "Rechnung f\303\274r M\303\274ller.pdf",
    },
    {
        .name = "an encoded word and text after it, no quotes",
        .body = "x; filename==?iso-8859-1?Q?M=E4rz?=.pdf",
        .filename = "filename*=iso-8859-1''M%E4rz.pdf",
        .type_name = "name=\"=?iso-8859-1?B?TeRyei5wZGY=?=\"",
        .shown = "M\303\244rz.pdf",
    },
    {
        .name = "words of ASCII",
        .body = "x; filename=\"=?us-ascii?Q?a_b?=\"",
        .filename = "filename=\"a b\"",
        .type_name = "name=\"a b\"",
    },
    {
        .name = "words of two charsets are left as they are",
        .body = "x; filename=\"=?iso-8859-1?Q?=E4?= =?koi8-r?Q?=C1?=\"",
        .filename = "filename=\"=?iso-8859-1?Q?=E4?= =?koi8-r?Q?=C1?=\"",
        .type_name = "name=\"=?iso-8859-1?Q?=E4?= =?koi8-r?Q?=C1?=\"",
    },
    {
        .name = "Cyrillic",
        .body = "x; filename*=windows-1251''%F1%F7%B8%F2.txt",
        .filename = "filename*=windows-1251''%F1%F7%B8%F2.txt",
        .type_name = "name=\"=?windows-1251?B?8fe48i50eHQ=?=\"",
        .shown = "\321\201\321\207\321\221\321\202.txt",
    },
    {
        .name = "Shift_JIS, where a second byte is a backslash",
        .body = "x; filename*=Shift_JIS''%95%5C.txt",
        .filename = "filename*=Shift_JIS''%95%5C.txt",
        .type_name = "name=\"=?Shift_JIS?B?lVwudHh0?=\"",
        .shown = "\350\241\250.txt",
    },
    {
        .name = "ISO-2022-JP, which shifts",
        .body = "x; filename=\"=?ISO-2022-JP?B?GyRCQEE1YT1xGyhCLnBkZg==?=\"",
        .filename = "filename*=ISO-2022-JP''%1B$B%40A5a%3Dq%1B%28B.pdf",
        .type_name = "name=\"=?ISO-2022-JP?B?GyRCQEE1YT1xGyhCLnBkZg==?=\"",
        .shown = "\350\253\213\346\261\202\346\233\270.pdf",
    },
    {
        .name = "GB18030 with a character that turns the text",
        .body = "x; filename*=gb18030''a%81%36%A7%31fdp.exe",
        .filename = "filename=\"afdp.exe\"",
        .type_name = "name=\"afdp.exe\"",
    },
    {
        .name = "UTF-8 with one",
        .body = "x; filename*=utf-8''a%E2%80%AEfdp.exe",
        .filename = "filename=\"afdp.exe\"",
        .type_name = "name=\"afdp.exe\"",
    },
    {
        .name = "UTF-8 in the raw with one",
        .body = "x; filename=\"a\342\200\256fdp.exe\"",
        .filename = "filename=\"afdp.exe\"",
        .type_name = "name=\"afdp.exe\"",
    },
    {
        .name = "one that stands between two halves of another",
        .body = "x; filename=\"a\342\200\342\200\256\256fdp.exe\"",
        .filename = "filename=\"afdp.exe\"",
        .type_name = "name=\"afdp.exe\"",
    },
    {
        .name = "line ends, NUL and other controls",
        .body = "x; filename*=utf-8''a%0D%0AX-Evil:%20yes%00%1b[m%C2%85.pdf",
        .filename = "filename=\"aX-Evil: yes[m.pdf\"",
        .type_name = "name=\"aX-Evil: yes[m.pdf\"",
    },
    {
        .name = "bytes that are no UTF-8, though it says so",
        .body = "x; filename*=utf-8''M%E4rz%C3.pdf",
        .filename = "filename=\"M_rz_.pdf\"",
        .type_name = "name=\"M_rz_.pdf\"",
    },
    {
        .name = "bytes of no charset stay",
        .body = "x; filename=\"M\344rz.pdf\"",
        .filename = "filename=\"M\344rz.pdf\"",
        .type_name = "name=\"M\344rz.pdf\"",
    },
    {
        .name = "UTF-8 in the raw gets its charset",
        .body = "x; filename=\"M\303\244rz.pdf\"",
        .filename = "filename*=UTF-8''M%C3%A4rz.pdf",
        .type_name = "name=\"=?UTF-8?B?TcOkcnoucGRm?=\"",
    },
    {
        .name = "long",
        .body = "x; filename=\"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
                ".pdf\"",
        .filename =
            "filename*0=\"0123456789 0123456789 0123456789 0123456789 0123456789 01234\";\n\t"
            "filename*1=\"56789 .pdf\"",
        .type_name = "name=\"=?UTF-8?B?MDEyMzQ1Njc4OSAwMTIzNDU2Nzg5IDAxMjM0NTY3ODkgMDEyMzQ1?=\n\t"
                     "=?UTF-8?B?Njc4OSAwMTIzNDU2Nzg5IDAxMjM0NTY3ODkgLnBkZg==?=\"",
        .shown = "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 .pdf",
    },
    {
        .name = "long and not ASCII: no letter is cut in two",
        .body =
            "x; filename=\"\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200"
            "\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200"
            "\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200"
            "\"",
        .filename = "filename*0*=UTF-8''%E4%B8%80%E4%B8%80%E4%B8%80%E4%B8%80%E4%B8%80%E4%B8%80;\n\t"
                    "filename*1*=%E4%B8%80%E4%B8%80%E4%B8%80%E4%B8%80%E4%B8%80%E4%B8%80;\n\t"
                    "filename*2*=%E4%B8%80%E4%B8%80%E4%B8%80%E4%B8%80%E4%B8%80%E4%B8%80;\n\t"
                    "filename*3*=%E4%B8%80%E4%B8%80",
        .type_name = "name=\"=?UTF-8?B?5LiA5LiA5LiA5LiA5LiA5LiA5LiA5LiA5LiA5LiA5LiA5LiA5LiA?=\n\t"
                     "=?UTF-8?B?5LiA5LiA5LiA5LiA5LiA5LiA5LiA?=\"",
        .shown =
            "\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200"
            "\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200"
            "\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200\344\270\200",
    },
    {.name = "none", .body = "x; name=a"},
    {.name = "empty", .body = "x; filename="},
    {.name = "empty quotes", .body = "x; filename=\"\""},
    {.name = "blanks", .body = "x; filename=\"  \""},
    {.name = "an empty word",
        .body = "x; filename=\"=?utf-8?Q?"
                "?=\""},
    {.name = "empty RFC 2231", .body = "x; filename*=utf-8''"},
    {.name = "a folder", .body = "x; filename=\"a/\""},
    {.name = "this folder", .body = "x; filename=."},
    {.name = "its parent", .body = "x; filename=\"a/..\""},
    {.name = "controls alone", .body = "x; filename*=utf-8''%0A%E2%80%AE"},
    {.name = "a charset that could hide a slash", .body = "x; filename*=utf-16''%00a%00%2F"},
    {.name = "a charset that could end a parameter", .body = "x; filename*=\"utf-8\\\"'';x\""},
};

static bool
read_row(const struct row *r, struct name *n)
{
	size_t len = strlen(r->body);
	uint8_t *copy = malloc(len);
	struct content c;
	bool found;

	memcpy(copy, r->body, len);
	memset(n, 0xa5, sizeof(*n));
	content_parse(copy, len, &c);
	found = name_read(copy, &c, "filename", n);
	free(copy);
	return found;
}

static void
check_text(const struct row *r, const char *got, size_t len, const char *want)
{
	ck_assert_msg(len == strlen(want) && memcmp(got, want, len) == 0, "%s: %.*s, not %s",
	    r->name, (int)len, got, want);
}

START_TEST(a_name_is_read_and_written)
{
	const struct row *r = &rows[_i];
	char out[NAME_PARAM_MAX];
	struct name n;
	size_t len;

	if (!read_row(r, &n)) {
		ck_assert_msg(r->filename == NULL, "%s: no name", r->name);
		return;
	}
	ck_assert_msg(r->filename != NULL, "%s: '%.*s'", r->name, (int)n.len, (char *)n.bytes);
	len = name_write_filename(&n, out, sizeof(out));
	check_text(r, out, len, r->filename);
	ck_assert_uint_eq(name_write_filename(&n, out, len), len);
	ck_assert_uint_eq(name_write_filename(&n, out, len - 1), 0);
	len = name_write_name(&n, out, sizeof(out));
	check_text(r, out, len, r->type_name);
	ck_assert_uint_eq(name_write_name(&n, out, len - 1), 0);
}
END_TEST

START_TEST(gmime_reads_what_was_written)
{
	const struct row *r = &rows[_i];
	char out[NAME_PARAM_MAX + 1], header[NAME_PARAM_MAX + 64];
	GMimeContentDisposition *disposition;
	GMimeContentType *type;
	struct name n;

	if (r->shown == NULL) {
		return;
	}
	ck_assert(read_row(r, &n));
	out[name_write_filename(&n, out, sizeof(out) - 1)] = '\0';
	snprintf(header, sizeof(header), "attachment;\n\t%s", out);
	disposition = g_mime_content_disposition_parse(NULL, header);
	ck_assert_str_eq(
	    g_mime_content_disposition_get_parameter(disposition, "filename"), r->shown);
	g_object_unref(disposition);
	out[name_write_name(&n, out, sizeof(out) - 1)] = '\0';
	snprintf(header, sizeof(header), "a/b;\n\t%s", out);
	type = g_mime_content_type_parse(NULL, header);
	ck_assert_str_eq(g_mime_content_type_get_parameter(type, "name"), r->shown);
	g_object_unref(type);
}
END_TEST

/* Of each charset and length: it comes back as it went, in lines that are not too long. */
START_TEST(any_length_goes_round)
{
	static const struct {
		const char *label, *letter;
	} charsets[] = {
	    {"us-ascii", "a"},
	    {"us-ascii", "\""},
	    {"utf-8", "\303\244"},
	    {"utf-8", "\344\270\200"},
	    {"utf-8", "\360\237\223\216"},
	    {"windows-1251", "\361"},
	    {"Shift_JIS", "\225\134"},
	    {"gb18030", "\201\060\211\070"},
	    {"EUC-JP", "\261\261"},
	};
	const char *letter = charsets[_i % 9].letter, *label = charsets[_i % 9].label;
	char out[NAME_PARAM_MAX], body[NAME_PARAM_MAX + 64];

	for (size_t letters = 1; letters * strlen(letter) <= NAME_BYTES_MAX; letters++) {
		struct name n = {.charset = charset_find((const uint8_t *)label, strlen(label))},
		            back;
		size_t len, line = 1, longest = 0;
		struct content c;

		n.charset = n.charset == CHARSET_ASCII ? CHARSET_ASCII : n.charset;
		n.label_len = strlen(label);
		memcpy(n.label, label, n.label_len);
		for (size_t i = 0; i < letters; i++) {
			memcpy(n.bytes + n.len, letter, strlen(letter));
			n.len += strlen(letter);
		}
		for (int k = 0; k < 2; k++) {
			len = k == 0 ? name_write_filename(&n, out, sizeof(out))
			             : name_write_name(&n, out, sizeof(out));
			ck_assert_uint_gt(len, 0);
			for (size_t i = 0; i < len; i++) {
				line = out[i] == '\n' ? 0 : line + 1;
				longest = line > longest ? line : longest;
			}
			ck_assert_uint_le(longest, 76); /* TAB and `;` included */
			memcpy(body, "x;", 2);
			memcpy(body + 2, out, len);
			content_parse((uint8_t *)body, len + 2, &c);
			ck_assert(!c.irregular);
			ck_assert(
			    name_read((uint8_t *)body, &c, k == 0 ? "filename" : "name", &back));
			ck_assert_uint_eq(back.len, n.len);
			ck_assert_mem_eq(back.bytes, n.bytes, n.len);
			ck_assert_int_eq(back.charset, n.charset);
			line = 1;
		}
	}
}
END_TEST

START_TEST(a_name_that_is_too_long_is_none)
{
	static char body[2 * NAME_BYTES_MAX];
	struct content c;
	struct name n;

	memset(body, 'a', sizeof(body));
	memcpy(body, "x;filename=", 11);
	content_parse((uint8_t *)body, 11 + NAME_BYTES_MAX, &c);
	ck_assert(name_read((uint8_t *)body, &c, "filename", &n));
	content_parse((uint8_t *)body, 12 + NAME_BYTES_MAX, &c);
	ck_assert(!name_read((uint8_t *)body, &c, "filename", &n));
}
END_TEST

START_TEST(the_name_of_a_piece)
{
	static const char piece[] = "filename*0*=UTF-8''M%C3%A4;\n\tfilename*1*=rz.pdf";
	struct name n;

	ck_assert(name_of_piece(piece, sizeof(piece) - 1, &n));
	ck_assert_uint_eq(n.len, 9);
	ck_assert_mem_eq(n.bytes, "M\303\244rz.pdf", 9);
	ck_assert(!name_of_piece("", 0, &n));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("name");
	TCase *tc = tcase_create("name");

	g_mime_init();
	tcase_add_loop_test(tc, a_name_is_read_and_written, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tc, gmime_reads_what_was_written, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tc, any_length_goes_round, 0, 9);
	tcase_add_test(tc, a_name_that_is_too_long_is_none);
	tcase_add_test(tc, the_name_of_a_piece);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
