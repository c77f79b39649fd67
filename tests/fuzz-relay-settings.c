/*
 * fuzz-relay-settings.c - any bytes as relay.yaml: settings, or an error that is a line
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "relay/settings-load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[SETTINGS_ERROR_MAX];
	struct relay_settings *s = settings_parse("x", (const char *)data, size, error);

	if (s != NULL) {
		if (s->listeners == 0 || s->listener[0].peers == 0) {
			abort();
		}
		settings_free(s);
	} else if (memcmp(error, "x:", 2) != 0 || strlen(error) >= sizeof(error)) {
		abort();
	}
	return 0;
}
