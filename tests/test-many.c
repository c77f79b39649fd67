/*
 * test-many.c - two hundred messages in one process at the same time
 *
 * Each goes one step at a time, and the messages take turns in a shuffled order: begun, planned,
 * measured, planned again for another recipient, emitted. Some are refused at each step. The
 * result is the same as for the message alone, and no descriptor stays open.
 */
#include <check.h>
#include <dirent.h>

#include "tests/grafting.h"
#include "tests/scratch.h"

enum { MESSAGES = 200, TEXT_MAX = 8192, OUT_MAX = 700 * 1024 };

#define MARK(n) "((graft:%" n "))"

/* By turns. `word` NULL: it is grafted. */
static const struct kind {
	const char *text, *word;
} kinds[] = {
    {"From: a\nGraft-Attach: %1\n\ntext\n", NULL},
    {"From: a\nGraft: 2\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" MARK(
         "2") "\n--b\nContent-Type: a/b\n\n" MARK("6") "\n--b--\n",
        NULL},
    {"From: a\nGraft: 1\n\n" MARK("F") "\n", "token-forged"},
    {"From: a\nGraft: 3\n\n" MARK("1") "\n", "count"},
    {"From: a\nGraft: 1\n\n" MARK("N") "\n", "blob-missing"},
    {"From: a\nGraft-Attach: %1 %C\n\nx\n", "blob-content"},
    {"From: a\nGraft-Attach: %7\nGraft-Recipient: a@b.example\n\nx\n", NULL},
    {"From: a\nGraft-Attach: %3, %5 %4\n\n.dot\n", NULL},
    {"From: a\nGraft: 1\nGraft: 1\n\n" MARK("1") "\n", "graft-twice"},
    {"From: a\n\nno graft\n", NULL},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static uint8_t text[KINDS][TEXT_MAX], alone[KINDS][OUT_MAX], out[OUT_MAX];
static size_t len[KINDS];
static struct result wanted[KINDS];
static struct spool_prover spool;
static struct prover prover;
static struct sink sink;

struct message {
	struct graft *g;
	size_t kind;
	int in; /* -1: it comes from memory */
	int step;
	char word[40]; /* empty: not refused */
};

static size_t
open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d) != NULL) {
		n++;
	}
	closedir(d);
	return n;
}

static int
begin(struct message *m)
{
	m->g = graft_new();
	ck_assert_ptr_nonnull(m->g);
	if (m->in < 0) {
		return graft_from_memory(m->g, text[m->kind], len[m->kind], NULL);
	}
	return graft_from_fd(m->g, m->in, NULL);
}

/* Writes into memory and compares. */
static int
finish(struct message *m)
{
	struct sink_memory memory = {.bytes = out, .room = sizeof(out)};
	int result;

	sink_to_memory(&sink, &memory);
	result = graft_opts_in(m->g) ? graft_emit(m->g, &sink) : graft_pass(m->g, &sink);
	if (result == 0) {
		ck_assert_uint_eq(memory.len, wanted[m->kind].len);
		ck_assert_mem_eq(out, alone[m->kind], memory.len);
	}
	return result;
}

/* The next step. False: it was the last. */
static bool
step(struct message *m)
{
	struct recipient nobody = {.len = 0};
	bool asks = m->step > 0 && graft_opts_in(m->g);
	uint64_t size;
	int result = 0;

	switch (m->step++) {
	case 0:
		result = begin(m);
		break;
	case 1:
		result = asks ? graft_plan(m->g, &prover, NULL) : 0;
		break;
	case 2:
		result = asks ? graft_size(m->g, &size) : 0;
		break;
	case 3: /* for another, where it is not bound; and for its own again */
		result = asks ? graft_plan(m->g, &prover, &nobody) : 0;
		ck_assert_int_eq(result, strstr(kinds[m->kind].text, "%7") != NULL ? -1 : 0);
		result = asks ? graft_plan(m->g, &prover, NULL) : 0;
		break;
	default:
		result = finish(m);
		break;
	}
	if (result < 0) {
		snprintf(m->word, sizeof(m->word), "%s", graft_word(m->g));
	}
	return result == 0 && m->step < 5;
}

static void
prepare(void)
{
	struct refusal why;

	for (size_t k = 0; k < KINDS; k++) {
		len[k] = stock_fill(kinds[k].text, strlen(kinds[k].text), text[k], TEXT_MAX);
		wanted[k] = graft_message(text[k], len[k], FROM_FILE, "spool", alone[k], OUT_MAX);
		ck_assert_msg(kinds[k].word == NULL ? wanted[k].code == 0
		                                    : strcmp(wanted[k].word, kinds[k].word) == 0,
		    "%s: %s", kinds[k].text, wanted[k].sentence);
	}
	ck_assert_int_eq(spool_prover_open(&spool, "spool", GRAFTING_NOW, &prover, &why), 0);
}

START_TEST(each_is_as_if_it_were_alone)
{
	static struct message message[MESSAGES];
	size_t left[MESSAGES], lefts = MESSAGES, descriptors;
	uint32_t random = 1;

	scratch_begin();
	stock_begin();
	prepare();
	descriptors = open_descriptors();
	for (size_t i = 0; i < MESSAGES; i++) {
		struct message *m = &message[i];

		m->kind = i % KINDS;
		m->in = i / KINDS % 2 == 0 ? -1
		                           : source_of(text[m->kind], len[m->kind],
		                                 i / KINDS % 4 == 1 ? FROM_FILE : FROM_PIPE);
		left[i] = i;
	}
	while (lefts > 0) {
		size_t i;

		random = random * 1103515245 + 12345;
		i = (random >> 8) % lefts;
		if (!step(&message[left[i]])) {
			left[i] = left[--lefts];
		}
	}
	for (size_t i = 0; i < MESSAGES; i++) {
		struct message *m = &message[i];
		const char *word = kinds[m->kind].word != NULL ? kinds[m->kind].word : "";

		ck_assert_str_eq(m->word, word);
		graft_free(&m->g);
		if (m->in >= 0) {
			close(m->in);
		}
	}
	ck_assert_uint_eq(open_descriptors(), descriptors);
	spool_prover_close(&spool);
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

/* One object, one message after another. */
START_TEST(one_object_may_take_message_after_message)
{
	struct message m = {.in = -1};
	size_t descriptors;

	scratch_begin();
	stock_begin();
	prepare();
	m.g = graft_new();
	ck_assert_ptr_nonnull(m.g);
	descriptors = open_descriptors();
	for (size_t i = 0; i < 10 * KINDS; i++) {
		m.kind = i % KINDS;
		m.step = 1;
		m.word[0] = '\0';
		if (graft_from_memory(m.g, text[m.kind], len[m.kind], NULL) == 0) {
			while (step(&m)) {
			}
		}
		ck_assert_str_eq(m.word, kinds[m.kind].word != NULL ? kinds[m.kind].word : "");
	}
	ck_assert_int_eq(graft_from_memory(m.g, NULL, 0, NULL), -1);
	ck_assert_str_eq(graft_word(m.g), "empty");
	ck_assert_uint_eq(open_descriptors(), descriptors);
	graft_free(&m.g);
	ck_assert_ptr_null(m.g);
	graft_free(&m.g);
	spool_prover_close(&spool);
	spool_close(&stock_spool);
	scratch_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("many");
	TCase *tc = tcase_create("many");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, each_is_as_if_it_were_alone);
	tcase_add_test(tc, one_object_may_take_message_after_message);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
