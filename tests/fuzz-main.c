/*
 * fuzz-main.c - replays corpora through a fuzz target, without a fuzzer
 *
 *	fuzz-NAME FILE|FOLDER ...
 *
 * Each regular file, folders descended in the order of names, is given once to
 * LLVMFuzzerTestOneInput() as a heap copy of exactly its size, so that ASan sees a read past the
 * end. The name is printed before, so that the last line names the one that crashed. Symbolic links
 * and other kinds of file inside folders are passed over.
 *
 * Returns: 0; 1 when there was no file at all, or one could not be read
 * Not here: making new inputs (clang -fsanitize=fuzzer links its own main instead of this one)
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long files;

static bool
complain(const char *name)
{
	fprintf(stderr, "cannot read '%s': %s\n", name, strerror(errno));
	return false;
}

/* Reads until size bytes or the end of the file; the length read, or -1. */
static ssize_t
read_whole(int fd, uint8_t *data, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, data + have, size - have);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -1;
		}
		if (n == 0) {
			break;
		}
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static bool
feed_file(const char *name, size_t size)
{
	bool ok = false;
	uint8_t *data = malloc(size);
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (data == NULL && size > 0)) {
		complain(name);
		goto out;
	}
	if (read_whole(fd, data, size) != (ssize_t)size) {
		complain(name);
		goto out;
	}
	puts(name);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	files++;
	ok = true;
out:
	if (fd >= 0) {
		close(fd);
	}
	free(data);
	return ok;
}

static bool feed(const char *name, bool follow);

static bool
feed_folder(const char *name)
{
	struct dirent **list = NULL;
	bool ok = true;
	int n = scandir(name, &list, NULL, alphasort);

	if (n < 0) {
		return complain(name);
	}
	for (int i = 0; i < n; i++) {
		const char *entry = list[i]->d_name;
		if (strcmp(entry, ".") != 0 && strcmp(entry, "..") != 0) {
			char path[4096];
			int len = snprintf(path, sizeof(path), "%s/%s", name, entry);
			if (len < 0 || (size_t)len >= sizeof(path)) {
				errno = ENAMETOOLONG;
				ok = complain(name);
			} else if (!feed(path, false)) {
				ok = false;
			}
		}
		free(list[i]);
	}
	free(list);
	return ok;
}

static bool
feed(const char *name, bool follow)
{
	struct stat st;

	if ((follow ? stat(name, &st) : lstat(name, &st)) != 0) {
		return complain(name);
	}
	if (S_ISDIR(st.st_mode)) {
		return feed_folder(name);
	}
	if (S_ISREG(st.st_mode)) {
		return feed_file(name, (size_t)st.st_size);
	}
	return true;
}

int
main(int argc, char **argv)
{
	bool ok = true;

	for (int i = 1; i < argc; i++) {
		if (!feed(argv[i], true)) {
			ok = false;
		}
	}
	printf("%lu files\n", files);
	if (files == 0) {
		fputs("no file to feed\n", stderr);
	}
	return ok && files > 0 ? 0 : 1;
}
