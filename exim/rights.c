/*
 * rights.c - see rights.h
 */
#include "exim/rights.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exim/rules.h"

enum { NOBODY = 65534 };

static bool
is_number(const char *text)
{
	return isdigit((unsigned char)text[0]) != 0;
}

static const struct passwd *
user_of(const struct section *s, const char *option)
{
	char value[OPTION_BYTES];

	option_value(s, option, value, sizeof(value));
	return value[0] == '\0' ? NULL
	    : is_number(value)  ? getpwuid((uid_t)strtoul(value, NULL, 10))
	                        : getpwnam(value);
}

/* The group that an option names; `otherwise` where it is unset, or there is none. */
static gid_t
group_of(const struct section *s, const char *option, gid_t otherwise)
{
	char value[OPTION_BYTES];
	const struct group *gr;

	option_value(s, option, value, sizeof(value));
	if (value[0] == '\0' || is_number(value)) {
		return value[0] == '\0' ? otherwise : (gid_t)strtoul(value, NULL, 10);
	}
	gr = getgrnam(value);
	return gr == NULL ? otherwise : gr->gr_gid;
}

static void
add_groups_of(struct rights *r, const struct passwd *pw)
{
	int n = (int)(RULE_GROUPS_MAX - r->count);

	if (pw != NULL && getgrouplist(pw->pw_name, r->group, r->more + r->count, &n) >= 0) {
		r->count += (size_t)n;
	}
}

void
rights_of(const struct exim_config *exim, const struct section *t, struct rights *r)
{
	char driver[OPTION_BYTES];
	bool remote = strcmp(option_value(t, "driver", driver, sizeof(driver)), "smtp") == 0;
	const struct section *top = &exim->main.section[0];
	const struct passwd *pw = user_of(t, "user");

	*r = (struct rights){.user = NOBODY, .group = NOBODY};
	if (pw == NULL && remote) {
		pw = user_of(top, "exim_user");
		r->group = group_of(top, "exim_group", pw == NULL ? NOBODY : pw->pw_gid);
	} else if (pw != NULL) {
		r->group = pw->pw_gid;
	}
	if (pw != NULL) {
		r->user = pw->pw_uid;
	}
	r->group = group_of(t, "group", r->group);
	if (option_on(t, "initgroups")) {
		add_groups_of(r, pw);
	}
}

void
rights_of_all(const struct exim_config *exim, struct rights *r)
{
	const struct section *top = &exim->main.section[0];
	const struct passwd *pw = user_of(top, "exim_user");
	bool whole = false;

	*r = (struct rights){.user = pw == NULL ? NOBODY : pw->pw_uid};
	r->group = group_of(top, "exim_group", pw == NULL ? NOBODY : pw->pw_gid);
	for (size_t i = 0; i < exim->transports.count; i++) {
		const struct section *t = &exim->transports.section[i];
		struct rights one;

		if (!check_is_filtered(t)) {
			continue;
		}
		rights_of(exim, t, &one);
		if (r->count < RULE_GROUPS_MAX && one.group != NOBODY) {
			r->more[r->count++] = one.group;
		}
		if (one.user == r->user && one.count > 0 && !whole) {
			whole = true;
			add_groups_of(r, pw);
		}
	}
}

int
rights_take(const struct rights *r)
{
	return setgroups(r->count, r->more) < 0 || setresgid(r->group, r->group, r->group) < 0 ||
	        setresuid(r->user, r->user, r->user) < 0
	    ? -1
	    : 0;
}

int
exim_become(const char *directory, struct exim_fail *why)
{
	struct rights r = {.count = 0};
	struct stat queue;

	if (geteuid() != 0) {
		return 0;
	}
	if (stat(directory, &queue) < 0) {
		return exim_fail(why, EXIM_CANNOT_READ_QUEUE, errno, directory, NULL);
	}
	r.user = queue.st_uid;
	r.group = queue.st_gid;
	add_groups_of(&r, getpwuid(queue.st_uid));
	return rights_take(&r) == 0 ? 0
	                            : exim_fail(why, EXIM_CANNOT_BECOME, errno, directory, NULL);
}
