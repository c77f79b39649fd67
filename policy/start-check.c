/* start-check.c - see start-check.h */
#include "policy/start-check.h"
#include "policy/listener.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* Only root becomes another user, and gives him the state's folder. */
static int
check_user(const struct config *c, char *error)
{
	struct stat st;

	if (c->user == NULL || geteuid() != 0) {
		return 0;
	}
	if (getpwnam(c->user) == NULL) {
		snprintf(error, CONFIG_ERROR_MAX, "user '%s' does not exist", c->user);
		return EX_CONFIG;
	}
	if (c->state != NULL && stat(c->state, &st) != 0) {
		snprintf(
		    error, CONFIG_ERROR_MAX, "state folder '%s': %s", c->state, strerror(errno));
		return EX_CONFIG;
	}
	return 0;
}

static int
check_socket(const struct endpoint *e, char *error)
{
	const char *what = "";
	int r = e->len > 0 ? listener_check(e, &what) : 0;

	if (r == 0) {
		return 0;
	}
	snprintf(error, CONFIG_ERROR_MAX, "cannot %s '%s': %s", what, e->text, strerror(-r));
	return r == -EADDRNOTAVAIL || r == -EMFILE || r == -ENFILE || r == -ENOMEM ? EX_OSERR
	                                                                           : EX_CONFIG;
}

int
start_check(const struct config *c, char *error)
{
	int status = check_user(c, error);

	for (unsigned i = 0; i < c->listen_count && status == 0; i++) {
		status = check_socket(&c->listen[i], error);
	}
	status = status != 0 ? status : check_socket(&c->control, error);
	return status != 0 ? status : check_socket(&c->metrics, error);
}
