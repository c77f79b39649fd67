/* postfix-settings.c - see postfix-settings.h */
#include "policy/postfix-settings.h"
#include "policy/command-output.h"
#include "policy/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* postconf with one more option, or none. */
static bool
run_postconf(const char *directory, const char *option, char **text, char *error)
{
	const char *argv[6] = {"postconf", "-x"};
	unsigned n = 2;
	char *complaint = NULL;
	int status;

	if (directory != NULL) {
		argv[n++] = "-c";
		argv[n++] = directory;
	}
	argv[n] = option;
	status = command_output(argv, text, &complaint);
	if (status < 0) {
		(void)snprintf(error, CONFIG_ERROR_MAX,
		    "cannot run postconf: %s; without it nothing is known about this Postfix",
		    strerror(-status));
	} else if (status > 0) {
		(void)snprintf(error, CONFIG_ERROR_MAX, "postconf: %s", complaint);
	}
	free(complaint);
	return status == 0;
}

static bool
add_setting(struct postfix_settings *p, const char *service, const char *name, const char *value)
{
	struct postfix_setting *more = reallocarray(
	    p->settings, p->setting_count + 1, sizeof(*more));

	if (more == NULL) {
		return false;
	}
	p->settings = more;
	more[p->setting_count++] = (struct postfix_setting){service, name, value};
	return true;
}

/* "NAME = VALUE", or "SERVICE/TYPE/NAME = VALUE". */
static bool
take_setting(struct postfix_settings *p, char *line, bool of_service)
{
	char *equals = strstr(line, " ="), *slash;

	if (equals == NULL) {
		return true;
	}
	*equals = 0;
	equals += 2;
	equals += *equals == ' ';
	if (!of_service) {
		return add_setting(p, NULL, line, equals);
	}
	slash = strrchr(line, '/');
	if (slash == NULL) {
		return true;
	}
	*slash = 0;
	return add_setting(p, line, slash + 1, equals);
}

/* "NAME TYPE PRIVATE UNPRIVILEGED CHROOT WAKEUP MAXPROC COMMAND ..." */
static bool
take_service(struct postfix_settings *p, char *line)
{
	struct postfix_service *more;
	char *word[8], *save = NULL;

	for (unsigned i = 0; i < 8; i++) {
		word[i] = strtok_r(i == 0 ? line : NULL, " \t", &save);
		if (word[i] == NULL) {
			return true;
		}
	}
	more = reallocarray(p->services, p->service_count + 1, sizeof(*more));
	if (more == NULL) {
		return false;
	}
	p->services = more;
	more[p->service_count++] = (struct postfix_service){
	    .name = word[0],
	    .type = word[1],
	    .chrooted = word[4][0] == 'y',
	    .command = word[7],
	};
	return true;
}

static bool
take_lines(struct postfix_settings *p, char *text, unsigned kind)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		bool ok = kind == 1 ? take_service(p, line) : take_setting(p, line, kind == 2);

		if (!ok) {
			return false;
		}
	}
	return true;
}

bool
postfix_settings_read(struct postfix_settings *p, const char *directory, char *error)
{
	static const char *const options[3] = {NULL, "-M", "-P"};

	*p = (struct postfix_settings){0};
	for (unsigned i = 0; i < 3; i++) {
		if (!run_postconf(directory, options[i], &p->texts[i], error)) {
			return false;
		}
		if (!take_lines(p, p->texts[i], i)) {
			(void)snprintf(error, CONFIG_ERROR_MAX, "out of memory");
			return false;
		}
	}
	return true;
}

void
postfix_settings_finish(struct postfix_settings *p)
{
	for (unsigned i = 0; i < 3; i++) {
		free(p->texts[i]);
	}
	free(p->services);
	free(p->settings);
}

static bool
is_of(const struct postfix_setting *s, const struct postfix_service *service)
{
	size_t n = strlen(service->name);

	return s->service != NULL && strncmp(s->service, service->name, n) == 0 &&
	    s->service[n] == '/' && strcmp(s->service + n + 1, service->type) == 0;
}

const char *
postfix_settings_main(const struct postfix_settings *p, const char *name)
{
	for (size_t i = 0; i < p->setting_count; i++) {
		if (p->settings[i].service == NULL && strcmp(p->settings[i].name, name) == 0) {
			return p->settings[i].value;
		}
	}
	return NULL;
}

const char *
postfix_settings_value(
    const struct postfix_settings *p, const struct postfix_service *service, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < p->setting_count && service != NULL; i++) {
		if (strcmp(p->settings[i].name, name) == 0 && is_of(&p->settings[i], service)) {
			value = p->settings[i].value; /* the last one holds */
		}
	}
	if (value == NULL) {
		value = postfix_settings_main(p, name);
	}
	return value != NULL ? value : "";
}
