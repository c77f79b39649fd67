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
#include "cli/timestamp.h"
#include "spool/init.h"

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

static int
make(const char *path)
{
	struct complaint c;
	struct spool_fail why = {0};
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
	if (lacking) {
		puts("note: user or group 'mailgraft' is missing, so a new spool is root's: "
		     "doc/spool/README.md makes both\n");
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
