/*
 * gc.c - `mailgraft gc`: sweeps the spool and says what it did; with --delivered, it first asks
 * Exim's queues what they need
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-exim.h"
#include "cli/complain-spool.h"
#include "cli/duration.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/settings.h"
#include "exim/needed.h"
#include "exim/program.h"
#include "spool/sweep.h"

_Static_assert((int)GRACE_MIN > (int)STORE_YOUNG, "what is young is younger than any grace");

static const char usage[] =
    "usage: mailgraft gc [--spool DIR] [--grace 24h] [--delivered 1d [--exim PROGRAM]\n"
    "                    [--exim-spool DIR]] [--dry-run] [--force] [--json]\n"
    "\n"
    "Removes entries that have expired and blobs that no entry names.\n"
    "\n"
    "  --grace SPAN       keep what expired or was stored within this time (default:\n"
    "                     24h; at least 1h)\n"
    "  --delivered SPAN   also remove entries that were stored longer ago than this (at\n"
    "                     least 1h), without --keep, and that no message in Exim's queues\n"
    "                     needs. Run it as root, or as a user who can read both\n"
    "  --exim PROGRAM     the Exim program that says where the queue is\n"
    "  --exim-spool DIR   Exim's spool directory\n"
    "  --dry-run          count, and remove nothing\n"
    "  --force            go on although the clock seems wrong by days\n";

struct gc {
	const char *spool;
	bool json;
	struct sweep_options sweep;
	uint64_t delivered; /* seconds; 0: no --delivered */
	const char *exim, *exim_spool;
	struct id_set *needed;
};

static void
step(void *arg, int at)
{
	progress_reach(arg, (uint64_t)at, SWEEP_END);
	progress_add(arg, 1, 0);
}

static void
print_result(const struct gc *g, const struct sweep_result *r)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
	    {"entries", r->entries},
	    {"entries_removed", r->entries_removed},
	    {"unneeded_removed", r->unneeded_removed},
	    {"blobs", r->blobs},
	    {"blobs_removed", r->blobs_removed},
	    {"bytes", r->bytes},
	    {"bytes_removed", r->bytes_removed},
	    {"damaged", r->damaged},
	};
	int first = 1;

	if (!g->json) {
		printf("%s %llu of %llu entries, %llu of %llu blobs, %llu of %llu bytes",
		    g->sweep.dry_run ? "would remove" : "removed",
		    (unsigned long long)r->entries_removed, (unsigned long long)r->entries,
		    (unsigned long long)r->blobs_removed, (unsigned long long)r->blobs,
		    (unsigned long long)r->bytes_removed, (unsigned long long)r->bytes);
		if (g->delivered > 0) {
			printf("; %llu of the entries are not expired, but not needed",
			    (unsigned long long)r->unneeded_removed);
		}
		putchar('\n');
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_number(stdout, &first, rows[i].name, rows[i].value);
	}
	puts("}");
}

static int
complain_sweep(const char *path, const struct spool_fail *why, struct complaint *c)
{
	if (why->error == EAGAIN && why->check == FAIL_SWEEP) {
		return complain(c, EX_TEMPFAIL, "another gc or fsck of '%s' is running", path);
	}
	if (why->error == ETIME) {
		return complain(c, EX_TEMPFAIL,
		    "the clock is days %s of what the spool '%s' has seen: if it is right, use "
		    "--force",
		    why->object, path);
	}
	return complain_spool(c, path, why, "cannot sweep");
}

/*
 * What Exim's queues need. We may miss a message that comes in while we read them, or later. But
 * its files were stored within the span before now, and these are not touched. So the span is the
 * longest time that an application may take from `put` to the queue.
 */
static int
ask_queues(struct gc *g, struct complaint *c)
{
	char said[CONFIG_PATH_MAX];
	const char *program, *directory = g->exim_spool;
	struct spool_fail why = {0};
	struct exim_fail unknown;

	g->sweep.stored_before = (int64_t)time(NULL) - (int64_t)g->delivered;
	if (directory == NULL) {
		program = exim_program(g->exim, &unknown);
		if (program == NULL || exim_spool(program, said, sizeof(said), &unknown) < 0) {
			return complain_exim(c, &unknown);
		}
		directory = said;
	}
	if (id_set_new(&g->needed, &why) != 0) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	if (needed_collect(directory, g->needed, &unknown) < 0) {
		return complain_exim(c, &unknown);
	}
	id_set_seal(g->needed);
	g->sweep.needed = g->needed;
	return 0;
}

static int
run(struct gc *g, struct complaint *c)
{
	struct spool_fail why = {0};
	struct sweep_result result;
	struct spool *spool = NULL;
	struct progress progress;
	int ret = spool_open(g->spool, &spool, &why);

	if (ret != 0) {
		return complain_spool(c, g->spool, &why, "cannot open the spool");
	}
	progress_begin(&progress, "files", 0);
	g->sweep.step = step;
	g->sweep.arg = &progress;
	ret = sweep(spool, &g->sweep, &result, &why);
	progress_end(&progress);
	spool_close(&spool);
	if (ret != 0) {
		return complain_sweep(g->spool, &why, c);
	}
	print_result(g, &result);
	return result.damaged == 0
	    ? 0
	    : complain(c, EX_DATAERR, "%llu entries are damaged: run 'mailgraft fsck'",
	          (unsigned long long)result.damaged);
}

static int
read_options(int argc, char **argv, struct gc *g, struct command_line *line, int *code)
{
	static const struct option options[] = {
	    COMMON_OPTIONS,
	    {"grace", required_argument, NULL, 'g'},
	    {"delivered", required_argument, NULL, 'D'},
	    {"exim", required_argument, NULL, 'e'},
	    {"exim-spool", required_argument, NULL, 'q'},
	    {"dry-run", no_argument, NULL, 'd'},
	    {"force", no_argument, NULL, 'f'},
	    {0},
	};
	struct complaint c;
	int option;

	while ((option = command_option(argc, argv, options, line, code)) > 0) {
		uint64_t *span = option == 'D' ? &g->delivered : &g->sweep.grace;

		if (option == 'd') {
			g->sweep.dry_run = true;
		} else if (option == 'f') {
			g->sweep.force = true;
		} else if (option == 'e' || option == 'q') {
			*(option == 'e' ? &g->exim : &g->exim_spool) = optarg;
		} else if (duration_parse(optarg, span) != 0 || *span < GRACE_MIN) {
			complain(&c, EX_USAGE,
			    "bad --%s '%s': say a number and m, h, d or w, at least 1h",
			    option == 'D' ? "delivered" : "grace", optarg);
			*code = complain_aloud("gc", &c);
			return -1;
		}
	}
	if (option == 0) {
		return -1;
	}
	if (optind < argc) {
		complain(&c, EX_USAGE, "gc takes no argument, and got '%s'", argv[optind]);
		*code = complain_aloud("gc", &c);
		return -1;
	}
	return 0;
}

int
gc_main(int argc, char **argv)
{
	struct command_line line = {.name = "gc", .usage = usage};
	struct gc g = {.sweep = {.grace = settings()->grace}};
	struct complaint c;
	int ret;

	if (read_options(argc, argv, &g, &line, &ret) != 0) {
		return ret;
	}
	g.spool = spool_path(line.spool);
	g.json = line.json;
	ret = g.delivered == 0 ? 0 : ask_queues(&g, &c);
	if (ret == 0) {
		ret = run(&g, &c);
	}
	id_set_free(&g.needed);
	if (ret != 0) {
		complain_aloud("gc", &c);
		finish_output("gc");
		return c.code;
	}
	return finish_output("gc");
}
