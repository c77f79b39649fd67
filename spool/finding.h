/*
 * finding.h - what fsck finds, counts and may repair
 */
#ifndef SPOOL_FINDING_H
#define SPOOL_FINDING_H

#include <stdbool.h>
#include <stdint.h>

enum fsck_grade {
	/* a blob without entry, a change that was cut off: gc or the next change ends it */
	FSCK_UNUSED,
	FSCK_BAD,
};

struct fsck_finding {
	enum fsck_grade grade;
	const char *path; /* beneath the spool */
	const char *what; /* static text */
	bool repaired;
};

struct fsck_options {
	bool repair;
	void (*found)(void *arg, const struct fsck_finding *finding);
	/* as it goes on: so many files more are done, so many bytes more are read */
	void (*step)(void *arg, uint64_t files, uint64_t bytes);
	void *arg;
};

struct fsck_result {
	uint64_t entries, blobs, bytes, bad, unused, repaired;
};

#endif
