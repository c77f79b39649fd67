/*
 * duration.c - see duration.h
 */
#include "cli/duration.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/limits.h"

static const struct {
	char letter;
	uint32_t seconds;
} units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};

int
duration_parse(const char *text, uint64_t *seconds_r)
{
	uint64_t value = 0;
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > DURATION_DIGITS_MAX || text[digits] == '\0' ||
	    text[digits + 1] != '\0') {
		return -1;
	}
	for (size_t i = 0; i < digits; i++) {
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (units[i].letter == text[digits]) {
			*seconds_r = value * units[i].seconds;
			return 0;
		}
	}
	return -1;
}

const char *
duration_text(uint64_t seconds, char text[DURATION_TEXT_MAX])
{
	size_t i = sizeof(units) / sizeof(units[0]) - 1;

	while (i > 0 && (seconds == 0 || seconds % units[i].seconds != 0)) {
		i--;
	}
	snprintf(
	    text, DURATION_TEXT_MAX, "%" PRIu64 "%c", seconds / units[i].seconds, units[i].letter);
	return text;
}
