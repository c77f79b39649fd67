/*
 * field.h - the lines of the spool's small files: a name, a space, a value
 *
 * A reader takes the lines in the order it expects. Each way to write a value
 * but one is refused (leading zeros, upper-case digits, a last line without its
 * LF), so that what was parsed can be written again byte for byte.
 *
 * Owns:    nothing; points into the caller's text
 * Returns: false where the next line is another one, or its value is not of that kind;
 *          nothing is taken then
 */
#ifndef SPOOL_FIELD_H
#define SPOOL_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct field_lines {
	const uint8_t *at, *end;
};

bool field_text(struct field_lines *f, const char *name, const uint8_t **value_r, size_t *len_r);
bool field_is(struct field_lines *f, const char *name, const char *value);
bool field_hex(struct field_lines *f, const char *name, uint8_t *out, size_t bytes);
bool field_number(struct field_lines *f, const char *name, uint64_t max, uint64_t *value_r);

#endif
