/*
 * test-key.c - keys: their files, and the ring that makes, retires and revokes them
 */
#include "spool/key.h"

#include <errno.h>

#include "spool/keyring.h"
#include "spool/path.h"
#include "tests/scratch.h"

#define SECRET "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define FILE_OF(state) \
	"mailgraft key 1\nid 1a2b3c4d\nstate " state "\ncreated 29000000\nsecret " SECRET "\n"

static const struct row {
	const char *name;
	const char *text;
	int ret;
	enum key_state state;
} rows[] = {
    {
        .name = "active",
        .text = FILE_OF("active"),
        .state = KEY_ACTIVE,
    },
    {
        .name = "retired",
        .text = FILE_OF("retired"),
        .state = KEY_RETIRED,
    },
    {
        .name = "revoked",
        .text = FILE_OF("revoked"),
        .state = KEY_REVOKED,
    },
    {
        .name = "another state",
        .text = FILE_OF("Active"),
        .ret = -EBADMSG,
    },
    {
        .name = "nothing",
        .text = "",
        .ret = -EBADMSG,
    },
    {
        .name = "another version",
        .text = "mailgraft key 2\nid 1a2b3c4d\nstate active\ncreated 1\nsecret " SECRET "\n",
        .ret = -EBADMSG,
    },
    {
        .name = "short secret",
        .text = "mailgraft key 1\nid 1a2b3c4d\nstate active\ncreated 1\nsecret 00\n",
        .ret = -EBADMSG,
    },
    {
        .name = "upper case",
        .text = "mailgraft key 1\nid 1A2B3C4D\nstate active\ncreated 1\nsecret " SECRET "\n",
        .ret = -EBADMSG,
    },
    {
        .name = "no last line end",
        .text = "mailgraft key 1\nid 1a2b3c4d\nstate active\ncreated 1\nsecret " SECRET,
        .ret = -EBADMSG,
    },
    {
        .name = "more",
        .text = FILE_OF("active") "\n",
        .ret = -EBADMSG,
    },
};

START_TEST(parses_or_refuses)
{
	const struct row *r = &rows[_i];
	size_t len = strlen(r->text);
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	struct key key;

	memcpy(copy, r->text, len);
	ck_assert_msg(key_parse(copy, len, &key) == r->ret, "%s", r->name);
	if (r->ret == 0) {
		ck_assert_msg(key.state == r->state, "%s", r->name);
		ck_assert_mem_eq(key.id, "\x1a\x2b\x3c\x4d", 4);
		ck_assert_uint_eq(key.created, 29000000);
		ck_assert_uint_eq(key.secret[31], 0x1f);
	}
	free(copy);
}
END_TEST

static struct spool *spool;
static struct key first;
static struct spool_fail why;

static void
begin(void)
{
	scratch_begin();
	spool = scratch_spool(&first);
}

static void
end(void)
{
	spool_close(&spool);
	scratch_end();
}

static void
path_of(const uint8_t *id, char path[KEY_PATH_MAX + 8])
{
	memcpy(path, "spool/", 6);
	key_path(id, path + 6);
}

START_TEST(a_key_that_others_can_read_or_write_is_refused)
{
	static const mode_t modes[] = {0644, 0641, 0642, 0660, 0666};
	char path[KEY_PATH_MAX + 8];
	struct key key;

	begin();
	path_of(first.id, path);
	ck_assert_int_eq(key_load(spool, first.id, &key, &why), 0);
	ck_assert_mem_eq(key.secret, first.secret, sizeof(key.secret));
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ck_assert_int_eq(chmod(path, modes[i]), 0);
		ck_assert_int_eq(key_load(spool, first.id, &key, &why), -EPERM);
		ck_assert_int_eq(why.check, FAIL_MODE);
	}
	end();
}
END_TEST

START_TEST(a_key_under_another_id_is_refused)
{
	static const uint8_t other[KEY_ID_BYTES] = {1, 2, 3, 4};
	char from[KEY_PATH_MAX + 8], to[KEY_PATH_MAX + 8];
	struct key key;

	begin();
	ck_assert_int_eq(key_load(spool, other, &key, &why), -ENOENT);
	path_of(first.id, from);
	path_of(other, to);
	ck_assert_int_eq(rename(from, to), 0);
	ck_assert_int_eq(key_load(spool, other, &key, &why), -EBADMSG);
	end();
}
END_TEST

