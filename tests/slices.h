/*
 * slices.h - one input, cut into chunks in every way that a streaming parser must not notice
 *
 * Whole, byte by byte, and in two at each point. Each chunk is a heap block of
 * exactly its size, so that ASan sees a read past its end; it is gone when the
 * next one is taken.
 *
 *	for (size_t way = 0; slices_begin(&s, input, len, way); way++) {
 *		while (slices_next(&s, &p, &n)) {
 *			... feed p[0] to p[n - 1] ...
 *		}
 *	}
 *
 * s.way tells a failure's message which way it was. A test that stops before the
 * last chunk calls slices_end().
 */
#ifndef TESTS_SLICES_H
#define TESTS_SLICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A copy of exactly its size; of size 0, a pointer that must not be read through. */
static inline uint8_t *
exact_copy(const void *p, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL) {
		abort();
	}
	if (len == 0) {
		return copy + 1;
	}
	memcpy(copy, p, len);
	return copy;
}

static inline void
exact_free(uint8_t *copy, size_t len)
{
	free(len > 0 ? copy : copy - 1);
}

struct slices {
	const uint8_t *input;
	size_t len, at;
	size_t first, rest; /* sizes of the first chunk and of the others */
	uint8_t *chunk;
	char way[48];
};

/* Starts a way to cut: 0 whole, 1 byte by byte, from 2 on in two. False: there are no more. */
static inline bool
slices_begin(struct slices *s, const void *input, size_t len, size_t way)
{
	if (way > 1 && way > len) {
		return false;
	}
	*s = (struct slices){.input = input, .len = len, .first = len, .rest = len};
	if (way == 0) {
		snprintf(s->way, sizeof(s->way), "whole");
	} else if (way == 1) {
		s->first = s->rest = 1;
		snprintf(s->way, sizeof(s->way), "byte by byte");
	} else {
		s->first = way - 1;
		snprintf(s->way, sizeof(s->way), "cut at %zu", s->first);
	}
	return true;
}

/* The next chunk, at least one byte long. False: there are no more, and nothing is left to free. */
static inline bool
slices_next(struct slices *s, const uint8_t **p, size_t *n)
{
	size_t size = s->at == 0 ? s->first : s->rest;

	free(s->chunk);
	s->chunk = NULL;
	size = size < s->len - s->at ? size : s->len - s->at;
	if (size == 0) {
		return false;
	}
	s->chunk = exact_copy(s->input + s->at, size);
	s->at += size;
	*p = s->chunk;
	*n = size;
	return true;
}

static inline void
slices_end(struct slices *s)
{
	free(s->chunk);
	s->chunk = NULL;
}

#endif
