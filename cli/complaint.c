/*
 * complaint.c - failures as sentences
 */
#include "cli/complaint.h"

#include <errno.h>
#include <glib.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* What is quoted may come from anywhere: it must not move a terminal's cursor or end a line. */
static void
clean(char *text)
{
	char *at = text, *end = text + strlen(text);

	while (at < end) {
		gunichar c = g_utf8_get_char_validated(at, end - at);
		bool valid = c != (gunichar)-1 && c != (gunichar)-2;
		char *next = valid ? g_utf8_next_char(at) : at + 1;
		if (!valid || g_unichar_iscntrl(c)) {
			memset(at, '?', (size_t)(next - at));
		}
		at = next;
	}
}

const char *
reason(int error)
{
	static _Thread_local char text[128];

	snprintf(text, sizeof(text), "%s", strerror(error));
	/* "Input/output error", but also "RPC …" and the like. */
	if (text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z') {
		text[0] = (char)(text[0] + ('a' - 'A'));
	}
	return text;
}

int
complain(struct complaint *c, int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	/* cppcheck-suppress ctuuninitvar  ; it is filled in here */
	vsnprintf(c->text, sizeof(c->text), format, ap);
	va_end(ap);
	clean(c->text);
	c->code = code;
	return -1;
}

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
		return EX_CONFIG;
	case EACCES:
		return EX_NOPERM;
	case EINVAL:
		return EX_DATAERR;
	default:
		return EX_IOERR;
	}
}

/* The spool's owner as sudo and a shell take it. True where that is who asks. */
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
	} else if ((why->error == ENOENT || why->error == ENOTDIR) &&
	    (strcmp(why->object, spool) == 0 || strcmp(why->object, "format") == 0)) {
		snprintf(
		    text, cap, "there is no spool at '%s': make one with 'mailgraft init'", spool);
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

int
complain_aloud(const char *command, const struct complaint *c)
{
	/* cppcheck-suppress ctuuninitvar  ; complain() has filled it in */
	fprintf(stderr, "mailgraft%s%s: %s\n", command[0] == '\0' ? "" : " ", command, c->text);
	return c->code;
}
