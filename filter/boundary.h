/*
 * boundary.h - the boundaries of multiparts on the way to a graft
 *
 * `=_g` and 22 base64url characters of HMAC-SHA256(HMAC-SHA256(key, input), serial). So an author
 * cannot know them beforehand, a retry gives the same ones, they cannot stand in quoted-printable
 * or base64, and whoever writes them needs the inner value alone, not the key.
 */
#ifndef FILTER_BOUNDARY_H
#define FILTER_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/limits.h"
#include "spool/hmac.h"

enum {
	BOUNDARY_CHARS = 3 + 22,
	/* the serials of a new root and of a new multipart/related, which are no multiparts of the
	   input */
	BOUNDARY_WRAP_SERIAL = 0,
	BOUNDARY_RELATED_SERIAL = INT32_MAX,
};

struct boundaries {
	size_t count;
	uint32_t serial[SERIALS_MAX]; /* ascending */
	char text[SERIALS_MAX][BOUNDARY_CHARS + 1];
};

/* Marks a serial; marking it again is nothing. 0, or -1: more than SERIALS_MAX. */
int boundaries_mark(struct boundaries *b, uint32_t serial);

/* The inner value: for a message whose SHA-256 is `input`, by the secret of a key. */
void boundary_secret(const uint8_t *key, size_t len, const uint8_t input[SHA256_BYTES],
    uint8_t secret_r[SHA256_BYTES]);

/* Derives the text of all that are marked. */
void boundaries_derive(struct boundaries *b, const uint8_t secret[SHA256_BYTES]);

/* The new boundary of a serial, NUL-terminated, or NULL where it is not marked. */
const char *boundaries_find(const struct boundaries *b, uint32_t serial);

/* Whether a line begins with "--" and one of them. */
bool boundaries_begin_line(const struct boundaries *b, const uint8_t *line, size_t len);

#endif
