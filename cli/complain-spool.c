/*
 * complain-spool.c - see complain-spool.h
 */
#include "cli/complain-spool.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "exim/waiting.h"
#include "spool/known.h"

static int
code_of(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EKEYREVOKED:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		return EX_TEMPFAIL;
	case ENOENT:
	case ENOTDIR:
	case EPERM:
	case EPROTONOSUPPORT:
	case ENOKEY:
	case EEXIST:
	case ENOTEMPTY:
	case ENODATA:
	case EOPNOTSUPP:
	case EXDEV:
		return EX_CONFIG;
	case EACCES:
		return EX_NOPERM;
	case EINVAL:
		return EX_DATAERR;
	default:
		return EX_IOERR;
	}
}

/* The spool's owner, as sudo and a shell take it. True if this is the caller himself. */
static bool
owner_of(const char *path, char *name, size_t cap)
{
	struct stat st;
	struct passwd entry, *pw = NULL;
	char text[4096];

	if (stat(path, &st) != 0) {
		snprintf(name, cap, "mailgraft");
		return false;
	}
	if (getpwuid_r(st.st_uid, &entry, text, sizeof(text), &pw) == 0 && pw != NULL) {
		snprintf(name, cap, "%s", pw->pw_name);
	} else {
		snprintf(name, cap, "\\#%u", (unsigned)st.st_uid);
	}
	return st.st_uid == geteuid();
}

static void
never_made(const char *spool, char *text, size_t cap)
{
	size_t waiting = geteuid() == 0 ? waiting_for(spool) : 0;

	if (waiting > 0) {
		snprintf(text, cap,
		    "there is no spool at '%s', but messages in Exim's queue need %zu files of "
		    "one: "
		    "mount or restore it",
		    spool, waiting);
	} else {
		snprintf(text, cap,
		    "there is no spool at '%s', and none is known to have been there: 'mailgraft "
		    "init' makes one",
		    spool);
	}
}

/* The reason, and the cure where there is one to name. */
static void
explain(const char *spool, const struct spool_fail *why, char *text, size_t cap)
{
	char owner[64];
	bool ours = owner_of(spool, owner, sizeof(owner));

	if (why->check == FAIL_WRITER) {
		snprintf(text, cap,
		    "only '%s' and root may write to the spool '%s': use 'sudo -u %s mailgraft'",
		    owner, spool, owner);
	} else if (why->error == EACCES && ours) {
		snprintf(text, cap,
		    "%s '%s': permission denied: let root run 'mailgraft fsck --repair'", why->call,
		    why->object);
	} else if (why->error == EACCES) {
		snprintf(text, cap, "%s '%s': permission denied: use 'sudo -u %s mailgraft'",
		    why->call, why->object, owner);
	} else if (why->check == FAIL_OWNER) {
		snprintf(
		    text, cap, "'%s' belongs to neither the spool's owner nor root", why->object);
	} else if (why->check == FAIL_MODE) {
		snprintf(text, cap, "'%s' is open to others: see 'mailgraft fsck'", why->object);
	} else if (why->check == FAIL_TYPE && why->error == EPERM) {
		snprintf(text, cap, "'%s' is not a regular file", why->object);
	} else if (why->check == FAIL_GROUP) {
		snprintf(text, cap, "'%s' is not in the spool's group: make that its primary group",
		    owner);
	} else if (why->check == FAIL_DAMAGE) {
		snprintf(text, cap, "'%s/%s' is damaged: run 'mailgraft config apply'", spool,
		    why->object);
	} else if (why->error == EPROTONOSUPPORT) {
		snprintf(text, cap, "the spool '%s' has a format that this version does not know",
		    spool);
	} else if (why->check == FAIL_AWAY) {
		snprintf(text, cap,
		    "the spool that was made at '%s' is not mounted: mount or restore it", spool);
	} else if (why->check == FAIL_NEVER) {
		never_made(spool, text, cap);
	} else if (why->error == ENOENT && strcmp(why->object, "format") == 0) {
		snprintf(
		    text, cap, "the spool '%s' is not whole: its file 'format' is missing", spool);
	} else if (why->check == FAIL_TOTAL) {
		snprintf(text, cap,
		    "the spool '%s' would have more bytes than total allows: see 'mailgraft stat'",
		    spool);
	} else if (why->check == FAIL_USED) {
		snprintf(text, cap,
		    "total is set, and the bytes of the spool '%s' are not counted yet: run "
		    "'mailgraft gc'",
		    spool);
	} else if (why->error == ENOKEY) {
		snprintf(text, cap,
		    "the spool '%s' has no active key: make one with 'mailgraft keys add'", spool);
	} else if (why->check == FAIL_CONTENT) {
		snprintf(text, cap, "the spool has other content in '%s': run 'mailgraft fsck'",
		    why->object);
	} else if (why->check == FAIL_DEVICE) {
		snprintf(text, cap,
		    "'%s' lies on another file system than '%s': a spool must lie on one; mount "
		    "that at '%s' itself",
		    why->object, spool, spool);
	} else if (why->error == EOPNOTSUPP) {
		snprintf(
		    text, cap, "the file system of '%s' has no unnamed files (O_TMPFILE)", spool);
	} else {
		snprintf(text, cap, "%s '%s': %s", why->call, why->object, reason(why->error));
	}
}

int
complain_spool(
    struct complaint *c, const char *spool, const struct spool_fail *why, const char *format, ...)
{
	char text[COMPLAINT_MAX], doing[COMPLAINT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(doing, sizeof(doing), format, ap);
	va_end(ap);
	explain(spool, why, text, sizeof(text));
	return complain(c, code_of(why->error), "%s: %s", doing, text);
}

void
note_another_spool(const char *command, const char *path, const struct spool *spool)
{
	struct complaint c;

	if (known_is_another(spool_dirfd(spool), path)) {
		complain(&c, EX_OK,
		    "note: the spool '%s' is not the one that was made there: it was made anew, or "
		    "another is mounted",
		    path);
		complain_aloud(command, &c);
	}
}

void
note_no_openat2(const char *command, const struct spool *spool)
{
	struct complaint c;

	if (!spool_has_openat2(spool)) {
		complain(&c, EX_OK,
		    "note: openat2(2) is not allowed here (a kernel before 5.6, or a container); "
		    "files "
		    "are opened one folder at a time, which is as safe: nothing has to be done");
		complain_aloud(command, &c);
	}
}
