/*
 * committer.c - a thread with one place for a group
 */
#include "cli/committer.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/progress.h"

struct answer {
	bool json;
	bool stored; /* the commit makes its receipt; else `reason` is set */
	struct complaint reason;
};

struct answers {
	struct intake_group *group;
	uint64_t bytes, taken;
	struct timespec begun; /* when the first of them was added */
	size_t count;
	struct answer answers[STORE_GROUP_MAX];
};

struct committer {
	bool json;
	struct progress *progress;
	struct answers *filled; /* the reader's */
	struct answers *spare;  /* the reader's while the place is empty, or else in it */
	/* The thread's; the reader's again after the thread has ended. */
	int status;
	uint64_t input; /* bytes that there are to read, 0: not known */
	/* Only for the holder of the lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct answers *place; /* NULL: the thread waits */
	bool ending;
	pthread_t thread;
};

static void
answer_failure(struct committer *m, const struct answer *a, const struct complaint *c)
{
	int first = 1;

	if (m->status == EX_OK) {
		m->status = c->code;
	}
	if (a->json) {
		json_text(stdout, &first, "error", c->text, strlen(c->text));
		puts("}");
	} else {
		printf("!\t%s\n", c->text);
	}
}

/* Makes the whole group durable, and answers it. */
static void
serve(struct committer *m, struct answers *g)
{
	struct complaint failed;
	bool committed = intake_pending(g->group) == 0 || intake_commit(g->group, &failed) == 0;
	size_t receipt = 0;

	progress_reach(m->progress, g->taken, m->input);
	progress_add(m->progress, g->count, 0);
	progress_pause(m->progress);
	for (size_t i = 0; i < g->count; i++) {
		const struct answer *a = &g->answers[i];
		if (!a->stored) {
			answer_failure(m, a, &a->reason);
		} else if (!committed) {
			answer_failure(m, a, &failed);
		} else {
			const struct receipt *r = intake_receipt(g->group, receipt++);
			receipt_print(r, a->json);
		}
	}
	g->count = 0;
	g->bytes = 0;
	if (fflush(stdout) != 0) {
		/* Nobody reads the answers any more, and the reader may wait for ever. */
		complain(&failed, EX_IOERR, "cannot write the answer: %s", reason(errno));
		_exit(complain_aloud("put", &failed));
	}
	if (committed && intake_remove_moved(g->group, &failed) != 0) {
		int code = complain_aloud("put", &failed);
		m->status = m->status == EX_OK ? code : m->status;
	}
	progress_resume(m->progress);
}

static void *
run(void *arg)
{
	struct committer *m = arg;

	pthread_mutex_lock(&m->lock);
	for (;;) {
		while (m->place == NULL && !m->ending) {
			pthread_cond_wait(&m->changed, &m->lock);
		}
		if (m->place == NULL) {
			break;
		}
		pthread_mutex_unlock(&m->lock);
		serve(m, m->place);
		pthread_mutex_lock(&m->lock);
		m->place = NULL;
		pthread_cond_signal(&m->changed);
	}
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

static void
group_end(struct answers **group)
{
	if (*group != NULL) {
		intake_group_free(&(*group)->group);
	}
	free(*group);
	*group = NULL;
}

static int
group_begin(const struct intake *in, struct answers **group_r, struct complaint *c)
{
	struct answers *g = calloc(1, sizeof(*g));

	*group_r = NULL;
	if (g == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	if (intake_group_new(in, &g->group, c) != 0) {
		group_end(&g);
		return -1;
	}
	*group_r = g;
	return 0;
}

static void
discard(struct committer **committer)
{
	struct committer *m = *committer;

	group_end(&m->filled);
	group_end(&m->spare);
	pthread_cond_destroy(&m->changed);
	pthread_mutex_destroy(&m->lock);
	free(m);
	*committer = NULL;
}

int
committer_start(const struct intake *in, bool json, struct progress *progress,
    struct committer **committer_r, struct complaint *c)
{
	struct committer *m = calloc(1, sizeof(*m));
	struct stat st;
	int error;

	*committer_r = NULL;
	if (m == NULL) {
		return complain(c, EX_TEMPFAIL, "out of memory");
	}
	m->json = json;
	m->progress = progress;
	if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode)) {
		m->input = (uint64_t)st.st_size;
	}
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	if (group_begin(in, &m->filled, c) != 0 || group_begin(in, &m->spare, c) != 0) {
		discard(&m);
		return -1;
	}
	error = pthread_create(&m->thread, NULL, run, m);
	if (error != 0) {
		discard(&m);
		return complain(c, EX_TEMPFAIL, "cannot begin a thread: %s", reason(error));
	}
	*committer_r = m;
	return 0;
}

static struct answer *
next_answer(struct committer *m, bool json)
{
	struct answer *a;

	if (m->filled->count == 0) {
		clock_gettime(CLOCK_MONOTONIC_COARSE, &m->filled->begun);
	}
	a = &m->filled->answers[m->filled->count++];
	a->json = m->json || json;
	a->stored = false;
	return a;
}

void
committer_add(struct committer *m, struct intake *in, const struct put_request *r, bool json)
{
	struct complaint c;
	/* If a file's content comes in slowly, the group may be handed over meanwhile. Only now it
	 * is known to which group the file belongs. */
	bool stored = intake_take(in, r, &c) == 0 && intake_add(in, m->filled->group, r, &c) == 0;
	struct answer *a = next_answer(m, json);

	a->stored = stored;
	if (stored) {
		m->filled->bytes += intake_last_size(m->filled->group);
	} else {
		a->reason = c;
	}
}

void
committer_refuse(struct committer *m, bool json, const struct complaint *why)
{
	next_answer(m, json)->reason = *why;
}

/* An application that sends without a pause must get answers, too. */
static bool
is_late(const struct answers *g)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return g->count > 0 && now.tv_sec - g->begun.tv_sec > BATCH_GROUP_SECONDS;
}

/* There is work, and the thread has none. */
static bool
is_wanted(struct committer *m)
{
	bool idle = false;

	if (m->filled->count >= BATCH_WORTH_FILES || m->filled->bytes >= BATCH_WORTH_BYTES) {
		pthread_mutex_lock(&m->lock);
		idle = m->place == NULL;
		pthread_mutex_unlock(&m->lock);
	}
	return idle;
}

bool
committer_full(struct committer *m)
{
	return is_late(m->filled) || m->filled->count == STORE_GROUP_MAX ||
	    intake_full(m->filled->group) || m->filled->bytes >= BATCH_GROUP_BYTES || is_wanted(m);
}

void
committer_hand_over(struct committer *m, uint64_t taken)
{
	struct answers *filled = m->filled;

	if (filled->count == 0) {
		return;
	}
	filled->taken = taken;
	pthread_mutex_lock(&m->lock);
	while (m->place != NULL) {
		pthread_cond_wait(&m->changed, &m->lock);
	}
	m->filled = m->spare;
	m->spare = filled;
	m->place = filled;
	pthread_cond_signal(&m->changed);
	pthread_mutex_unlock(&m->lock);
}

int
committer_end(struct committer **committer)
{
	struct committer *m = *committer;
	int status;

	pthread_mutex_lock(&m->lock);
	m->ending = true;
	pthread_cond_signal(&m->changed);
	pthread_mutex_unlock(&m->lock);
	pthread_join(m->thread, NULL);
	status = m->status;
	discard(committer);
	return status;
}
