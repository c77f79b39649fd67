/*
 * rules-spool.c - rules for the spools that the transports name: there, the right one, readable
 *
 * As root each transport's filter is run with the rights that Exim would give
 * it, for a message that names a file that is not there. "Entry missing" is the
 * answer of a filter that could read all it needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "exim/rights.h"
#include "exim/rules.h"
#include "spool/keyring.h"
#include "spool/known.h"
#include "spool/token.h"

static const char repair[] =
    "'mailgraft-exim-setup install', which sets owners and groups right, or 'mailgraft fsck'";

/* Of two, the one that `put` uses and the one that the filter reads. */
static bool
is_same(const char *a, const char *b)
{
	char x[PATH_MAX], y[PATH_MAX];

	return strcmp(realpath(a, x) == NULL ? a : x, realpath(b, y) == NULL ? b : y) == 0;
}

/* What the system under a spool lacks. */
static void
check_system(
    const struct check *k, const struct section *t, const char *path, const struct spool *spool)
{
	struct spool_fail why = {0};
	char text[OPTION_BYTES];

	if (spool_on_one_device(spool, &why) == -EXDEV) {
		snprintf(text, sizeof(text),
		    "'%s' of the spool '%s' lies on another file system: the filter does not open "
		    "it, "
		    "so messages wait for ever",
		    why.object, path);
		check_danger(k, "other-device", "transport", t->name, text,
		    "a spool lies on one file system: mount that at the spool itself");
	}
	if (!spool_has_openat2(spool)) {
		check_advice(k, "openat2", "transport", t->name,
		    "openat2(2) is not allowed here (a kernel before 5.6, or a container): files "
		    "are "
		    "opened one folder at a time, which is as safe and a little slower",
		    "nothing has to be done; a newer kernel or container runtime allows it");
	}
}

/* Whether there is a spool that root can open. */
static bool
check_there(const struct check *k, const struct section *t, const char *path)
{
	struct spool_fail why = {0};
	struct spool *spool;
	char text[OPTION_BYTES];
	bool another;

	if (spool_open(path, &spool, &why) == 0) {
		another = known_is_another(spool_dirfd(spool), path);
		check_system(k, t, path, spool);
		spool_close(&spool);
		if (another) {
			snprintf(text, sizeof(text),
			    "the spool '%s' is not the one that was made there: it was made anew, "
			    "or another is mounted; what waits for the old one cannot be grafted",
			    path);
			check_danger(k, "spool-anew", "transport", t->name, text,
			    "mount or restore the old one; if nothing waits for it, take its line "
			    "out of " KNOWN_FILE);
		}
		return true;
	}
	if (why.check == FAIL_AWAY) {
		snprintf(
		    text, sizeof(text), "the spool that was made at '%s' is not mounted", path);
		check_danger(k, "spool-away", "transport", t->name, text,
		    "mount it, or restore it; a new one in its place has other keys");
	} else if (why.check == FAIL_NEVER) {
		snprintf(text, sizeof(text),
		    "there is no spool at '%s', and none is known to have been there", path);
		check_danger(k, "no-spool", "transport", t->name, text,
		    "mount it, or mend the path; where there never was one: 'mailgraft-exim-setup "
		    "install'");
	} else if (why.error == EACCES && geteuid() != 0) {
		return true; /* which is as it should be */
	} else {
		snprintf(text, sizeof(text), "the spool '%s' is not usable: %s '%s': %s", path,
		    why.call, why.object, strerror(why.error));
		check_danger(k, "bad-spool", "transport", t->name, text, repair);
	}
	return false;
}

/* A token that only a reader of the keys can tell from a forged one; its entry does not exist. */
static int
probe(const char *path, char token[TOKEN_CHARS + 1])
{
	static const uint8_t nothing[ENTRY_ID_BYTES];
	struct spool_fail why = {0};
	struct spool *spool;
	struct key key;
	int ret = spool_open(path, &spool, &why);

	if (ret == 0) {
		ret = keyring_active(spool, &key, &why);
	}
	if (ret == 0) {
		token_make(&key, nothing, (uint32_t)(time(NULL) / EXPIRY_UNIT) + 60, NULL, token);
	}
	explicit_bzero(&key, sizeof(key));
	spool_close(&spool);
	return ret;
}

