/*
 * fuzz-name.c - any bytes as the body of a Content- field
 *
 *   - name_read() gives a name that is fit for a file, or none.
 *   - What is written is one parameter in lines that are not too long, and nothing else.
 *   - What is written is read as the same name, and written again byte for byte.
 * What does not hold ends in abort().
 */
#include <stdlib.h>
#include <string.h>

#include "mime/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void
check_lines(const struct name *n, const char *out, size_t len)
{
	size_t line = 1;

	for (size_t i = 0; i < len; i++) {
		line = out[i] == '\n' ? 0 : line + 1;
		require(line <= LINE_MAX_MAIL - 1);
		require(out[i] != '\n' || (i + 1 < len && out[i + 1] == '\t'));
		require(out[i] == '\n' || out[i] == '\t' || (uint8_t)out[i] >= 0x20);
		require((uint8_t)out[i] < 0x7f || n->charset == CHARSET_RAW);
	}
}

static void
check_back(const struct name *n, const char *attribute,
    size_t write(const struct name *n, char *out, size_t cap))
{
	char out[2 + NAME_PARAM_MAX] = "x;", again[NAME_PARAM_MAX];
	size_t len = write(n, out + 2, NAME_PARAM_MAX);
	static struct name back;
	struct content c;

	if (len == 0) {
		require(n->charset == CHARSET_RAW || n->charset == CHARSET_ISO_2022_JP);
		return;
	}
	check_lines(n, out + 2, len);
	content_parse((const uint8_t *)out, 2 + len, &c);
	for (size_t i = 0; i < c.params; i++) {
		require(content_param_is((const uint8_t *)out, &c.param[i], attribute));
	}
	require(c.params > 0 && !c.irregular);
	/* A text that looks like an encoded word is read as one: mail programs do. */
	if (memmem(n->bytes, n->len, "=?", 2) == NULL) {
		require(name_read((const uint8_t *)out, &c, attribute, &back));
		require(back.len == n->len && memcmp(back.bytes, n->bytes, n->len) == 0);
		require(
		    write(&back, again, sizeof(again)) == len && memcmp(again, out + 2, len) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const attributes[] = {"filename", "name"};
	static struct name n;
	struct content c;

	content_parse(data, size, &c);
	for (int i = 0; i < 2; i++) {
		if (!name_read(data, &c, attributes[i], &n)) {
			continue;
		}
		require(n.len > 0 && n.len <= NAME_BYTES_MAX && n.charset != CHARSET_UNKNOWN);
		require(n.len > 2 || memcmp(n.bytes, "..", n.len) != 0);
		if (n.charset == CHARSET_ASCII || n.charset == CHARSET_UTF8) {
			require(memchr(n.bytes, '/', n.len) == NULL);
			require(memchr(n.bytes, '\\', n.len) == NULL);
		}
		check_back(&n, "filename", name_write_filename);
		check_back(&n, "name", name_write_name);
	}
	return 0;
}
