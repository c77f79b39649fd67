/*
 * master.c - see master.h
 */
#include "relay/master.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "relay/handover.h"
#include "relay/keeper.h"
#include "relay/key-files.h"
#include "relay/listen.h"
#include "relay/log.h"
#include "relay/notify.h"
#include "relay/settings-load.h"
#include "relay/tls.h"
#include "relay/vigil.h"
#include "relay/worker.h"

struct master {
	const char *config;
	struct relay_settings *settings;
	struct ssl_ctx_st *tls;
	int listener[SETTINGS_LISTENERS_MAX]; /* as in settings */
	int signals;
	int stop[2];   /* sessions watch the first end; we close the second */
	pid_t keeper;  /* 0: none */
	int control;   /* to the keeper, -1: none */
	int64_t again; /* not before is another keeper started */
	uint32_t last_id;
	unsigned sessions;
	bool stopping;
};

static int
complain(int code, const char *why)
{
	relay_log(RELAY_ERROR, "%s", why);
	(void)fprintf(stderr, "mailgraft-relay: %s\n", why);
	return code;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
		*fd = -1;
	}
}

/* --- the keeper */

static _Noreturn void
be_keeper(struct master *m, int control)
{
	for (unsigned i = 0; i < m->settings->listeners; i++) {
		close_fd(&m->listener[i]);
	}
	close_fd(&m->signals);
	close_fd(&m->stop[0]);
	close_fd(&m->stop[1]);
	_exit(keeper_run(m->settings, control));
}

/* Hands the DKIM keys to the keeper. One that cannot be read now was readable when the
 * configuration was read; its domain's mail waits. */
static void
send_keys(struct master *m)
{
	struct keeper_order order = {.kind = KEEPER_KEYS_BEGIN};
	char error[SETTINGS_ERROR_MAX];
	int e = handover_send(m->control, &order, sizeof(order), -1, 0);

	for (unsigned i = 0; e == 0 && i < m->settings->dkims; i++) {
		const struct settings_dkim *d = &m->settings->dkim[i];
		int fd = key_file_open(d, error);

		if (fd < 0) {
			relay_log(RELAY_ERROR, "%s", error);
			continue;
		}
		order.kind = KEEPER_KEYS_ADD;
		snprintf(order.domain, sizeof(order.domain), "%s", d->domain);
		snprintf(order.selector, sizeof(order.selector), "%s", d->selector);
		e = handover_send(m->control, &order, sizeof(order), fd, 0);
		close(fd);
	}
	order.kind = KEEPER_KEYS_END;
	if (e == 0) {
		e = handover_send(m->control, &order, sizeof(order), -1, 0);
	}
	if (e < 0) {
		relay_log(RELAY_ERROR, "cannot hand over the DKIM keys: %s", strerror(-e));
	}
}

/* Starts the keeper and waits until it is ready. 0, or an exit status with the reason. */
static int
start_keeper(struct master *m, struct keeper_ready *ready)
{
	int ends[2], fd;
	struct pollfd p;

	*ready = (struct keeper_ready){.exit = EX_OSERR};
	if (handover_pair(ends) < 0) {
		snprintf(ready->why, sizeof(ready->why), "no socket: %s", strerror(errno));
		return ready->exit;
	}
	m->keeper = fork();
	if (m->keeper == 0) {
		close(ends[0]);
		be_keeper(m, ends[1]);
	}
	close(ends[1]);
	m->control = ends[0];
	if (m->keeper < 0) {
		m->keeper = 0;
		snprintf(ready->why, sizeof(ready->why), "cannot fork: %s", strerror(errno));
		return ready->exit;
	}
	p = (struct pollfd){.fd = m->control, .events = POLLIN};
	while (poll(&p, 1, KEEPER_START_MS) < 0 && errno == EINTR) {
	}
	if (p.revents == 0 ||
	    handover_receive(m->control, ready, sizeof(*ready), &fd, MSG_DONTWAIT) !=
	        (ssize_t)sizeof(*ready)) {
		ready->exit = EX_SOFTWARE;
		snprintf(ready->why, sizeof(ready->why), "the keeper ended before it was ready");
	}
	if (ready->exit == 0) {
		send_keys(m);
	}
	return ready->exit;
}

