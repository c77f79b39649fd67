/*
 * settings-load.c - see settings-load.h
 */
#include "relay/settings-load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "relay/settings-read.h"

static struct relay_settings *
settings_new(void)
{
	struct relay_settings *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		snprintf(s->spool, sizeof(s->spool), "/var/spool/mailgraft");
		snprintf(s->state, sizeof(s->state), "/var/lib/mailgraft-relay");
		s->dkim_policy = &dkim_default_policy;
		s->sessions = 200;
		s->message = 64 << 20;
		s->within_ms = (int64_t)50 * 60 * 1000;
	}
	return s;
}

void
settings_free(struct relay_settings *s)
{
	free(s);
}

struct relay_settings *
settings_parse(const char *name, const char *bytes, size_t len, char *error)
{
	struct settings_yaml y = {.file = name, .error = error};
	struct relay_settings *s = NULL, *ret = NULL;
	yaml_document_t document;
	yaml_node_t *root;

	error[0] = '\0';
	if (!settings_yaml_load(&y, bytes, len, &document)) {
		return NULL;
	}
	s = settings_new();
	root = yaml_document_get_root_node(&document);
	if (s == NULL || root == NULL) {
		settings_yaml_expected(
		    &y, NULL, "%s", s == NULL ? "more memory" : "a 'listen' with listeners");
		goto out;
	}
	if (settings_read(&y, root, s)) {
		ret = s;
		s = NULL;
	}
out:
	yaml_document_delete(&document);
	settings_free(s);
	return ret;
}

static ssize_t
read_file(int fd, char *bytes, size_t cap)
{
	size_t len = 0;
	ssize_t n;

	while (len < cap && (n = read(fd, bytes + len, cap - len)) != 0) {
		if (n > 0) {
			len += (size_t)n;
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return (ssize_t)len;
}

struct relay_settings *
relay_settings_load(const char *path, char *error)
{
	struct relay_settings *s = NULL;
	struct stat st;
	char *bytes = NULL;
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		snprintf(error, SETTINGS_ERROR_MAX, "cannot open '%s': %s", path, strerror(errno));
		return NULL;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > SETTINGS_FILE_MAX) {
		snprintf(error, SETTINGS_ERROR_MAX, "'%s' is no file of at most %d bytes", path,
		    SETTINGS_FILE_MAX);
		goto out;
	}
	bytes = malloc(SETTINGS_FILE_MAX);
	len = bytes != NULL ? read_file(fd, bytes, SETTINGS_FILE_MAX) : -1;
	if (len < 0) {
		snprintf(error, SETTINGS_ERROR_MAX, "cannot read '%s': %s", path, strerror(errno));
		goto out;
	}
	s = settings_parse(path, bytes, (size_t)len, error);
out:
	free(bytes);
	close(fd);
	return s;
}
