/*
 * fuzz-policy-request.c - any bytes, in pieces of any size, as requests
 *
 * The first byte picks the size of the pieces. What is found must not depend on it, and every
 * value must lie within the request.
 */
#include "policy/limits.h"
#include "policy/mailbox.h"
#include "policy/request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(const struct request_value *v, const char *bytes, size_t len)
{
	if (v->len > 0 && (v->text < bytes || v->text + v->len > bytes + len)) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t step = size > 0 ? data[0] % 32 + 1u : 1, len = size > 0 ? size - 1 : 0;
	size_t scanned = 0, end = 0, whole_scanned = 0, whole_end = 0;
	enum request_status status = REQUEST_MORE, whole;
	char *bytes = malloc(len > 0 ? len : 1);
	struct request r;
	struct mailbox m;

	if (bytes == NULL) {
		return 0;
	}
	memcpy(bytes, data + (size > 0), len);
	whole = request_find_end(bytes, len, &whole_scanned, &whole_end);
	for (size_t have = 0; status == REQUEST_MORE && have < len;) {
		have = have + step < len ? have + step : len;
		status = request_find_end(bytes, have, &scanned, &end);
	}
	if (status != whole || (whole == REQUEST_OK && end != whole_end) ||
	    (whole == REQUEST_OK && end > REQUEST_MAX)) {
		abort();
	}
	if (whole == REQUEST_OK && request_parse(&r, bytes, end) == REQUEST_OK) {
		check_inside(&r.recipient, bytes, end);
		check_inside(&r.sender, bytes, end);
		check_inside(&r.client_address, bytes, end);
		mailbox_parse(
		    &m, r.recipient.text != NULL ? r.recipient.text : "", r.recipient.len);
		if (m.kind == MAILBOX_PLAIN &&
		    (m.domain.len == 0 || m.local_len == 0 ||
		        memchr(m.local, '%', m.local_len) != NULL)) {
			abort();
		}
	}
	free(bytes);
	return 0;
}