/* One that is gone is started anew, not too often. */
static void
mind_keeper(struct master *m)
{
	struct keeper_ready ready;

	if (m->keeper != 0 || m->stopping || vigil_now() < m->again) {
		return;
	}
	m->again = vigil_now() + KEEPER_AGAIN_MS;
	close_fd(&m->control);
	if (start_keeper(m, &ready) != 0) {
		relay_log(RELAY_ERROR, "no keeper: %s", ready.why);
	} else {
		relay_log(RELAY_INFO, "another keeper is ready");
	}
}

/* --- sessions */

/* A session's socket to the keeper, or -1. */
static int
introduce(struct master *m)
{
	struct keeper_order order = {.kind = KEEPER_SESSION};
	int ends[2];

	if (m->control < 0 || handover_pair(ends) < 0) {
		return -1;
	}
	m->last_id = m->last_id == UINT32_MAX ? 1 : m->last_id + 1;
	order.id = m->last_id;
	if (handover_send(m->control, &order, sizeof(order), ends[1], MSG_DONTWAIT) < 0) {
		close_fd(&ends[0]);
	}
	close(ends[1]);
	return ends[0];
}

static void
begin_session(struct master *m, unsigned which)
{
	struct worker w = {
	    .settings = m->settings,
	    .listener = &m->settings->listener[which],
	    .tls = m->tls,
	    .stop = m->stop[0],
	};
	pid_t pid;

	w.mta = accept4(m->listener[which], NULL, NULL, SOCK_CLOEXEC);
	if (w.mta < 0) {
		return;
	}
	w.keeper = introduce(m);
	pid = fork();
	if (pid == 0) {
		worker_run(&w);
	}
	if (pid < 0) {
		relay_log(RELAY_ERROR, "cannot fork for a session: %s", strerror(errno));
	} else {
		m->sessions++;
	}
	close(w.mta);
	close_fd(&w.keeper);
}

static void
reap(struct master *m)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		bool fine = WIFEXITED(status) && WEXITSTATUS(status) == 0;

		if (pid == m->keeper) {
			m->keeper = 0;
			close_fd(&m->control);
			if (!m->stopping) {
				relay_log(RELAY_ERROR, "the keeper ended (%s %d)",
				    WIFSIGNALED(status) ? "signal" : "status",
				    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
			}
			continue;
		}
		m->sessions -= m->sessions > 0;
		if (!fine) {
			relay_log(RELAY_ERROR, "a session ended badly (%s %d)",
			    WIFSIGNALED(status) ? "signal" : "status",
			    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		}
	}
}

/* --- configuration */

/* Opens what is not open yet; what was open under another configuration is taken over or closed.
 * 0, or an exit status with the reason. */
static int
open_listeners(const struct relay_settings *s, int fds[SETTINGS_LISTENERS_MAX], const int *old,
    unsigned old_count, char *why, size_t cap)
{
	bool taken[SETTINGS_LISTENERS_MAX + 1] = {false}, opened[SETTINGS_LISTENERS_MAX] = {false};

	for (unsigned i = 0; i < s->listeners; i++) {
		fds[i] = -1;
		for (unsigned j = 0; j < old_count && fds[i] < 0; j++) {
			/* NOLINTNEXTLINE(clang-analyzer-core.*): all of old[] is set */
			if (!taken[j] && old[j] >= 0 && listen_is(old[j], &s->listener[i])) {
				fds[i] = old[j];
				taken[j] = true;
			}
		}
		if (fds[i] < 0) {
			fds[i] = listen_open(&s->listener[i], why, cap);
			opened[i] = true;
		}
		if (fds[i] < 0) {
			while (i-- > 0) {
				if (opened[i]) {
					close(fds[i]);
				}
			}
			return EX_UNAVAILABLE;
		}
		(void)fcntl(fds[i], F_SETFL, O_NONBLOCK);
		(void)fcntl(fds[i], F_SETFD, FD_CLOEXEC);
	}
	for (unsigned j = 0; j < old_count; j++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.*): all of old[] is set */
		if (!taken[j] && old[j] >= 0) {
			close(old[j]);
		}
	}
	return 0;
}

