/*
 * test-key-ring.c - keys by name: added, replaced, and gone with the configuration that named them
 */
#include "relay/key-ring.h"

#include <errno.h>

#include "tests/scratch.h"

static int
key_file(const char *name, enum dkim_algorithm algorithm)
{
	struct dkim_key *key;
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_eq(dkim_key_make(algorithm, &key), 0);
	ck_assert_int_eq(dkim_key_write(key, fd), 0);
	dkim_key_free(key);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static int
add(struct key_ring *r, const char *domain, const char *selector, enum dkim_algorithm algorithm)
{
	int fd = key_file("key", algorithm);
	int e = key_ring_add(r, domain, selector, fd);

	close(fd);
	return e;
}

START_TEST(by_name)
{
	struct key_ring r = {.count = 0};
	char name[32];
	int fd;

	scratch_begin();
	ck_assert_ptr_null(key_ring_find(&r, "a.example", "s"));
	key_ring_begin(&r);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		ck_assert_int_eq(add(&r, "a.example", name, DKIM_ED25519_SHA256), 0);
	}
	key_ring_end(&r);
	ck_assert_ptr_nonnull(key_ring_find(&r, "a.example", "s0"));
	ck_assert_ptr_nonnull(key_ring_find(&r, "a.example", "s19"));
	ck_assert_ptr_null(key_ring_find(&r, "b.example", "s0"));

	/* another configuration: one is the same name with another key, one is new, the rest goes
	 */
	key_ring_begin(&r);
	ck_assert_int_eq(add(&r, "a.example", "s0", DKIM_RSA_SHA256), 0);
	ck_assert_int_eq(add(&r, "b.example", "s0", DKIM_ED25519_SHA256), 0);
	ck_assert_ptr_nonnull(key_ring_find(&r, "a.example", "s19")); /* until it is complete */
	key_ring_end(&r);
	ck_assert_int_eq(dkim_key_algorithm(key_ring_find(&r, "a.example", "s0")), DKIM_RSA_SHA256);
	ck_assert_ptr_nonnull(key_ring_find(&r, "b.example", "s0"));
	ck_assert_ptr_null(key_ring_find(&r, "a.example", "s19"));

	fd = open("none", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(key_ring_add(&r, "b.example", "s0", fd), -EBADMSG);
	close(fd);
	ck_assert_ptr_nonnull(key_ring_find(&r, "b.example", "s0")); /* the old one stays */
	key_ring_free(&r);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("key-ring");
	TCase *tc = tcase_create("key-ring");

	tcase_add_test(tc, by_name);
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