static void __attribute__((noreturn))
run(const struct rights *r, const char *program, const char *spool, int in, int err)
{
	char *const nothing[] = {NULL};
	char arguments[][RULE_PATH_BYTES] = {"mailgraft-filter", "--check", "--stderr",
	    "--log-socket", "/nonexistent", "--spool", ""};
	char *argv[sizeof(arguments) / sizeof(arguments[0]) + 1];
	size_t n = sizeof(arguments) / sizeof(arguments[0]);

	snprintf(arguments[n - 1], RULE_PATH_BYTES, "%s", spool);
	for (size_t i = 0; i < n; i++) {
		argv[i] = arguments[i];
	}
	argv[n] = NULL;
	if (dup2(in, 0) < 0 || dup2(err, 2) < 0 || dup2(open("/dev/null", O_WRONLY), 1) < 0 ||
	    chdir("/") < 0 || rights_take(r) < 0) {
		_exit(EX_OSERR);
	}
	execve(program, argv, nothing);
	_exit(errno == EACCES ? 126 : 127);
}

/* The filter's exit code, and what it said without its line end. */
static int
ask_filter(const struct rights *r, const char *program, const char *spool, const char *message,
    char *said, size_t cap)
{
	int in[2], err[2] = {-1, -1}, status = -1;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0) {
		return -1;
	}
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		run(r, program, spool, in[0], err[1]);
	}
	close(err[1]);
	/* It fits into the pipe. We hold the other end, so it does not matter who reads it. */
	if (pid > 0 && write(in[1], message, strlen(message)) < 0) {
		status = -1;
	}
	close(in[0]);
	close(in[1]);
	while (len < cap - 1 && (n = read(err[0], said + len, cap - 1 - len)) > 0) {
		len += (size_t)n;
	}
	said[len] = '\0';
	said[strcspn(said, "\n")] = '\0';
	close(err[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Why the filter cannot read it, as text; false where it can, or that cannot be tried. */
static bool
lacks_rights(
    const struct check *k, const struct section *t, const char *path, char *text, size_t cap)
{
	char program[RULE_PATH_BYTES], token[TOKEN_CHARS + 1], said[OPTION_BYTES];
	char message[TOKEN_CHARS + 64];
	const char *sentence;
	struct rights r;
	int code;

	check_program(t, program);
	if (program[0] != '/' || access(program, X_OK) < 0 || probe(path, token) < 0) {
		return false; /* said elsewhere, or nothing to try it with */
	}
	rights_of(k->exim, t, &r);
	snprintf(message, sizeof(message), "Graft-Attach: %s\n\n", token);
	code = ask_filter(&r, program, path, message, said, sizeof(said));
	if (code == EX_NOINPUT) {
		return false;
	}
	/* "-: refused exit=78 reason=spool: …" */
	sentence = strstr(said, " reason=");
	sentence = sentence == NULL ? NULL : strstr(sentence, ": ");
	if (code == 126 || code == 127) {
		snprintf(text, cap,
		    "with the rights that Exim gives it, the filter '%s' cannot be run", program);
	} else {
		snprintf(text, cap,
		    "with the rights that Exim gives it, the filter cannot graft (%d): %.500s",
		    code, sentence == NULL ? said : sentence + 2);
	}
	return true;
}

void
check_spools(const struct check *k)
{
	char path[RULE_PATH_BYTES], text[OPTION_BYTES];

	for (size_t i = 0; i < k->exim->transports.count; i++) {
		const struct section *t = &k->exim->transports.section[i];

		if (!check_is_filtered(t)) {
			continue;
		}
		check_spool(t, path);
		if (k->spool != NULL && !is_same(path, k->spool)) {
			snprintf(text, sizeof(text),
			    "its filter reads the spool '%s', but 'mailgraft put' stores in '%s'",
			    path, k->spool);
			check_danger(k, "other-spool", "transport", t->name, text,
			    "the same path in --spool (MAILGRAFT_SPOOL) and in mailgraft.yaml");
		}
		if (!check_there(k, t, path)) {
			continue;
		}
		if (geteuid() != 0) {
			check_group(k, t);
		} else if (lacks_rights(k, t, path, text, sizeof(text)) && !check_group(k, t)) {
			check_danger(k, "rights", "transport", t->name, text, repair);
		}
	}
}
