/* server.c - see server.h */
#include "policy/server.h"
#include "policy/config-file.h"
#include "policy/learned-state.h"
#include "policy/service-manager.h"
#include "policy/start-check.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

/* Accepting */

static unsigned
server_connections_max(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur > CONNECTIONS_MAX + DESCRIPTORS_SPARE) {
		return CONNECTIONS_MAX;
	}
	return limit.rlim_cur > (rlim_t)2 * DESCRIPTORS_SPARE
	    ? (unsigned)limit.rlim_cur - DESCRIPTORS_SPARE
	    : (unsigned)limit.rlim_cur / 2;
}

static bool
server_is_full(void *context)
{
	const struct server *s = context;

	return s->connections.count >= s->connections_max;
}

/* The one idle for longest goes. */
static bool
server_make_room(void *context)
{
	struct server *s = context;

	return connection_evict(&s->connections);
}

static void
server_take(void *context, enum listener_face face, int fd)
{
	struct server *s = context;

	switch (face) {
	case LISTENER_POLICY:
		connection_open(&s->connections, fd);
		break;
	case LISTENER_CONTROL:
		text_service_take(s->control, fd);
		break;
	case LISTENER_METRICS:
		text_service_take(s->metrics, fd);
		break;
	}
}

/* Configuration */

static struct resolver_settings
resolver_settings_from(const struct config *c)
{
	return (struct resolver_settings){
	    .servers = c->dns_servers,
	    .timeout_ms = c->dns_timeout_ms,
	    .tries = c->dns_tries,
	    .keep_stale_ms = c->keep_stale_ms,
	};
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Everything follows the configuration that is now in s->config. */
static void
server_apply(struct server *s)
{
	s->engine.config = s->config;
	dnsbl_health_configure(s->zones, s->config);
	state_saver_configure(s->saver, s->config->state);
	health_configure(s->health, s->config);
	learner_configure(s->learner, s->config);
	prefetch_restart(s->prefetch);
}

static void
server_reload_failed(struct server *s, const char *why)
{
	if (why != s->reload_error) {
		snprintf(s->reload_error, sizeof(s->reload_error), "%s", why);
	}
	s->reload_failures++;
	log_say(s->log, LOG_LEVEL_ERROR, "reload failed, nothing has changed: %s", why);
	config_free(s->next);
	s->next = NULL;
	service_manager_tell("READY=1");
}

/* What came while a reload was under way: the file may have changed since that one read it. */
static void
server_reload_again(struct server *s)
{
	if (s->again) {
		s->again = false;
		(void)server_reload(s);
	}
}

/* The recipients are in: swap. Nothing can fail from here on but the resolver's change. */
static void
server_swap(void *context, const char *error)
{
	struct server *s = context;
	struct config *old = s->config;
	struct resolver_settings settings;
	const char *why;

	if (error != NULL) {
		listener_set_cancel(s->listeners);
		server_reload_failed(s, error);
		server_reload_again(s);
		return;
	}
	settings = resolver_settings_from(s->next);
	/* resolv.conf may name other servers now. */
	if ((s->next->dns_servers == NULL || !same_text(old->dns_servers, s->next->dns_servers) ||
	        old->dns_timeout_ms != s->next->dns_timeout_ms ||
	        old->dns_tries != s->next->dns_tries ||
	        old->keep_stale_ms != s->next->keep_stale_ms) &&
	    !resolver_reconfigure(s->resolver, &settings, &why)) {
		log_say(s->log, LOG_LEVEL_ERROR, "the old DNS servers stay: %s", why);
	}
	listener_set_settle(s->listeners);
	if (old->fingerprint != s->next->fingerprint) {
		s->engine.rules_since = loop_now(s->loop);
	}
	s->config = s->next;
	s->next = NULL;
	server_apply(s);
	connection_reconsider(&s->connections);
	config_free(old);
	s->reloads++;
	s->reload_error[0] = 0;
	log_say(s->log, LOG_LEVEL_INFO, "reloaded %s", s->config_path);
	service_manager_tell("READY=1");
	server_reload_again(s);
}

bool
server_reload(struct server *s)
{
	if (s->next != NULL) {
		snprintf(s->reload_error, sizeof(s->reload_error), "a reload is under way");
		return false;
	}
	service_manager_tell_reloading();
	s->next = config_from_file(s->config_path, s->reload_error);
	if (s->next == NULL || !listener_set_open(s->listeners, s->next, s->reload_error)) {
		server_reload_failed(s, s->reload_error);
		return false;
	}
	recipient_watch_reload(s->recipients, s->next, server_swap, s);
	return true;
}

static void
server_recipients_changed(void *context, const struct recipient_list *list)
{
	struct server *s = context;

	s->engine.recipients = list;
}

/* Signals, systemd, the end of each turn */

static void
server_signal(void *context, uint32_t events)
{
	struct server *s = context;
	struct signalfd_siginfo info;

	(void)events;
	while (read(s->signals.fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP && s->next != NULL) {
			s->again = true;
		} else if (info.ssi_signo == SIGHUP) {
			(void)server_reload(s);
		} else {
			loop_stop(s->loop);
		}
	}
}

static void
server_watchdog(void *context)
{
	struct server *s = context;
	int64_t every = service_manager_watchdog_ms();

	service_manager_tell("WATCHDOG=1");
	(void)loop_timer_set(s->loop, &s->watchdog, loop_now(s->loop) + every);
}

static void
server_after_turn(void *context)
{
	struct server *s = context;

	log_flush(s->log);
}

/* Start and end */

static bool
server_signals(struct server *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	s->signals = (struct loop_source){
	    .fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC),
	    .ready = server_signal,
	    .context = s,
	};
	return s->signals.fd >= 0 && loop_add(s->loop, &s->signals, EPOLLIN) == 0;
}

