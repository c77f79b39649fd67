/*
 * media-type.c - libmagic's answer, made fit for a message
 */
#include "cli/media-type.h"

#include <string.h>

#include "mime/part-header.h"
#include "spool/limits.h"

static const char unknown[] = "application/octet-stream";

/* Reduces libmagic's answer to what may stand in a message. */
static void
clean_type(char *type, bool eight_bit)
{
	char *parameters = strchr(type, ';');
	bool text = strncmp(type, "text/", strlen("text/")) == 0;

	if (parameters != NULL &&
	    (!text || strstr(parameters, "binary") != NULL ||
	        strstr(parameters, "unknown") != NULL ||
	        (strstr(parameters, "us-ascii") != NULL && eight_bit))) {
		*parameters = '\0';
	}
}

static void
set_type(struct entry *e, const char *type)
{
	e->type_len = strlen(type);
	memcpy(e->type, type, e->type_len);
}

void
media_type_find(struct sniff *sniff, int fd, bool eight_bit, struct entry *e)
{
	char type[SNIFF_TYPE_MAX];

	if (e->size > 0 && sniff_type(sniff, fd, type, NULL) == 0) {
		clean_type(type, eight_bit);
		if (strncmp(type, "inode/", strlen("inode/")) != 0 &&
		    part_header_type(type, strlen(type), e->type, sizeof(e->type), &e->type_len) ==
		        PART_HEADER_OK) {
			return;
		}
	}
	set_type(e, unknown);
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
