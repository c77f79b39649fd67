/*
 * server.h - the running daemon: everything put together, started, reloaded and stopped
 *
 * A reload parses first, opens what is new, loads recipients beside the ones in use, and only
 * then swaps; whatever fails leaves the running configuration as it was. Connections stay.
 *
 * Owns: all parts. Not here: listening sockets (listener-set.h), what the control socket says
 * (control-answer.h)
 */
#ifndef POLICY_SERVER_H
#define POLICY_SERVER_H

#include "policy/config.h"
#include "policy/connection.h"
#include "policy/dns-state.h"
#include "policy/health.h"
#include "policy/learner.h"
#include "policy/listener-set.h"
#include "policy/prefetch.h"
#include "policy/recipient-watch.h"
#include "policy/state-saver.h"
#include "policy/text-service.h"

#include <time.h>

struct server {
	const char *config_path;
	struct config *config;
	struct config *next; /* a reload under way */
	bool again;          /* asked for meanwhile */
	struct loop *loop;
	struct log *log;
	struct resolver *resolver;
	struct dnsbl_health *zones;
	struct recipient_watch *recipients;
	struct state_saver *saver;
	struct dns_state dns_state;
	struct health *health;
	struct learner *learner;
	struct primary_up *up;
	struct prefetch *prefetch;
	struct retry_memory *retries;
	struct engine engine;
	struct connection_set connections;
	unsigned connections_max;
	struct listener_set *listeners;
	struct text_service *control;
	struct text_service *metrics;
	struct loop_source signals;
	struct loop_timer watchdog;
	time_t started;
	uint64_t reloads;
	uint64_t reload_failures;
	char reload_error[CONFIG_ERROR_MAX];
};

/* What answers on the control and the metrics socket; both get the server as their context. */
struct server_faces {
	text_service_answer *control;
	text_service_answer *metrics;
};

/*
 * Everything is loaded and open, and each turn of the loop serves. NULL after a failure, with an
 * exit status and a sentence. The loop is the server's in any case; NULL: out of memory.
 */
struct server *server_start(struct loop *loop, const char *config_path,
    const struct server_faces *faces, int *status, char *error);

void server_free(struct server *s);

/* Runs until told to stop. An exit status. */
int server_run(const char *config_path, const struct server_faces *faces);

/* Starts a reload. False: it failed at once; server->reload_error says why. */
bool server_reload(struct server *s);

#endif
