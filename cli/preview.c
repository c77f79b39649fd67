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
#include "cli/limits.h"
#include "filter/graft.h"
#include "filter/spool-prover.h"
#include "mime/tree.h"

static const char usage[] =
    "usage: mailgraft preview [--spool DIR] [--recipient ADDRESS] < message\n"
    "\n"
    "Writes the message to standard output as the filter would deliver it. Its part\n"
    "trees before and after go to standard error.\n"
    "\n"
    "  --recipient ADDRESS   the envelope recipient, instead of Graft-Recipient's\n";

struct options {
	const char *spool;
	bool has_recipient; /* else it is what the message says */
	struct recipient recipient;
};

/* A temporary file without a name. */
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
	char buf[PREVIEW_COPY_BYTES];
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

/* 0, or -1 with *why filled in. */
static int
graft_for(const struct options *o, struct graft *g, struct sink *to, struct refusal *why)
{
	struct spool_prover spool;
	struct prover prover;
	int ret;

	if (spool_prover_open(&spool, o->spool, time(NULL), &prover, why) < 0) {
		return -1;
	}
	ret = graft_plan(g, &prover, o->has_recipient ? &o->recipient : NULL);
	if (ret == 0) {
		ret = graft_emit(g, to);
	}
	*why = *graft_refusal(g);
	spool_prover_close(&spool);
	return ret;
}

static int
grafted(const struct options *o, int in, int out, struct complaint *c)
{
	static struct sink to;
	char sentence[SENTENCE_MAX];
	struct graft *g = graft_new();
	struct refusal why;
	int ret;

	if (g == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	sink_to_fd(&to, out);
	to.name = "a temporary";
	ret = graft_from_fd(g, in, "the message");
	why = *graft_refusal(g);
	if (ret == 0 && !graft_opts_in(g)) {
		fprintf(stderr, "(the message asks for no attachment: it is passed on as it is)\n");
		ret = graft_pass(g, &to);
		why = *graft_refusal(g);
	} else if (ret == 0) {
		ret = graft_for(o, g, &to, &why);
	}
	if (ret < 0) {
		refusal_sentence(&why, sentence, sizeof(sentence));
		complain(c, refusal_exit(&why), "%s", sentence);
	}
	graft_free(&g);
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

/* STOP: the options are read, go on. Otherwise the exit code. */
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
	int option;

	while ((option = next_option(argc, argv, options, c)) != -1) {
		switch (option) {
		case 's':
			o->spool = optarg;
			break;
		case 'r':
			if (address_recipient(optarg, strlen(optarg), &o->recipient) < 0 ||
			    o->recipient.len == 0) {
				complain(c, EX_USAGE, "'%s' is no address", optarg);
				return complain_aloud("preview", c);
			}
			o->has_recipient = true;
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
	struct options o = {.spool = NULL};
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
