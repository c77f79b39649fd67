/*
 * init.c - `mailgraft init`: makes a spool and says what to do next
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/complain-spool.h"
#include "cli/timestamp.h"
#include "exim/waiting.h"
#include "spool/init.h"
#include "spool/known.h"

static const char usage[] =
    "usage: mailgraft init [--spool DIR]\n"
    "\n"
    "Makes a spool with a first key. If root makes the directory, it belongs to user and\n"
    "group mailgraft where they exist. It never overwrites a spool.\n";

static void
show_next(const char *path, const struct key *key)
{
	printf("made the spool '%s' with key %02x%02x%02x%02x\n"
	       "\n"
	       "next:\n"
	       "  1. store a file and get its token:   mailgraft put --spool '%s' FILE\n"
	       "  2. put it into a message's header:   Graft-Attach: TOKEN\n"
	       "  3. see what will be delivered:       mailgraft preview --spool '%s' < MESSAGE\n"
	       "  4. let Exim deliver it:              mailgraft-filter(8) shows the transport\n",
	    path, key->id[0], key->id[1], key->id[2], key->id[3], path, path);
}

/* A new spool in place of one that is only not there has other keys: nothing that waits for the old
 * one could be delivered. */
static int
may_make(const char *path, struct complaint *c)
{
	struct spool_fail why = {0};
	struct spool *spool;
	size_t waiting;

	if (spool_open(path, &spool, &why) == 0) {
		spool_close(&spool);
		return 0; /* and spool_init() refuses */
	}
	if (why.check == FAIL_AWAY) {
		return complain(c, EX_CANTCREAT,
		    "a spool was made at '%s' and is not mounted: mount or restore it; to give it "
		    "up, "
		    "take its line out of '" KNOWN_FILE "'",
		    path);
	}
	waiting = geteuid() == 0 && why.check == FAIL_NEVER ? waiting_for(path) : 0;
	return waiting == 0 ? 0
	                    : complain(c, EX_CANTCREAT,
	                          "messages in Exim's queue need %zu files of a spool at '%s': "
	                          "mount or restore the one that has them",
	                          waiting, path);
}

static int
make(const char *path)
{
	struct complaint c;
	struct spool_fail why = {0};
	struct spool *spool = NULL;
	struct key key;
	uid_t owner = (uid_t)-1;
	gid_t group = (gid_t)-1;
	bool lacking = false;
	int ret;

	if (geteuid() == 0) {
		const struct passwd *pw = getpwnam("mailgraft");
		const struct group *gr = getgrnam("mailgraft");
		owner = pw == NULL ? owner : pw->pw_uid;
		group = gr == NULL ? group : gr->gr_gid;
		lacking = pw == NULL || gr == NULL;
	}
	if (may_make(path, &c) < 0) {
		return complain_aloud("init", &c);
	}
	ret = spool_init(path, owner, group, now_units(), &key, &why);
	if (ret == -EEXIST) {
		complain(&c, EX_CANTCREAT, "cannot make a spool: '%s' is one already", path);
	} else if (ret == -ENOTEMPTY) {
		complain(&c, EX_CANTCREAT, "cannot make a spool: '%s' is not empty", path);
	} else if (ret == -EACCES) {
		complain(&c, EX_CANTCREAT,
		    "cannot make a spool: %s '%s': permission denied: run it as root", why.call,
		    why.object);
	} else if (ret != 0) {
		complain(&c, EX_CANTCREAT, "cannot make a spool: %s '%s': %s", why.call, why.object,
		    reason(why.error));
	}
	if (ret != 0) {
		return complain_aloud("init", &c);
	}
	/* The host's own spool. */
	if (geteuid() == 0 && !lacking && known_add(path, key.id, &why) != 0) {
		printf("note: cannot note the spool in '%s': %s\n", why.object, reason(why.error));
	}
	if (lacking) {
		puts("note: user or group 'mailgraft' is missing, so a new spool is root's: "
		     "doc/spool/README.md makes both\n");
	}
	if (spool_open(path, &spool, &why) == 0) {
		note_no_openat2("init", spool);
		spool_close(&spool);
	}
	show_next(path, &key);
	explicit_bzero(&key, sizeof(key));
	return finish_output("init");
}

int
init_main(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS, {0}};
	struct command_line line = {.name = "init", .usage = usage};
	struct complaint c;
	int code;

	if (command_option(argc, argv, options, &line, &code) == 0) {
		return code;
	}
	if (optind < argc) {
		complain(&c, EX_USAGE,
		    "init takes no argument, and got '%s'; the directory is --spool", argv[optind]);
		return complain_aloud("init", &c);
	}
	return make(spool_path(line.spool));
}
