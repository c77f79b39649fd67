/*
 * key.c - reads an HMAC key
 */
#include "spool/key.h"

#include <errno.h>
#include <string.h>

#include "spool/field.h"
#include "spool/path.h"

int
key_parse(const uint8_t *text, size_t len, struct key *key_r)
{
	struct field_lines f = {text, text + len};
	uint64_t created;

	memset(key_r, 0, sizeof(*key_r));
	if (!field_is(&f, "mailgraft key", "1") || !field_hex(&f, "id", key_r->id, KEY_ID_BYTES)) {
		return -EBADMSG;
	}
	if (field_is(&f, "state", "active")) {
		key_r->state = KEY_ACTIVE;
	} else if (field_is(&f, "state", "retired")) {
		key_r->state = KEY_RETIRED;
	} else if (field_is(&f, "state", "revoked")) {
		key_r->state = KEY_REVOKED;
	} else {
		return -EBADMSG;
	}
	if (!field_number(&f, "created", UINT32_MAX, &created) ||
	    !field_hex(&f, "secret", key_r->secret, KEY_SECRET_BYTES) || f.at != f.end) {
		explicit_bzero(key_r, sizeof(*key_r));
		return -EBADMSG;
	}
	key_r->created = (uint32_t)created;
	return 0;
}

int
key_load(const struct spool *spool, const uint8_t id[KEY_ID_BYTES], struct key *key_r,
    struct spool_fail *why)
{
	char name[KEY_PATH_MAX];
	uint8_t text[KEY_FILE_MAX];
	ssize_t len;
	int ret = 0;

	key_path(id, name);
	len = spool_read_file(spool, name, 1, text, sizeof(text), why);
	if (len < 0) {
		return (int)len;
	}
	if (key_parse(text, (size_t)len, key_r) != 0 || memcmp(key_r->id, id, KEY_ID_BYTES) != 0) {
		explicit_bzero(key_r, sizeof(*key_r));
		ret = spool_fail_check(why, FAIL_FORMAT, name, EBADMSG);
	}
	explicit_bzero(text, sizeof(text));
	return ret;
}
