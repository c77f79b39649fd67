/*
 * message-check.c - may these bytes go out as message/rfc822, unencoded?
 */
#include "mime/message-check.h"

enum { LINE_MAX_BYTES = 998 };

void
message_check_begin(struct message_check *c)
{
	*c = (struct message_check){ 0 };
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
	} else if (++c->line > LINE_MAX_BYTES) {
		c->bad = true;
	}
	if (byte == '\0') {
		c->bad = true;
	}
}

void
message_check_add(struct message_check *c, const uint8_t *data, size_t len)
{
	uint8_t high = 0;

	for (size_t i = 0; i < len; i++) {
		high |= data[i];
	}
	if ((high & 0x80) != 0) {
		c->eight_bit = true;
	}
	if (c->eight_bit) {
		c->bad = true;
	}
	for (size_t i = 0; i < len && !c->bad; i++) {
		add_byte(c, data[i]);
	}
}

bool
message_check_end(const struct message_check *c)
{
	return !c->bad && !c->cr && (c->crs == 0 || c->crs == c->lfs);
}
