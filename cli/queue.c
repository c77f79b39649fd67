/*
 * queue.c - `mailgraft queue`: how much waits in Exim's queues, or which messages need a file
 *
 * Not here: reading and measuring the messages (exim/backlog.h)
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

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-exim.h"
#include "cli/complain-spool.h"
#include "cli/exim-queue.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/size.h"
#include "cli/table.h"
#include "exim/backlog.h"
#include "exim/rights.h"
#include "spool/entry.h"
#include "spool/hex.h"
#include "spool/walk.h"

static const char usage[] =
    "usage: mailgraft queue [--spool DIR] [--exim PROGRAM] [--exim-spool DIR]\n"
    "                       [--sort COLUMN] [--porcelain | --json] [FILE|ENTRY|TOKEN]\n"
    "\n"
    "Counts the messages in Exim's queues that wait for their attachments: messages,\n"
    "recipients, queued (their bytes in the queue), grafted (their bytes when they leave),\n"
    "refused (recipients for whom 'mailgraft stuck' has a reason), unreadable. With an\n"
    "argument it lists those that need this file: id, received, recipients, queued, grafted,\n"
    "queue. Run it as root, or as Exim's user in the spool's group.\n"
    "\n"
    "  --exim PROGRAM     the Exim to ask where its queue is\n"
    "  --exim-spool DIR   where it is\n" TABLE_USAGE;

enum { ID, RECEIVED, RECIPIENTS, QUEUED, GRAFTED, QUEUE, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    [ID] = {"id", TABLE_TEXT, false},
    [RECEIVED] = {"received", TABLE_TIME, false},
    [RECIPIENTS] = {"recipients", TABLE_NUMBER, false},
    [QUEUED] = {"queued", TABLE_SIZE, false},
    [GRAFTED] = {"grafted", TABLE_SIZE, false},
    [QUEUE] = {"queue", TABLE_TEXT, false},
};

struct counting {
	const char *spool;
	struct exim_queue exim;
	struct table *table; /* NULL: only the sums are wanted */
	struct id_set *wanted;
	struct progress progress;
	uint64_t to_read; /* messages in the queue; 0: not counted */
	uint64_t messages, recipients, queued, grafted, refused;
	struct complaint failed;
	int ret;
};

static void
step(void *arg)
{
	struct counting *k = arg;

	progress_reach(&k->progress, k->progress.count, k->to_read);
	progress_add(&k->progress, 1, 0);
}

static void
found(void *arg, const struct backlog_row *r)
{
	struct counting *k = arg;
	const struct table_value values[COLUMNS] = {
	    [ID] = {r->id, strlen(r->id), 0},
	    [RECEIVED] = {.number = r->received > 0 ? (uint64_t)r->received : 0},
	    [RECIPIENTS] = {.number = r->recipients},
	    [QUEUED] = {.number = r->queued},
	    [GRAFTED] = {.number = r->grafted},
	    [QUEUE] = {r->queue, strlen(r->queue), 0},
	};

	k->messages++;
	k->recipients += r->recipients;
	k->queued += r->queued;
	k->grafted += r->grafted;
	k->refused += r->refused;
	if (k->table != NULL && k->ret == 0) {
		k->ret = table_add(k->table, values, &k->failed);
	}
}

/* The SHA-256 of a file. */
static int
hash_file(const char *file, uint8_t digest[SHA256_BYTES], struct complaint *c)
{
	static uint8_t chunk[READ_CHUNK];
	struct sha256 sha256;
	struct stat st;
	ssize_t n = 0;
	int fd = open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0) {
		complain(c, EX_NOINPUT,
		    "'%.200s' is no token, no entry's id, and cannot be read: %s", file,
		    reason(errno));
		if (fd >= 0) {
			close(fd);
		}
		return -1;
	}
	sha256_begin(&sha256);
	while (S_ISREG(st.st_mode) && (n = read(fd, chunk, sizeof(chunk))) > 0) {
		sha256_add(&sha256, chunk, (size_t)n);
	}
	close(fd);
	sha256_end(&sha256, digest);
	if (!S_ISREG(st.st_mode) || n < 0) {
		return complain(c, EX_NOINPUT, "cannot read '%.200s': %s", file,
		    n < 0 ? reason(errno) : "it is not a regular file");
	}
	return 0;
}

/* Every entry of the file's content. */
static int
want_content(
    const struct counting *k, const struct spool *spool, const char *file, struct complaint *c)
{
	struct spool_fail why = {0};
	uint8_t digest[SHA256_BYTES];
	bool stored = false;
	struct walk_file f;
	struct walk w;
	struct entry e;
	int ret = 0;

	if (hash_file(file, digest, c) != 0) {
		return -1;
	}
	walk_begin(&w, spool, WALK_ENTRIES);
	while (ret == 0 && (ret = walk_next(&w, &f, &why)) > 0) {
		ret = 0;
		if (f.named && entry_load(spool, f.id, &e, &why) == 0 &&
		    memcmp(e.blob, digest, sizeof(digest)) == 0) {
			stored = true;
			ret = id_set_add(k->wanted, f.id, &why);
		}
	}
	walk_end(&w);
	if (ret < 0) {
		return complain_spool(c, k->spool, &why, "cannot look for '%.200s'", file);
	}
	return stored ? 0 : complain(c, EX_NOINPUT, "'%.200s' is not stored in the spool", file);
}

