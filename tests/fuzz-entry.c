/*
 * fuzz-entry.c - any bytes as an entry's file: what parses is written again byte for byte
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/entry.h"
#include "spool/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t text[ENTRY_FILE_MAX];
	struct entry e;
	struct key key;
	ssize_t len;

	(void)key_parse(data, size, &key);
	if (size > sizeof(text) || entry_parse(data, size, &e) != 0) {
		return 0;
	}
	len = entry_format(&e, text, sizeof(text));
	if (len != (ssize_t)size || memcmp(text, data, size) != 0) {
		abort();
	}
	for (size_t i = 0; i < e.type_len; i++) {
		if (e.type[i] < 0x20 || e.type[i] > 0x7e) {
			abort();
		}
	}
	return 0;
}
