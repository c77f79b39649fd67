/*
 * test-spool-prover.c - an expiry is true to the second, and believed only by a clock that the
 * spool has seen
 */
#include "filter/spool-prover.h"

#include <time.h>

#include "tests/stored.h"

static const struct row {
	const char *name;
	int clock;   /* hours ahead of what the spool has seen */
	int expires; /* hours from then */
	enum refusal_reason want;
	bool lasting;
} rows[] = {
    {"living", 0, 1, REFUSED_NOT, false},
    {"expired", 0, -1, REFUSED_TOKEN_EXPIRED, true},
    {"expired in a day in which nothing was stored", 23, 1, REFUSED_TOKEN_EXPIRED, true},
    {"a clock that jumped", 25, 1, REFUSED_CLOCK, false},
    {"a clock that jumped a year", 365 * 24, 24, REFUSED_CLOCK, false},
    {"a clock that jumped, and a token that lives on", 25, 100, REFUSED_NOT, false},
    {"a clock that is behind", -100, -1, REFUSED_NOT, false},
};

START_TEST(expiry_by_the_clock)
{
	const struct row *r = &rows[_i];
	time_t seen = time(NULL), now = seen + (time_t)r->clock * 3600;
	uint32_t expires = (uint32_t)((seen + (time_t)r->expires * 3600) / EXPIRY_UNIT);
	struct refusal why = {0};
	struct spool_prover s = {0};
	struct prover prover;
	struct proof proof;
	struct recipient nobody = {0};
	struct spool *spool;
	struct key key;
	uint8_t id[ENTRY_ID_BYTES];
	char token[TOKEN_CHARS + 1];
	int ret;

	umask(077);
	scratch_begin();
	spool = scratch_spool(&key);
	stored_put(spool, "hello", "a", expires, id);
	token_make(&key, id, expires, NULL, token);
	ck_assert_int_eq(spool_prover_open(&s, "spool", now, &prover, &why), 0);
	ret = prover.prove(prover.state, (const uint8_t *)token, &nobody, &proof, &why);
	ck_assert_msg(why.reason == r->want, "%s: %s", r->name, refusal_word(&why));
	ck_assert_int_eq(ret, r->want == REFUSED_NOT ? 0 : -1);
	ck_assert_int_eq(refusal_is_lasting(&why), r->lasting);
	if (ret == 0) {
		close(proof.fd);
	}
	spool_prover_close(&s);
	spool_close(&spool);
	scratch_end();
}
END_TEST

/* put prints expires * EXPIRY_UNIT as the time until which a token is good. */
START_TEST(expiry_is_the_time_that_was_printed)
{
	uint32_t expires = (uint32_t)(time(NULL) / EXPIRY_UNIT) + 1;
	const int64_t printed = (int64_t)expires * EXPIRY_UNIT;
	struct recipient nobody = {0};
	struct spool *spool;
	struct key key;
	uint8_t id[ENTRY_ID_BYTES];
	char token[TOKEN_CHARS + 1];

	umask(077);
	scratch_begin();
	spool = scratch_spool(&key);
	stored_put(spool, "hello", "a", expires, id);
	token_make(&key, id, expires, NULL, token);
	for (int64_t now = printed - 1; now <= printed; now++) {
		struct refusal why = {0};
		struct spool_prover s = {0};
		struct prover prover;
		struct proof proof;

		ck_assert_int_eq(spool_prover_open(&s, "spool", now, &prover, &why), 0);
		if (prover.prove(prover.state, (const uint8_t *)token, &nobody, &proof, &why) ==
		    0) {
			close(proof.fd);
		}
		ck_assert_int_eq(why.reason, now < printed ? REFUSED_NOT : REFUSED_TOKEN_EXPIRED);
		spool_prover_close(&s);
	}
	spool_close(&spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("spool-prover");
	TCase *tc = tcase_create("spool-prover");

	tcase_add_test(tc, expiry_is_the_time_that_was_printed);
	tcase_add_loop_test(tc, expiry_by_the_clock, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(suite, tc);
	return scratch_run(suite);
}
