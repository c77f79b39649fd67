/*
 * known.c - see known.h
 */
#include "spool/known.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/hex.h"

enum { ID_CHARS = 2 * KEY_ID_BYTES };

/* Without the slashes at its end. */
static size_t
path_len(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/') {
		len--;
	}
	return len;
}

/* The whole file; 0 where there is none. */
static size_t
read_known(char text[KNOWN_FILE_MAX])
{
	int fd = open(KNOWN_FILE, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	while (fd >= 0 && len < KNOWN_FILE_MAX &&
	    (n = read(fd, text + len, KNOWN_FILE_MAX - len)) > 0) {
		len += (size_t)n;
	}
	if (fd >= 0) {
		close(fd);
	}
	return n < 0 ? 0 : len;
}

/* The last line of this path counts. */
static bool
find(const char *path, char id[ID_CHARS + 1])
{
	char text[KNOWN_FILE_MAX];
	size_t len = read_known(text), want = path_len(path);
	bool found = false;

	for (size_t at = 0, next; at < len; at = next) {
		const char *lf = memchr(text + at, '\n', len - at);
		size_t end = lf == NULL ? len : (size_t)(lf - text);

		next = end + 1;
		if (end - at == ID_CHARS + 1 + want && text[at + ID_CHARS] == ' ' &&
		    memcmp(text + at + ID_CHARS + 1, path, want) == 0) {
			memcpy(id, text + at, ID_CHARS);
			id[ID_CHARS] = '\0';
			found = true;
		}
	}
	return found;
}

bool
known_is(const char *path)
{
	char id[ID_CHARS + 1];

	return find(path, id);
}

bool
known_is_another(int dirfd, const char *path)
{
	char id[ID_CHARS + 1], key[sizeof("keys/") + ID_CHARS];
	uint8_t bytes[KEY_ID_BYTES];
	struct stat st;

	if (!find(path, id) || hex_decode((const uint8_t *)id, ID_CHARS, bytes) != 0) {
		return false;
	}
	snprintf(key, sizeof(key), "keys/%s", id);
	return fstatat(dirfd, key, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

int
known_add(const char *path, const uint8_t key_id[KEY_ID_BYTES], struct spool_fail *why)
{
	char line[ID_CHARS + 1 + KNOWN_FILE_MAX];
	size_t len = path_len(path);
	int fd, ret = 0;

	if (path[0] != '/' || len + ID_CHARS + 2 > KNOWN_FILE_MAX ||
	    memchr(path, '\n', len) != NULL) {
		return 0;
	}
	if (mkdir(KNOWN_FOLDER, 0755) == 0 && chmod(KNOWN_FOLDER, 0755) != 0) {
		return spool_fail(why, "chmod", KNOWN_FOLDER, errno);
	}
	fd = open(KNOWN_FILE, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0) {
		return spool_fail(why, "open", KNOWN_FILE, errno);
	}
	hex_encode(key_id, KEY_ID_BYTES, line);
	line[ID_CHARS] = ' ';
	memcpy(line + ID_CHARS + 1, path, len);
	line[ID_CHARS + 1 + len] = '\n';
	if (fchmod(fd, 0644) != 0 ||
	    write(fd, line, ID_CHARS + len + 2) != (ssize_t)(ID_CHARS + len + 2) ||
	    fsync(fd) != 0) {
		ret = spool_fail(why, "write", KNOWN_FILE, errno);
	}
	close(fd);
	return ret;
}
