/*
 * checker.h - what the parts of fsck share: findings, and their repair
 *
 * Owns:    the struct is fsck()'s
 * Returns: 0, or -errno with *why filled in where the check itself cannot go on
 */
#ifndef SPOOL_CHECKER_H
#define SPOOL_CHECKER_H

#include <sys/stat.h>

#include "spool/finding.h"
#include "spool/refs.h"

struct checker {
	const struct spool *spool;
	const struct fsck_options *options;
	struct fsck_result *result;
	struct refs *refs;
	uint8_t chunk[STORE_CHUNK];
};

/* SPOOL/quarantine, where --repair puts damaged files. */
extern const char checker_quarantine[];

/* Counts a finding and tells the caller of fsck(). */
void checker_report(
    struct checker *c, enum fsck_grade grade, const char *path, const char *what, bool repaired);

/* Something is not what it should be: reports it, and with --repair moves it away first. */
int checker_bad(struct checker *c, const char *path, const char *what, struct spool_fail *why);

/* Owner, group and mode of what is otherwise right; with --repair, sets them. */
int checker_access(struct checker *c, const char *path, const struct stat *st, mode_t mode,
    struct spool_fail *why);

#endif
