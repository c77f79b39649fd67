/*
 * preview.c - `mailgraft preview`: what the filter would make of a message
 *
 * The grafted message goes to standard output, the part tree before and after
 * to standard error. Nothing is changed anywhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/address.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "filter/graft.h"
#include "mime/tree.h"

static const char usage[] =
    "usage: mailgraft preview [--spool DIR] [--recipient ADDRESS] < message\n"
    "\n"
    "Writes the message as the filter would deliver it to standard output, and its\n"
    "part tree before and after to standard error.\n"
    "\n"
    "  --recipient ADDRESS   deliver to this address, whatever Graft-Recipient says\n";

enum { COPY_BYTES = 64 * 1024, SENTENCE_BYTES = 1024 };

struct options {
	const char *spool;
	const char *recipient; /* canonical; NULL: what the message says */
	char address[RECIPIENT_MAX + 1];
};

/* A temporary that has no name. */
static int
temporary(struct complaint *c)
{
	int fd = open(P_tmpdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd
	               : complain(c, EX_CANTCREAT, "cannot make a temporary in '%s': %s", P_tmpdir,
	                     reason(errno));
}

static int
copy(int from, int to, const char *from_name, const char *to_name, struct complaint *c)
{
	char buf[COPY_BYTES];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n;) {
			ssize_t wrote = write(to, buf + at, (size_t)(n - at));

			if (wrote < 0) {
				return complain(
				    c, EX_IOERR, "cannot write %s: %s", to_name, reason(errno));
			}
			at += wrote;
		}
	}
	return n == 0 ? 0 : complain(c, EX_IOERR, "cannot read %s: %s", from_name, reason(errno));
}

static void
show_part(void *arg, const struct tree_part *p)
{
	(void)arg;
	fprintf(stderr, "  %*s%s", (int)(2 * p->depth), "", p->type);
	if (p->size >= 0) {
		fprintf(stderr, ", %" PRId64 " bytes", p->size);
	}
	if (p->disposition != NULL) {
		fprintf(stderr, ", %s", p->disposition);
	}
	if (p->filename != NULL) {
		fprintf(stderr, ", '%s'", p->filename);
	}
	if (p->cid != NULL) {
		fprintf(stderr, ", <%s>", p->cid);
	}
	fputc('\n', stderr);
}

static void
show_tree(const char *title, int fd)
{
	fprintf(stderr, "%s:\n", title);
	if (tree_walk(fd, show_part, NULL) < 0) {
		fprintf(stderr, "  no message\n");
	}
}

static int
grafted(const struct options *o, int in, int out, struct complaint *c)
{
	struct graft_options options = {
	    .spool = o->spool,
	    .now = time(NULL),
	    .recipient = o->recipient,
	};
	char sentence[SENTENCE_BYTES];
	struct graft *g = NULL;
	int ret = graft_begin(in, &g);

	if (ret == 0 && !graft_opts_in(g)) {
		fprintf(stderr, "(the message asks for no attachment: it is passed on as it is)\n");
		ret = graft_pass(g, out, NULL);
	} else if (ret == 0) {
		ret = graft_plan(g, &options);
		ret = ret < 0 ? ret : graft_emit(g, out, NULL);
	}
	if (ret < 0) {
		graft_sentence(g, sentence, sizeof(sentence));
		complain(c, graft_exit(g), "%s", sentence);
	}
	graft_end(g);
	return ret;
}

static int
preview(const struct options *o, struct complaint *c)
{
	int before = -1, after = -1, ret = -1;

	before = temporary(c);
	if (before < 0) {
		goto out;
	}
	after = temporary(c);
	if (after < 0 || copy(0, before, "standard input", "a temporary", c) < 0) {
		goto out;
	}
	show_tree("before", before);
	lseek(before, 0, SEEK_SET);
	if (grafted(o, before, after, c) < 0) {
		goto out;
	}
	show_tree("after", after);
	lseek(after, 0, SEEK_SET);
	ret = copy(after, 1, "a temporary", "standard output", c);
out:
	if (after >= 0) {
		close(after);
	}
	if (before >= 0) {
		close(before);
	}
	return ret;
}

enum { STOP = -1 };

/* STOP to go on after the options; otherwise the exit code. */
static int
read_options(int argc, char **argv, struct options *o, struct complaint *c)
{
	static const struct option options[] = {
	    {"spool", required_argument, NULL, 's'},
	    {"recipient", required_argument, NULL, 'r'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'v'},
	    {0},
	};
	struct recipient r;
	int option;

	while ((option = next_option(argc, argv, options, c)) != -1) {
		switch (option) {
		case 's':
			o->spool = optarg;
			break;
		case 'r':
			if (address_recipient(optarg, strlen(optarg), &r) < 0 || r.len == 0) {
				complain(c, EX_USAGE, "'%s' is no address", optarg);
				return complain_aloud("preview", c);
			}
			memcpy(o->address, r.address, r.len);
			o->address[r.len] = '\0';
			o->recipient = o->address;
			break;
		case 'h':
			fputs(usage, stdout);
			return EX_OK;
		case 'v':
			puts("mailgraft " MAILGRAFT_VERSION);
			return EX_OK;
		default:
			return complain_aloud("preview", c);
		}
	}
	if (optind < argc) {
		complain(
		    c, EX_USAGE, "the message comes on standard input, not as '%s'", argv[optind]);
		return complain_aloud("preview", c);
	}
	return STOP;
}

int
preview_main(int argc, char **argv)
{
	struct options o = {.recipient = NULL};
	struct complaint c;
	int code = read_options(argc, argv, &o, &c);

	if (code != STOP) {
		return code;
	}
	o.spool = spool_path(o.spool);
	if (preview(&o, &c) < 0) {
		return complain_aloud("preview", &c);
	}
	return EX_OK;
}
