/*
 * tokens.c - see tokens.h
 */
#include "cli/tokens.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sysexits.h>

#include "cli/timestamp.h"
#include "spool/keyring.h"
#include "spool/seen.h"

/*
 * If the clock was set back, before the start or while we run, tokens would be dead as soon as it
 * is corrected.
 */
static bool
seen_later_than(struct token_clock *clock, const struct spool *spool, uint64_t expires, time_t now)
{
	if (clock->last == 0 || now < clock->last || expires <= (uint64_t)clock->seen) {
		clock->seen = seen_lately(spool);
	}
	clock->last = now;
	return expires <= (uint64_t)clock->seen;
}

int
token_expiry(struct token_clock *clock, const struct spool *spool, uint64_t seconds,
    uint32_t *expires_r, struct complaint *c)
{
	time_t now = time(NULL);
	uint64_t expires = ((uint64_t)now + seconds + EXPIRY_UNIT - 1) / EXPIRY_UNIT;
	char then[TIMESTAMP_MAX], seen[TIMESTAMP_MAX];

	if (seconds == 0 || expires > UINT32_MAX) {
		return complain(c, EX_DATAERR, "bad expiry: it is now, or thousands of years off");
	}
	if (seen_later_than(clock, spool, expires * EXPIRY_UNIT, now)) {
		return complain(c, EX_TEMPFAIL,
		    "by this clock it would expire at %s, and the spool has seen %s: "
		    "set the clock, or run 'mailgraft gc --force' if it is right",
		    timestamp(expires * EXPIRY_UNIT, then), timestamp((uint64_t)clock->seen, seen));
	}
	*expires_r = (uint32_t)expires;
	return 0;
}

int
token_key_choose(const struct spool *spool, uint8_t id[KEY_ID_BYTES], struct spool_fail *why)
{
	struct key key;
	int ret = keyring_active(spool, &key, why);

	if (ret == 0) {
		memcpy(id, key.id, sizeof(key.id));
		explicit_bzero(&key, sizeof(key));
	}
	return ret;
}

int
token_key_load(const struct spool *spool, const uint8_t id[KEY_ID_BYTES], struct key *key_r,
    struct spool_fail *why)
{
	int ret = key_load(spool, id, key_r, why);

	if (ret == 0 && key_r->state == KEY_REVOKED) {
		explicit_bzero(key_r, sizeof(*key_r));
		ret = spool_fail_check(why, FAIL_KEY, "keys", EKEYREVOKED);
	}
	return ret;
}
