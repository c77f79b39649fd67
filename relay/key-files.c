/*
 * key-files.c - see key-files.h
 */
#include "relay/key-files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "relay/dkim-key.h"

/* What is wrong with a key, for people. */
static const char *
what_is_wrong(int error)
{
	switch (error) {
	case -EACCES:
		return "others can read it (chmod 0600, or 0640 with the relay's group)";
	case -EBADMSG:
		return "it is no private key in PEM without a passphrase";
	case -ENOTSUP:
		return "neither RSA of 1024 to 8192 bits nor Ed25519";
	default:
		return strerror(-error);
	}
}

static int
open_key(const char *path, struct dkim_key **key_r, char *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int e = fd < 0 ? -errno : dkim_key_read(fd, key_r);

	if (fd >= 0 && e == 0 && lseek(fd, 0, SEEK_SET) < 0) {
		dkim_key_free(*key_r);
		e = -errno;
	}
	if (e == 0) {
		return fd;
	}
	snprintf(error, SETTINGS_ERROR_MAX, "DKIM key '%.300s': %s", path,
	    fd < 0 ? strerror(-e) : what_is_wrong(e));
	if (fd >= 0) {
		close(fd);
	}
	return -1;
}

int
key_file_open(const struct settings_dkim *d, char *error)
{
	struct dkim_key *key = NULL;
	int fd = open_key(d->key_file, &key, error);

	if (fd >= 0) {
		dkim_key_free(key);
	}
	return fd;
}

bool
key_files_check(const struct relay_settings *s, char *error)
{
	for (unsigned i = 0; i < s->dkims; i++) {
		int fd = key_file_open(&s->dkim[i], error);

		if (fd < 0) {
			return false;
		}
		close(fd);
	}
	return true;
}

/* A new file, which nobody but its owner can read. */
static int
make_key(const char *path, bool ed25519, struct dkim_key **key_r, char *error)
{
	int fd = -1, e = dkim_key_make(ed25519 ? DKIM_ED25519_SHA256 : DKIM_RSA_SHA256, key_r);

	if (e == 0) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		e = fd < 0 ? -errno : dkim_key_write(*key_r, fd);
	}
	if (fd >= 0 && (fsync(fd) < 0 || close(fd) < 0) && e == 0) {
		e = -errno;
	}
	if (e < 0) {
		snprintf(error, SETTINGS_ERROR_MAX, "DKIM key '%.300s': cannot make it: %s", path,
		    strerror(-e));
		if (fd >= 0) {
			(void)unlink(path);
		}
	}
	return e;
}

/* RFC 1035 3.3.14: a record is texts of at most 255 bytes. */
static void
print_record(const char *domain, const char *selector, const char *text, size_t len)
{
	(void)printf("%s._domainkey.%s. IN TXT (", selector, domain);
	for (size_t i = 0; i < len; i += DKIM_RECORD_PIECE) {
		size_t n = len - i < DKIM_RECORD_PIECE ? len - i : DKIM_RECORD_PIECE;

		(void)printf(" \"%.*s\"", (int)n, text + i);
	}
	(void)printf(" )\n");
}

int
key_file_show(const char *domain, const char *selector, const char *path, bool ed25519)
{
	char error[SETTINGS_ERROR_MAX], text[2 * DKIM_SIGNATURE_MAX];
	struct dkim_key *key = NULL;
	int fd = open_key(path, &key, error), n;

	if (fd >= 0) {
		close(fd);
	} else if (access(path, F_OK) == 0 || make_key(path, ed25519, &key, error) < 0) {
		(void)fprintf(stderr, "mailgraft-relay: %s\n", error);
		dkim_key_free(key);
		return EX_CANTCREAT;
	}
	n = dkim_key_record(key, text, sizeof(text));
	dkim_key_free(key);
	if (n < 0) {
		(void)fprintf(stderr, "mailgraft-relay: DKIM key '%s': %s\n", path, strerror(-n));
		return EX_SOFTWARE;
	}
	print_record(domain, selector, text, (size_t)n);
	return EX_OK;
}
