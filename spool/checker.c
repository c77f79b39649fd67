/*
 * checker.c - reports what fsck found, and moves it away or sets its mode
 */
#include "spool/checker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spool/create.h"

const char checker_quarantine[] = "quarantine";

void
checker_report(
    struct checker *c, enum fsck_grade grade, const char *path, const char *what, bool repaired)
{
	struct fsck_finding finding = {grade, path, what, repaired};

	c->result->bad += grade == FSCK_BAD;
	c->result->unused += grade == FSCK_UNUSED;
	c->result->repaired += repaired;
	c->options->found(c->options->arg, &finding);
}

/* Moves it to quarantine/, under a name of its own. */
static int
isolate(struct checker *c, const char *path, struct spool_fail *why)
{
	char to[WALK_PATH_MAX + 32];
	int start = snprintf(to, sizeof(to), "%s/", checker_quarantine);
	int ret = create_folder(c->spool, checker_quarantine, 0700, why);

	snprintf(to + start, sizeof(to) - 16 - (size_t)start, "%s", path);
	for (char *at = to + start; *at != '\0'; at++) {
		if (*at == '/') {
			*at = '_';
		}
	}
	start = (int)strlen(to);
	for (unsigned i = 1; ret == 0; i++) {
		ret = create_rename(c->spool, path, to, RENAME_NOREPLACE, why);
		if (ret != -EEXIST) {
			return ret == -ENOENT ? 0 : ret;
		}
		snprintf(to + start, sizeof(to) - (size_t)start, ".%u", i);
		ret = 0;
	}
	return ret;
}

/* Something that is not what it should be. */
int
checker_bad(struct checker *c, const char *path, const char *what, struct spool_fail *why)
{
	int ret = c->options->repair ? isolate(c, path, why) : 0;
	/* Another user's folder, or a mount: it stays, and the check goes on. */
	bool stays = ret == -EACCES || ret == -EPERM || ret == -EXDEV || ret == -EBUSY;

	if (ret == 0 || stays) {
		checker_report(c, FSCK_BAD, path, what, c->options->repair && !stays);
	}
	return stays ? 0 : ret;
}

/* Owner, group and mode of what is otherwise in its place. */
int
checker_access(
    struct checker *c, const char *path, const struct stat *st, mode_t mode, struct spool_fail *why)
{
	bool owner = st->st_uid == spool_owner(c->spool) && st->st_gid == spool_group(c->spool);
	bool access = (st->st_mode & (07777 & ~S_ISGID)) == mode;

	if (owner && access) {
		return 0;
	}
	if (c->options->repair) {
		int ret = create_access(c->spool, path, mode, why);
		if (ret != 0) {
			return ret;
		}
	}
	checker_report(c, FSCK_BAD, path,
	    owner ? "has another mode than it should" : "has another owner or group than the spool",
	    c->options->repair);
	return 0;
}
