/*
 * fuzz-policy-smtp.c - any bytes, in pieces of any size, as what a mail server says
 *
 * The first byte picks the size of the pieces. Whatever comes, at most six commands are said, each
 * one line, and DATA is none of them.
 */
#include "policy/smtp-dialogue.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char recipient[] = "user@d.test";
	struct smtp_dialogue d;
	struct mailbox m;
	unsigned commands = 0;
	size_t step;
	bool goes_on = true;

	if (size == 0) {
		return 0;
	}
	step = data[0] % 32 + 1u;
	smtp_dialogue_begin(&d, "me.test");
	mailbox_parse(&m, recipient, strlen(recipient));
	if (!smtp_dialogue_ask(&d, &m, 1)) {
		abort();
	}
	for (size_t at = 1; goes_on && at < size; at += step) {
		size_t len = size - at < step ? size - at : step;
		size_t n;

		goes_on = smtp_dialogue_take(&d, (const char *)data + at, len);
		n = strlen(d.command);
		commands += n > 0;
		if (commands > 6 || strncmp(d.command, "DATA", 4) == 0 ||
		    (n > 0 && strchr(d.command, '\r') != d.command + n - 2)) {
			abort();
		}
	}
	if (!goes_on && (d.stage != SMTP_OVER || d.report.words == NULL)) {
		abort();
	}
	return 0;
}
