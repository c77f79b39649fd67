/*
 * put.c - `mailgraft put`: stores files, prints one token a line
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/intake.h"

static const char usage[] =
    "usage: mailgraft put [--spool DIR] [--name NAME] [--type TYPE] [--inline] [--cid ID]\n"
    "                     [--to ADDRESS] [--expires 14d] [--json] FILE…\n"
    "\n"
    "Stores files in their order and prints one token a line. '-' is standard input.\n"
    "\n"
    "  --name NAME      the attachment's name (the file's)\n"
    "  --type TYPE      its media type (what libmagic says)\n"
    "  --inline         to be shown in the text, not beside it\n"
    "  --cid ID         its Content-ID\n"
    "  --to ADDRESS     good for this recipient only\n"
    "  --expires SPAN   good for so many m, h, d or w (30d)\n"
    "  --json           one object a line: token, marker, header, digest, size, type,\n"
    "                   name, expires\n";

struct options {
	const char *spool;
	bool json;
	struct request request;         /* its file is set for each argument */
};

enum { STOP = -1 };

/* STOP to go on after the options; otherwise the exit code. */
static int
read_options(int argc, char **argv, struct options *o, struct complaint *c)
{
	static const struct option options[] = {
		{ "spool", required_argument, NULL, 's' },
		{ "name", required_argument, NULL, 'n' },
		{ "type", required_argument, NULL, 't' },
		{ "inline", no_argument, NULL, 'i' },
		{ "cid", required_argument, NULL, 'c' },
		{ "to", required_argument, NULL, 'r' },
		{ "expires", required_argument, NULL, 'e' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	int option;

	while ((option = next_option(argc, argv, options, c)) != -1) {
		switch (option) {
		case 's':
			o->spool = optarg;
			break;
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
		case 'e':
			if (parse_span(optarg, &o->request.expires) != 0) {
				complain(c, EX_USAGE, "bad --expires '%s': say a number and m, h, d or w",
				    optarg);
				return complain_aloud("put", c);
			}
			break;
		case 'j':
			o->json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EX_OK;
		case 'v':
			puts("mailgraft " MAILGRAFT_VERSION);
			return EX_OK;
		default:
			return complain_aloud("put", c);
		}
	}
	return STOP;
}

/* Everything added so far becomes durable, then it is answered. */
static int
commit(struct intake *in, bool json, struct complaint *c)
{
	size_t count = intake_pending(in);

	if (count == 0) {
		return 0;
	}
	if (intake_commit(in, c) != 0) {
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		receipt_print(intake_receipt(in, i), json);
	}
	return 0;
}

static int
put_files(struct options *o, int count, char **files)
{
	struct intake *in = NULL;
	struct complaint failed, c;
	int ret = EX_OK;

	if (intake_open(spool_path(o->spool), &in, &c) != 0) {
		return complain_aloud("put", &c);
	}
	for (int i = 0; i < count && ret == EX_OK; i++) {
		o->request.file = files[i];
		if (intake_add(in, &o->request, &failed) != 0) {
			ret = failed.code;
		}
		if ((ret != EX_OK || i == count - 1 || intake_pending(in) == STORE_GROUP_MAX) &&
		    commit(in, o->json, &c) != 0) {
			ret = complain_aloud("put", &c);
			goto out;
		}
	}
	if (ret != EX_OK) {
		complain_aloud("put", &failed);
	}
out:
	intake_close(&in);
	return finish_output("put") != 0 ? EX_IOERR : ret;
}

int
put_main(int argc, char **argv)
{
	struct options o = { .request = { .expires = EXPIRES_DEFAULT } };
	struct complaint c;
	int ret = read_options(argc, argv, &o, &c);

	if (ret != STOP) {
		return ret;
	}
	if (optind == argc) {
		complain(&c, EX_USAGE, "no file given; 'mailgraft put --help' says more");
		return complain_aloud("put", &c);
	}
	if (o.request.name != NULL && argc - optind > 1) {
		complain(&c, EX_USAGE, "--name is for one file, and there are %d", argc - optind);
		return complain_aloud("put", &c);
	}
	if (o.request.cid != NULL && argc - optind > 1) {
		complain(&c, EX_USAGE, "--cid is for one file, and there are %d", argc - optind);
		return complain_aloud("put", &c);
	}
	return put_files(&o, argc - optind, argv + optind);
}