static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool
become_user(const struct config *c, char *error)
{
	const struct passwd *pw;

	if (c->user == NULL || geteuid() != 0) {
		return true;
	}
	pw = getpwnam(c->user);
	if (pw == NULL) {
		snprintf(error, CONFIG_ERROR_MAX, "user '%s' does not exist", c->user);
		return false;
	}
	if (c->state != NULL && chown(c->state, pw->pw_uid, pw->pw_gid) != 0) {
		snprintf(error, CONFIG_ERROR_MAX, "cannot give '%s' to '%s': %s", c->state, c->user,
		    strerror(errno));
		return false;
	}
	if (initgroups(c->user, pw->pw_gid) != 0 || setgid(pw->pw_gid) != 0 ||
	    setuid(pw->pw_uid) != 0) {
		snprintf(
		    error, CONFIG_ERROR_MAX, "cannot become '%s': %s", c->user, strerror(errno));
		return false;
	}
	return true;
}

static void
warn_to_log(void *context, const char *text)
{
	log_say(context, LOG_LEVEL_WARNING, "warning: %s", text);
}

/* Everything that needs no configuration but the resolver. */
static bool
server_build(struct server *s, const struct server_faces *faces, char *error)
{
	struct resolver_settings settings = resolver_settings_from(s->config);
	const struct listener_owner owner = {server_is_full, server_make_room, server_take, s};
	const char *why = "out of memory";

	snprintf(error, CONFIG_ERROR_MAX, "out of memory");
	s->resolver = resolver_new(s->loop, &settings, &why);
	if (s->resolver == NULL) {
		snprintf(error, CONFIG_ERROR_MAX, "cannot start DNS: %s", why);
		return false;
	}
	s->zones = dnsbl_health_new(s->loop, s->resolver, s->log);
	s->recipients = recipient_watch_new(s->loop, s->log, server_recipients_changed, s);
	s->saver = state_saver_new(s->loop, s->log);
	s->health = health_new(s->loop, s->resolver, s->log);
	s->learner = s->health != NULL ? learner_new(s->loop, s->health, s->log) : NULL;
	s->up = primary_up_new(s->health);
	s->retries = retry_memory_new();
	s->prefetch = prefetch_new(s->loop, &s->engine, s->health);
	s->listeners = listener_set_new(s->loop, &owner);
	s->control = text_service_new(s->loop, faces->control, s);
	s->metrics = text_service_new(s->loop, faces->metrics, s);
	s->engine.loop = s->loop;
	s->engine.resolver = s->resolver;
	s->engine.zones = s->zones;
	s->engine.log = s->log;
	s->engine.learner = s->learner;
	s->engine.up = s->up;
	s->engine.retries = s->retries;
	s->connections.loop = s->loop;
	s->connections.engine = &s->engine;
	s->connections_max = server_connections_max();
	s->watchdog = (struct loop_timer){.fire = server_watchdog, .context = s};
	loop_after_turn(s->loop, server_after_turn, s);
	return s->zones != NULL && s->recipients != NULL && s->saver != NULL && s->health != NULL &&
	    s->learner != NULL && s->up != NULL && s->retries != NULL && s->prefetch != NULL &&
	    s->listeners != NULL && s->control != NULL && s->metrics != NULL && server_signals(s);
}

