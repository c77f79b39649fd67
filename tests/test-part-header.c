/*
 * test-part-header.c - media types, file names and Content-IDs as header pieces
 */
#include "mime/part-header.h"

#include <locale.h>

#include "tests/scratch.h"

static const struct row {
	const char *name;
	const char *text;
	size_t len;       /* 0: strlen */
	const char *want; /* with PART_HEADER_OK */
	enum part_header ret;
} types[] =
    {
        {
            .name = "plain",
            .text = "application/pdf",
            .want = "application/pdf",
        },
        {
            .name = "case",
            .text = "Image/PNG",
            .want = "image/png",
        },
        {
            .name = "parameter",
            .text = "text/plain; charset=utf-8",
            .want = "text/plain; charset=utf-8",
        },
        {
            .name = "no space",
            .text = "text/plain;charset=UTF-8",
            .want = "text/plain; charset=UTF-8",
        },
        {
            .name = "quoted",
            .text = "a/b; c=\"d e\"",
            .want = "a/b; c=\"d e\"",
        },
        {
            .name = "two",
            .text = "a/b ; c=d ; e=f",
            .want = "a/b; c=d; e=f",
        },
        {
            .name = "its name is no part of it",
            .text = "a/b; name=\"x y\"; c=d; NAME*=utf-8''x",
            .want = "a/b; c=d",
        },
        {
            .name = "nothing but a name",
            .text = "a/b; name=x",
            .want = "a/b",
        },
        {
            .name = "message",
            .text = "message/rfc822",
            .want = "message/rfc822",
        },
        {
            .name = "vendor",
            .text = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            .want = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        },
        {
            .name = "nothing",
            .text = "",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "no slash",
            .text = "pdf",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "no subtype",
            .text = "image/",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "no type",
            .text = "/png",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "two slashes",
            .text = "a/b/c",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "space",
            .text = "a /b",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "sentence",
            .text = "a pdf file",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "header",
            .text = "a/b\r\nX-Evil: yes",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "NUL",
            .text = "a/b\0c",
            .len = 5,
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "8bit",
            .text = "a/b; c=\xc3\xa4",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "parameter without value",
            .text = "a/b; c",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "parameter with empty value",
            .text = "a/b; c=",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "parameter without name",
            .text = "a/b; =c",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "open quote",
            .text = "a/b; c=\"d",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "backslash at the end",
            .text = "a/b; c=\"d\\",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "junk after value",
            .text = "a/b; c=d e",
            .ret = PART_HEADER_SYNTAX,
        },
        {
            .name = "multipart",
            .text = "multipart/mixed",
            .ret = PART_HEADER_COMPOSITE,
        },
        {
            .name = "multipart, any case",
            .text = "MultiPart/x; boundary=y",
            .ret = PART_HEADER_COMPOSITE,
        },
        {
            .name = "partial",
            .text = "message/partial",
            .ret = PART_HEADER_COMPOSITE,
        },
        {
            .name = "global",
            .text = "message/global",
            .ret = PART_HEADER_COMPOSITE,
        },
},
  names[] =
      {
          {
              .name = "ASCII",
              .text = "a.pdf",
              .want = "a.pdf",
          },
          {
              .name = "space",
              .text = "a b.pdf",
              .want = "a b.pdf",
          },
          {
              .name = "quotes",
              .text = "q\"u'o.pdf",
              .want = "q\"u'o.pdf",
          },
          {
              .name = "folders",
              .text = "/home/joe/a.pdf",
              .want = "a.pdf",
          },
          {
              .name = "folders of Windows",
              .text = "C:\\Users\\Joe\\a.pdf",
              .want = "a.pdf",
          },
          {
              .name = "climbing",
              .text = "../../etc/passwd",
              .want = "passwd",
          },
          {
              .name = "leading dash",
              .text = "-rf",
              .want = "-rf",
          },
          {
              .name = "dots",
              .text = "...",
              .want = "...",
          },
          {
              .name = "percent",
              .text = "100%.pdf",
              .want = "100%.pdf",
          },
          {
              .name = "umlaut",
              .text = "Rechnung M\xc3\xa4rz.pdf",
              .want = "Rechnung M\xc3\xa4rz.pdf",
          },
          {
              .name = "decomposed, as macOS has it",
              .text = "Ma\xcc\x88rz.pdf",
              .want = "M\xc3\xa4rz.pdf",
          },
          {
              .name = "nothing",
              .text = "",
              .ret = PART_HEADER_EMPTY,
          },
          {
              .name = "a folder",
              .text = "home/",
              .ret = PART_HEADER_EMPTY,
          },
          {
              .name = "this folder",
              .text = ".",
              .ret = PART_HEADER_EMPTY,
          },
          {
              .name = "its parent",
              .text = "a/..",
              .ret = PART_HEADER_EMPTY,
          },
          {
              .name = "Latin-1",
              .text = "M\xe4rz.pdf",
              .ret = PART_HEADER_ENCODING,
          },
          {
              .name = "surrogate",
              .text = "\xed\xa0\x80",
              .ret = PART_HEADER_ENCODING,
          },
          {
              .name = "overlong",
              .text = "\xc0\xafx",
              .ret = PART_HEADER_ENCODING,
          },
          {
              .name = "line end",
              .text = "a\nb",
              .ret = PART_HEADER_CONTROL,
          },
          {
              .name = "header",
              .text = "a\r\nX: y",
              .ret = PART_HEADER_CONTROL,
          },
          {
              .name = "tab",
              .text = "a\tb",
              .ret = PART_HEADER_CONTROL,
          },
          {
              .name = "escape",
              .text = "\x1b[31m",
              .ret = PART_HEADER_CONTROL,
          },
          {
              .name = "delete",
              .text = "a\x7f",
              .ret = PART_HEADER_CONTROL,
          },
          {
              .name = "C1",
              .text = "a\xc2\x85"
                      "b",
              .ret = PART_HEADER_CONTROL,
          },
          {
              .name = "NUL",
              .text = "a\0b",
              .len = 3,
              .ret = PART_HEADER_CONTROL,
          },
          {
              .name = "line separator",
              .text = "a\xe2\x80\xa8"
                      "b",
              .ret = PART_HEADER_CONTROL,
          },
          {
              .name = "turned text",
              .text = "a\xe2\x80\xae"
                      "fdp.exe",
              .ret = PART_HEADER_CONTROL,
          },
},
  cids[] = {
      {
          .name = "plain",
          .text = "a@b",
          .want = "a@b",
      },
      {
          .name = "brackets",
          .text = "<a@b>",
          .want = "a@b",
      },
      {
          .name = "URL",
          .text = "cid:a@b",
          .want = "a@b",
      },
      {
          .name = "URL in brackets",
          .text = "<CID:a@b>",
          .want = "a@b",
      },
      {
          .name = "brackets in a URL",
          .text = "cid:<a@b>",
          .want = "a@b",
      },
      {
          .name = "a URL of nothing",
          .text = "cid:",
          .ret = PART_HEADER_EMPTY,
      },
      {
          .name = "no at",
          .text = "logo",
          .want = "logo",
      },
      {
          .name = "nothing",
          .text = "",
          .ret = PART_HEADER_EMPTY,
      },
      {
          .name = "empty brackets",
          .text = "<>",
          .ret = PART_HEADER_EMPTY,
      },
      {
          .name = "space",
          .text = "a b",
          .ret = PART_HEADER_SYNTAX,
      },
      {
          .name = "open bracket",
          .text = "<a@b",
          .ret = PART_HEADER_SYNTAX,
      },
      {
          .name = "brackets inside",
          .text = "a>b<c",
          .ret = PART_HEADER_SYNTAX,
      },
      {
          .name = "line end",
          .text = "a\nb",
          .ret = PART_HEADER_SYNTAX,
      },
      {
          .name = "8bit",
          .text = "\xc3\xa4",
          .ret = PART_HEADER_SYNTAX,
      },
      {
          .name = "NUL",
          .text = "a\0b",
          .len = 3,
          .ret = PART_HEADER_SYNTAX,
      },
};