START_TEST(the_youngest_active_key_issues)
{
	struct key second, third, key;
	struct keyring ring;

	begin();
	ck_assert_int_eq(keyring_active(spool, &key, &why), 0);
	ck_assert_mem_eq(key.id, first.id, sizeof(key.id));
	ck_assert_int_eq(keyring_add(spool, first.created + 2, &third, &why), 0);
	ck_assert_int_eq(keyring_add(spool, first.created + 1, &second, &why), 0);
	ck_assert_int_eq(keyring_active(spool, &key, &why), 0);
	ck_assert_mem_eq(key.id, third.id, sizeof(key.id));
	ck_assert_int_eq(keyring_set_state(spool, third.id, KEY_RETIRED, &why), 0);
	ck_assert_int_eq(keyring_active(spool, &key, &why), 0);
	ck_assert_mem_eq(key.id, second.id, sizeof(key.id));
	ck_assert_int_eq(keyring_set_state(spool, second.id, KEY_REVOKED, &why), 0);
	ck_assert_int_eq(keyring_set_state(spool, first.id, KEY_RETIRED, &why), 0);
	ck_assert_int_eq(keyring_active(spool, &key, &why), -ENOKEY);
	ck_assert_int_eq(keyring_load(spool, &ring, &why), 0);
	ck_assert_uint_eq(ring.count, 3);
	ck_assert_mem_eq(ring.keys[0].id, first.id, KEY_ID_BYTES);
	ck_assert_mem_eq(ring.keys[2].id, third.id, KEY_ID_BYTES);
	ck_assert_mem_eq(ring.keys[2].secret, third.secret, KEY_SECRET_BYTES);
	end();
}
END_TEST

START_TEST(revoked_stays_revoked)
{
	struct key key;

	begin();
	ck_assert_int_eq(keyring_set_state(spool, first.id, KEY_REVOKED, &why), 0);
	ck_assert_int_eq(keyring_set_state(spool, first.id, KEY_ACTIVE, &why), -EPERM);
	ck_assert_int_eq(keyring_set_state(spool, first.id, KEY_REVOKED, &why), 0);
	ck_assert_int_eq(key_load(spool, first.id, &key, &why), 0);
	ck_assert_int_eq(key.state, KEY_REVOKED);
	end();
}
END_TEST

/* A process that was killed between link and rename left this. */
START_TEST(a_change_that_was_cut_off_does_not_stop_the_next)
{
	char path[KEY_PATH_MAX + 16];
	struct key key;
	struct stat st;

	begin();
	path_of(first.id, path);
	memcpy(path + strlen(path), ".new", 5);
	scratch_file(path, "half", 4, 0640);
	ck_assert_int_eq(keyring_set_state(spool, first.id, KEY_RETIRED, &why), 0);
	ck_assert_int_eq(key_load(spool, first.id, &key, &why), 0);
	ck_assert_int_eq(key.state, KEY_RETIRED);
	ck_assert_int_ne(stat(path, &st), 0);
	end();
}
END_TEST

START_TEST(a_key_file_is_for_owner_and_group)
{
	char path[KEY_PATH_MAX + 8];
	struct stat st;

	begin();
	path_of(first.id, path);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(keyring_set_state(spool, first.id, KEY_RETIRED, &why), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("key");
	TCase *tc = tcase_create("key");

	tcase_add_loop_test(tc, parses_or_refuses, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, a_key_that_others_can_read_or_write_is_refused);
	tcase_add_test(tc, a_key_under_another_id_is_refused);
	tcase_add_test(tc, the_youngest_active_key_issues);
	tcase_add_test(tc, revoked_stays_revoked);
	tcase_add_test(tc, a_change_that_was_cut_off_does_not_stop_the_next);
	tcase_add_test(tc, a_key_file_is_for_owner_and_group);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
