/*
 * message-check.c - may these bytes go out as message/rfc822, unencoded?
 */
#include "mime/message-check.h"

#include "mime/charset-check.h"
#include "mime/limits.h"

void
message_check_begin(struct message_check *c)
{
	*c = (struct message_check){0};
}

static void
add_byte(struct message_check *c, uint8_t byte)
{
	if (c->cr && byte != '\n') {
		c->bad = true;
	}
	c->cr = byte == '\r';
	if (byte == '\n') {
		c->lfs++;
		c->line = 0;
	} else if (c->cr) {
		c->crs++;
	} else if (++c->line > LINE_MAX_MAIL) {
		c->bad = true;
	}
	if (byte == '\0') {
		c->bad = true;
	}
}

void
message_check_add(struct message_check *c, const uint8_t *data, size_t len)
{
	if (c->eight_bit) {
		return;
	}
	c->eight_bit = charset_is_eight_bit(data, len);
	c->bad = c->bad || c->eight_bit;
	for (size_t i = 0; i < len && !c->bad; i++) {
		add_byte(c, data[i]);
	}
}

bool
message_check_end(const struct message_check *c)
{
	return !c->bad && !c->cr && (c->crs == 0 || c->crs == c->lfs);
}
