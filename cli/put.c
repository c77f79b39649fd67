/*
 * put.c - `mailgraft put`: stores files, prints one token a line
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/batch.h"
#include "cli/command.h"
#include "cli/duration.h"
#include "cli/intake.h"
#include "cli/progress.h"
#include "cli/settings.h"

static const char usage[] =
    "usage: mailgraft put [--spool DIR] [--name NAME] [--type TYPE] [--inline] [--cid ID]\n"
    "                     [--to ADDRESS] [--expires 14d] [--keep] [--exec COMMAND]\n"
    "                     [--reflink | --link | --move] [--json] FILE…\n"
    "       mailgraft put --batch [OPTION…] < REQUESTS\n"
    "\n"
    "Stores the files in order and prints one token a line. '-' is standard input.\n"
    "\n"
    "  --name NAME      the attachment's name (default: the name of the file)\n"
    "  --type TYPE      its media type (default: by content, then by name)\n"
    "  --inline         show it within the text\n"
    "  --cid ID         its Content-ID\n"
    "  --to ADDRESS     the token is good for this recipient only\n"
    "  --expires SPAN   how long the token is good, in m, h, d or w (default: 30d)\n"
    "  --keep           keep the file until then, also after 'mailgraft gc --delivered'\n"
    "  --exec COMMAND   store a file only if this shell command exits with 0; it gets the\n"
    "                   content on standard input\n"
    "  --reflink        share blocks with the file if the file system can do it\n"
    "  --link           take the file over without a copy; its name stays. It must be on the\n"
    "                   spool's file system, and nobody may write to it. Otherwise: copy\n"
    "  --move           the same, and remove its name after the token is printed\n"
    "  --json           one object a line: token, marker, header, digest, size, type,\n"
    "                   name, expires\n"
    "  --batch          one request a line on standard input, one answer a line:\n"
    "                   "
    "{\"file\":…,\"name\":…,\"type\":…,\"to\":…,\"expires\":…,\"inline\":…,\"cid\":…,\n"
    "                    \"keep\":…},\n"
    "                   with \"bytes\":N instead of file, and N raw bytes after the line;\n"
    "                   or these fields separated by tabs. The options are the defaults\n";

struct options {
	struct command_line line;
	bool batch;
	struct put_request request; /* its file is set for each argument */
	struct progress progress;
};

/* 0: the options are read, go on. 1: the command is over, with *code. */
static int
read_options(int argc, char **argv, struct options *o, int *code)
{
	static const struct option options[] = {
	    COMMON_OPTIONS,
	    {"name", required_argument, NULL, 'n'},
	    {"type", required_argument, NULL, 't'},
	    {"inline", no_argument, NULL, 'i'},
	    {"cid", required_argument, NULL, 'c'},
	    {"to", required_argument, NULL, 'r'},
	    {"expires", required_argument, NULL, 'e'},
	    {"keep", no_argument, NULL, 'k'},
	    {"exec", required_argument, NULL, 'x'},
	    {"reflink", no_argument, NULL, 'l'},
	    {"link", no_argument, NULL, 'L'},
	    {"move", no_argument, NULL, 'M'},
	    {"batch", no_argument, NULL, 'b'},
	    {0},
	};
	struct complaint c;
	int option;

	while ((option = command_option(argc, argv, options, &o->line, code)) > 0) {
		switch (option) {
		case 'n':
			o->request.name = optarg;
			break;
		case 't':
			o->request.type = optarg;
			break;
		case 'i':
			o->request.is_inline = true;
			break;
		case 'c':
			o->request.cid = optarg;
			break;
		case 'r':
			o->request.to = optarg;
			break;
		case 'k':
			o->request.keep = true;
			break;
		case 'x':
			o->request.scanner = optarg;
			break;
		case 'l':
			o->request.reflink = true;
			break;
		case 'M':
			o->request.move = true;
			o->request.take_over = true;
			break;
		case 'L':
			o->request.move = false;
			o->request.take_over = true;
			break;
		case 'b':
			o->batch = true;
			break;
		default:
			if (duration_parse(optarg, &o->request.expires) != 0) {
				complain(&c, EX_USAGE,
				    "bad --expires '%s': say a number and m, h, d or w", optarg);
				*code = complain_aloud("put", &c);
				return 1;
			}
		}
	}
	return option == 0;
}

