/*
 * gc.c - `mailgraft gc`: sweeps the spool and says what it did
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "spool/sweep.h"

static const char usage[] =
    "usage: mailgraft gc [--spool DIR] [--grace 24h] [--dry-run] [--force] [--json]\n"
    "\n"
    "Removes entries that have expired and blobs that no entry names.\n"
    "\n"
    "  --grace SPAN   leaves what expired or was stored so recently (24h; at least 1h)\n"
    "  --dry-run      only counts\n"
    "  --force        although the clock is days off what the spool has seen\n";

static void
step(void *arg)
{
	progress_add(arg, 0, 0);
}

static void
print_result(const struct sweep_result *r, bool dry_run, bool json)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "entries", r->entries }, { "entries_removed", r->entries_removed },
		{ "blobs", r->blobs }, { "blobs_removed", r->blobs_removed },
		{ "bytes", r->bytes }, { "bytes_removed", r->bytes_removed }, { "damaged", r->damaged },
	};
	int first = 1;

	if (!json) {
		printf("%s %llu of %llu entries, %llu of %llu blobs, %llu of %llu bytes\n",
		    dry_run ? "would remove" : "removed", (unsigned long long)r->entries_removed,
		    (unsigned long long)r->entries, (unsigned long long)r->blobs_removed,
		    (unsigned long long)r->blobs, (unsigned long long)r->bytes_removed,
		    (unsigned long long)r->bytes);
		return;
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_number(stdout, &first, rows[i].name, rows[i].value);
	}
	puts("}");
}

static int
complain_sweep(const char *path, const struct spool_fail *why, struct complaint *c)
{
	if (why->error == EAGAIN && strcmp(why->call, "sweep") == 0) {
		return complain(c, EX_TEMPFAIL, "another gc or fsck of '%s' is running", path);
	}
	if (why->error == ETIME) {
		return complain(c, EX_TEMPFAIL,
		    "the clock is days %s of what the spool '%s' has seen: if it is right, use --force",
		    why->object, path);
	}
	return complain_spool(c, path, why, "cannot sweep");
}

static int
run(const char *path, const struct sweep_options *asked, bool json, struct complaint *c)
{
	struct spool_fail why = { 0 };
	struct sweep_result result;
	struct spool *spool = NULL;
	struct progress progress;
	struct sweep_options options = *asked;
	int ret = spool_open(path, &spool, &why);

	if (ret != 0) {
		return complain_spool(c, path, &why, "cannot open the spool");
	}
	progress_begin(&progress, -1);
	options.step = step;
	options.arg = &progress;
	ret = sweep(spool, &options, &result, &why);
	progress_end(&progress);
	spool_close(&spool);
	if (ret != 0) {
		return complain_sweep(path, &why, c);
	}
	print_result(&result, options.dry_run, json);
	return result.damaged == 0
	    ? 0
	    : complain(c, EX_DATAERR, "%llu entries are damaged: run 'mailgraft fsck'",
		  (unsigned long long)result.damaged);
}

int
gc_main(int argc, char **argv)
{
	static const struct option options[] = {
		COMMON_OPTIONS,
		{ "grace", required_argument, NULL, 'g' },
		{ "dry-run", no_argument, NULL, 'd' },
		{ "force", no_argument, NULL, 'f' },
		{ 0 },
	};
	struct command_line line = { .name = "gc", .usage = usage };
	struct sweep_options sweep_options = { .grace = config()->grace };
	struct complaint c;
	int option, ret;

	while ((option = command_option(argc, argv, options, &line, &ret)) > 0) {
		if (option == 'd') {
			sweep_options.dry_run = true;
		} else if (option == 'f') {
			sweep_options.force = true;
		} else if (parse_span(optarg, &sweep_options.grace) != 0 ||
		    sweep_options.grace < GRACE_MIN) {
			complain(&c, EX_USAGE, "bad --grace '%s': say a number and m, h, d or w, at least 1h",
			    optarg);
			return complain_aloud("gc", &c);
		}
	}
	if (option == 0) {
		return ret;
	}
	if (optind < argc) {
		complain(&c, EX_USAGE, "gc takes no argument, and got '%s'", argv[optind]);
		return complain_aloud("gc", &c);
	}
	if (run(spool_path(line.spool), &sweep_options, line.json, &c) != 0) {
		complain_aloud("gc", &c);
		finish_output("gc");
		return c.code;
	}
	return finish_output("gc");
}
