/* state-saver.c - see state-saver.h */
#include "policy/state-saver.h"
#include "policy/limits.h"
#include "policy/state-file.h"

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
	struct resolver *resolver;
	const char *directory;
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

/* In the child: nothing but the file. */
static _Noreturn void
saver_child(const struct state_saver *s)
{
	const char *what;
	int r;

	/* Above all the connections: their peers wait for our end of the stream. */
	(void)syscall(SYS_close_range, 3u, ~0u, 0u);
	r = state_file_write(s->directory, resolver_cache(s->resolver), loop_now(s->loop), &what);
	_exit(-r & 0xff);
}

static void
saver_start(void *context)
{
	struct state_saver *s = context;
	pid_t pid = fork();

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
state_saver_new(struct loop *loop, struct log *log, struct resolver *resolver)
{
	struct state_saver *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		s->loop = loop;
		s->log = log;
		s->resolver = resolver;
		s->timer = (struct loop_timer){.fire = saver_start, .context = s};
		s->look = (struct loop_timer){.fire = saver_look, .context = s};
	}
	return s;
}

void
state_saver_configure(struct state_saver *s, const char *directory)
{
	s->directory = directory;
	if (directory == NULL) {
		loop_timer_clear(s->loop, &s->timer);
	} else if (s->timer.place == 0 && s->pid == 0) {
		saver_later(s, STATE_FIRST_MS);
	}
}

void
state_saver_restore(struct state_saver *s, int64_t max_age_ms)
{
	size_t taken, skipped;
	const char *what;
	int r;

	if (s->directory == NULL) {
		return;
	}
	r = state_file_read(s->directory, resolver_cache(s->resolver), loop_now(s->loop),
	    max_age_ms, &taken, &skipped, &what);
	if (r != 0) {
		log_say(s->log, LOG_LEVEL_ERROR, "cannot %s '%s/dns': %s", what, s->directory,
		    strerror(-r));
	} else if (taken > 0 || skipped > 0) {
		log_begin(s->log, "state");
		log_number(s->log, "restored", (int64_t)taken);
		log_number(s->log, "skipped", (int64_t)skipped);
		log_end(s->log);
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
	r = state_file_write(s->directory, resolver_cache(s->resolver), loop_now(s->loop), &what);
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