/* Refuses options that exclude each other. */
static int
check_options(const struct options *o, int files, struct complaint *c)
{
	if (o->batch && files > 0) {
		return complain(c, EX_USAGE, "with --batch files are named on standard input");
	}
	if (!o->batch && files == 0) {
		return complain(c, EX_USAGE, "no file given; 'mailgraft put --help' says more");
	}
	if (o->request.name != NULL && files > 1) {
		return complain(c, EX_USAGE, "--name is for one file, and there are %d", files);
	}
	if (o->request.cid != NULL && files > 1) {
		return complain(c, EX_USAGE, "--cid is for one file, and there are %d", files);
	}
	return 0;
}

/* Makes everything durable that was added so far, then answers it. */
static int
commit(struct intake_group *group, struct options *o, struct complaint *c)
{
	size_t count = intake_pending(group);
	bool answered;

	if (count == 0) {
		return 0;
	}
	if (intake_commit(group, c) != 0) {
		return -1;
	}
	progress_pause(&o->progress);
	for (size_t i = 0; i < count; i++) {
		receipt_print(intake_receipt(group, i), o->line.json);
	}
	answered = fflush(stdout) == 0;
	progress_resume(&o->progress);
	/* A failure is noticed when the output is ended. */
	return answered ? intake_remove_moved(group, c) : 0;
}

/* Of all files together; 0 where that cannot be known. */
static uint64_t
total_size(int count, char **files)
{
	uint64_t total = 0;

	for (int i = 0; i < count; i++) {
		struct stat st;

		if (strcmp(files[i], "-") == 0 || stat(files[i], &st) != 0 ||
		    !S_ISREG(st.st_mode)) {
			return 0;
		}
		total += (uint64_t)st.st_size;
	}
	return total;
}

static int
put_files(struct intake *in, struct options *o, int count, char **files)
{
	struct intake_group *group;
	struct complaint failed, c;
	int ret = EX_OK;

	if (intake_group_new(in, &group, &c) != 0) {
		return complain_aloud("put", &c);
	}
	for (int i = 0; i < count && ret == EX_OK; i++) {
		o->request.file = files[i];
		if (intake_take(in, &o->request, &failed) != 0 ||
		    intake_add(in, group, &o->request, &failed) != 0) {
			ret = failed.code;
		}
		progress_add(&o->progress, ret == EX_OK, 0);
		if ((ret != EX_OK || i == count - 1 || intake_full(group)) &&
		    commit(group, o, &c) != 0) {
			failed = c;
			ret = c.code;
			break;
		}
	}
	intake_group_free(&group);
	progress_end(&o->progress);
	return ret == EX_OK ? EX_OK : complain_aloud("put", &failed);
}

int
put_main(int argc, char **argv)
{
	struct options o = {
	    .line = {.name = "put", .usage = usage},
	    .request = {.expires = settings()->expires},
	};
	struct intake *in = NULL;
	struct complaint c;
	int ret;

	if (read_options(argc, argv, &o, &ret) != 0) {
		return ret;
	}
	if (check_options(&o, argc - optind, &c) != 0 ||
	    intake_open(spool_path(o.line.spool), &o.progress, &in, &c) != 0) {
		return complain_aloud("put", &c);
	}
	progress_begin(&o.progress, "files", total_size(argc - optind, argv + optind));
	if (o.batch) {
		ret = batch_run(in, &o.request, o.line.json, &o.progress);
	} else {
		ret = put_files(in, &o, argc - optind, argv + optind);
	}
	progress_end(&o.progress);
	intake_close(&in);
	return finish_output("put") != 0 ? EX_IOERR : ret;
}
