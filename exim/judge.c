/*
 * judge.c - see judge.h
 */
#include "exim/judge.h"

#include "exim/limits.h"
#include "filter/graft.h"
#include "filter/spool-prover.h"

_Static_assert((int)QUEUE_BODY_MAX >= (int)HOLD_MAX, "we read as much as the filter does");

static int
plan(struct graft *g, int message, const char *path, int64_t now, uint64_t *bytes_r,
    struct refusal *why)
{
	struct spool_prover spool;
	struct prover prover;
	int ret = graft_from_fd(g, message, "the message");

	if (ret == 0 && graft_opts_in(g)) {
		if (spool_prover_open(&spool, path, now, &prover, why) < 0) {
			return -1;
		}
		ret = graft_plan(g, &prover, NULL);
		if (ret == 0 && bytes_r != NULL) {
			ret = graft_size(g, bytes_r);
		}
		spool_prover_close(&spool);
	}
	*why = *graft_refusal(g);
	return ret;
}

static int
judge(int message, const char *spool, int64_t now, uint64_t *bytes_r, struct refusal *why)
{
	struct graft *g = graft_new();
	int ret = -1;

	*why = (struct refusal){.reason = REFUSED_LATER};
	if (g != NULL) {
		ret = plan(g, message, spool, now, bytes_r, why);
	}
	graft_free(&g);
	return ret;
}

int
judge_message(int message, const char *spool, int64_t now, struct refusal *why)
{
	return judge(message, spool, now, NULL, why);
}

int
judge_size(int message, const char *spool, int64_t now, uint64_t *bytes_r, struct refusal *why)
{
	*bytes_r = 0;
	return judge(message, spool, now, bytes_r, why);
}
