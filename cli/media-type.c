/*
 * media-type.c - what libmagic and the file's name say, made fit for a message
 */
#include "cli/media-type.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/limits.h"
#include "mime/limits.h"
#include "mime/part-header.h"
#include "spool/limits.h"

static const char unknown[] = "application/octet-stream";

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void
set_type(struct entry *e, const char *type)
{
	e->type_len = strlen(type);
	memcpy(e->type, type, e->type_len);
}

/*
 * Whether XML or HTML says of itself that it is of another charset than UTF-8. A charset in its
 * part's header would win over that (RFC 7303 3).
 */
static bool
says_other_charset(const struct media_facts *f, const char *type)
{
	static const char *const labels[] = {"encoding=", "charset="};
	char head[DECLARATION_MAX + 1];
	ssize_t len;

	if (!begins(type, "text/xml") && !begins(type, "text/html")) {
		return false;
	}
	len = pread(f->fd, head, DECLARATION_MAX, 0);
	if (len < 0) {
		return true;
	}
	head[len] = '\0';
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const char *value = strcasestr(head, labels[i]);

		if (value != NULL) {
			value += strlen(labels[i]);
			value += *value == '"' || *value == '\'';
			return strncasecmp(value, "utf-8", strlen("utf-8")) != 0;
		}
	}
	return false;
}

static bool
has_utf16_mark(int fd)
{
	unsigned char head[2];

	return pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	    ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff));
}

/* The charset parameter of a text, or nothing. `said`: the parameters that libmagic gave. */
static const char *
charset_of(const struct media_facts *f, const char *type, const char *said)
{
	if (!begins(type, "text/") || strstr(said, "binary") != NULL) {
		return "";
	}
	if (strstr(said, "utf-16") != NULL) {
		return has_utf16_mark(f->fd) ? "; charset=utf-16" : "";
	}
	if (f->charset == CHARSET_ASCII) {
		return "; charset=us-ascii";
	}
	return f->charset == CHARSET_UTF8 && !says_other_charset(f, type) ? "; charset=utf-8" : "";
}

/* Splits what libmagic says into type and parameters. Nothing is sent as an inode/. */
static const char *
sniff_content(struct sniff *sniff, const struct media_facts *f, const struct entry *e,
    char type[SNIFF_TYPE_MAX])
{
	char *parameters;

	if (e->size == 0 || sniff_type(sniff, f->fd, type, NULL) != 0 || begins(type, "inode/")) {
		memcpy(type, unknown, sizeof(unknown));
		return "";
	}
	parameters = strchr(type, ';');
	if (parameters == NULL) {
		return "";
	}
	*parameters = '\0';
	return parameters + 1;
}

/* Sets a type with its charset. false: no attachment may be one. */
static bool
try_type(const struct media_facts *f, const char *type, const char *said, struct entry *e)
{
	char whole[SNIFF_TYPE_MAX + CHARSET_LABEL_MAX];

	snprintf(whole, sizeof(whole), "%s%s", type, charset_of(f, type, said));
	return part_header_type(whole, strlen(whole), e->type, sizeof(e->type), &e->type_len) ==
	    PART_HEADER_OK;
}

void
media_type_find(struct sniff *sniff, struct extensions *extensions, const struct media_facts *f,
    struct entry *e)
{
	char type[SNIFF_TYPE_MAX], named[SNIFF_TYPE_MAX];
	const char *said = sniff_content(sniff, f, e, type);

	if ((strcmp(type, unknown) == 0 || strcmp(type, "text/plain") == 0) && extensions != NULL &&
	    extensions_find(extensions, f->name, f->name_len, named) && strcmp(named, type) != 0 &&
	    try_type(f, named, said, e)) {
		e->type_from = ENTRY_TYPE_NAMED;
		return;
	}
	e->type_from = ENTRY_TYPE_SNIFFED;
	if (!try_type(f, type, said, e)) {
		set_type(e, unknown);
	}
}

void
media_type_settle(struct entry *e, bool message, uint64_t crs)
{
	static const char rfc822[] = "message/rfc822";
	size_t len = strlen(rfc822);

	if (e->type_len < len || memcmp(e->type, rfc822, len) != 0 ||
	    (e->type_len > len && e->type[len] != ';')) {
		return;
	}
	e->message = message;
	e->crs = message ? crs : 0;
	set_type(e, message ? rfc822 : unknown);
}
