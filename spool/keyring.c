/*
 * keyring.c - makes and changes HMAC keys
 */
#include "spool/keyring.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "spool/create.h"
#include "spool/hex.h"
#include "spool/path.h"

enum { KEY_NAME_CHARS = KEY_ID_BYTES * 2, KEY_MODE = 0640 };

static const char *const states[] = {
    [KEY_ACTIVE] = "active",
    [KEY_RETIRED] = "retired",
    [KEY_REVOKED] = "revoked",
};

const char *
key_state_name(enum key_state state)
{
	return states[state];
}

static int
older_first(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->created != y->created) {
		return x->created < y->created ? -1 : 1;
	}
	return memcmp(x->id, y->id, KEY_ID_BYTES);
}

/* Whatever else lies in keys/ is no key: fsck reports it. */
static bool
is_key_name(const char *name, uint8_t id[KEY_ID_BYTES])
{
	return strlen(name) == KEY_NAME_CHARS &&
	    hex_decode((const uint8_t *)name, KEY_NAME_CHARS, id) == 0;
}

int
keyring_load(const struct spool *spool, struct keyring *ring, struct spool_fail *why)
{
	uint8_t id[KEY_ID_BYTES];
	struct dirent *d;
	DIR *dir = NULL;
	int ret = 0;
	int fd = spool_open_beneath(spool, "keys", O_RDONLY | O_DIRECTORY, 0, why);

	ring->count = 0;
	if (fd < 0 || (dir = fdopendir(fd)) == NULL) {
		ret = fd < 0 ? fd : spool_fail(why, "fdopendir", "keys", errno);
		goto out;
	}
	fd = -1;
	while (ret == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (!is_key_name(d->d_name, id)) {
			continue;
		}
		if (ring->count == KEYRING_MAX) {
			ret = spool_fail_check(why, FAIL_COUNT, "keys", E2BIG);
			goto out;
		}
		ret = key_load(spool, id, &ring->keys[ring->count++], why);
	}
	if (ret == 0 && errno != 0) {
		ret = spool_fail(why, "readdir", "keys", errno);
	}
	qsort(ring->keys, ring->count, sizeof(ring->keys[0]), older_first);
out:
	if (ret != 0) {
		keyring_wipe(ring);
	}
	if (dir != NULL) {
		closedir(dir);
	}
	if (fd >= 0) {
		close(fd);
	}
	return ret;
}

void
keyring_wipe(struct keyring *ring)
{
	explicit_bzero(ring, sizeof(*ring));
}

int
keyring_active(const struct spool *spool, struct key *key_r, struct spool_fail *why)
{
	struct keyring ring;
	int ret = keyring_load(spool, &ring, why);

	if (ret != 0) {
		return ret;
	}
	ret = -ENOKEY;
	for (size_t i = 0; i < ring.count; i++) {
		if (ring.keys[i].state == KEY_ACTIVE) {
			*key_r = ring.keys[i];
			ret = 0;
		}
	}
	keyring_wipe(&ring);
	return ret == 0 ? 0 : spool_fail_check(why, FAIL_KEY, "keys", ENOKEY);
}

/* An unnamed, complete and durable file for the key. */
static int
write_key(const struct spool *spool, const struct key *key, struct spool_fail *why)
{
	char text[KEY_FILE_MAX], id[KEY_ID_BYTES * 2 + 1], secret[KEY_SECRET_BYTES * 2 + 1];
	int len, ret, fd;

	*hex_encode(key->id, KEY_ID_BYTES, id) = '\0';
	*hex_encode(key->secret, KEY_SECRET_BYTES, secret) = '\0';
	len = snprintf(text, sizeof(text),
	    "mailgraft key 1\nid %s\nstate %s\ncreated %u\nsecret %s\n", id, states[key->state],
	    (unsigned)key->created, secret);
	assert(len > 0 && (size_t)len < sizeof(text));
	fd = create_file(spool, "keys", KEY_MODE, why);
	ret = fd < 0 ? fd : create_write(fd, text, (size_t)len, "keys", why);
	if (ret == 0 && fsync(fd) != 0) {
		ret = spool_fail(why, "fsync", "keys", errno);
	}
	explicit_bzero(text, sizeof(text));
	explicit_bzero(secret, sizeof(secret));
	if (ret < 0 && fd >= 0) {
		close(fd);
	}
	return ret < 0 ? ret : fd;
}

int
keyring_add(const struct spool *spool, uint32_t now, struct key *key_r, struct spool_fail *why)
{
	char path[KEY_PATH_MAX];
	int ret, fd;

	key_r->state = KEY_ACTIVE;
	key_r->created = now;
	do {
		if (getrandom(key_r->id, KEY_ID_BYTES, 0) != KEY_ID_BYTES ||
		    getrandom(key_r->secret, KEY_SECRET_BYTES, 0) != KEY_SECRET_BYTES) {
			return spool_fail(why, "getrandom", NULL, errno);
		}
		key_path(key_r->id, path);
		fd = write_key(spool, key_r, why);
		if (fd < 0) {
			return fd;
		}
		ret = create_link(spool, fd, path, why);
		close(fd);
	} while (ret == -EEXIST);
	return ret == 0 ? create_sync_folder(spool, path, why) : ret;
}

int
keyring_set_state(const struct spool *spool, const uint8_t id[KEY_ID_BYTES], enum key_state state,
    struct spool_fail *why)
{
	char path[KEY_PATH_MAX];
	struct key key;
	int fd, ret = key_load(spool, id, &key, why);

	if (ret != 0) {
		return ret;
	}
	key_path(id, path);
	if (key.state == KEY_REVOKED && state != KEY_REVOKED) {
		explicit_bzero(&key, sizeof(key));
		return spool_fail_check(why, FAIL_STATE, path, EPERM);
	}
	key.state = state;
	fd = write_key(spool, &key, why);
	explicit_bzero(&key, sizeof(key));
	if (fd < 0) {
		return fd;
	}
	ret = create_replace(spool, fd, path, why);
	close(fd);
	return ret;
}
