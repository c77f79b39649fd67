/*
 * postfix-settings.h - what Postfix makes of its main.cf and master.cf, as postconf says it
 *
 * Values are whole: defaults filled in, $names followed. Each service of master.cf has its own
 * view, since -o overrides main.cf.
 *
 * Owns: the texts of postconf. Not here: what the settings mean (check-postfix.c)
 */
#ifndef POLICY_POSTFIX_SETTINGS_H
#define POLICY_POSTFIX_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct postfix_service {
	const char *name;
	const char *type;
	const char *command;
	bool chrooted; /* "-" is taken for "n", Postfix's default since 3.0 */
};

struct postfix_setting {
	const char *service; /* "NAME/TYPE", or NULL for main.cf */
	const char *name;
	const char *value;
};

struct postfix_settings {
	struct postfix_service *services;
	size_t service_count;
	struct postfix_setting *settings;
	size_t setting_count;
	char *texts[3];
};

/*
 * directory: of main.cf and master.cf, or NULL for Postfix's own default. False with a sentence in
 * error (CONFIG_ERROR_MAX bytes).
 */
bool postfix_settings_read(struct postfix_settings *p, const char *directory, char *error);

void postfix_settings_finish(struct postfix_settings *p);

/* The value for a service, or for main.cf when service is NULL. "" when there is none. */
const char *postfix_settings_value(
    const struct postfix_settings *p, const struct postfix_service *service, const char *name);

/* NULL when there is no such setting in main.cf: neither Postfix's own nor the user's. */
const char *postfix_settings_main(const struct postfix_settings *p, const char *name);

#endif
