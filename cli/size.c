/*
 * size.c - see size.h
 */
#include "cli/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char letters[] = "KMG";

enum { UNITS = sizeof(letters) - 1, UNIT = 1024 };

int
size_parse(const char *text, uint64_t *bytes_r)
{
	const char *letter;
	uint64_t number = 0;
	int shift = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		uint64_t digit = (uint64_t)(*text - '0');
		if (number > (INT64_MAX - digit) / 10) {
			return -1;
		}
		number = number * 10 + digit;
	}
	if (*text != '\0') {
		letter = strchr(letters, *text);
		if (letter == NULL || text[1] != '\0') {
			return -1;
		}
		shift = 10 * (int)(letter - letters + 1);
	}
	if (number == 0 || number > (uint64_t)INT64_MAX >> shift) {
		return -1;
	}
	*bytes_r = number << shift;
	return 0;
}

const char *
size_exact(uint64_t bytes, char text[SIZE_TEXT_MAX])
{
	size_t unit = 0;

	while (unit < UNITS && bytes > 0 && bytes % UNIT == 0) {
		bytes /= UNIT;
		unit++;
	}
	snprintf(text, SIZE_TEXT_MAX, "%" PRIu64 "%.*s", bytes, unit > 0,
	    letters + (unit > 0 ? unit - 1 : 0));
	return text;
}

const char *
size_short(uint64_t bytes, char text[SIZE_TEXT_MAX])
{
	double value = (double)bytes;
	size_t unit = 0;

	if (bytes < UNIT) {
		snprintf(text, SIZE_TEXT_MAX, "%" PRIu64, bytes);
		return text;
	}
	do {
		value /= UNIT;
		unit++;
	} while (unit < UNITS && value >= UNIT - 0.5);
	snprintf(text, SIZE_TEXT_MAX, "%.*f%c", value < 9.95 ? 1 : 0, value, letters[unit - 1]);
	return text;
}