static void
reload(struct master *m)
{
	char error[SETTINGS_ERROR_MAX];
	int fds[SETTINGS_LISTENERS_MAX];
	struct relay_settings *s = relay_settings_load(m->config, error);
	struct ssl_ctx_st *tls = s != NULL && key_files_check(s, error) ? tls_begin(s, error)
	                                                                : NULL;

	notify_reloading();
	if (tls == NULL ||
	    open_listeners(s, fds, m->listener, m->settings->listeners, error, sizeof(error)) !=
	        0) {
		relay_log(RELAY_ERROR, "the configuration stays as it was: %s", error);
		tls_end(tls);
		settings_free(s);
	} else {
		if (strcmp(s->spool, m->settings->spool) != 0 ||
		    strcmp(s->state, m->settings->state) != 0) {
			relay_log(RELAY_WARNING,
			    "'spool' and 'state' stay as they were until the next start");
		}
		memcpy(m->listener, fds, sizeof(fds));
		tls_end(m->tls);
		settings_free(m->settings);
		m->tls = tls;
		m->settings = s;
		if (m->control >= 0) {
			send_keys(m);
		}
		relay_log(RELAY_INFO, "the configuration was read again");
	}
	notify_manager("READY=1");
}

/* --- the loop */

static void
stop(struct master *m)
{
	if (m->stopping) {
		return;
	}
	m->stopping = true;
	notify_manager("STOPPING=1");
	relay_log(RELAY_INFO, "stopping; %u sessions are under way", m->sessions);
	for (unsigned i = 0; i < m->settings->listeners; i++) {
		close_fd(&m->listener[i]);
	}
	close_fd(&m->stop[1]);
}

static void
take_signal(struct master *m)
{
	struct signalfd_siginfo info;

	while (read(m->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			reap(m);
		} else if (info.ssi_signo == SIGHUP && !m->stopping) {
			reload(m);
		} else if (info.ssi_signo != SIGHUP) {
			stop(m);
		}
	}
}

static void
turn(struct master *m, int timeout)
{
	struct pollfd p[SETTINGS_LISTENERS_MAX + 1];
	bool room = m->sessions < m->settings->sessions && !m->stopping;
	unsigned n = room ? m->settings->listeners : 0;

	for (unsigned i = 0; i < n; i++) {
		p[i] = (struct pollfd){.fd = m->listener[i], .events = POLLIN};
	}
	p[n] = (struct pollfd){.fd = m->signals, .events = POLLIN};
	if (poll(p, n + 1, timeout) <= 0) {
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		if (p[i].revents != 0 && m->sessions < m->settings->sessions) {
			begin_session(m, i);
		}
	}
	if (p[n].revents != 0) {
		take_signal(m);
	}
}

static void
loop(struct master *m)
{
	int64_t every = notify_watchdog_ms();
	int timeout = every > 0 && every < 1000 ? (int)every : 1000;

	while (!m->stopping || m->sessions > 0) {
		turn(m, timeout);
		mind_keeper(m);
		if (every > 0) {
			notify_manager("WATCHDOG=1");
		}
	}
	close_fd(&m->control);
	if (m->keeper != 0) {
		(void)waitpid(m->keeper, NULL, 0);
	}
}

/* The signals that are read come over a descriptor; sessions and the keeper never get them. */
static int
take_signals(struct master *m)
{
	sigset_t set;

	(void)signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || pipe2(m->stop, O_CLOEXEC) < 0) {
		return -1;
	}
	m->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return m->signals;
}

int
master_run(const char *config)
{
	static struct master m;
	int handed[SETTINGS_LISTENERS_MAX], count = notify_listeners(), code;
	char error[SETTINGS_ERROR_MAX];
	struct keeper_ready ready;

	m.config = config;
	m.control = -1;
	m.settings = relay_settings_load(config, error);
	m.tls = m.settings != NULL && key_files_check(m.settings, error)
	    ? tls_begin(m.settings, error)
	    : NULL;
	if (m.tls == NULL) {
		return complain(EX_CONFIG, error);
	}
	if (take_signals(&m) < 0) {
		return complain(EX_OSERR, "no descriptor for signals");
	}
	count = count < SETTINGS_LISTENERS_MAX ? count : SETTINGS_LISTENERS_MAX;
	for (int i = 0; i < count; i++) {
		handed[i] = 3 + i;
	}
	code = open_listeners(
	    m.settings, m.listener, handed, (unsigned)count, error, sizeof(error));
	if (code != 0) {
		return complain(code, error);
	}
	code = start_keeper(&m, &ready);
	if (code != 0) {
		return complain(code, ready.why);
	}
	relay_log(RELAY_INFO, "mailgraft-relay " MAILGRAFT_VERSION " is ready");
	notify_manager("READY=1");
	loop(&m);
	return EX_OK;
}