/* What an earlier process has left. */
static void
server_restore(struct server *s)
{
	struct state_part dns = dns_state_part(&s->dns_state);
	struct state_part recipients = recipient_watch_part(s->recipients);
	struct state_part learned = learned_state_part(learner_memory(s->learner));

	s->dns_state.cache = resolver_cache(s->resolver);
	s->dns_state.max_age_ms = s->config->keep_stale_ms;
	state_saver_add(s->saver, &dns);
	state_saver_add(s->saver, &recipients);
	state_saver_add(s->saver, &learned);
	state_saver_restore(s->saver);
}

/* Everything is there: says what to say, and serves from here on. */
static void
server_begin(struct server *s)
{
	char servers[256];

	config_warnings(s->config, warn_to_log, s->log);
	resolver_servers(s->resolver, servers, sizeof(servers));
	if (s->config->dns_servers == NULL && !config_servers_are_local(servers)) {
		log_say(s->log, LOG_LEVEL_WARNING,
		    "warning: resolv.conf names %s, which is not on this host: answers can be "
		    "forged on the way",
		    servers);
	}
	server_apply(s);
	server_restore(s);
	if (service_manager_watchdog_ms() > 0) {
		server_watchdog(s);
	}
	s->started = time(NULL);
	log_say(s->log, LOG_LEVEL_INFO, "mailgraft-policyd %s ready, mode %s", MAILGRAFT_VERSION,
	    config_mode_name(s->config->relay.mode));
	log_flush(s->log);
	service_manager_tell("READY=1");
}

void
server_free(struct server *s)
{
	if (s->loop != NULL) {
		connection_close_all(&s->connections);
		if (s->signals.fd > 0) {
			close(s->signals.fd);
		}
	}
	listener_set_free(s->listeners);
	text_service_free(s->control);
	text_service_free(s->metrics);
	state_saver_free(s->saver);
	learner_free(s->learner);
	prefetch_free(s->prefetch);
	primary_up_free(s->up);
	retry_memory_free(s->retries);
	health_free(s->health);
	dnsbl_health_free(s->zones);
	recipient_watch_free(s->recipients);
	resolver_free(s->resolver);
	loop_free(s->loop);
	config_free(s->next);
	config_free(s->config);
	log_free(s->log);
	free(s);
}

struct server *
server_start(struct loop *loop, const char *config_path, const struct server_faces *faces,
    int *status, char *error)
{
	struct server *s = calloc(1, sizeof(*s));

	snprintf(error, CONFIG_ERROR_MAX, "out of memory");
	*status = EX_OSERR;
	if (s == NULL) {
		loop_free(loop);
		return NULL;
	}
	s->loop = loop;
	s->config_path = config_path;
	raise_descriptors();
	s->log = log_new();
	if (s->log == NULL || loop == NULL) {
		goto fail;
	}
	s->config = config_from_file(config_path, error);
	if (s->config == NULL) {
		*status = EX_CONFIG;
		goto fail;
	}
	*status = start_check(s->config, error);
	if (*status != EX_OK) {
		goto fail;
	}
	*status = EX_OSERR;
	if (!server_build(s, faces, error)) {
		goto fail;
	}
	if (!recipient_watch_load(s->recipients, s->config, error)) {
		*status = EX_CONFIG;
		goto fail;
	}
	if (!listener_set_open(s->listeners, s->config, error) || !become_user(s->config, error)) {
		goto fail;
	}
	server_begin(s);
	*status = EX_OK;
	return s;
fail:
	server_free(s);
	return NULL;
}

int
server_run(const char *config_path, const struct server_faces *faces)
{
	char error[CONFIG_ERROR_MAX];
	struct server *s;
	int status, r;

	s = server_start(loop_new(), config_path, faces, &status, error);
	if (s == NULL) {
		(void)fprintf(stderr, "mailgraft-policyd: %s\n", error);
		return status;
	}
	r = loop_run(s->loop);
	service_manager_tell("STOPPING=1");
	if (r != 0) {
		log_say(s->log, LOG_LEVEL_ERROR, "cannot wait for events: %s", strerror(-r));
		status = EX_OSERR;
	}
	state_saver_finish(s->saver);
	server_free(s);
	return status;
}
