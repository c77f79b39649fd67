/* state-saver.c - see state-saver.h */
#include "policy/state-saver.h"
#include "policy/limits.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct state_saver {
	struct loop *loop;
	struct log *log;
	const char *directory;
	struct state_part parts[STATE_PARTS_MAX];
	uint64_t saved[STATE_PARTS_MAX];  /* the change up to which each is on disk; 0: none is */
	uint64_t saving[STATE_PARTS_MAX]; /* the same, once the child has ended well */
	unsigned part_count;
	struct loop_timer timer;
	struct loop_timer look; /* whether the child has ended */
	pid_t pid;              /* of the child; 0: none */
	int64_t started;
	bool failing;
	uint64_t failures;
};

static void
saver_report(struct state_saver *s, const char *what, const char *why)
{
	s->failures++;
	if (!s->failing) {
		log_say(s->log, LOG_LEVEL_ERROR, "cannot %s '%s': %s", what, s->directory, why);
	}
	s->failing = true;
}

static void
saver_later(struct state_saver *s, int64_t ms)
{
	if (s->directory != NULL) {
		(void)loop_timer_set(s->loop, &s->timer, loop_now(s->loop) + ms);
	}
}

static void
saver_child_ended(struct state_saver *s, int status)
{
	s->pid = 0;
	loop_timer_clear(s->loop, &s->look);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		memcpy(s->saved, s->saving, sizeof(s->saved));
		s->failing = false;
	} else if (s->directory != NULL) {
		saver_report(s, "write the state in",
		    WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "took too long");
	}
	saver_later(s, STATE_INTERVAL_MS);
}

/* Looks whether the child has ended, and never waits for it. */
static void
saver_look(void *context)
{
	struct state_saver *s = context;
	int64_t now = loop_now(s->loop);
	int status = 0;

	if (waitpid(s->pid, &status, WNOHANG) != 0) {
		saver_child_ended(s, status);
		return;
	}
	if (now - s->started >= STATE_CHILD_MS) {
		(void)kill(s->pid, SIGKILL);
	}
	(void)loop_timer_set(s->loop, &s->look, now + STATE_LOOK_MS);
}

/* For the end of the daemon, when nobody is served any more. */
static void
saver_end_child(struct state_saver *s)
{
	if (s->pid > 0) {
		(void)kill(s->pid, SIGKILL);
		(void)waitpid(s->pid, NULL, 0);
		s->pid = 0;
	}
}

/* From which change on a part is to be written; UINT64_MAX: nothing has changed. */
static uint64_t
part_since(const struct state_saver *s, unsigned i, uint64_t changes)
{
	if (changes == s->saved[i]) {
		return UINT64_MAX;
	}
	return changes >> 32 == s->saved[i] >> 32 ? s->saved[i] : 0;
}

/* Here and now. 0 or -errno. */
static int
saver_write(struct state_saver *s, const char **what)
{
	int ret = 0;

	*what = "";
	for (unsigned i = 0; i < s->part_count && ret == 0; i++) {
		const struct state_part *p = &s->parts[i];
		uint64_t since = part_since(s, i, p->changes(p->context));

		if (since != UINT64_MAX) {
			ret = state_file_write(s->directory, p, since, loop_now(s->loop), what);
		}
	}
	return ret;
}

static bool
saver_has_changes(struct state_saver *s)
{
	bool any = false;

	for (unsigned i = 0; i < s->part_count; i++) {
		s->saving[i] = s->parts[i].changes(s->parts[i].context);
		any = any || s->saving[i] != s->saved[i];
	}
	return any;
}

/* In the child: nothing but the files. */
static _Noreturn void
saver_child(struct state_saver *s)
{
	const char *what;

	/* Above all the connections: their peers wait for our end of the stream. */
	(void)syscall(SYS_close_range, 3u, ~0u, 0u);
	_exit(-saver_write(s, &what) & 0xff);
}

static void
saver_start(void *context)
{
	struct state_saver *s = context;
	pid_t pid;

	if (!saver_has_changes(s)) {
		saver_later(s, STATE_INTERVAL_MS);
		return;
	}
	pid = fork();
	if (pid == 0) {
		saver_child(s);
	}
	if (pid < 0) {
		saver_report(s, "fork to write the state in", strerror(errno));
		saver_later(s, STATE_INTERVAL_MS);
		return;
	}
	s->pid = pid;
	s->started = loop_now(s->loop);
	(void)loop_timer_set(s->loop, &s->look, s->started + STATE_LOOK_MS);
}

struct state_saver *
state_saver_new(struct loop *loop, struct log *log)
{
	struct state_saver *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		s->loop = loop;
		s->log = log;
		s->timer = (struct loop_timer){.fire = saver_start, .context = s};
		s->look = (struct loop_timer){.fire = saver_look, .context = s};
	}
	return s;
}

void
state_saver_add(struct state_saver *s, const struct state_part *part)
{
	assert(s->part_count < STATE_PARTS_MAX);
	s->parts[s->part_count++] = *part;
}

void
state_saver_configure(struct state_saver *s, const char *directory)
{
	if (directory != NULL && (s->directory == NULL || strcmp(s->directory, directory) != 0)) {
		memset(s->saved, 0, sizeof(s->saved)); /* another directory has nothing of it */
	}
	s->directory = directory;
	if (directory == NULL) {
		loop_timer_clear(s->loop, &s->timer);
	} else if (s->timer.place == 0 && s->pid == 0) {
		saver_later(s, STATE_FIRST_MS);
	}
}

static void
saver_restore_part(struct state_saver *s, unsigned i)
{
	const struct state_part *p = &s->parts[i];
	size_t taken, skipped;
	const char *what;
	int r = state_file_read(s->directory, p, loop_now(s->loop), &taken, &skipped, &what);

	if (r != 0) {
		log_say(s->log, LOG_LEVEL_ERROR, "cannot %s '%s/%s': %s", what, s->directory,
		    p->name, strerror(-r));
		return;
	}
	if (taken > 0 || skipped > 0) {
		log_begin(s->log, "state");
		log_text(s->log, "file", p->name);
		log_number(s->log, "restored", (int64_t)taken);
		log_number(s->log, "skipped", (int64_t)skipped);
		log_end(s->log);
	}
	if (taken > 0 && skipped == 0) {
		s->saved[i] = p->changes(p->context);
	}
}

void
state_saver_restore(struct state_saver *s)
{
	for (unsigned i = 0; i < s->part_count && s->directory != NULL; i++) {
		if (s->parts[i].read != NULL) {
			saver_restore_part(s, i);
		}
	}
}

void
state_saver_finish(struct state_saver *s)
{
	const char *what;
	int r;

	saver_end_child(s);
	if (s->directory == NULL) {
		return;
	}
	r = saver_write(s, &what);
	if (r != 0) {
		s->failing = false;
		saver_report(s, what, strerror(-r));
	}
}

void
state_saver_free(struct state_saver *s)
{
	if (s != NULL) {
		saver_end_child(s);
		loop_timer_clear(s->loop, &s->timer);
		loop_timer_clear(s->loop, &s->look);
		free(s);
	}
}

uint64_t
state_saver_failures(const struct state_saver *s)
{
	return s->failures;
}
