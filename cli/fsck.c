/*
 * fsck.c - `mailgraft fsck`: checks everything in the spool
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-spool.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "spool/fsck.h"
#include "spool/used.h"

static const char usage[] =
    "usage: mailgraft fsck [--spool DIR] [--repair] [--json]\n"
    "\n"
    "Checks modes, owners, keys, every entry and the content of every blob. Exit 1 if\n"
    "anything is wrong; files that gc will remove are not wrong.\n"
    "\n"
    "  --repair   correct modes and owners and move damaged files to quarantine/;\n"
    "             nothing is deleted\n";

enum { FOUND_BAD = 1 };

struct session {
	bool json;
	struct progress progress;
};

static void
print_finding(const struct fsck_finding *f, bool json)
{
	const char *grade = f->grade == FSCK_BAD ? "bad" : "unused";
	int first = 1;

	if (!json) {
		printf(
		    "%s: '%s' %s%s\n", grade, f->path, f->what, f->repaired ? " (repaired)" : "");
		return;
	}
	json_text(stdout, &first, "grade", grade, strlen(grade));
	json_text(stdout, &first, "path", f->path, strlen(f->path));
	json_text(stdout, &first, "what", f->what, strlen(f->what));
	json_number(stdout, &first, "repaired", f->repaired);
	puts("}");
}

static void
found(void *arg, const struct fsck_finding *f)
{
	struct session *s = arg;

	progress_pause(&s->progress);
	print_finding(f, s->json);
	progress_resume(&s->progress);
}

static void
step(void *arg, uint64_t files, uint64_t bytes)
{
	struct session *s = arg;

	progress_add(&s->progress, files, bytes);
}

static void
print_result(const struct fsck_result *r, bool json)
{
	int first = 1;

	if (!json) {
		printf("%s: %llu entries, %llu blobs, %llu bytes, %llu bad, %llu unused\n",
		    r->bad > 0 ? "not clean" : "clean", (unsigned long long)r->entries,
		    (unsigned long long)r->blobs, (unsigned long long)r->bytes,
		    (unsigned long long)r->bad, (unsigned long long)r->unused);
		return;
	}
	json_number(stdout, &first, "entries", r->entries);
	json_number(stdout, &first, "blobs", r->blobs);
	json_number(stdout, &first, "bytes", r->bytes);
	json_number(stdout, &first, "bad", r->bad);
	json_number(stdout, &first, "unused", r->unused);
	json_number(stdout, &first, "repaired", r->repaired);
	puts("}");
}

/* fsck reports a spool that is open to others, and does not touch one of another format. */
static int
open_spool(const char *path, struct spool **spool_r, struct complaint *c)
{
	struct spool_fail why = {0};
	int ret = spool_open(path, spool_r, &why);

	if (ret == -EPERM ||
	    (ret == -ENOENT && strcmp(why.object, "format") != 0 &&
	        strcmp(why.object, path) != 0)) {
		ret = spool_open_unchecked(path, spool_r, &why);
	}
	return ret == 0 ? 0 : complain_spool(c, path, &why, "cannot open the spool");
}

int
fsck_main(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OPTIONS,
	    {"repair", no_argument, NULL, 'r'},
	    {0},
	};
	struct command_line line = {.name = "fsck", .usage = usage};
	struct session session = {0};
	struct fsck_options o = {.found = found, .step = step, .arg = &session};
	struct spool_fail why = {0};
	struct spool *spool = NULL;
	struct fsck_result result;
	struct complaint c;
	const char *path;
	int option, ret;

	while ((option = command_option(argc, argv, options, &line, &ret)) > 0) {
		o.repair = true;
	}
	if (option == 0) {
		return ret;
	}
	path = spool_path(line.spool);
	session.json = line.json;
	if (optind < argc) {
		complain(&c, EX_USAGE, "fsck takes no argument, and got '%s'", argv[optind]);
		return complain_aloud("fsck", &c);
	}
	if (open_spool(path, &spool, &c) != 0) {
		return complain_aloud("fsck", &c);
	}
	note_another_spool("fsck", path, spool);
	note_no_openat2("fsck", spool);
	progress_begin(&session.progress, "files", used_get(spool));
	ret = fsck(spool, &o, &result, &why);
	progress_end(&session.progress);
	spool_close(&spool);
	if (ret == -EAGAIN && why.check == FAIL_SWEEP) {
		complain(&c, EX_TEMPFAIL, "a gc or another fsck of '%s' is running", path);
		return complain_aloud("fsck", &c);
	}
	if (ret != 0) {
		finish_output("fsck");
		complain_spool(&c, path, &why, "cannot check the spool");
		return complain_aloud("fsck", &c);
	}
	print_result(&result, line.json);
	ret = finish_output("fsck");
	return ret != 0 ? ret : result.bad > 0 ? FOUND_BAD : EX_OK;
}
