/*
 * fenced.h - memory between two pages that must not be touched, and bytes to fill it with
 */
#ifndef TESTS_FENCED_H
#define TESTS_FENCED_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Usable bytes between two pages that are not: begin[0] and end[-1] are the outermost. */
struct fenced {
	uint8_t *begin;
	uint8_t *end;
};

static inline struct fenced
fenced_new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t inner = (size + page - 1) / page * page;
	uint8_t *p = mmap(
	    NULL, inner + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert(p != MAP_FAILED);
	ck_assert_int_eq(mprotect(p, page, PROT_NONE), 0);
	ck_assert_int_eq(mprotect(p + page + inner, page, PROT_NONE), 0);
	return (struct fenced){.begin = p + page, .end = p + page + inner};
}

static inline void
fenced_free(struct fenced *f)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	munmap(f->begin - page, (size_t)(f->end - f->begin) + 2 * page);
}

/* Bytes that repeat with no short period and do not change from run to run. */
static inline void
fill(uint8_t *p, size_t len)
{
	uint64_t x = 0x9e3779b97f4a7c15;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (uint8_t)(x >> 32);
	}
}

#endif
