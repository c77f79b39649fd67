/* config-file.c - see config-file.h */
#include "policy/config-file.h"
#include "policy/config-read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
config_finish(struct config *c, const char *name, char *error)
{
	int r = identity_complete(&c->identity);

	if (r != 0) {
		snprintf(error, CONFIG_ERROR_MAX, "%s: cannot find out this host's identity: %s",
		    name, strerror(-r));
		return false;
	}
	if (!c->relay.ipv4 && !c->relay.ipv6) {
		c->relay.ipv4 = c->relay.ipv6 = true;
	}
	return true;
}

/* FNV-1a: tells a changed file from one that is only read again. */
static uint64_t
fingerprint(const char *bytes, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++) {
		hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
	}
	return hash;
}

struct config *
config_from_text(const char *name, const char *bytes, size_t len, char *error)
{
	struct config *c = config_new(), *ret = NULL;
	struct config_yaml y = {.file = name, .error = error};
	yaml_document_t document;
	bool have_parser = false, have_document = false;
	yaml_parser_t parser;
	yaml_node_t *root;

	if (!config_yaml_is_bounded(name, bytes, len, error)) {
		goto out;
	}
	if (c == NULL || !yaml_parser_initialize(&parser)) {
		snprintf(error, CONFIG_ERROR_MAX, "%s: out of memory", name);
		goto out;
	}
	have_parser = true;
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, len);
	if (!yaml_parser_load(&parser, &document)) {
		config_yaml_not_yaml(name, &parser, error);
		goto out;
	}
	have_document = true;
	y.document = &document;
	root = yaml_document_get_root_node(&document);
	if (root == NULL) {
		snprintf(error, CONFIG_ERROR_MAX, "%s:1:1: expected listen: and relay:", name);
		goto out;
	}
	if (config_read(&y, root, c) && config_finish(c, name, error)) {
		ret = c;
		ret->fingerprint = fingerprint(bytes, len);
		c = NULL;
	}
out:
	if (have_document) {
		yaml_document_delete(&document);
	}
	if (have_parser) {
		yaml_parser_delete(&parser);
	}
	config_free(c);
	return ret;
}

struct config *
config_from_file(const char *path, char *error)
{
	struct config *c = NULL;
	struct stat st;
	char *bytes = NULL;
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		snprintf(error, CONFIG_ERROR_MAX, "cannot open '%s': %s", path, strerror(errno));
		return NULL;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > CONFIG_SIZE_MAX) {
		snprintf(error, CONFIG_ERROR_MAX, "'%s' is no file of at most %d bytes", path,
		    CONFIG_SIZE_MAX);
		goto out;
	}
	bytes = malloc(CONFIG_SIZE_MAX);
	if (bytes == NULL) {
		snprintf(error, CONFIG_ERROR_MAX, "out of memory");
		goto out;
	}
	while (len < CONFIG_SIZE_MAX && (n = read(fd, bytes + len, CONFIG_SIZE_MAX - len)) != 0) {
		if (n < 0) {
			snprintf(
			    error, CONFIG_ERROR_MAX, "cannot read '%s': %s", path, strerror(errno));
			goto out;
		}
		len += (size_t)n;
	}
	c = config_from_text(path, bytes, len, error);
out:
	free(bytes);
	close(fd);
	return c;
}
