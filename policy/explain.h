/*
 * explain.h - the whole reasoning for one request, for people
 *
 * Looks at DNS as the daemon would, with what the state file holds as last-known-good data, and
 * prints each fact with its age and source, the verdicts, and the reply each MTA would get.
 *
 * Returns an exit status. Not here: the running daemon's cache (control socket: dump)
 */
#ifndef POLICY_EXPLAIN_H
#define POLICY_EXPLAIN_H

struct explain_request {
	const char *config_path;
	const char *recipient;
	const char *client; /* or NULL, as the others */
	const char *sender;
	const char *helo;
};

int explain_run(const struct explain_request *e);

#endif