typedef enum part_header make(const char *text, size_t len, char *out, size_t cap, size_t *len_r);

static void
check_row(make *f, const struct row *r)
{
	size_t len = r->len != 0 ? r->len : strlen(r->text), out_len = 0;
	char *copy = malloc(len == 0 ? 1 : len), out[4096];
	enum part_header ret;

	memcpy(copy, r->text, len);
	ret = f(copy, len, out, sizeof(out), &out_len);
	free(copy);
	ck_assert_msg(ret == r->ret, "%s: %d", r->name, (int)ret);
	if (ret == PART_HEADER_OK) {
		ck_assert_msg(out_len == strlen(r->want) && memcmp(out, r->want, out_len) == 0,
		    "%s: %.*s", r->name, (int)out_len, out);
		ck_assert_msg(
		    f(r->text, len, out, out_len, &out_len) == PART_HEADER_OK, "%s", r->name);
		ck_assert_msg(out_len == 0 ||
		        f(r->text, len, out, out_len - 1, &out_len) == PART_HEADER_TOO_LONG,
		    "%s", r->name);
	}
}

START_TEST(type)
{
	check_row(part_header_type, &types[_i]);
}
END_TEST

/* In the C locale, and in one that is not UTF-8 where there is one. */
START_TEST(filename)
{
	check_row(part_header_file_name, &names[_i]);
	setlocale(LC_ALL, "C");
	check_row(part_header_file_name, &names[_i]);
}
END_TEST

START_TEST(cid)
{
	check_row(part_header_cid, &cids[_i]);
}
END_TEST

/* The name that comes with a type. */
START_TEST(the_name_of_a_type)
{
	static const struct row with[] = {
	    {.name = "none", .text = "a/b; c=d", .want = ""},
	    {.name = "empty", .text = "a/b; name=\"\"", .want = ""},
	    {.name = "token", .text = "a/b; c=d; name=x", .want = "x"},
	    {.name = "RFC 2231", .text = "a/b; name*=utf-8''%C3%A4", .want = "\xc3\xa4"},
	    {.name = "word", .text = "a/b; name=\"=?utf-8?Q?=C3=A4?=\"", .want = "\xc3\xa4"},
	    {.name = "KOI8-R", .text = "a/b; name*=koi8-r''%C1", .ret = PART_HEADER_ENCODING},
	};

	check_row(part_header_type_name, &with[_i]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("part-header");
	TCase *tc = tcase_create("part-header");

	tcase_add_loop_test(tc, type, 0, sizeof(types) / sizeof(types[0]));
	tcase_add_loop_test(tc, filename, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_loop_test(tc, cid, 0, sizeof(cids) / sizeof(cids[0]));
	tcase_add_loop_test(tc, the_name_of_a_type, 0, 6);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
