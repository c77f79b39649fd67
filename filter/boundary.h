/*
 * boundary.h - the boundaries of multiparts on the way to a graft
 *
 * `=_g` and 22 base64url characters: HMAC-SHA256 by key, input and serial. So
 * an author cannot know them beforehand, a retry gives the same ones, and they
 * cannot stand in quoted-printable or base64.
 */
#ifndef FILTER_BOUNDARY_H
#define FILTER_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/limits.h"
#include "spool/hmac.h"
#include "spool/key.h"

enum {
	BOUNDARY_CHARS = 3 + 22,
	/* the serial of a new root, which is no multipart of the input */
	BOUNDARY_WRAP_SERIAL = 0,
};

struct boundaries {
	size_t count;
	uint32_t serial[SERIALS_MAX]; /* ascending */
	char text[SERIALS_MAX][BOUNDARY_CHARS + 1];
};

/* Marks a serial; marking it again is nothing. 0, or -1: more than SERIALS_MAX. */
int boundaries_mark(struct boundaries *b, uint32_t serial);

/* Derives the text of all that are marked. `input` is the SHA-256 of the message. */
void boundaries_derive(
    struct boundaries *b, const struct key *key, const uint8_t input[SHA256_BYTES]);

/* The new boundary of a serial, NUL-terminated, or NULL where it is not marked. */
const char *boundaries_find(const struct boundaries *b, uint32_t serial);

/* Whether a line begins with one of them behind "--". */
bool boundaries_begin_line(const struct boundaries *b, const uint8_t *line, size_t len);

#endif