/* What the argument names, into k->wanted. */
static int
want(struct counting *k, const char *word, struct complaint *c)
{
	struct spool_fail why = {0};
	struct spool *spool = NULL;
	uint8_t id[ENTRY_ID_BYTES];
	struct token token;
	size_t len = strlen(word);
	int ret = id_set_new(&k->wanted, &why);

	if (ret != 0) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	if (token_decode((const uint8_t *)word, len, &token) == TOKEN_OK) {
		ret = id_set_add(k->wanted, token.entry_id, &why);
	} else if (len == sizeof(id) * 2 && hex_decode((const uint8_t *)word, len, id) == 0) {
		ret = id_set_add(k->wanted, id, &why);
	} else if (spool_open(k->spool, &spool, &why) != 0) {
		return complain_spool(c, k->spool, &why, "cannot open the spool");
	} else {
		ret = want_content(k, spool, word, c);
		spool_close(&spool);
	}
	id_set_seal(k->wanted);
	return ret;
}

/* Finds Exim's queue. As root: becomes Exim's user, with the spool's group, as the filter runs. */
static int
become_exim(struct counting *k, struct complaint *c)
{
	struct exim_fail why;
	struct stat spool;

	if (exim_queue_locate(&k->exim, c) < 0) {
		return -1;
	}
	if (geteuid() != 0) {
		return 0;
	}
	if (stat(k->spool, &spool) < 0) {
		return complain(
		    c, EX_CONFIG, "there is no spool at '%s': %s", k->spool, reason(errno));
	}
	return exim_become(k->exim.spool, &why) < 0 ? complain_exim(c, &why) : 0;
}

/* Messages that cannot be judged would be counted as refused: then say why none can. */
static int
check_spool(const struct counting *k, struct complaint *c)
{
	struct spool_fail why = {0};
	struct spool *spool = NULL;

	if (spool_open(k->spool, &spool, &why) != 0) {
		return complain_spool(c, k->spool, &why, "cannot open the spool");
	}
	spool_close(&spool);
	return 0;
}

static void
print_sums(const struct counting *k, uint64_t unreadable, enum table_form form)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
	    {"messages", k->messages},
	    {"recipients", k->recipients},
	    {"queued", k->queued},
	    {"grafted", k->grafted},
	    {"refused", k->refused},
	    {"unreadable", unreadable},
	};
	char queued[SIZE_TEXT_MAX], grafted[SIZE_TEXT_MAX];
	int first = 1;

	if (form == TABLE_PEOPLE) {
		printf("%" PRIu64 " messages wait for %" PRIu64
		       " recipients: %s in the queue, %s when they leave\n",
		    k->messages, k->recipients, size_short(k->queued, queued),
		    size_short(k->grafted, grafted));
		if (k->refused + unreadable > 0) {
			printf("%" PRIu64 " of them cannot be grafted now: 'mailgraft stuck' says "
			       "why\n",
			    k->refused + unreadable);
		}
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (form == TABLE_JSON) {
			json_number(stdout, &first, rows[i].name, rows[i].value);
		} else {
			printf("%s\t%" PRIu64 "\n", rows[i].name, rows[i].value);
		}
	}
	if (form == TABLE_JSON) {
		puts("}");
	}
}

static int
run(struct counting *k, enum table_form form, struct complaint *c)
{
	struct queue_fail why = {.what = NULL};
	struct backlog b = {.step = step, .found = found, .arg = k};
	int ret;

	if (become_exim(k, c) != 0 || check_spool(k, c) != 0) {
		return -1;
	}
	b.exim_spool = k->exim.spool;
	b.spool = k->spool;
	b.now = time(NULL);
	b.wanted = k->wanted;
	progress_begin(&k->progress, "messages", 0);
	if (k->progress.on && queue_count(k->exim.spool, &k->to_read, &why) < 0) {
		k->to_read = 0;
	}
	ret = backlog_find(&b, &why);
	progress_end(&k->progress);
	if (ret < 0) {
		return complain(c, why.error == EACCES ? EX_NOPERM : EX_NOINPUT, "%s '%s': %s%s",
		    why.what, k->exim.spool, reason(why.error),
		    why.error == EACCES ? ": run it as root, or as Exim's user" : "");
	}
	if (k->ret != 0) {
		*c = k->failed;
		return -1;
	}
	if (k->table == NULL) {
		print_sums(k, b.unreadable, form);
	} else if (b.unreadable > 0) {
		return complain(c, EX_NOPERM,
		    "%" PRIu64 " messages cannot be read, and may need it, too", b.unreadable);
	}
	return 0;
}

int
queue_main(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OPTIONS,
	    TABLE_OPTIONS,
	    {"exim", required_argument, NULL, 'e'},
	    {"exim-spool", required_argument, NULL, 'q'},
	    {0},
	};
	struct command_line line = {.name = "queue", .usage = usage};
	struct counting k = {.spool = NULL};
	struct table_options form;
	struct complaint c;
	int option, ret;

	while ((option = command_option(argc, argv, options, &line, &ret)) > 0) {
		*(option == 'e' ? &k.exim.program : &k.exim.spool) = optarg;
	}
	if (option == 0) {
		return ret;
	}
	k.spool = spool_path(line.spool);
	if (argc - optind > 1) {
		complain(&c, EX_USAGE, "queue takes one file, entry or token, and got '%s', too",
		    argv[optind + 1]);
		return complain_aloud("queue", &c);
	}
	ret = table_form_choose(&line, &form, &c);
	if (ret == 0 && optind < argc) {
		ret = table_open(&k.table, columns, COLUMNS, NULL, &form, &c);
		if (ret == 0) {
			ret = want(&k, argv[optind], &c);
		}
	}
	if (ret == 0) {
		ret = run(&k, form.form, &c);
	}
	table_close(&k.table);
	id_set_free(&k.wanted);
	return ret != 0 ? complain_aloud("queue", &c) : finish_output("queue");
}
