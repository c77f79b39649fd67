/*
 * test-threads.c - eight threads, each with messages of its own
 *
 * `make check` also builds it under ThreadSanitizer, which is what it is for: a library without
 * state of its own has no races.
 */
#include <check.h>
#include <pthread.h>

#include "tests/grafting.h"
#include "tests/scratch.h"

enum { THREADS = 8, ROUNDS = 20, TEXT_MAX = 4096, OUT_MAX = 700 * 1024 };

static const char *const templates[] = {
    "From: a\nGraft: 3\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n((graft:%2))\nx\n"
    "--b\nContent-Type: a/b\n\n((graft:%6))\n--b\nContent-Transfer-Encoding: base64\n\n"
    "\1one\n((graft:%3))\ntwo\n\2--b--\n",
    "From: a\nGraft: 1\n\n((graft:%F))\n",
};

enum { TEMPLATES = sizeof(templates) / sizeof(templates[0]) };

static uint8_t text[TEMPLATES][TEXT_MAX], alone[OUT_MAX];
static size_t len[TEMPLATES], alone_len;

struct worker {
	pthread_t thread;
	const char *failed; /* NULL: nothing did */
	struct spool_prover spool;
	struct prover prover;
	struct sink sink;
	struct sha256 sha;
	uint8_t out[OUT_MAX];
};

/* 0, or -1 where the result is not the right one. */
static int
graft_good(struct worker *w, struct graft *g)
{
	struct sink_memory memory = {.bytes = w->out, .room = sizeof(w->out)};
	uint8_t digest[SHA256_BYTES], wanted[SHA256_BYTES];
	uint64_t wire;

	if (graft_from_memory(g, text[0], len[0], NULL) < 0 ||
	    graft_plan(g, &w->prover, NULL) < 0 || graft_wire_size(g, &wire) < 0) {
		return -1;
	}
	sink_to_memory(&w->sink, &memory);
	if (graft_emit(g, &w->sink) < 0 || memory.len != alone_len ||
	    memcmp(w->out, alone, alone_len) != 0) {
		return -1;
	}
	sha256_begin(&w->sha);
	sink_to_sha256(&w->sink, &w->sha);
	if (graft_emit(g, &w->sink) < 0) {
		return -1;
	}
	sha256_end(&w->sha, digest);
	sha256_begin(&w->sha);
	sha256_add(&w->sha, alone, alone_len);
	sha256_end(&w->sha, wanted);
	return memcmp(digest, wanted, sizeof(digest)) == 0 ? 0 : -1;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct graft *g = graft_new();
	struct refusal why;
	char sentence[200];

	if (g == NULL ||
	    spool_prover_open(&w->spool, "spool", GRAFTING_NOW, &w->prover, &why) < 0) {
		w->failed = "begin";
		return NULL;
	}
	for (int i = 0; i < ROUNDS && w->failed == NULL; i++) {
		if (graft_good(w, g) < 0) {
			w->failed = "a message that is grafted";
		} else if (graft_from_memory(g, text[1], len[1], NULL) < 0 ||
		    graft_plan(g, &w->prover, NULL) == 0 || !graft_is_lasting(g) ||
		    graft_sentence(g, sentence, sizeof(sentence)) == 0) {
			w->failed = "a message that is refused";
		}
	}
	graft_free(&g);
	spool_prover_close(&w->spool);
	return NULL;
}

START_TEST(threads_share_nothing)
{
	static struct worker worker[THREADS];

	scratch_begin();
	stock_begin();
	for (size_t t = 0; t < TEMPLATES; t++) {
		len[t] = stock_fill(templates[t], strlen(templates[t]), text[t], TEXT_MAX);
	}
	alone_len = graft_message(text[0], len[0], FROM_FILE, "spool", alone, OUT_MAX).len;
	ck_assert_uint_gt(alone_len, STOCK_LARGE);
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_create(&worker[i].thread, NULL, work, &worker[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(worker[i].thread, NULL), 0);
		ck_assert_msg(worker[i].failed == NULL, "thread %d: %s", i, worker[i].failed);
	}
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("threads");
	TCase *tc = tcase_create("threads");

	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, threads_share_nothing);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
