/*
 * test-id-set.c - what was added is there, once, and nothing else is
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "spool/id-set.h"

enum { MANY = 10000 };

/* Ids in no order, that differ early or late. */
static void
make_id(unsigned number, uint8_t id[ENTRY_ID_BYTES])
{
	memset(id, 0, ENTRY_ID_BYTES);
	id[number % 2 == 0 ? 0 : 17] = (uint8_t)(number * 151);
	id[18] = (uint8_t)(number >> 8);
	id[19] = (uint8_t)number;
}

START_TEST(empty)
{
	struct spool_fail why = {0};
	struct id_set *set = NULL;
	uint8_t id[ENTRY_ID_BYTES] = {0};

	ck_assert_int_eq(id_set_new(&set, &why), 0);
	ck_assert_uint_eq(id_set_seal(set), 0);
	ck_assert(!id_set_has(set, id));
	id_set_free(&set);
	ck_assert_ptr_null(set);
	id_set_free(&set);
}
END_TEST

START_TEST(what_was_added)
{
	struct spool_fail why = {0};
	struct id_set *set = NULL;
	uint8_t id[ENTRY_ID_BYTES];

	ck_assert_int_eq(id_set_new(&set, &why), 0);
	for (unsigned i = 0; i < MANY; i++) {
		make_id(i, id);
		ck_assert_int_eq(id_set_add(set, id, &why), 0);
	}
	ck_assert_uint_eq(id_set_seal(set), MANY);
	for (unsigned i = 0; i < 2 * MANY; i++) {
		make_id(i, id);
		ck_assert_int_eq(id_set_has(set, id), i < MANY);
	}
	id_set_free(&set);
}
END_TEST

/* So a queue may name an entry any number of times. */
START_TEST(the_same_takes_no_room)
{
	struct spool_fail why = {0};
	struct id_set *set = NULL;
	uint8_t id[ENTRY_ID_BYTES];
	int failed = 0;

	ck_assert_int_eq(id_set_new(&set, &why), 0);
	for (unsigned i = 0; i < 2U * ID_SET_MAX; i++) {
		make_id(i % 7, id);
		/* check's own bookkeeping would take a minute */
		failed |= id_set_add(set, id, &why);
	}
	ck_assert_int_eq(failed, 0);
	ck_assert_uint_eq(id_set_seal(set), 7);
	id_set_free(&set);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("id-set");
	TCase *tcase = tcase_create("id-set");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, empty);
	tcase_add_test(tcase, what_was_added);
	tcase_add_test(tcase, the_same_takes_no_room);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
